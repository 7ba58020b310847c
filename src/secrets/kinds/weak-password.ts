import { defineSecret } from '../../core/secret.ts'
import { judgeNamedValue } from '../named-values.ts'
import { NAME_KEYWORDS } from '../names.ts'

export default defineSecret({
  id: 'weak-password',
  label: 'guessable password',
  keywords: NAME_KEYWORDS,
  named: true,
  pattern: /^[^\s]+$/,
  longest: 512,
  grade: (value, context) => (judgeNamedValue(value, context) === 'weak' ? 'weak' : null),
  sample: (random) => ['changeme', 'admin123', 'letmein', 'secret'][Math.floor(random() * 4)] ?? 'changeme',
})
