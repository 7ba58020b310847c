/** One finding: a line that says what and where, opened to source, reasons, fix and references. */
import type { Finding } from '../../core/finding.ts'
import { previewEdits } from '../edit-preview.ts'
import { stepsInWords } from '../fix-steps.ts'
import { snippetsOf } from '../snippet.ts'
import { bestFix, effortOf, placeInWords } from '../summary.ts'
import { stepList } from './fixes-section.ts'
import { html, joined, type Markup } from './markup.ts'
import { effortChip, type PageContext, severityBadge } from './page-context.ts'
import { referenceLink } from './reference-links.ts'
import { diffFigure, sourceFigure } from './source-figure.ts'

/** Lines shown around the primary place. */
const CONTEXT = 3
const MOST_FILES = 8

export function findingCard(finding: Finding, page: PageContext): Markup {
  const at = finding.locations[0]
  const { status } = finding
  const where = [
    at === undefined ? '' : placeInWords(at, page.report),
    status.is === 'open' ? '' : statusInWords(finding),
  ]
  return html`<details class="row finding" id="${page.findingId(finding)}" data-severity="${finding.severity}" data-area="${finding.area}" data-rule="${finding.rule}" data-status="${status.is}">
<summary>${severityBadge(finding.severity)}<span class="what">${finding.message}<span class="where"><span class="mono">${where[0]}</span>${where[1] === '' ? '' : ` · ${where[1]}`}</span></span></summary>
<div class="body">${body(finding, page)}</div></details>
`
}

/** `waived until 2026-12-04 by compose.yaml:40: behind the company proxy`. */
export function statusInWords(finding: Finding): string {
  const { is, by, reason, until } = finding.status
  const words = [
    is === 'not-affected' ? 'not affected' : is === 'baselined' ? 'in baseline' : is,
    until === undefined ? '' : ` until ${until}`,
    by === undefined ? '' : ` by ${by}`,
    reason === undefined ? '' : `: ${reason}`,
  ]
  return words.join('')
}

function body(finding: Finding, page: PageContext): Markup {
  const { report } = page
  const rule = page.options.rules(finding.rule)
  const snippets = snippetsOf(finding, CONTEXT)
  const figures = snippets
    .slice(0, MOST_FILES)
    .map((snippet) => html`<div class="${finding.severity}">${sourceFigure(snippet, report)}</div>`)
  if (snippets.length > MOST_FILES)
    figures.push(html`<p class="soft">and ${snippets.length - MOST_FILES} more files</p>`)
  const entries = [
    entry('Why it matters', rule?.why),
    fixes(finding, page),
    entry(finding.fixes.some((id) => page.fixes.has(id)) ? 'By hand' : 'How to fix it', rule?.how),
    entry('When it is fine', rule?.fine),
    entry('Severity', severityInWords(finding)),
    finding.evidence.length === 0
      ? undefined
      : html`<dt>Seen</dt><dd>${joined(
          finding.evidence.slice(0, 8).map((text) => html`<code>${text}</code>`),
          '\n',
        )}</dd>`,
    entry('Not counted', finding.status.is === 'open' ? undefined : statusInWords(finding)),
    ...details(finding),
  ].filter((one) => one !== undefined)
  return html`${figures}
<dl class="prose">${entries}</dl>`
}

function entry(name: string, text: string | undefined): Markup | undefined {
  return text === undefined || text === '' ? undefined : html`<dt>${name}</dt><dd class="text">${text}</dd>`
}

function severityInWords(finding: Finding): string | undefined {
  const { severity, severityBase, severityBecause } = finding
  if (severityBecause.length === 0) return undefined
  return `${severity}${severity === severityBase ? '' : `, not ${severityBase}`}: ${severityBecause.join('; ')}`
}

function details(finding: Finding): (Markup | undefined)[] {
  const references = [
    ...finding.refs.map(referenceLink),
    ...finding.controls.map((control) => html`<span>${control}</span>`),
  ]
  const layer = finding.locations[0]?.layer
  return [
    references.length === 0
      ? undefined
      : html`<dt>References</dt><dd class="tags searched">${joined(references, ' ')}</dd>`,
    html`<dt>Rule</dt><dd class="tags"><code>${finding.rule}</code><span>confidence ${finding.confidence}</span><span>${finding.area}</span></dd>`,
    html`<dt>Subject</dt><dd class="soft">${finding.subject}${layer === undefined ? '' : ` (layer ${layer})`}</dd>`,
  ]
}

/** The fixes of the finding, its best first, with what they do to the lines shown here. */
function fixes(finding: Finding, page: PageContext): Markup | undefined {
  const best = bestFix(finding, page.fixes)
  if (best === undefined) return undefined
  const others = finding.fixes.filter((id) => id !== best.id).flatMap((id) => page.fixes.get(id) ?? [])
  const row = page.rowIds.get(best.id)
  const title =
    row === undefined || finding.status.is !== 'open' ? html`${best.title}` : html`<a href="#${row}">${best.title}</a>`
  const previews = previewEdits(best, [finding])
  const figures = previews.map((preview) =>
    diffFigure(html`<code>${preview.path}:${preview.line}</code>`, preview.lines),
  )
  const steps = stepsInWords(best).filter((step) => step.kind !== 'edit')
  const caution = best.breaks === undefined ? '' : html`<p class="caution">What may break: ${best.breaks}</p>`
  const alternatives = others.map(
    (fix) => html`<p class="line soft">or ${effortChip(effortOf(fix))}<span>${fix.title}</span></p>`,
  )
  return html`<dt>Fix</dt><dd class="cure"><p class="line">${effortChip(effortOf(best))}<span>${title}</span></p>${caution}${stepList(steps)}${figures}${alternatives}</dd>`
}
