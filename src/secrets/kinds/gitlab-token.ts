import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { pick, URL_SAFE } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'gitlab-token',
  label: 'GitLab access token',
  keywords: ['glpat-'],
  pattern: /(?<![A-Za-z0-9_-])glpat-[A-Za-z0-9_-]{20}(?:[A-Za-z0-9_-]{0,40}\.[01]\.[a-z0-9]{9})?(?![A-Za-z0-9_-])/,
  longest: 80,
  grade(value) {
    const body = value.slice('glpat-'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `glpat-${pick(random, URL_SAFE, 20)}`,
  revoke: revocation('gitlab-token'),
})
