import { defineSecret } from '../../core/secret.ts'
import { judgeNamedValue } from '../named-values.ts'
import { NAME_KEYWORDS } from '../names.ts'

export default defineSecret({
  id: 'vendor-default-password',
  label: "vendor's default password",
  keywords: NAME_KEYWORDS,
  named: true,
  pattern: /^[^\s]+$/,
  longest: 512,
  grade: (value, context) => (judgeNamedValue(value, context) === 'vendor-default' ? 'weak' : null),
  sample: (random) => ['minioadmin', 'difyai123456', 'infini_rag_flow'][Math.floor(random() * 3)] ?? 'minioadmin',
})
