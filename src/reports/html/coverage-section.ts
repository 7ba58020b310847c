/** What was found by area, and what was looked at and what was not. */
import type { AreaCoverage } from '../../core/coverage.ts'
import { AREAS, SEVERITIES } from '../../core/severity.ts'
import { countByArea, counted, coverageInWords, grouped, listed } from '../summary.ts'
import { html, joined, type Markup } from './markup.ts'
import { type PageContext, SEVERITY_WORDS } from './page-context.ts'

const STATES: Readonly<Record<AreaCoverage, string>> = {
  checked: 'checked',
  partly: 'partly checked',
  'not-checked': 'not checked',
  'not-applicable': 'nothing there',
}

export function countsSection(page: PageContext): Markup {
  const counts = countByArea(page.report)
  const heads = SEVERITIES.map((severity) => html`<th scope="col">${SEVERITY_WORDS[severity]}</th>`)
  const rows = AREAS.map((area) => {
    const state = page.report.coverage.areas[area]
    const any = SEVERITIES.some((severity) => counts[area][severity] > 0)
    const cells =
      (state === 'not-checked' || state === 'not-applicable') && !any
        ? html`<td class="state" colspan="${SEVERITIES.length}">${STATES[state]}</td>`
        : joined(
            SEVERITIES.map((severity) => {
              const count = counts[area][severity]
              return count === 0
                ? html`<td class="zero">0</td>`
                : html`<td class="${severity}"><b>${grouped(count)}</b></td>`
            }),
          )
    const partly = state === 'partly' ? html` <span class="soft">(partly checked)</span>` : undefined
    return html`<tr><th scope="row">${area}${partly}</th>${cells}</tr>`
  })
  return html`<section id="counts" aria-labelledby="counts-title">
<h2 id="counts-title">Open findings by area</h2>
<p class="lead">A zero is a zero only where the area was checked.</p>
<div class="panel scroll" tabindex="0" role="region" aria-labelledby="counts-title"><table class="numbers"><thead><tr><th scope="col">Area</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div>
</section>
`
}

export function coverageSection(page: PageContext): Markup {
  const { report } = page
  const words = coverageInWords(report)
  const states: readonly (readonly [string, readonly string[]])[] = [
    ['Checked', words.checked],
    ['Partly checked', words.partly],
    ['Not checked', words.notChecked],
    ['Nothing there', words.notApplicable],
  ]
  const areas = states
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => html`<dt>${name}</dt><dd>${listed(list)}</dd>`)
  const { suppressed, knowledge, analyzers } = report.coverage
  return html`<section id="coverage" class="coverage" aria-labelledby="coverage-title">
<h2 id="coverage-title">What was looked at, and what was not</h2>
<p class="lead">What was skipped or could not be read is not clean: nothing is known of it.</p>
<dl class="prose"><dt>Seen</dt><dd>${words.seen === '' ? 'nothing that Bulkhead knows' : words.seen}</dd><dt>Files</dt><dd>${words.files}</dd>${areas}</dl>
${table(
  'Left out',
  ['What', 'Why', 'How often'],
  words.skipped.map((one) => [
    html`<code>${one.what}</code>${one.required ? html` <span class="chip">required</span>` : ''}`,
    html`${one.why}`,
    html`${grouped(one.count)}`,
  ]),
)}
${table(
  'Could not be read',
  ['File', 'What went wrong', 'Reader'],
  words.failed.flatMap((analyzer) =>
    analyzer.errors.length === 0
      ? [
          [
            html`<span class="soft">all of its files</span>`,
            html`did not finish`,
            html`<span class="kept">${analyzer.id}</span>`,
          ],
        ]
      : analyzer.errors.map((error) => [
          html`<code>${error.path}</code>`,
          html`${error.message}`,
          html`<span class="kept">${analyzer.id}</span>`,
        ]),
  ),
)}
${table(
  'Set aside by',
  ['Who says so', 'Findings'],
  suppressed.map((one) => [html`<code>${one.by}</code>`, html`${grouped(one.count)}`]),
)}
${table(
  'Knowledge used',
  ['Table', 'Of'],
  knowledge.map((one) => [html`${one.id}`, html`${one.date}`]),
)}
${table(
  'Readers',
  ['Reader', 'Files', 'Went'],
  analyzers.map((one) => [
    html`${one.id}`,
    html`${counted(one.files, 'file')}`,
    html`${one.status === 'ok' ? 'well' : one.status}`,
  ]),
)}
</section>
`
}

function table(title: string, heads: readonly string[], rows: readonly (readonly Markup[])[]): Markup {
  if (rows.length === 0) return html``
  const head = heads.map((name) => html`<th scope="col">${name}</th>`)
  const body = rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)
  return html`<h3>${title}</h3>
<div class="panel scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>
`
}
