/**
 * Characters that make a file read otherwise than it runs: controls of writing direction (CVE-2021-42574), characters
 * without width inside words, and tags. Those that a script needs (joiners in Persian, an emoji's parts, direction marks
 * beside Hebrew or Arabic) are none.
 */
import type { HiddenCharacters } from '../../core/facts/dockerfile.ts'
import type { SourceText } from '../../core/span.ts'

const MOST_LINES = 200
const CANDIDATE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e01ef}]/u
const CANDIDATES = new RegExp(CANDIDATE.source, 'gu')
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

export function hiddenCharacters(source: SourceText): HiddenCharacters[] {
  const found: HiddenCharacters[] = []
  const { text } = source
  if (!CANDIDATE.test(text)) return found
  for (let start = 0; start < text.length && found.length < MOST_LINES; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    const line = text.slice(start, end)
    const hits = CANDIDATE.test(line) ? inLine(line, start === 0) : []
    const [first] = hits
    const last = hits.at(-1)
    if (first !== undefined && last !== undefined) {
      const codes = [...new Set(hits.map(({ code }) => code))].slice(0, 16)
      found.push({ span: source.span(start + first.start, start + last.end), codes, count: hits.length })
    }
    start = end + 1
  }
  return found
}

interface Hit {
  readonly start: number
  readonly end: number
  readonly code: number
}

function inLine(line: string, isFirst: boolean): Hit[] {
  const rightToLeft = RIGHT_TO_LEFT.test(line)
  const comment = /^\s*#/.test(line)
  const hits: Hit[] = []
  for (const match of line.matchAll(CANDIDATES)) {
    const start = match.index
    const end = start + match[0].length
    const code = line.codePointAt(start) ?? 0
    // The byte order mark.
    if (isFirst && start === 0 && code === 0xfeff) continue
    if (deceives(code, line, start, end, rightToLeft, comment)) hits.push({ start, end, code })
  }
  return hits
}

function deceives(
  code: number,
  line: string,
  start: number,
  end: number,
  rightToLeft: boolean,
  comment: boolean,
): boolean {
  // Overrides turn letters around; nobody writes with them.
  if (code === 0x202d || code === 0x202e) return true
  if (isDirection(code)) return !rightToLeft
  if (code >= 0xe0000) return isHiddenTag(code, line, start)
  const inWord = isWord(line[start - 1]) && isWord(line[end])
  // Joiners belong to scripts and emoji; without width between Latin letters they hide.
  if (code === 0x200c || code === 0x200d) return inWord
  return comment ? inWord : true
}

function isDirection(code: number): boolean {
  return (
    code === 0x061c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  )
}

/** Tags spell the flags of regions after a black flag; variation selectors stand behind ideographs. */
function isHiddenTag(code: number, line: string, start: number): boolean {
  const before = line.slice(Math.max(0, start - 2), start)
  if (code >= 0xe0100) return before.length < 1 || /[\0-\x7f]$/.test(before) || /\udb40[\udd00-\uddff]$/.test(before)
  let at = start
  while (at >= 2 && /^\udb40[\udc00-\udc7f]$/.test(line.slice(at - 2, at))) at -= 2
  return line.slice(at - 2, at) !== '\u{1f3f4}'
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9_./:=-]/.test(character)
}
