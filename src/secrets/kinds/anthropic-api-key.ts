import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { pick, URL_SAFE } from '../samples.ts'
import { isLowVariety } from '../values.ts'

export default defineSecret({
  id: 'anthropic-api-key',
  label: 'Anthropic API key',
  keywords: ['sk-ant-'],
  pattern: /(?<![A-Za-z0-9_-])sk-ant-(?:api03|admin01|oat01)-[A-Za-z0-9_-]{80,120}(?![A-Za-z0-9_-])/,
  longest: 136,
  grade(value) {
    const body = value.replace(/^sk-ant-[a-z]+\d+-/, '')
    if (isLowVariety(body)) return 'fake'
    return body.length === 95 && body.endsWith('AA') ? 'shaped' : 'contextual'
  },
  sample: (random) => `sk-ant-api03-${pick(random, URL_SAFE, 93)}AA`,
  revoke: revocation('anthropic-api-key'),
})
