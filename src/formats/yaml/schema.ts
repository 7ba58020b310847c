/**
 * What a plain scalar means, as the Go libraries behind Compose and Kubernetes resolve it, which is neither YAML 1.1
 * nor 1.2 to the letter: `0644` is octal and `1_000` a number in both; `yes`, `on`, `y` are booleans only in go-yaml v2
 * (Kubernetes, here `1.1`); base-60 numbers in neither.
 */
export type YamlVersion = '1.2' | '1.1'

export type ScalarValue = string | number | boolean | null

const COMMON: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
])

/** Words that are booleans in YAML 1.1; in Compose they are strings that turn true where a boolean belongs. */
const LEGACY_BOOLEANS: ReadonlyMap<string, boolean> = new Map<string, boolean>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
])

/** Longer plain scalars are never numbers worth having: keeps the patterns below off megabytes of text. */
const LONGEST_NUMBER = 64

/** The boolean that go-yaml v2 reads in `text`, whatever the version of the document. */
export function legacyBoolean(text: string): boolean | undefined {
  return LEGACY_BOOLEANS.get(text)
}

/** The typed value of a plain scalar's text. Infinite and not-a-number values stay text: JSON has none. */
export function resolvePlain(text: string, version: YamlVersion): ScalarValue {
  const common = COMMON.get(text)
  if (common !== undefined) return common
  if (version === '1.1') {
    const legacy = LEGACY_BOOLEANS.get(text)
    if (legacy !== undefined) return legacy
  }
  if (text.length > LONGEST_NUMBER || !/^[-+.0-9]/.test(text)) return text
  return resolveNumber(text) ?? text
}

/** Go's `strconv.ParseInt(text, 0, 64)` with underscores taken out, then go-yaml's float pattern. */
function resolveNumber(text: string): number | undefined {
  const plain = text.replaceAll('_', '')
  const sign = plain.startsWith('-') ? -1 : 1
  const digits = /^[-+]/.test(plain) ? plain.slice(1) : plain
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return sign * Number.parseInt(digits.slice(2), 16)
  if (/^0[oO][0-7]+$/.test(digits)) return sign * Number.parseInt(digits.slice(2), 8)
  if (/^0[bB][01]+$/.test(digits)) return sign * Number.parseInt(digits.slice(2), 2)
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8)
  if (!/^(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits)) return undefined
  const value = Number(digits)
  return Number.isFinite(value) ? sign * value : undefined
}

/** The value of a scalar with an explicit tag; `text` where the tag is none of YAML's own. */
export function resolveTagged(tag: string, text: string, quoted: boolean, version: YamlVersion): ScalarValue {
  switch (tag) {
    case '!':
    case '!!str':
      return text
    case '!!binary':
      return Buffer.from(text.replace(/\s+/g, ''), 'base64').toString('utf8')
    default:
      return quoted && !/^!!(int|float|bool|null)$/.test(tag) ? text : resolvePlain(text, version)
  }
}
