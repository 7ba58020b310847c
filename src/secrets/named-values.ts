/** Judges a value by the name it is given: shared by the kinds that have no shape of their own. */
import type { SecretContext } from '../core/secret.ts'
import { isEnvironmentName, nameMeaning, splitWords } from './names.ts'
import {
  characterClasses,
  isHashedOrEncrypted,
  isPlaceholder,
  isPlainValue,
  isReference,
  looksGenerated,
} from './values.ts'
import { isCommonPassword, vendorOfDefault } from './weak-passwords.ts'
import { isWordy } from './words.ts'

/** `vendor-default` and `weak` are guessable; `password` and `key` look made to be secret. */
export type NamedValue = 'vendor-default' | 'weak' | 'password' | 'key'

export function judgeNamedValue(value: string, { name = '', written = 'whole' }: SecretContext): NamedValue | null {
  const meaning = nameMeaning(name)
  if (meaning === null) return name === 'SALT' && vendorOfDefault(value) !== undefined ? 'vendor-default' : null
  if (value.length < 3 || value.length > 512 || /[\s\x00-\x1f]/.test(value)) return null
  if (isReference(value) || isHashedOrEncrypted(value) || isExpression(value, written)) return null
  const environment = isEnvironmentName(name)
  // In running text a bare word after a small-letter name is most often another name, not a value.
  const literal =
    written === 'whole' || environment || isOption(name) || (written === 'quoted' && meaning === 'password')
  if (literal && !repeatsName(value, name, environment)) {
    if (vendorOfDefault(value, name) !== undefined) return 'vendor-default'
    if (
      isCommonPassword(value) &&
      (meaning === 'password' || environment || /secret|change|pass|admin|1234/i.test(value))
    ) {
      return meaning === 'key' && ISSUED_BY_VENDOR.test(name) ? null : 'weak'
    }
  }
  if (isPlaceholder(value) || isPlainValue(value)) return null
  // Prose speaks of options too: "the --password options".
  if (written === 'bare' && isOption(name) && isWordy(value) && !/secret|pass|admin/i.test(value)) return null
  if (isWordy(value)) return judgeWords(value, name, meaning, literal && written !== 'quoted', environment)
  if (written === 'bare' && !environment && /^[A-Za-z_][\w.]*$/.test(value) && !looksGenerated(value, 16)) return null
  if (meaning === 'key') return looksGenerated(value, 12) ? 'key' : null
  if (looksGenerated(value, 8)) return 'password'
  return literal && /^[\x21-\x7e]{6,}$/.test(value) && (characterClasses(value) >= 3 || value.length >= 8)
    ? 'password'
    : null
}

/** What follows an option of a command is its value, quoted or not: `--password x`, `requirepass x`. */
function isOption(name: string): boolean {
  return name.startsWith('--') || name === 'requirepass' || name === 'masterauth'
}

/** Words under a telling name: a guessable password where the text is a setting, an identifier elsewhere. */
function judgeWords(
  value: string,
  name: string,
  meaning: 'password' | 'key',
  literal: boolean,
  environment: boolean,
): NamedValue | null {
  if (STRUCTURE.has(value)) return null
  if (!literal || value.length < 4 || !/^[\x21-\x7e]+$/.test(value)) return null
  if (repeatsName(value, name, environment) || /^[\w-]+(?:\.[\w-]+)+$/.test(value) || /[/:]/.test(value)) return null
  if (meaning === 'password') return value.length >= 24 ? 'password' : 'weak'
  return environment && value.length >= 6 && !ISSUED_BY_VENDOR.test(name) ? 'weak' : null
}

/** What settings put under `password:` where the value is kept elsewhere: keys of a mapping, not values. */
const STRUCTURE = new Set(
  'name value type description title format default required secret secretName secretRef secretKey secretKeyRef configMapKeyRef existingSecret existingSecretKey fromSecret fromEnv valueFrom from key keyRef file path env envVar create generate generated random length enabled mode source external store'.split(
    ' ',
  ),
)

/** `password: Password`, `token: github-token`: a label or the name of a key, unless it is an environment variable. */
function repeatsName(value: string, name: string, environment: boolean): boolean {
  if (environment) return false
  const words = splitWords(value)
  if (words.length === 0) return false
  const own = splitWords(name)
  if (words.length === 1) return /^[A-Z]/.test(value) && own.includes(words[0] ?? '')
  return words.some((word) => own.includes(word))
}

/** Code, not text: `getpass()`, `tokens[0]`, `settings.password`. */
function isExpression(value: string, written: 'whole' | 'quoted' | 'bare'): boolean {
  return written === 'bare' && (/[()[\]{}]/.test(value) || /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(value))
}

/** Keys that only their vendor issues: a word in their place is a stand-in for a local server, not a password. */
const ISSUED_BY_VENDOR =
  /^(?:openai|anthropic|azure|google|gemini|groq|mistral|cohere|hf|hugging|nvidia|ngc|replicate|wandb|langchain|langsmith|pinecone|together|deepseek|tavily|serper|github|gitlab|slack)/i
