import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { LETTERS, pick } from '../samples.ts'
import { isLowVariety, isPlaceholder, isSequence, looksGenerated } from '../values.ts'

export default defineSecret({
  id: 'hugging-face-token',
  label: 'Hugging Face access token',
  keywords: ['hf_', 'api_org_'],
  pattern: /(?<![A-Za-z0-9_])(?:hf|api_org)_[A-Za-z0-9]{20,60}(?![A-Za-z0-9_])/,
  longest: 68,
  grade(value) {
    const body = value.slice(value.lastIndexOf('_') + 1)
    if (isLowVariety(body) || isSequence(body) || isPlaceholder(body)) return 'fake'
    if (/^[A-Za-z]{34}$/.test(body)) return 'shaped'
    // Not a length that the hub issues, but what people type for one.
    return looksGenerated(body, 20) ? 'contextual' : null
  },
  sample: (random) => `hf_${pick(random, LETTERS, 34)}`,
  revoke: revocation('hugging-face-token'),
  refs: ['https://huggingface.co/docs/hub/security-tokens'],
})
