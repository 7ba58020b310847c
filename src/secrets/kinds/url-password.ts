import { defineSecret } from '../../core/secret.ts'
import { ALPHANUMERIC, pick } from '../samples.ts'
import { isPlaceholder, isReference, looksGenerated } from '../values.ts'
import { isCommonPassword, vendorOfDefault } from '../weak-passwords.ts'
import { isWordy } from '../words.ts'

/** `scheme://user:password@host`, and a long token alone before the `@`. Not `image:tag@sha256:…`. */
export default defineSecret({
  id: 'url-password',
  label: 'password in a URL',
  keywords: ['://'],
  pattern:
    /(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,24}:\/\/(?:[^\s:/?#@"'<>`\\]{0,96}:(?<secret>[^\s/?#@"'<>`\\]{1,128})|(?<secret>[A-Za-z0-9_.~-]{20,128}))@(?!sha(?:256|512):)(?=[A-Za-z0-9[$({%*-])/,
  longest: 260,
  grade(value, { before }) {
    if (isReference(value) || value.includes('{') || value.includes('$') || /^[A-Z_]+$/.test(value)) return null
    const user = /\/\/([^/]*):$/.exec(before)?.[1]
    if (user === undefined) return looksGenerated(value, 20) ? 'contextual' : null
    if (vendorOfDefault(value) !== undefined || isCommonPassword(value) || value === user) return 'weak'
    if (isPlaceholder(value) || /^pass(?:word)?$/i.test(value)) return null
    if (isWordy(value)) return value.length >= 4 ? 'weak' : null
    return value.length >= 5 ? 'contextual' : null
  },
  sample: (random) => `postgresql://app:${pick(random, ALPHANUMERIC, 16)}@db.internal:5432/app`,
})
