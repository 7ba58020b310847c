/** Source excerpts and diffs: every character of a line as written, the marked ones in `<mark>`. */
import type { ScanReport } from '../../core/report.ts'
import type { DiffLine } from '../edit-preview.ts'
import { forHtml } from '../neutralise.ts'
import type { Mark, Snippet, SourceLine } from '../snippet.ts'
import { pathInWords } from '../summary.ts'
import { html, joined, Markup } from './markup.ts'

/** Characters of a line that are shown; the rest is left out around its mark. */
const LONGEST_LINE = 1000

export function sourceFigure(snippet: Snippet, report: Pick<ScanReport, 'targets'>): Markup {
  const { location, lines, marks } = snippet
  const layer = location.layer === undefined ? undefined : html` · layer <code>${location.layer}</code>`
  const key = location.key === undefined || location.key === '' ? undefined : html` · ${location.key}`
  const place =
    location.line === undefined ? '' : `:${location.line}${location.column === undefined ? '' : `:${location.column}`}`
  const caption = html`<figcaption><code>${pathInWords(location, report)}${place}</code>${key}${layer}</figcaption>`
  if (lines.length === 0) return html`<figure class="source">${caption}</figure>`
  const rows = lines.map((line) => (line === undefined ? GAP : sourceLine(line, marks)))
  return html`<figure class="source">${caption}<pre tabindex="0">${joined(rows)}</pre></figure>`
}

/** Changed lines, with the signs that a patch has. */
export function diffFigure(caption: Markup, lines: readonly DiffLine[]): Markup {
  const rows = lines.map(({ sign, text }) => {
    const kind = sign === '+' ? ' add' : sign === '-' ? ' del' : ''
    return html`<span class="l${kind}">${sign} ${cutLine(text, 0).text}</span>`
  })
  return html`<figure class="source diff"><figcaption>${caption}</figcaption><pre tabindex="0">${joined(rows)}</pre></figure>`
}

/** The lines of a unified diff; what stands outside its hunks is context. */
export function diffLines(unified: string): DiffLine[] {
  let inHunk = false
  return unified
    .replace(/\n$/, '')
    .split('\n')
    .map((line): DiffLine => {
      const sign = line[0]
      if (line.startsWith('@@')) inHunk = true
      else if (sign !== ' ' && sign !== '+' && sign !== '-' && sign !== '\\') inHunk = false
      else if (inHunk && sign !== '\\') return { sign, text: line.slice(1) }
      return { sign: ' ', text: line }
    })
}

const GAP = html`<span class="l soft"><i>⋮</i></span>`

function sourceLine(line: SourceLine, marks: readonly Mark[]): Markup {
  const here = marks.filter((mark) => mark.line <= line.number && line.number <= mark.endLine)
  const first = here.find((mark) => mark.line === line.number) ?? here[0]
  const { text, dropped, cut } = cutLine(line.text, first?.line === line.number ? first.column - 1 : 0)
  const code = markedText([...text], line.number, here, dropped)
  const row = html`<span class="l${here.some((mark) => mark.primary) ? ' hit' : ''}"><i>${line.number}</i>${dropped > 0 ? '…' : ''}${code}${cut ? '…' : ''}</span>`
  const notes = here
    .filter((mark) => mark.label !== undefined && mark.endLine === line.number)
    .map((mark) => {
      const column = mark.line === line.number ? mark.column - 1 - dropped : text.length - text.trimStart().length
      const indent = ' '.repeat(Math.max(0, Math.min(column, 48)))
      return html`<span class="l says${mark.primary ? ' hit' : ' also'}"><i></i>${indent}└ ${mark.label}</span>`
    })
  return joined([row, ...notes])
}

/** Runs of characters with the same mark on them; the primary mark wins where two meet. */
function markedText(characters: readonly string[], line: number, marks: readonly Mark[], dropped: number): Markup {
  const kinds = new Uint8Array(characters.length)
  for (const mark of [...marks].sort((one, other) => Number(one.primary) - Number(other.primary))) {
    const from =
      mark.line === line ? mark.column - 1 - dropped : characters.findIndex((character) => character.trim() !== '')
    const to = mark.endLine === line ? mark.endColumn - 1 - dropped : characters.length
    kinds.fill(mark.primary ? 2 : 1, Math.max(0, from), Math.max(0, to))
  }
  let out = ''
  for (let at = 0; at < characters.length; ) {
    let end = at + 1
    while (end < characters.length && kinds[end] === kinds[at]) end++
    const run = forHtml(characters.slice(at, end).join(''), { newline: 'escape' })
    out += kinds[at] === 0 ? run : kinds[at] === 2 ? `<mark>${run}</mark>` : `<mark class="also">${run}</mark>`
    at = end
  }
  return new Markup(out)
}

function cutLine(text: string, column: number): { text: string; dropped: number; cut: boolean } {
  if (text.length <= LONGEST_LINE) return { text, dropped: 0, cut: false }
  const characters = [...text]
  const dropped = column < LONGEST_LINE / 2 ? 0 : Math.min(column - 200, Math.max(0, characters.length - LONGEST_LINE))
  const shown = characters.slice(dropped, dropped + LONGEST_LINE)
  return { text: shown.join(''), dropped, cut: dropped + shown.length < characters.length }
}
