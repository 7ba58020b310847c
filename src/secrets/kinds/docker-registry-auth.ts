import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { isPlaceholder, isReference } from '../values.ts'

/** `"auth": "<base64 of user:password>"` in Docker's config.json, `_auth=` in .npmrc, `Basic …` in headers. */
export default defineSecret({
  id: 'docker-registry-auth',
  label: 'registry login (base64 of user and password)',
  keywords: ['auth', 'basic '],
  pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{8,400}={0,2}(?![A-Za-z0-9+/=])/,
  longest: 440,
  grade(value, { name = '', before }) {
    if (
      !/^_?auth$/i.test(name) &&
      !/(?:["']auth["']\s{0,8}:\s{0,8}["']|\b_?auth\s{0,4}[=:]\s{0,4}["']?|\bBasic )$/.test(before)
    )
      return null
    if (value.length % 4 !== 0) return null
    const pair = Buffer.from(value, 'base64').toString('latin1')
    const parts = /^([\x21-\x39\x3b-\x7e]{1,128}):([\x21-\x7e]{1,256})$/.exec(pair)
    if (parts === null) return null
    const password = parts[2] ?? ''
    if (isReference(password) || isPlaceholder(password)) return 'fake'
    return /^(?:pass(?:word)?|secret|changeme)$/i.test(password) ? 'weak' : 'proved'
  },
  sample: (random) => Buffer.from(`builder:${pick(random, ALPHANUMERIC, 19)}`).toString('base64'),
  revoke: revocation('docker-registry-auth'),
})
