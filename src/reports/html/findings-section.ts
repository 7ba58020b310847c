/** The list of findings with its filter, and those that do not count with who said so. */
import type { Finding, FindingStatus } from '../../core/finding.ts'
import { AREAS, SEVERITIES, type Severity } from '../../core/severity.ts'
import { grouped, inReadingOrder, openFindings } from '../summary.ts'
import { findingCard } from './finding-card.ts'
import { html, joined, type Markup } from './markup.ts'
import { type PageContext, SEVERITY_WORDS } from './page-context.ts'

export function findingsSection(page: PageContext): Markup {
  const { report } = page
  const open = inReadingOrder(openFindings(report))
  const groups = SEVERITIES.map((severity) =>
    severityGroup(
      severity,
      open.filter((finding) => finding.severity === severity),
      page,
    ),
  )
  const nothing =
    open.length === 0
      ? html`<p class="lead">Nothing open was found in what was looked at. <a href="#coverage">What was looked at, and what was not</a>.</p>`
      : html`<p class="lead">Each opens to its source, the reason and the fix.</p>`
  return html`<section id="findings" aria-labelledby="findings-title" tabindex="-1">
<h2 id="findings-title">Findings</h2>
${nothing}
${report.findings.length > 0 ? filterForm(report.findings) : ''}
<p class="panel none" id="nothing" hidden>No finding fits the filter.</p>
${groups}
</section>
`
}

export function notCountedSection(page: PageContext): Markup {
  const rest = inReadingOrder(page.report.findings.filter((finding) => finding.status.is !== 'open'))
  if (rest.length === 0) return html``
  const groups = (['waived', 'baselined', 'not-affected'] as const).map((status) => {
    const findings = rest.filter((finding) => finding.status.is === status)
    return findings.length === 0 ? html`` : group(STATUS_WORDS[status], status, findings, page)
  })
  return html`<section id="not-counted" aria-labelledby="not-counted-title">
<h2 id="not-counted-title">Not counted</h2>
<p class="lead">Found all the same, and set aside by somebody. They do not fail the scan.</p>
${groups}
</section>
`
}

const STATUS_WORDS: Readonly<Record<FindingStatus['is'], string>> = {
  open: 'Open',
  waived: 'Waived',
  baselined: 'In baseline',
  'not-affected': 'Not affected',
}

function severityGroup(severity: Severity, findings: readonly Finding[], page: PageContext): Markup {
  return findings.length === 0 ? html`` : group(SEVERITY_WORDS[severity], severity, findings, page)
}

function group(name: string, id: string, findings: readonly Finding[], page: PageContext): Markup {
  return html`<div class="group" id="group-${id}"><h3>${name} <span class="soft number count">${findings.length}</span></h3>
<div class="panel list">${findings.map((finding) => findingCard(finding, page))}</div></div>
`
}

/** Hidden until the script is there to make it work. */
function filterForm(findings: readonly Finding[]): Markup {
  const counts = new Map<string, number>()
  for (const finding of findings) counts.set(finding.severity, (counts.get(finding.severity) ?? 0) + 1)
  const buttons = SEVERITIES.filter((severity) => counts.has(severity)).map(
    (severity) =>
      html`<button type="button" class="${severity}" aria-pressed="false" data-severity="${severity}">${SEVERITY_WORDS[severity]} <span class="count">${grouped(counts.get(severity) ?? 0)}</span></button>`,
  )
  const rules = [...new Set(findings.map((finding) => finding.rule))].sort()
  const areas = AREAS.filter((area) => findings.some((finding) => finding.area === area))
  const states = (['open', 'waived', 'baselined', 'not-affected'] as const).filter((is) =>
    findings.some((finding) => finding.status.is === is),
  )
  return html`<form id="filter" class="filter panel" role="search" aria-label="Filter findings" hidden>
<div class="line"><input type="search" id="search" aria-label="Search findings" placeholder="Search: message, file, rule, CVE, CWE" autocomplete="off" spellcheck="false">
${choice(
  'by-rule',
  'Rule',
  'All rules',
  rules.map((rule) => [rule, rule]),
)}</div>
<div class="line"><fieldset><legend class="unseen">Severity</legend>${joined(buttons, '\n')}</fieldset>
${choice(
  'by-area',
  'Area',
  'All areas',
  areas.map((area) => [area, area]),
)}
${choice(
  'by-status',
  'Status',
  'Any status',
  states.map((is) => [is, STATUS_WORDS[is]]),
)}
<button type="button" id="clear" disabled>Clear</button></div>
<div class="line"><p id="result" class="soft count" role="status" aria-live="polite"></p>
<button type="button" id="open-all" class="push quiet">Open all</button><button type="button" id="close-all" class="quiet">Close all</button></div>
</form>
`
}

function choice(
  id: string,
  name: string,
  all: string,
  options: readonly (readonly [value: string, word: string])[],
): Markup {
  const items = options.map(([value, word]) => html`<option value="${value}">${word}</option>`)
  return html`<select id="${id}" aria-label="${name}"><option value="">${all}</option>${items}</select>`
}
