import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'pinecone-api-key',
  label: 'Pinecone API key',
  keywords: ['pcsk_'],
  pattern: /(?<![A-Za-z0-9_])pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}(?![A-Za-z0-9_])/,
  longest: 75,
  grade(value) {
    const body = value.slice('pcsk_'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `pcsk_${pick(random, ALPHANUMERIC, 6)}_${pick(random, ALPHANUMERIC, 63)}`,
  revoke: revocation('pinecone-api-key'),
})
