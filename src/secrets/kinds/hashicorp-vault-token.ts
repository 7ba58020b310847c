import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { pick, URL_SAFE } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'hashicorp-vault-token',
  label: 'Vault token',
  keywords: ['hvs.', 'hvb.'],
  pattern: /(?<![A-Za-z0-9_.-])hv[sb]\.[A-Za-z0-9_-]{90,200}(?![A-Za-z0-9_-])/,
  longest: 204,
  grade(value) {
    const body = value.slice('hvs.'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `hvs.${pick(random, URL_SAFE, 95)}`,
  revoke: revocation('hashicorp-vault-token'),
})
