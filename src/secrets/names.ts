/**
 * What the name of a variable, key or property says about its value. The head (last word that matters) decides:
 * `POSTGRES_PASSWORD` holds a password, `PASSWORD_FILE` a path, `MAX_TOKENS` a number.
 */

/** `password`: chosen by a person; `key`: made by a machine (token, secret, API key). */
export type NameMeaning = 'password' | 'key'

/** Substrings without which a name says nothing: the kinds' keywords. `salt` counts for vendors' defaults alone. */
export const NAME_KEYWORDS = ['pass', 'pwd', 'secret', 'token', 'key', 'credential', 'salt'] as const

/** What a value of this name is, or null where the name does not say that it is secret. */
export function nameMeaning(name: string): NameMeaning | null {
  if (name.length > 128) return null
  const words = splitWords(name)
  while (words.length > 1 && QUALIFIERS.has(words.at(-1) ?? '')) words.pop()
  const head = words.at(-1)
  if (head === undefined || words.some((word) => PUBLIC_WORDS.has(word))) return null
  const before = words.at(-2) ?? ''
  if (PASSWORD_HEADS.has(head)) return 'password'
  if (head === 'pass') return PASS_OWNERS.has(before) || words.length === 1 ? 'password' : null
  // `PWD` and `OLDPWD` are the shell's own: where it stands.
  if (head === 'pwd') return /^(?:OLD_?)?PWD$/.test(name) ? null : 'password'
  if (head === 'secret' || head === 'secrets') return before === 'pull' || before === 'existing' ? null : 'key'
  if (head === 'credential' || head === 'credentials') return 'key'
  if (head === 'token') return TEXT_TOKEN_WORDS.has(before) ? null : 'key'
  if (head === 'tokens') return ISSUED_WORDS.has(before) ? 'key' : null
  if (head === 'key' || head === 'keys') return KEY_OWNERS.has(before) ? 'key' : null
  if (head !== 'oldpwd' && JOINED_PASSWORD.test(head)) return 'password'
  if (JOINED_KEY.test(head)) return 'key'
  return null
}

/** True for names written as environment variables are: `HF_TOKEN`. */
export function isEnvironmentName(name: string): boolean {
  return /^[A-Z][A-Z0-9_]{2,}$/.test(name)
}

/** Lower-case words of `someAPIKey`, `SOME_API_KEY`, `--some-api-key`, `some.apiKey`. */
export function splitWords(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
}

const PASSWORD_HEADS = new Set([
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'passcode',
  'requirepass',
  'masterauth',
])
const PASS_OWNERS = new Set(
  'db database user admin root smtp mail email mysql pg postgres redis mongo sql rabbitmq login auth ftp ldap es elastic neo minio account registry git ssh sudo default'.split(
    ' ',
  ),
)
/** Words after the head that do not change what the value is. */
const QUALIFIERS = new Set(
  'value default plain plaintext text string hex base b raw str env literal prod dev staging test'.split(' '),
)
/** Publishable, or not the value itself: `PUBLIC_KEY`, `password_hash`. */
const PUBLIC_WORDS = new Set(
  'public publishable pub anon hash hashed encrypted sealed fingerprint checksum csrf xsrf'.split(' '),
)
/** What stands before `token` where it means a piece of text or a place in a list. */
const TEXT_TOKEN_WORDS = new Set(
  'max min num n total new eos bos pad unk cls sep mask special stop start end begin image audio video vision next page continuation first last prev previous current prompt completion input output context per think thinking cached reasoning control tool call role word text decoder sync lexer parse parser syntax string line comment unknown padding separator delimiter any each every this target source'.split(
    ' ',
  ),
)
const ISSUED_WORDS = new Set('api access auth refresh bearer service admin hf hub github gitlab'.split(' '))
const KEY_OWNERS = new Set(
  'api access secret private auth encryption encrypt signing sign master account fernet service admin session shared jwt crypto cipher aes hmac webhook storage app application license root rest subscription integration deploy master write ingest jwk cookie'.split(
    ' ',
  ),
)
const JOINED_PASSWORD = /(?:password|passwd|passphrase|[a-z]{2}pwd)$/
const JOINED_KEY =
  /(?:apikeys?|secretkey|accesskey|privatekey|authkey|masterkey|encryptionkey|signingkey|accountkey|apitoken|authtoken|accesstoken|refreshtoken|bearertoken|clientsecret|appsecret|apisecret|jwtsecret|mysecret|usersecret)$/
