/** What a value looks like, whatever its name: a reference to a secret, a placeholder for one, or one. */
import { isWordy } from './words.ts'

/** True where the value only points at a secret kept elsewhere: a variable, template, path, URL or store address. */
export function isReference(value: string): boolean {
  if (/^\$(?:[A-Za-z_{(]|$)/.test(value) || value.includes('${') || value.includes('$(')) return true
  if (value.includes('{{') || value.includes('{%') || value.includes('<%') || value.includes('[[')) return true
  if (/^(?:\{.*\}|\[.*\]|\(.*\)|<.*>|%.*%|@.*@)$/s.test(value)) return true
  if (/^#?\{|%\([A-Za-z_]|^%s$|^\*[A-Za-z]|^!(?:secret|vault|Ref|Sub|reset|override|include|env)\b/.test(value))
    return true
  if (isPath(value)) return true
  return STORE_ADDRESS.test(value)
}

/** True where somebody is meant to put the secret here, or it was taken out: `<your-token>`, `xxxx`, `***`, `TODO`. */
export function isPlaceholder(value: string): boolean {
  if (value === '' || value.includes('**') || value.includes('...') || value.includes('…')) return true
  if (isLowVariety(value) || isSequence(value)) return true
  return PLACEHOLDER_WORDS.test(value) || NOT_A_VALUE.has(value.toLowerCase())
}

/** True where few different characters make up the whole: `xxxxxxxx`, `00000000`, `abababab`. */
export function isLowVariety(value: string): boolean {
  if (value.length < 4) return false
  const distinct = new Set(value).size
  if (value.length < 8) return distinct === 1
  return distinct <= 2 || (value.length >= 16 && distinct <= 4) || /(.)\1{7}/.test(value)
}

/** True where most of it counts up or down: `1234567890`, `abcdefghij`, `0123456789abcdef`. */
export function isSequence(value: string): boolean {
  if (value.length < 6) return false
  let steps = 0
  for (let at = 1; at < value.length; at++) {
    const step = value.charCodeAt(at) - value.charCodeAt(at - 1)
    if (step === 1 || step === -1) steps++
  }
  return steps >= (value.length - 1) * 0.7
}

/** True for a boolean, number, type name, or other value that is no password whatever its name. */
export function isPlainValue(value: string): boolean {
  return /^[+-]?\d[\d_]*(?:\.\d+)?(?:[a-z%]{1,3})?$/i.test(value) || NOT_A_VALUE.has(value.toLowerCase())
}

/** True for a one-way hash or ciphertext of a secret: bcrypt, argon2, SOPS, Ansible, Sealed Secrets. */
export function isHashedOrEncrypted(value: string): boolean {
  return /^(?:\$(?:2[abxy]|5|6|y|7|argon2(?:id?|d)|apr1|scrypt|pbkdf2[a-z0-9-]*)\$|pbkdf2:|scrypt:|argon2:|sha\d+[:$-]|\{(?:SHA|SSHA|CRYPT|MD5|bcrypt)|ENC\[|ENC\(|\$ANSIBLE_VAULT|vault:v\d|AgA?[A-Za-z0-9+/]{200}|SCRAM-SHA)/.test(
    value,
  )
}

/**
 * True where a value under a telling name looks machine-made: long enough, of several kinds of character, and not
 * words. `minimum` is the shortest length that counts.
 */
export function looksGenerated(value: string, minimum: number): boolean {
  if (value.length < minimum || value.length > 4096 || /\s/.test(value)) return false
  if (isReference(value) || isPlaceholder(value) || isPlainValue(value) || isHashedOrEncrypted(value)) return false
  if (!/^[\x21-\x7e]+$/.test(value)) return false
  if (isWordy(value)) return false
  if (characterClasses(value) < 2 && value.length < 16) return false
  return entropyPerCharacter(value) >= Math.min(3, Math.log2(value.length) * 0.66)
}

/** Kinds of character in it: small letters, capitals, digits, signs. */
export function characterClasses(value: string): number {
  return (
    Number(/[a-z]/.test(value)) +
    Number(/[A-Z]/.test(value)) +
    Number(/\d/.test(value)) +
    Number(/[^A-Za-z0-9]/.test(value))
  )
}

/** Shannon entropy, bits per character. */
export function entropyPerCharacter(value: string): number {
  const counts = new Map<string, number>()
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length)
  return bits
}

/** Paths, but not base64 that happens to begin with a slash: that has no second part that is a word. */
function isPath(value: string): boolean {
  if (/^(?:\.{1,2}|~)[/\\]/.test(value) || /^[A-Za-z]:[/\\]/.test(value)) return true
  if (!value.startsWith('/'))
    return /^[\w.-]+(?:\/[\w.-]+)*\.(?:pem|key|crt|cer|json|ya?ml|txt|env|toml|ini|conf|pub|p12|jks)$/i.test(value)
  const parts = value.slice(1).split('/')
  return parts.length < 4
    ? parts.every((part) => part.length < 12 || isWordy(part))
    : parts.some((part) => isWordy(part))
}

const STORE_ADDRESS =
  /^(?:[a-z][a-z0-9+.-]{1,20}:\/\/|arn:|op:|vault:|env:|file:|ssm:|secretsmanager:|kms:|ref\+|projects\/|keyring:|urn:|data:|process\.env|os\.environ|os\.getenv|import\.meta|secrets?\.[A-Za-z_]|vars?\.[A-Za-z_]|settings?\.[A-Za-z_]|config\.[A-Za-z_]|self\.|this\.|args\.|env\.[A-Za-z_]|values\.)/i
const PLACEHOLDER_WORDS =
  /(?:^|[^a-z])your|your[-_ ]|yourpass|yourtoken|yourkey|placeholder|replace[-_ ]?(?:with|this|by)|insert[-_ ]|put[-_ ]|enter[-_ ]|fill[-_ ]?in|goes[-_ ]?here|[-_ ]here$|x{4}|redacted|masked|dummy|todo|fixme|not[-_ ]?(?:set|used|needed|required|a[-_ ]real)|to[-_ ]be[-_ ]|some[-_ ]?(?:secret|token|key)|[-_ ]goes[-_ ]|^my[-_ ]?(?:api|access|hf|token|key)/i
const NOT_A_VALUE = new Set(
  'true false yes no on off null none nil undefined void empty unset string str number int integer boolean bool object array any bytes optional required enabled disabled enable disable auto always never basic bearer n/a na tbd - _ . x xx xxx'.split(
    ' ',
  ),
)
