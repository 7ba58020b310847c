/** One finding, shown like a compiler error: what, where, the source with the span marked, why, fix, more. */
import type { Finding, Location } from '../../core/finding.ts'
import type { Fix, FixId } from '../../core/fix.ts'
import type { ScanReport } from '../../core/report.ts'
import type { RuleMetadata } from '../../core/rule.ts'
import { type DiffLine, previewEdits } from '../edit-preview.ts'
import { stepsInWords } from '../fix-steps.ts'
import { snippetsOf } from '../snippet.ts'
import { bestFix, effortOf, pathInWords } from '../summary.ts'
import { excerptLines, gutterWidth } from './excerpt.ts'
import { columns, dot, ellipsis, paint, type Style, shown } from './style.ts'
import { cutEnd, flow, wrap } from './width.ts'

/** Locations of one finding that are listed; the rest are counted. */
const MOST_PLACES = 8
/** Lines of a fix's new text that are shown. */
const MOST_ADDED = 6

/**
 * `before`: the finding shown just above; what it already said is not said again. `context`: lines of source shown
 * around a marked one, as far as the excerpt goes.
 */
export function findingLines(
  finding: Finding,
  report: Pick<ScanReport, 'targets'>,
  fixes: ReadonlyMap<FixId, Fix>,
  rule: RuleMetadata | undefined,
  style: Style,
  before?: Finding,
  context = 1,
): string[] {
  const snippets = snippetsOf(finding, context)
  const gutter = Math.max(2, gutterWidth(snippets.slice(0, MOST_PLACES)))
  const pad = ' '.repeat(gutter)
  const bar = paint(style, 'frame', `${pad} |`)
  const lines = [...titleLines(finding, style)]
  for (const [index, snippet] of snippets.slice(0, MOST_PLACES).entries()) {
    const arrow = index === 0 ? '-->' : ':::'
    const place = wrap(shown(style, placeWithColumn(snippet.location, report)), columns(style) - gutter - 4)
    lines.push(
      ...place.map((line, nth) => (nth === 0 ? `${pad}${paint(style, 'frame', arrow)} ` : `${pad}    `) + line),
    )
    if (snippet.lines.length > 0) lines.push(bar, ...excerptLines(snippet, style, gutter, finding.severity))
    lines.push(bar)
  }
  if (snippets.length > MOST_PLACES)
    lines.push(`${pad}${paint(style, 'frame', ':::')} and ${snippets.length - MOST_PLACES} more places`, bar)
  const note = (name: string, text: readonly string[]) => lines.push(...noteLines(name, text, gutter, style))
  if (finding.evidence.length > 0) note('seen', wrapAll(style, finding.evidence.slice(0, 4), gutter))
  const fix = bestFix(finding, fixes)
  if (before !== undefined && before.rule === finding.rule && bestFix(before, fixes)?.id === fix?.id) {
    note('same', [paint(style, 'dim', 'why and fix as above')])
    note('more', severityLines(finding, style, gutter))
    return lines
  }
  if (rule !== undefined) note('why', wrapAll(style, [rule.why], gutter))
  if (fix !== undefined) note('fix', fixLines(fix, finding, style, gutter))
  else if (rule !== undefined) note('fix', wrapAll(style, [`by hand: ${rule.how}`], gutter))
  note('more', moreLines(finding, style, gutter))
  return lines
}

/** `compose.yaml:14:9`; a place without a line is named by its key. */
export function placeWithColumn(location: Location, report: Pick<ScanReport, 'targets'>): string {
  const layer = location.layer === undefined ? '' : ` (layer ${location.layer.replace(/^sha256:/, '').slice(0, 12)})`
  const path = pathInWords(location, report)
  if (location.line === undefined) return `${path}${location.key === undefined ? '' : ` ${location.key}`}${layer}`
  return `${path}:${location.line}${location.column === undefined ? '' : `:${location.column}`}${layer}`
}

function titleLines(finding: Finding, style: Style): string[] {
  const head = `${finding.severity}[${shown(style, finding.rule)}]`
  const lines = wrap(`${head}: ${shown(style, finding.message)}`, columns(style))
  return lines.map((line, index) => {
    if (index > 0 || !line.startsWith(head)) return paint(style, 'strong', line)
    return paint(style, finding.severity, head) + paint(style, 'strong', line.slice(head.length))
  })
}

function noteLines(name: string, text: readonly string[], gutter: number, style: Style): string[] {
  const head = `${' '.repeat(gutter + 1)}${paint(style, 'frame', '=')} ${paint(style, 'strong', `${name}:`.padEnd(6))}`
  return text.map((line, index) => (index === 0 ? head : ' '.repeat(gutter + 9)) + line)
}

function wrapAll(style: Style, texts: readonly string[], gutter: number): string[] {
  return texts.flatMap((text) => wrap(shown(style, text), columns(style) - gutter - 9))
}

function fixLines(fix: Fix, finding: Finding, style: Style, gutter: number): string[] {
  const room = columns(style) - gutter - 9
  const caution =
    fix.safety === 'safe' ? '' : fix.breaks === undefined ? ' (review)' : ` (review; may break: ${fix.breaks})`
  const lines = wrapAll(style, [`${fix.title}${caution}`], gutter)
  const previews = previewEdits(fix, [finding]).flatMap((preview) => preview.lines)
  lines.push(...changeLines(previews, style, room))
  for (const step of stepsInWords(fix)) {
    if (step.kind === 'command') lines.push(...wrap(`$ ${shown(style, step.command)}`, room))
    else if (step.kind === 'text' && step.text !== fix.title) lines.push(...wrapAll(style, [step.text], gutter))
    else if (step.kind === 'edit' && previews.length === 0) {
      lines.push(
        ...changeLines(
          step.added.map((text) => ({ sign: '+', text })),
          style,
          room,
        ),
      )
    }
  }
  if (effortOf(fix) === 'automatic') lines.push(paint(style, 'dim', 'bulkhead scan --out patch=fixes.patch'))
  return lines
}

/** Changed lines with the indentation that they share taken away. */
function changeLines(changes: readonly DiffLine[], style: Style, room: number): string[] {
  const indent = Math.min(...changes.map(({ text }) => text.length - text.trimStart().length))
  const lines = changes.slice(0, MOST_ADDED).map(({ sign, text }) => {
    const line = cutEnd(`${sign} ${shown(style, text.slice(indent))}`, room, ellipsis(style))
    return sign === ' ' ? line : paint(style, sign === '+' ? 'added' : 'removed', line)
  })
  if (changes.length > MOST_ADDED) lines.push(paint(style, 'dim', `  and ${changes.length - MOST_ADDED} more lines`))
  return lines
}

function moreLines(finding: Finding, style: Style, gutter: number): string[] {
  const facts = [`confidence ${finding.confidence}`, ...finding.refs, ...finding.controls].map((text) =>
    shown(style, text),
  )
  const joined = flow(facts, dot(style), columns(style) - gutter - 9)
  return [
    ...severityLines(finding, style, gutter),
    ...joined,
    paint(style, 'dim', `bulkhead explain ${shown(style, finding.rule)}`),
  ]
}

function severityLines(finding: Finding, style: Style, gutter: number): string[] {
  const { severity, severityBase, severityBecause } = finding
  const was = severity === severityBase ? severity : `${severity}, not ${severityBase}`
  return wrapAll(
    style,
    severityBecause.map((text) => `severity ${was}: ${text}`),
    gutter,
  )
}
