import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, DIGITS, pick, UPPER } from '../samples.ts'
import { isLowVariety, isPlaceholder } from '../values.ts'

export default defineSecret({
  id: 'slack-token',
  label: 'Slack token or webhook',
  keywords: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxs-', 'xoxr-', 'xapp-', 'hooks.slack.com/'],
  pattern:
    /(?<![A-Za-z0-9_-])(?:xox[abprs]-(?:\d{8,14}-){1,3}[A-Za-z0-9]{20,48}|xapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[a-f0-9]{40,80})(?![A-Za-z0-9_-])|hooks\.slack\.com\/(?:services|workflows)\/(?<secret>T[A-Z0-9]{7,12}\/[A-Z0-9]{8,12}\/[A-Za-z0-9]{20,28})(?![A-Za-z0-9])/,
  longest: 136,
  grade(value) {
    const body = value.slice(value.lastIndexOf(value.includes('/') ? '/' : '-') + 1)
    return isLowVariety(body) || isPlaceholder(body) ? 'fake' : 'shaped'
  },
  sample: (random) =>
    random() < 0.7
      ? `xoxb-${pick(random, DIGITS, 12)}-${pick(random, DIGITS, 12)}-${pick(random, ALPHANUMERIC, 24)}`
      : `https://hooks.slack.com/services/T${pick(random, UPPER, 8)}/B${pick(random, UPPER, 8)}/${pick(random, ALPHANUMERIC, 24)}`,
  revoke: revocation('slack-token'),
})
