import { defineSecret } from '../../core/secret.ts'
import { base62Crc32 } from '../checksums.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'

export default defineSecret({
  id: 'npm-token',
  label: 'access token of npm',
  keywords: ['npm_'],
  pattern: /(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/,
  longest: 40,
  grade: (value) => (base62Crc32(value.slice(4, -6)) === value.slice(-6) ? 'proved' : 'fake'),
  sample(random) {
    const body = pick(random, ALPHANUMERIC, 30)
    return `npm_${body}${base62Crc32(body)}`
  },
  revoke: revocation('npm-token'),
})
