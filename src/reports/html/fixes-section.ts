/** "Fix these first": one row for each fix, opened to its steps, its diff and the findings that it resolves. */
import { previewEdits } from '../edit-preview.ts'
import { type StepWords, stepsInWords } from '../fix-steps.ts'
import { counted, type FixRow, grouped, placeInWords, placesInWords } from '../summary.ts'
import { html, joined, type Markup } from './markup.ts'
import { effortChip, type PageContext, severityBadge } from './page-context.ts'
import { diffFigure, diffLines } from './source-figure.ts'

/** Rows shown before "more". */
const FIRST_ROWS = 12
/** Findings that a row links to; the list below has all. */
const MOST_LINKS = 40
const MOST_PREVIEWS = 12

export function fixesSection(page: PageContext): Markup {
  const { rows } = page
  if (rows.length === 0) return html``
  const items = rows.map((row, index) => fixRow(row, index, page))
  const rest = items.slice(FIRST_ROWS)
  const more =
    rest.length === 0
      ? undefined
      : html`<details class="more"><summary>${counted(rest.length, 'more row')}</summary><ol start="${FIRST_ROWS + 1}">${joined(rest)}</ol></details>`
  return html`<section id="fixes" aria-labelledby="fixes-title">
<h2 id="fixes-title">Fix these first</h2>
<p class="lead">Findings with a common fix are one row: the worst first, then those whose fix resolves most.</p>
<div class="panel fixes list"><ol>${joined(items.slice(0, FIRST_ROWS))}</ol>${more}</div>
</section>
`
}

function fixRow(row: FixRow, index: number, page: PageContext): Markup {
  const places =
    row.places.length === 0 ? undefined : html`<span class="where mono">${placesInWords(row.places, 2)}</span>`
  return html`<li><details class="row" id="fix-${index + 1}"><summary>
<span class="rank">${index + 1}</span>${severityBadge(row.severity)}
<span class="what"><b>${row.title}</b>${places}</span>
<span class="gain">${counted(row.findings.length, 'finding')}</span><span class="effort">${effortChip(row.effort)}</span>
</summary><div class="body">
${change(row, page)}
<div><h3>Resolves</h3><ul class="cures">${joined(links(row, page))}</ul></div>
</div></details></li>
`
}

function change(row: FixRow, page: PageContext): Markup {
  const { fix } = row
  if (fix === undefined) {
    const how = page.options.rules(row.rule)?.how
    return how === undefined ? html`` : html`<div><h3>By hand</h3><p>${how}</p></div>`
  }
  const caution =
    fix.safety === 'safe'
      ? html`<p>Safe: it cannot break what the files show the service doing.${row.effort === 'automatic' ? html` Part of <code>bulkhead scan --out patch=fixes.patch</code>.` : ''}</p>`
      : html`<p class="caution"><b>Review first.</b> ${fix.breaks === undefined ? 'It may change what the service does.' : `What may break: ${fix.breaks}.`}</p>`
  const unified = page.options.diffOf?.(fix)
  const previews = unified === undefined ? previewEdits(fix, row.findings) : []
  const figures =
    unified === undefined
      ? previews
          .slice(0, MOST_PREVIEWS)
          .map((preview) => diffFigure(html`<code>${preview.path}:${preview.line}</code>`, preview.lines))
      : [diffFigure(html`The whole change`, diffLines(unified))]
  if (previews.length > MOST_PREVIEWS)
    figures.push(html`<p class="soft">and ${counted(previews.length - MOST_PREVIEWS, 'more place')}</p>`)
  const steps = stepsInWords(fix).filter((step) => step.kind !== 'edit' || figures.length === 0)
  return joined([caution, stepList(steps), ...figures], '\n')
}

/** Steps of a fix in order. */
export function stepList(steps: readonly StepWords[]): Markup {
  if (steps.length === 0) return html``
  return html`<ol class="steps">${steps.map((step) => html`<li>${stepMarkup(step)}</li>`)}</ol>`
}

function stepMarkup(step: StepWords): Markup {
  if (step.kind === 'command') return html`<code>$ ${step.command}</code>`
  if (step.kind === 'text') return html`${step.text}`
  const what = step.removes ? 'change' : 'add to'
  const added = step.added.length === 0 ? undefined : html`:<br><code>${step.added.slice(0, 20).join('\n')}</code>`
  return html`${what} <code>${step.path}</code>${added}`
}

function links(row: FixRow, page: PageContext): Markup[] {
  const items = row.findings.slice(0, MOST_LINKS).map((finding) => {
    const at = finding.locations[0]
    const where = at === undefined ? undefined : html` <span class="soft mono">${placeInWords(at, page.report)}</span>`
    return html`<li><a href="#${page.findingId(finding)}">${finding.message}</a>${where}</li>`
  })
  const rest = row.findings.length - items.length
  return rest > 0 ? [...items, html`<li class="soft">and ${grouped(rest)} more in the list below</li>`] : items
}
