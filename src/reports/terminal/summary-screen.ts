/** What `bulkhead scan` prints: what was looked at, "Fix these first", counts, verdict, and what to type next. */
import type { ScanReport } from '../../core/report.ts'
import { AREAS, SEVERITIES, type Severity } from '../../core/severity.ts'
import {
  countByArea,
  coverageInWords,
  type FixRow,
  fixFirst,
  listed,
  placesInWords,
  skippedInWords,
  totals,
  totalsInWords,
  verdictInWords,
} from '../summary.ts'
import { columns, dot, ellipsis, paint, type Role, type Style, shortSeverity, shown } from './style.ts'
import { cutEnd, flow, padEnd, padStart, textWidth, wrap } from './width.ts'

const MOST_ROWS = 10
const MOST_SKIPPED = 4
const MOST_SKIPPED_IN_FULL = 200
const MOST_ERRORS = 3

/** Ends with a line break. */
export function summaryScreen(report: ScanReport, style: Style): string {
  const parts = [
    headerLines(report, style),
    coverageLines(report, style, 'short'),
    fixFirstLines(report, style),
    countLines(report, style),
    verdictLines(report, style),
    nextLines(report, style),
  ]
  return joinParts(parts)
}

/** Parts with a blank line between two; parts without lines are left out. */
export function joinParts(parts: readonly (readonly string[])[]): string {
  const present = parts.filter((part) => part.length > 0).map((part) => part.join('\n'))
  return `${present.join('\n\n')}\n`
}

/** `bulkhead 0.4.0 · ./churn-model · fails at high · advisories 1 day old`. */
export function headerLines(report: ScanReport, style: Style): string[] {
  const { knowledge } = coverageInWords(report)
  const names = report.targets.map((target) => cutEnd(shown(style, target.name), 60, ellipsis(style)))
  const targets = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : listed(names)
  const phrases = [
    `${report.tool.name} ${shown(style, report.tool.version)}`,
    targets,
    report.failOn === 'never' ? 'never fails' : `fails at ${report.failOn}`,
    ...knowledge.filter((text) => text.startsWith('advisories')),
  ]
  const lines = flow(
    phrases.filter((phrase) => phrase !== '').map((phrase) => shown(style, phrase)),
    dot(style),
    columns(style),
  )
  return lines.map((line) => paint(style, 'strong', line))
}

/** What was looked at and what was not, in as many lines as it takes to be honest; `full` leaves little out. */
export function coverageLines(report: ScanReport, style: Style, how: 'short' | 'full'): string[] {
  const words = coverageInWords(report)
  const areas = [
    words.checked.length > 0 ? `${listed(words.checked)} checked` : '',
    words.partly.length > 0 ? `${listed(words.partly)} partly` : '',
    words.notChecked.length > 0 ? `${listed(words.notChecked)} not checked` : '',
    how === 'full' && words.notApplicable.length > 0 ? `nothing there for ${listed(words.notApplicable)}` : '',
  ].filter((phrase) => phrase !== '')
  const seen = [words.seen === '' ? 'nothing that Bulkhead knows' : words.seen, words.files]
  const most = how === 'full' ? MOST_SKIPPED_IN_FULL : MOST_SKIPPED
  const skipped = words.skipped.slice(0, most).map((one) => `${one.required ? 'required: ' : ''}${skippedInWords(one)}`)
  const left = words.skipped.length - most
  if (left > 0) skipped.push(`and ${left} more${how === 'full' ? '' : '; bulkhead scan --full lists them'}`)
  const failed = words.failed.flatMap((analyzer) => failureInWords(analyzer.id, analyzer.errors, how))
  const suppressed = report.coverage.suppressed.map((one) => `${one.count} by ${one.by}`)
  return [
    ...labelled(
      'Scanned',
      flow(
        seen.map((text) => shown(style, text)),
        dot(style),
        columns(style) - LABEL,
      ),
      style,
    ),
    ...labelled(
      'Areas',
      flow(
        areas.map((text) => shown(style, text)),
        dot(style),
        columns(style) - LABEL,
      ),
      style,
    ),
    ...labelled('Skipped', hanging(skipped, style), style, 'unsure'),
    ...labelled('Failed', hanging(failed, style), style, 'unsure'),
    ...labelled('Ignored', how === 'full' ? hanging(suppressed, style) : [], style),
    ...labelled('Known', how === 'full' ? hanging(words.knowledge, style) : [], style),
  ]
}

/** `FAILED  1 critical and 34 high`, below the totals. */
export function verdictLines(report: ScanReport, style: Style): string[] {
  const verdict = verdictInWords(report)
  const role: Role = verdict.outcome === 'pass' ? 'good' : verdict.outcome === 'fail' ? 'bad' : 'unsure'
  const indent = verdict.word.length + 2
  const why = wrap(shown(style, verdict.why), columns(style) - indent)
  return [
    ...flow(totalsInWords(report), dot(style), columns(style)),
    ...why.map((line, index) =>
      index === 0 ? `${paint(style, role, verdict.word)}  ${line}` : ' '.repeat(indent) + line,
    ),
  ]
}

const LABEL = 9

function labelled(label: string, lines: readonly string[], style: Style, role: Role = 'strong'): string[] {
  return lines.map((line, index) => (index === 0 ? padPainted(style, role, label) : ' '.repeat(LABEL)) + line)
}

function padPainted(style: Style, role: Role, label: string): string {
  return paint(style, role, label) + ' '.repeat(Math.max(1, LABEL - label.length))
}

/** One item a line, its continuation indented. */
function hanging(items: readonly string[], style: Style): string[] {
  return items.flatMap((item) =>
    wrap(shown(style, item), columns(style) - LABEL - 2).map((line, index) => (index === 0 ? line : `  ${line}`)),
  )
}

function failureInWords(
  id: string,
  errors: readonly { readonly path: string; readonly message: string }[],
  how: 'short' | 'full',
): string[] {
  const most = how === 'full' ? MOST_SKIPPED_IN_FULL : MOST_ERRORS
  const lines = errors.slice(0, most).map((error) => `${error.path}: ${error.message} (${id})`)
  if (errors.length > most) lines.push(`${id} on ${errors.length - most} more files`)
  return lines.length > 0 ? lines : [`${id}: did not finish`]
}

const TITLE = 'Fix these first'

function fixFirstLines(report: ScanReport, style: Style): string[] {
  const rows = fixFirst(report)
  if (rows.length === 0) return []
  const width = columns(style)
  const top = rows.slice(0, MOST_ROWS)
  const numbers = String(top.length).length
  const resolves = Math.max('resolves'.length, ...top.map((row) => resolvesInWords(row).length))
  const effort = Math.max('effort'.length, ...top.map((row) => row.effort.length))
  const lead = numbers + 2 + 4 + 2
  const room = width - lead - 2 - resolves - 2 - effort
  const cells = textCells(top, room, style)
  const text = Math.min(
    room,
    Math.max(TITLE.length + 2 - lead, ...cells.flat().map((line) => textWidth(line.title + line.place))),
  )
  const lines = [
    `${paint(style, 'strong', padEnd(TITLE, lead + text))}  ${paint(style, 'dim', `${padStart('resolves', resolves)}  effort`)}`,
  ]
  for (const [index, row] of top.entries()) {
    for (const [nth, line] of (cells[index] as TextLine[]).entries()) {
      const words = paint(style, 'strong', line.title) + paint(style, 'dim', line.place)
      if (nth > 0) {
        lines.push(' '.repeat(lead) + words)
        continue
      }
      const number = padStart(String(index + 1), numbers + 1)
      const severity = paint(style, row.severity, padEnd(shortSeverity(row.severity), 4))
      const fill = ' '.repeat(Math.max(0, text - textWidth(line.title + line.place)))
      lines.push(`${number} ${severity}  ${words}${fill}  ${padStart(resolvesInWords(row), resolves)}  ${row.effort}`)
    }
  }
  if (rows.length > top.length) {
    const rest = rows.length - top.length
    lines.push(paint(style, 'dim', `${' '.repeat(lead)}and ${rest} more; --full shows every finding`))
  }
  return lines
}

interface TextLine {
  readonly title: string
  readonly place: string
}

/** Titles with their places beside them where all of them fit, else below. */
function textCells(rows: readonly FixRow[], room: number, style: Style): TextLine[][] {
  const titles = rows.map((row) => shown(style, row.title))
  const places = rows.map((row) => shown(style, placesInWords(row.places)))
  const titleWidth = Math.max(...titles.map(textWidth))
  if (titleWidth + 2 + Math.max(...places.map(textWidth)) <= room) {
    return titles.map((title, index) => [{ title: padEnd(title, titleWidth + 2), place: places[index] as string }])
  }
  return titles.map((title, index) => {
    const wrapped = wrap(title, room).map((line): TextLine => ({ title: line, place: '' }))
    const place = cutStart(places[index] as string, room, ellipsis(style))
    return place === '' ? wrapped : [...wrapped, { title: '', place }]
  })
}

/** A path says most at its end. */
function cutStart(text: string, width: number, mark: string): string {
  if (textWidth(text) <= width) return text
  const characters = [...text]
  let kept = ''
  while (characters.length > 0) {
    const next = characters.pop() + kept
    if (textWidth(mark + next) > width) break
    kept = next
  }
  return mark + kept
}

function resolvesInWords(row: FixRow): string {
  return row.findings.length === 1 ? '1 finding' : `${row.findings.length} findings`
}

function countLines(report: ScanReport, style: Style): string[] {
  const counts = countByArea(report)
  const areas = AREAS.filter((area) => {
    const state = report.coverage.areas[area]
    return state !== 'not-applicable' || SEVERITIES.some((severity) => counts[area][severity] > 0)
  })
  if (areas.length === 0) return []
  const used: readonly Severity[] = SEVERITIES.filter(
    (severity) => severity !== 'info' || areas.some((area) => counts[area].info > 0),
  )
  const first = Math.max(...areas.map((area) => area.length))
  const head = padEnd('', first) + used.map((severity) => padStart(shortSeverity(severity).toLowerCase(), 6)).join('')
  return [
    paint(style, 'dim', head),
    ...areas.map((area) => {
      const state = report.coverage.areas[area]
      if (state === 'not-checked') return `${padEnd(area, first)}  ${paint(style, 'unsure', 'not checked')}`
      const cells = used.map((severity) => {
        const count = counts[area][severity]
        return paint(style, count === 0 ? 'dim' : severity, padStart(String(count), 6))
      })
      return (
        padEnd(area, first) +
        cells.join('') +
        (state === 'partly' ? `  ${paint(style, 'unsure', 'partly checked')}` : '')
      )
    }),
  ]
}

/** Commands that a reader can type now, with what each gives. */
export function nextLines(report: ScanReport, style: Style): string[] {
  const rows = fixFirst(report)
  const { automatic, open, baselined } = totals(report)
  const targets = targetArguments(report)
  const next: [command: string, gives: string][] = []
  if (automatic.fixes > 0)
    next.push([`bulkhead scan${targets} --out patch=fixes.patch`, 'the automatic fixes; then git apply fixes.patch'])
  if (open > 0) next.push([`bulkhead scan${targets} --full`, 'every finding with its source'])
  if (rows[0] !== undefined) next.push([`bulkhead explain ${rows[0].rule}`, 'why number 1 matters'])
  if (report.verdict.outcome === 'fail' && baselined === 0)
    next.push([`bulkhead baseline${targets}`, 'accept what is here; fail on what is new'])
  if (next.length === 0) next.push(['bulkhead rules', 'what was looked for'])
  const commands = next.map(([command]) => shown(style, command))
  const width = Math.max(...commands.map(textWidth))
  return next.flatMap(([, gives], index) => {
    const head = index === 0 ? paint(style, 'strong', 'Next  ') : ' '.repeat(6)
    const command = commands[index] as string
    const beside = 6 + width + 2 + textWidth(gives) <= columns(style)
    if (beside) return [`${head}${padEnd(command, width)}  ${paint(style, 'dim', gives)}`]
    return [
      `${head}${cutEnd(command, columns(style) - 6, ellipsis(style))}`,
      ' '.repeat(8) + paint(style, 'dim', gives),
    ]
  })
}

/** The targets as a shell takes them, where they are not the default. */
function targetArguments(report: ScanReport): string {
  const names = report.targets.map((target) => target.name)
  if (names.length === 0 || (names.length === 1 && names[0] === '.')) return ''
  const quoted = names
    .map((name) => (/^[\w./:@+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`))
    .join(' ')
  // A long command line that does not fit, or that was escaped to be shown, is none that can be typed.
  return quoted.length > 40 || /[^\x20-\x7e]/.test(quoted) ? ' TARGET' : ` ${quoted}`
}
