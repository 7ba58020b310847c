import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'groq-api-key',
  label: 'Groq API key',
  keywords: ['gsk_'],
  pattern: /(?<![A-Za-z0-9_])gsk_[A-Za-z0-9]{52}(?![A-Za-z0-9_])/,
  longest: 56,
  grade(value) {
    const body = value.slice('gsk_'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `gsk_${pick(random, ALPHANUMERIC, 52)}`,
  revoke: revocation('groq-api-key'),
})
