import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { pick, URL_SAFE } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'docker-hub-token',
  label: 'Docker Hub access token',
  keywords: ['dckr_pat_', 'dckr_oat_'],
  pattern: /(?<![A-Za-z0-9_])dckr_(?:pat_[A-Za-z0-9_-]{27}|oat_[A-Za-z0-9_-]{32})(?![A-Za-z0-9_-])/,
  longest: 41,
  grade(value) {
    const body = value.slice('dckr_pat_'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `dckr_pat_${pick(random, URL_SAFE, 27)}`,
  revoke: revocation('docker-hub-token'),
})
