import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'replicate-api-token',
  label: 'Replicate API token',
  keywords: ['r8_'],
  pattern: /(?<![A-Za-z0-9_])r8_[A-Za-z0-9]{37}(?![A-Za-z0-9_])/,
  longest: 40,
  grade(value) {
    const body = value.slice('r8_'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `r8_${pick(random, ALPHANUMERIC, 37)}`,
  revoke: revocation('replicate-api-token'),
})
