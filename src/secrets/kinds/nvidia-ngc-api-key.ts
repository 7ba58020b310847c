import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { pick, URL_SAFE } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'nvidia-ngc-api-key',
  label: 'NVIDIA NGC API key',
  keywords: ['nvapi-'],
  pattern: /(?<![A-Za-z0-9_-])nvapi-[A-Za-z0-9_-]{60,70}(?![A-Za-z0-9_-])/,
  longest: 76,
  grade(value) {
    const body = value.slice('nvapi-'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `nvapi-${pick(random, URL_SAFE, 63)}x`,
  revoke: revocation('nvidia-ngc-api-key'),
})
