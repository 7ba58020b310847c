/**
 * Every string that comes from a target (a file name, a label, an excerpt, a parser's message) is hostile. These
 * functions make one harmless for the medium it is about to enter, and leave ordinary text of any language readable.
 *
 * The threats: escape sequences that repaint a terminal, bidirectional and invisible characters that make text read
 * other than it is (CVE-2021-42574), workflow commands in build logs, markup and script in pages, mentions and links
 * in comments, formulas in spreadsheets, characters that make a document unparsable.
 */
import { encodeText } from '../core/span.ts'

/** What becomes of line breaks and tabs. `escape`: shown as `\n`, `\t`; `space`: one space; `keep`: as they are. */
export interface WhitespaceOptions {
  readonly newline?: WhitespaceHandling
  readonly tab?: WhitespaceHandling
}

export type WhitespaceHandling = 'escape' | 'space' | 'keep'

/**
 * For a terminal or a build log. Control, bidirectional, invisible and undecodable characters become `\x1b`,
 * `\u{202e}`; a byte that was not UTF-8 (U+DC80…U+DCFF) becomes `\x80`. What Actions, Azure and TeamCity would take
 * for a command is broken up. Line breaks and tabs are escaped unless asked otherwise. Idempotent.
 */
export function forTerminal(text: string, options: WhitespaceOptions = {}): string {
  return reveal(text, options).replace(LOG_COMMAND, '#\\x23').replace(WORKFLOW_COMMAND, '$1\\x3a')
}

/** For HTML text and quoted attribute values. Line breaks and tabs are kept unless asked otherwise. */
export function forHtml(text: string, options: WhitespaceOptions = {}): string {
  const shown = reveal(text, { newline: 'keep', tab: 'keep', ...options })
  return shown.replace(LOG_COMMAND, '#\0').replace(/[&<>"'`\0]/g, (character) => ENTITIES[character] as string)
}

/**
 * Takes and gives JSON text (as JSON.stringify writes it) of the same value: control, bidirectional and invisible
 * characters are written as `\u` escapes, so that the text is harmless where a terminal or a build log shows it.
 */
export function forJson(json: string): string {
  return json.replace(UNSEEN_IN_JSON, unicodeEscapes).replace(LOG_COMMAND, '#\\u0023')
}

/**
 * For JSON inside a `<script>` element: takes and gives JSON text of the same value, in which nothing can end the
 * element, open a comment or end a line of JavaScript.
 */
export function forScript(json: string): string {
  return forJson(json).replace(/[<>&]/g, unicodeEscapes)
}

/**
 * For running text in a GitHub comment, table cells included: plain words whatever they hold. No markup, HTML, image
 * or link comes to life, nobody is mentioned, no issue is referenced. One line.
 */
export function forMarkdown(text: string): string {
  const shown = reveal(text, { newline: 'space', tab: 'space' }).trim()
  // Mentions, issue references, e-mail addresses and :emoji: are looked for after Markdown has been rendered, when a
  // backslash is long gone: only a character that is no part of them keeps them apart.
  return shown.replace(MARKDOWN_ACTIVE, (match, trigger: string | undefined) => {
    const escaped = match.replace(/[^A-Za-z0-9\s]/g, '\\$&')
    return trigger === undefined ? escaped : escaped + '&#8203;'
  })
}

/** For a code span in a GitHub comment, whatever it holds; `table`: inside a table cell, where `|` would end it. */
export function forMarkdownCode(text: string, options: { readonly table?: boolean } = {}): string {
  let shown = forTerminal(text)
  if (shown.trim() === '') return '` `'
  if (options.table === true) shown = shown.replace(/\\*\|/g, escapePipe)
  const fence = '`'.repeat(longestBacktickRun(shown) + 1)
  const padding = /^`|`$|^ .* $/s.test(shown) ? ' ' : ''
  return fence + padding + shown + padding + fence
}

/** A fenced block for a GitHub comment. Each item becomes one line, whatever it holds; no line break at the end. */
export function forMarkdownBlock(lines: readonly string[]): string {
  const shown = lines.map((line) => forTerminal(line, { tab: 'keep' }))
  const longest = shown.reduce((length, line) => Math.max(length, longestBacktickRun(line)), 2)
  const fence = '`'.repeat(longest + 1)
  return [fence, ...shown, fence].join('\n')
}

/** For XML 1.0 quoted attribute values: kept line breaks and tabs are written as references. */
export function forXmlAttribute(text: string, options: WhitespaceOptions = {}): string {
  return forXml(text, options).replace(/[\t\n]/g, (character) => ENTITIES[character] as string)
}

/** For XML 1.0 text, CDATA sections excepted: line breaks and tabs stay unless asked otherwise. */
export function forXml(text: string, options: WhitespaceOptions = {}): string {
  return forHtml(text, options)
}

/** For the message of a GitHub workflow command; its line breaks survive (as `%0A`). */
export function forAnnotation(text: string): string {
  const shown = reveal(text, { newline: 'keep', tab: 'space' })
  return shown.replace(LOG_COMMAND, '#\\x23').replace(/[%\r\n]/g, percentEncode)
}

/** For the value of a property of a GitHub workflow command. One line. */
export function forAnnotationProperty(text: string): string {
  const shown = reveal(text, { newline: 'space', tab: 'space' })
  return shown.replace(LOG_COMMAND, '#\\x23').replace(/[%\r\n:,]/g, percentEncode)
}

/** One field of a CSV file, quoted; what a spreadsheet would run as a formula is led by an apostrophe. */
export function forCsv(text: string): string {
  const shown = forTerminal(text, { newline: 'keep', tab: 'space' })
  const guard = FORMULA_START.test(shown) ? "'" : ''
  return `"${guard}${shown.replaceAll('"', '""')}"`
}

/** The address where it is plain `http(s)`, normalised; else undefined, so that no other scheme becomes a link. */
export function webAddress(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.username === '' && url.password === '' ? url.href : undefined
}

/**
 * A path as a relative URI reference (RFC 3986): a byte that was not UTF-8 is encoded as that byte. Never read as a
 * scheme, an authority, a query or a fragment.
 */
export function pathToUri(path: string): string {
  return path.replace(/[^\w\-.~!$&'()*+,;=@/]+/g, percentEncode).replace(/^\/+/, '')
}

/** Combining marks on one character that are still taken for writing; Tibetan and Vietnamese stay below. */
const MARKS = 8

/**
 * Control (Cc), undecodable (Cs), line and paragraph separators, characters that show nothing (DI: zero-width,
 * bidirectional, tags, variation selectors, fillers), interlinear annotation, non-characters; a combining mark that
 * would sit on a character of ours, or is one of too many.
 */
const UNSEEN_CLASS = '\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{DI}\\uFFF9-\\uFFFB\\uFFFE\\uFFFF'
const UNSEEN = new RegExp(`\\r\\n|[${UNSEEN_CLASS}]|\\p{M}(?<=^\\p{M}|\\n\\p{M}|\\p{M}{${MARKS + 1}})`, 'gu')
const UNSEEN_IN_JSON = new RegExp(`(?!\\n)[${UNSEEN_CLASS}]`, 'gu')

/** Azure Pipelines, TeamCity and (its older form) GitHub Actions look for commands anywhere in a line. */
const LOG_COMMAND = /##(?=\[|vso\[|teamcity\[)/gi
/** GitHub Actions: `::name parameters::data` at the start of a line. */
const WORKFLOW_COMMAND = /^([^\S\n]*):(?=:[a-z])/gim

/**
 * What has a meaning to GitHub's Markdown anywhere in a line, or (first alternatives) at its start; group 1: what is
 * looked for in the rendered text.
 */
const MARKDOWN_ACTIVE =
  /^[-+=]|(?<=^\d{1,9})[.)]|(?<=www)\.|(GH-(?=\d)|@(?=\w)|#(?=\d)|:(?=\/\/|[a-z0-9_+-]+:))|[\\`*_[\]<>&~$|#@!]/gi

/** `=1+1`, and what spreadsheets fold to the same: full-width forms, leading space. */
const FORMULA_START = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '\0': '&#35;',
  '\t': '&#9;',
  '\n': '&#10;',
}

function reveal(text: string, { newline = 'escape', tab = 'escape' }: WhitespaceOptions): string {
  if (/^[ -~]*$/.test(text)) return text
  return text.replace(UNSEEN, (match, at: number) => {
    if (match === '\n' || match === '\r\n') {
      return newline === 'keep' ? '\n' : newline === 'space' ? ' ' : match === '\n' ? '\\n' : '\\r\\n'
    }
    if (match === '\t') return tab === 'keep' ? '\t' : tab === 'space' ? ' ' : '\\t'
    if (match === '\r') return '\\r'
    return isPartOfEmoji(text, at, match) || isIdeographVariant(text, at, match) ? match : escapeCharacter(match)
  })
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) as number
  const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code
  return byte <= 0xff ? `\\x${byte.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** A presentation selector after an emoji, or a joiner between two. */
function isPartOfEmoji(text: string, at: number, character: string): boolean {
  const before = text.slice(Math.max(0, at - 4), at)
  if (character === '\uFE0E' || character === '\uFE0F') return /[\p{Emoji}--\p{ASCII}]$|[0-9#*]$/v.test(before)
  return (
    character === '\u200D' &&
    /\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?$/u.test(before) &&
    /^\p{Extended_Pictographic}/u.test(text.slice(at + 1, at + 3))
  )
}

/** A variation selector of the ideographic database, once, after an ideograph. */
function isIdeographVariant(text: string, at: number, character: string): boolean {
  return /^[\u{E0100}-\u{E01EF}]/u.test(character) && /\p{Ideographic}$/u.test(text.slice(Math.max(0, at - 2), at))
}

/** The UTF-16 units of each character as JSON writes them. */
function unicodeEscapes(text: string): string {
  let out = ''
  for (let at = 0; at < text.length; at++) out += `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
  return out
}

function percentEncode(text: string): string {
  let out = ''
  for (const byte of encodeText(text)) out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return out
}

/**
 * A table cell ends at a `|` behind an even number of backslashes, and one backslash is taken away from before each
 * `|` that does not end it. Behind an odd number of them one more is shown than there is.
 */
function escapePipe(match: string): string {
  const backslashes = match.length - 1
  return '\\'.repeat(backslashes + (backslashes % 2 === 0 ? 1 : 2)) + '|'
}

function longestBacktickRun(text: string): number {
  let longest = 0
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length)
  return longest
}
