import { defineSecret } from '../../core/secret.ts'
import { judgeNamedValue } from '../named-values.ts'
import { NAME_KEYWORDS } from '../names.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'

export default defineSecret({
  id: 'generic-key',
  label: 'API key, token or secret',
  keywords: NAME_KEYWORDS,
  named: true,
  pattern: /^[^\s]+$/,
  longest: 512,
  grade: (value, context) => (judgeNamedValue(value, context) === 'key' ? 'contextual' : null),
  sample: (random) => pick(random, ALPHANUMERIC, 32),
})
