import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { pickBytes } from '../samples.ts'

/** A macaroon (version 2) whose location is `pypi.org`: version, field type 1, length 8. */
const HEAD = Buffer.concat([Buffer.from([2, 1, 8]), Buffer.from('pypi.org')])

export default defineSecret({
  id: 'pypi-token',
  label: 'PyPI API token',
  keywords: ['pypi-age'],
  pattern: /(?<![A-Za-z0-9_-])pypi-AgE[A-Za-z0-9_-]{50,400}(?![A-Za-z0-9_-])/,
  longest: 408,
  grade(value) {
    const bytes = Buffer.from(value.slice(5), 'base64url')
    return bytes.subarray(0, HEAD.length).equals(HEAD) ? 'proved' : null
  },
  sample: (random) =>
    `pypi-${Buffer.concat([HEAD, Buffer.from([2, 36]), pickBytes(random, 80)]).toString('base64url')}`,
  revoke: revocation('pypi-token'),
})
