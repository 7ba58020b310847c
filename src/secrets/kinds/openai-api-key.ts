import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { ALPHANUMERIC, pick, URL_SAFE } from '../samples.ts'
import { isLowVariety, isPlaceholder, looksGenerated } from '../values.ts'

/** Stands in the middle of every issued key. */
const MARKER = ['T3Blbk', 'FJ'].join('')

export default defineSecret({
  id: 'openai-api-key',
  label: 'OpenAI API key',
  keywords: ['sk-'],
  pattern:
    /(?<![A-Za-z0-9_-])sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,180}|[A-Za-z0-9]{32,64})(?![A-Za-z0-9_-])/,
  longest: 196,
  grade(value) {
    const body = value.replace(/^sk-(?:(?:proj|svcacct|admin|None)-)?/, '')
    if (isLowVariety(body) || isPlaceholder(body)) return 'fake'
    const at = body.indexOf(MARKER)
    if (at >= 20 && body.length - at - MARKER.length >= 20) return 'shaped'
    // Compatible servers issue the same prefix with any body.
    return looksGenerated(body, 24) ? 'contextual' : null
  },
  sample: (random) =>
    random() < 0.5
      ? `sk-${pick(random, ALPHANUMERIC, 20)}${MARKER}${pick(random, ALPHANUMERIC, 20)}`
      : `sk-proj-${pick(random, URL_SAFE, 57)}a${MARKER}${pick(random, URL_SAFE, 57)}b`,
  revoke: revocation('openai-api-key'),
})
