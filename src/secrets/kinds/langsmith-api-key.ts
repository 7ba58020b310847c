import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { HEX, pick } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'langsmith-api-key',
  label: 'LangSmith API key',
  keywords: ['lsv2_'],
  pattern: /(?<![A-Za-z0-9_])lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}(?![A-Za-z0-9_])/,
  longest: 51,
  grade(value) {
    const body = value.slice('lsv2_pt_'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `lsv2_pt_${pick(random, HEX, 32)}_${pick(random, HEX, 10)}`,
  revoke: revocation('langsmith-api-key'),
})
