import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { HEX, pick } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence } from '../values.ts'

export default defineSecret({
  id: 'databricks-token',
  label: 'Databricks access token',
  keywords: ['dapi'],
  pattern: /(?<![A-Za-z0-9_])dapi[0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9_-])/,
  longest: 38,
  grade(value) {
    const body = value.slice('dapi'.length)
    return isLowVariety(body) || isSequence(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) => `dapi${pick(random, HEX, 32)}`,
  revoke: revocation('databricks-token'),
})
