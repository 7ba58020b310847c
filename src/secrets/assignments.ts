/**
 * Finds the value that a name is given, in text of any language: `NAME=value`, `"name": "value"`, `name: value`,
 * `--name value`, `["--name", "value"]`, `<name>value</name>`, `export NAME=value`, `${NAME:-value}`, and a Kubernetes
 * `name: NAME` followed by `value: …`. Starts from a keyword inside the name and looks a bounded way in both
 * directions, so a whole text costs linear time.
 */

import { buildKeywordAutomaton, type KeywordAutomaton } from './keyword-automaton.ts'
import { NAME_KEYWORDS } from './names.ts'

export interface Assignment {
  /** With the dashes of an option: `--password`. */
  readonly name: string
  readonly nameStart: number
  /** UTF-16 range of the value, quotes excluded. */
  readonly start: number
  readonly end: number
  readonly quoted: boolean
  /** The value is the default of a variable: `${NAME:-value}`. */
  readonly fallback: boolean
}

const LONGEST_NAME = 96
const LONGEST_VALUE = 1024
const LONGEST_GAP = 40

/** End of the name around `at`, so that other keywords in the same name need not be looked at. */
export function nameEnd(text: string, at: number): number {
  let end = at
  const limit = Math.min(text.length, at + LONGEST_NAME)
  while (end < limit && isNameUnit(text.charCodeAt(end))) end++
  return end
}

/** The assignment whose name holds the keyword at `[hitStart, hitEnd)`, if there is one. */
export function assignmentAt(text: string, hitStart: number, hitEnd: number): Assignment | null {
  let nameStart = hitStart
  const limit = Math.max(0, hitStart - LONGEST_NAME)
  while (nameStart > limit && isNameUnit(text.charCodeAt(nameStart - 1))) nameStart--
  const inBraces = text[nameStart - 1] === '{' && text[nameStart - 2] === '$'
  let end = inBraces ? endOfVariable(text, hitEnd) : nameEnd(text, hitEnd)
  while (end > hitEnd && text[end - 1] === '-') end--
  const flag = text.startsWith('--', nameStart)
  const name = (flag ? '--' : '') + text.slice(nameStart, end).replace(/^[.-]+/, '')
  if (name.length > LONGEST_NAME) return null
  if (inBraces) return fallbackValue(text, end, name, nameStart)
  const at = valueStart(text, nameStart, end, name, flag)
  if (at === null) return null
  return readValue(text, at.at, name, nameStart, at.until)
}

let tellingNames: KeywordAutomaton | undefined

/** Every assignment in `text` whose name holds one of the keywords of telling names, in the order of the text, each once. */
export function assignmentsIn(text: string): Assignment[] {
  const found: Assignment[] = []
  let seen = 0
  tellingNames ??= buildKeywordAutomaton(NAME_KEYWORDS)
  tellingNames.scan(text, (_keyword, start, end) => {
    if (start < seen) return
    seen = nameEnd(text, end)
    const assignment = assignmentAt(text, start, end)
    if (assignment !== null && found.at(-1)?.start !== assignment.start) found.push(assignment)
  })
  return found
}

/** The range of the default in `${NAME:-default}` where the whole of `[start, end)` is that; else the range itself. */
export function valueRange(
  text: string,
  start: number,
  end: number,
): { start: number; end: number; fallback: boolean } {
  let from = start
  let to = end
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  const quote = text[from]
  if (to - from >= 2 && (quote === '"' || quote === "'") && text[to - 1] === quote) {
    from++
    to--
  }
  let fallback = false
  for (let depth = 0; depth < 4; depth++) {
    const head = /^\$\{[A-Za-z_][A-Za-z0-9_]{0,127}:?-/.exec(text.slice(from, Math.min(to, from + 140)))
    if (head === null || text[to - 1] !== '}') break
    from += head[0].length
    to--
    fallback = true
  }
  return { start: from, end: to, fallback }
}

/** Where the value begins after the name, or null where nothing is assigned. */
function valueStart(
  text: string,
  nameStart: number,
  end: number,
  name: string,
  flag: boolean,
): { at: number; until?: string } | null {
  const opening = text[nameStart - 1]
  if (opening === '<' && text[end] === '>') return { at: end + 1, until: '<' }
  let at = end
  let quoted = false
  if (text[at] === '\\' && text[at + 1] === '"') {
    at += 2
    quoted = true
  } else if ((text[at] === '"' || text[at] === "'") && opening === text[at]) {
    at++
    quoted = true
  }
  if (quoted && text[at] === ']') at++
  const sibling = siblingValue(text, nameStart, at)
  if (sibling !== null) return { at: sibling }
  const gap = skipBlanks(text, at)
  const sign = text[gap]
  if (sign === '=') {
    if (text[gap + 1] === '=' || text[gap + 1] === '~') return null
    return { at: skipBlanks(text, text[gap + 1] === '>' ? gap + 2 : gap + 1) }
  }
  if ((sign === ':' || sign === '?') && text[gap + 1] === '=') return { at: skipBlanks(text, gap + 2) }
  if (sign === ':') {
    if (text[gap + 1] === ':') return null
    return { at: skipType(text, skipBlanks(text, gap + 1)) }
  }
  if (sign === ',' && quoted && (flag || /^[A-Z][A-Z0-9_]+$/.test(name))) {
    const value = skipBlanks(text, gap + 1)
    return isQuote(text, value) ? { at: value } : null
  }
  if (
    gap > at &&
    text[gap] !== '-' &&
    (flag || /^(?:requirepass|masterauth)$/i.test(name) || isWordAfter(text, nameStart))
  ) {
    return { at: gap }
  }
  return null
}

/** `name: NAME` (or `"name": "NAME",`) and then `value: …`, as Kubernetes and task definitions write variables. */
function siblingValue(text: string, nameStart: number, at: number): number | null {
  if (!/\bname["']?\s{0,4}[:=]\s{0,4}["']?$/i.test(text.slice(Math.max(0, nameStart - 20), nameStart))) return null
  const next = /^[\s,]{1,80}["']?(?:value|Value|default)["']?[ \t]{0,8}[:=][ \t]{0,8}/.exec(text.slice(at, at + 120))
  return next === null ? null : at + next[0].length
}

/** Dockerfile's `ENV NAME value`, and `login NAME password VALUE` of a netrc file. */
function isWordAfter(text: string, nameStart: number): boolean {
  const before = text.slice(Math.max(0, nameStart - 80), nameStart)
  return /(?:^|\n)[ \t]{0,20}ENV[ \t]{1,8}$/i.test(before) || /\b(?:login|machine)\s{1,4}\S{1,60}\s{1,20}$/.test(before)
}

/** `: str = "value"`: past the type. */
function skipType(text: string, at: number): number {
  const type = /^[A-Za-z_][\w.[\]| ]{0,40}?\s{0,4}=\s{0,4}(?=["'])/.exec(text.slice(at, at + 60))
  return type === null ? at : at + type[0].length
}

function readValue(text: string, at: number, name: string, nameStart: number, until?: string): Assignment | null {
  let start = at
  if (/^[bruf]{1,2}["']/i.test(text.slice(start, start + 3)))
    start = text.indexOf(
      text[start + 1] === '"' || text[start + 1] === "'" ? (text[start + 1] as string) : (text[start + 2] as string),
      start,
    )
  const limit = Math.min(text.length, start + LONGEST_VALUE)
  let end = start
  let quoted = false
  if (until !== undefined) {
    while (end < limit && text[end] !== until && text[end] !== '\n') end++
  } else if (isQuote(text, start)) {
    quoted = true
    const escaped = text[start] === '\\'
    const quote = escaped ? '"' : (text[start] as string)
    start += escaped ? 2 : 1
    end = start
    while (end < limit && text[end] !== '\n' && text[end] !== quote) end += text[end] === '\\' && !escaped ? 2 : 1
    if (escaped && text[end - 1] === '\\') end--
    end = Math.min(end, limit)
  } else {
    while (end < limit && isBareUnit(text, end)) end++
    while (end > start && /[,;)\]}:]/.test(text[end - 1] as string) && text[start] !== '$') end--
  }
  const range = valueRange(text, start, end)
  if (range.end <= range.start) return null
  return { name, nameStart, start: range.start, end: range.end, quoted, fallback: range.fallback }
}

function fallbackValue(text: string, end: number, name: string, nameStart: number): Assignment | null {
  const sign = /^:?[-=]/.exec(text.slice(end, end + 2))
  if (sign === null) return null
  const start = end + sign[0].length
  const limit = Math.min(text.length, start + LONGEST_VALUE)
  let close = start
  while (close < limit && text[close] !== '}' && text[close] !== '\n' && text[close] !== '$') close++
  return text[close] === '}' && close > start
    ? { name, nameStart, start, end: close, quoted: false, fallback: true }
    : null
}

function endOfVariable(text: string, at: number): number {
  let end = at
  const limit = Math.min(text.length, at + LONGEST_NAME)
  while (end < limit && text[end] !== '-' && text[end] !== '.' && isNameUnit(text.charCodeAt(end))) end++
  return end
}

function skipBlanks(text: string, at: number): number {
  let next = at
  const limit = Math.min(text.length, at + LONGEST_GAP)
  while (next < limit && (text[next] === ' ' || text[next] === '\t')) next++
  return next
}

function isQuote(text: string, at: number): boolean {
  const sign = text[at]
  return sign === '"' || sign === "'" || sign === '`' || (sign === '\\' && text[at + 1] === '"')
}

/** Letters, digits, `_`, `-` and `.`: `model.api_key`, `--api-key`. */
function isNameUnit(unit: number): boolean {
  return (
    (unit >= 48 && unit <= 57) ||
    ((unit | 32) >= 97 && (unit | 32) <= 122 && unit < 128) ||
    unit === 95 ||
    unit === 45 ||
    unit === 46
  )
}

/** An unquoted value ends at white space, a quote, or a sign that a shell or query string ends it with. */
function isBareUnit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return (
    unit > 32 && unit !== 34 && unit !== 39 && unit !== 96 && unit !== 38 && unit !== 124 && unit !== 60 && unit !== 62
  )
}

function isBlank(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13)
}
