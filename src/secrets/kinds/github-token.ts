import { defineSecret } from '../../core/secret.ts'
import { base62Crc32 } from '../checksums.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { isLowVariety } from '../values.ts'

export default defineSecret({
  id: 'github-token',
  label: 'GitHub token',
  keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  pattern:
    /(?<![A-Za-z0-9_])(?:gh[pousr]_(?:[A-Za-z0-9]{76}|[A-Za-z0-9]{36})|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![A-Za-z0-9_])/,
  longest: 93,
  grade(value) {
    if (value.startsWith('github_pat_')) return isLowVariety(value.slice(11)) ? 'fake' : 'shaped'
    const body = value.slice(4, -6)
    return base62Crc32(body) === value.slice(-6) ? 'proved' : 'fake'
  },
  sample(random) {
    const body = pick(random, ALPHANUMERIC, 30)
    return `ghp_${body}${base62Crc32(body)}`
  },
  revoke: revocation('github-token'),
  refs: ['https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/'],
})
