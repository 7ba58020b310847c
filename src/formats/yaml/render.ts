/** New YAML text: scalars quoted only where they must be, collections in block or flow style. */
import { resolvePlain } from './schema.ts'

export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue }

export type Quote = 'plain' | 'single' | 'double'

/** How a document lays out its blocks. */
export interface BlockStyle {
  /** Columns that a nested mapping stands to the right of its key. */
  readonly step: number
  /** The same for the dashes of a list: 0 in much of Kubernetes. */
  readonly listStep: number
  readonly newline: '\n' | '\r\n'
}

/** A scalar's text. `quote` is the neighbours' style: plain gives way where the text would mean something else. */
export function renderScalar(value: string | number | boolean | null, quote: Quote = 'plain'): string {
  if (typeof value !== 'string') return String(value)
  if (quote === 'plain' && isPlainSafe(value)) return value
  if (quote === 'single' && !/[\n\r\0-\x1f\x7f-\x9f\u2028\u2029\uD800-\uDFFF\uFEFF]/.test(value))
    return `'${value.replaceAll("'", "''")}'`
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** True where the text, unquoted, is this very string for YAML 1.1, 1.2 and go-yaml alike, in flow and block style. */
export function isPlainSafe(text: string): boolean {
  if (text === '' || text.length > 1000) return false
  if (resolvePlain(text, '1.1') !== text || resolvePlain(text, '1.2') !== text) return false
  // Numbers with colons are base 60 for some readers; dates become times.
  if (/^[-+\d.][-+\d.:_eExXTZ ]*$/.test(text) && !/^\d+(\.\d+){2,}$/.test(text) && !/^\d+[a-zA-Z]/.test(text))
    return false
  if (/^(=|<<|\.(inf|nan)|[-+]\.inf)$/i.test(text)) return false
  if (!/^[A-Za-z0-9_./\\$(~+^]/.test(text) && !/^-[A-Za-z0-9_/.-]/.test(text)) return false
  if (/^(---|\.\.\.)/.test(text)) return false
  return /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(text) && !/[,[\]{}]|:( |$)| #|[`\t"']/.test(text)
}

/** One line: `{a: 1, b: [x]}`; `json` quotes every key and string. */
export function renderFlow(value: YamlValue, json = false): string {
  const scalar = (text: string | number | boolean | null) => renderScalar(text, json ? 'double' : 'plain')
  if (value === null || typeof value !== 'object') return scalar(value)
  if (Array.isArray(value)) return `[${value.map((item: YamlValue) => renderFlow(item, json)).join(', ')}]`
  const entries = Object.entries(value as Readonly<Record<string, YamlValue>>)
  return `{${entries.map(([key, item]) => `${scalar(key)}: ${renderFlow(item, json)}`).join(', ')}}`
}

/** What follows `key:`: ` value`, or a line break and a block whose key stands at column `column`. */
export function renderAfterKey(value: YamlValue, column: number, style: BlockStyle): string {
  if (!isBlock(value)) return ` ${renderFlow(value)}`
  const inner = column + (Array.isArray(value) ? style.listStep : style.step)
  return `${style.newline}${' '.repeat(inner)}${renderBlock(value, inner, style)}`
}

/** A block whose first line is already at column `column`. */
export function renderBlock(value: YamlValue, column: number, style: BlockStyle): string {
  if (!isBlock(value)) return renderFlow(value)
  const separator = `${style.newline}${' '.repeat(column)}`
  if (Array.isArray(value))
    return value.map((item: YamlValue) => `- ${renderBlock(item, column + 2, style)}`).join(separator)
  const entries = Object.entries(value as Readonly<Record<string, YamlValue>>)
  return entries.map(([key, item]) => `${renderScalar(key)}:${renderAfterKey(item, column, style)}`).join(separator)
}

function isBlock(value: YamlValue): boolean {
  if (value === null || typeof value !== 'object') return false
  return (Array.isArray(value) ? value.length : Object.keys(value).length) > 0
}
