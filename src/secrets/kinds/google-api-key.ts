import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { pick, URL_SAFE } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'google-api-key',
  label: 'Google API key',
  keywords: ['aiza'],
  pattern: /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/,
  longest: 39,
  grade(value) {
    const body = value.slice('AIza'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `AIza${pick(random, URL_SAFE, 35)}`,
  revoke: revocation('google-api-key'),
})
