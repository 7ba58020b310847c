import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, HEX, pick } from '../samples.ts'
import { isLowVariety, isSequence } from '../values.ts'

/** The old key is forty hex digits like any commit id: it counts only where the name says whose it is. */
const NAMED = /wandb[\w ."'-]{0,20}(?:key|login|token|password)|(?:login|user)\s+user\s+password/i

export default defineSecret({
  id: 'wandb-api-key',
  label: 'Weights & Biases API key',
  keywords: ['wandb'],
  pattern: /(?<![A-Za-z0-9_])(?:wandb_v1_[A-Za-z0-9_]{77}|(?:local-)?[0-9a-f]{40})(?![A-Za-z0-9_])/,
  longest: 160,
  grade(value, { name = '', before }) {
    if (value.startsWith('wandb_v1_')) return isLowVariety(value.slice(9)) ? 'fake' : 'shaped'
    if (!NAMED.test(name) && !NAMED.test(before)) return null
    return isLowVariety(value) || isSequence(value) ? 'fake' : 'contextual'
  },
  sample: (random) => (random() < 0.5 ? pick(random, HEX, 40) : `wandb_v1_${pick(random, ALPHANUMERIC, 77)}`),
  revoke: revocation('wandb-api-key'),
})
