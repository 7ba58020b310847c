import { defineSecret } from '../../core/secret.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { looksGenerated } from '../values.ts'

export default defineSecret({
  id: 'authorization-header',
  label: 'bearer token in a header',
  keywords: ['bearer ', 'authorization'],
  pattern:
    /(?:\bBearer|\bbearer|[Aa]uthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[Tt]oken|[Aa]pi[Kk]ey))[ \t]{1,4}(?<secret>[A-Za-z0-9._~+/=-]{16,1024})/,
  longest: 1100,
  grade: (value) => (looksGenerated(value, 16) ? 'contextual' : null),
  sample: (random) => `Authorization: Bearer ${pick(random, ALPHANUMERIC, 32)}`,
})
