/**
 * The report as one page that stands alone: no request leaves it, nothing in it runs but its own two scripts, and
 * without them it is still whole. Its content security policy names style and scripts by hash.
 */
import { createHash } from 'node:crypto'
import type { ScanReport } from '../../core/report.ts'
import { SEVERITIES } from '../../core/severity.ts'
import { countBySeverity, coverageInWords, grouped, listed, totalsInWords, verdictInWords } from '../summary.ts'
import { countsSection, coverageSection } from './coverage-section.ts'
import { findingsSection, notCountedSection } from './findings-section.ts'
import { fixesSection } from './fixes-section.ts'
import { html, joined, Markup } from './markup.ts'
import { PAGE_SCRIPT, THEME_SCRIPT } from './page.client.ts'
import { pageStyle } from './page.css.ts'
import { type HtmlOptions, type PageContext, pageContext, SEVERITY_WORDS } from './page-context.ts'

export type { HtmlOptions } from './page-context.ts'

/**
 * From so many findings on, those off the screen are not laid out until they come near it: the page stays quick, but a
 * browser may keep them from a screen reader until then, so shorter lists go without.
 */
const MANY = 1000

/** The whole document; the same report gives the same bytes. */
export function htmlReport(report: ScanReport, options: HtmlOptions): string {
  const page = pageContext(report, options)
  const style = pageStyle()
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(THEME_SCRIPT)} ${hashOf(PAGE_SCRIPT)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const verdict = verdictInWords(report)
  // Style and scripts are ours and must stay byte for byte what their hashes say.
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${report.tool.name} ${report.tool.version}">
<title>${verdict.word.toLowerCase()}: ${targetNames(report)} - Bulkhead</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
<script>${new Markup(THEME_SCRIPT)}</script>
</head>
<body${report.findings.length > MANY ? new Markup(' class="many"') : ''}>
<a class="skip" href="#findings">Skip to the findings</a>
${header(page)}
<main class="wrap">
${fixesSection(page)}${countsSection(page)}${findingsSection(page)}${notCountedSection(page)}${coverageSection(page)}</main>
<footer class="wrap"><p>Made by ${report.tool.name} ${report.tool.version} on ${dateInWords(report.date)}. This page stands alone: it loads nothing and sends nothing.</p></footer>
<script>${new Markup(PAGE_SCRIPT)}</script>
</body>
</html>
`.text
}

function header(page: PageContext): Markup {
  const { report } = page
  const verdict = verdictInWords(report)
  const tone = { pass: 'good', fail: 'high', incomplete: 'medium', empty: 'info' }[verdict.outcome]
  const rest = totalsInWords(report)
  const failOn = report.failOn === 'never' ? 'Set never to fail' : `Set to fail at ${report.failOn} and above`
  return html`<header class="top">
<div class="wrap bar"><span class="brand">${LOGO}Bulkhead</span><span>${report.tool.version}</span><button type="button" id="theme" hidden>Theme: auto</button></div>
<div class="wrap intro">
<h1>${targetNames(report)}</h1>
<p class="verdict"><strong class="word ${tone}">${verdict.word}</strong> <span>${verdict.why}</span></p>
${notice(page)}
${tally(report)}
<ul class="facts">${joined(
    [`Scanned on ${dateInWords(report.date)}`, failOn, ...rest].map((text) => html`<li>${text}</li>`),
    '\n',
  )}</ul>
</div>
<nav class="pages" aria-label="On this page"><ul class="wrap">${joined(links(page))}</ul></nav>
</header>`
}

/** What a reader must know before they trust a small number. */
function notice(page: PageContext): Markup {
  const words = coverageInWords(page.report)
  const phrases = [
    words.notChecked.length > 0 ? `${listed(words.notChecked)} not checked` : '',
    words.partly.length > 0 ? `${listed(words.partly)} checked only in part` : '',
  ].filter((phrase) => phrase !== '')
  if (phrases.length === 0) return html``
  return html`<p class="notice info">Not the whole picture: ${phrases.join('; ')}. <a href="#coverage">What was looked at</a></p>`
}

/** The shares of the severities as one bar; the words below say the same. */
function tally(report: ScanReport): Markup {
  const counts = countBySeverity(report)
  const present = SEVERITIES.filter((severity) => counts[severity] > 0)
  const total = present.reduce((sum, severity) => sum + counts[severity], 0)
  if (total === 0) return html``
  // Widths are set in thousandths: a share too small to see gets room enough to be seen.
  const shares = present.map((severity) => Math.max(8, Math.round((counts[severity] / total) * 1000)))
  const whole = shares.reduce((sum, share) => sum + share, 0)
  let at = 0
  const bars = present.map((severity, index) => {
    const bar = html`<rect class="${severity}" x="${at}" y="0" width="${(shares[index] ?? 0) - (index === present.length - 1 ? 0 : 3)}" height="8"/>`
    at += shares[index] ?? 0
    return bar
  })
  const items = present.map(
    (severity) =>
      html`<li class="${severity}"><a href="#group-${severity}"><b>${grouped(counts[severity])}</b> ${SEVERITY_WORDS[severity].toLowerCase()}</a></li>`,
  )
  return html`<div class="tally"><svg viewBox="0 0 ${whole} 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">${bars}</svg><ul>${joined(items, '\n')}</ul></div>`
}

function links(page: PageContext): Markup[] {
  const { report, rows } = page
  const open = report.findings.filter((finding) => finding.status.is === 'open').length
  const rest = report.findings.length - open
  const all: [id: string, name: string][] = [
    ...(rows.length > 0 ? ([['fixes', `Fix first (${grouped(rows.length)})`]] as [string, string][]) : []),
    ['counts', 'By area'],
    ['findings', `Findings (${grouped(open)})`],
    ...(rest > 0 ? ([['not-counted', `Not counted (${grouped(rest)})`]] as [string, string][]) : []),
    ['coverage', 'What was looked at'],
  ]
  return all.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)
}

/** Two hulls and the wall between them. */
const LOGO = html`<svg viewBox="0 0 18 18" aria-hidden="true" focusable="false"><path d="M1 3h6v12H4.5A3.5 3.5 0 0 1 1 11.5zM11 3h6v8.5a3.5 3.5 0 0 1-3.5 3.5H11zM8.25 1h1.5v16h-1.5z" fill="currentColor"/></svg>`

function targetNames(report: ScanReport): string {
  const names = report.targets.map((target) => (target.name === '.' ? 'This project' : shortened(target.name)))
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : listed(names)
}

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`
}

const LONGEST_NAME = 120

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `25 November 2026, 12:00 UTC`. */
function dateInWords(iso: string): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(iso)
  const month = MONTHS[Number(parts?.[2]) - 1]
  return parts === null || month === undefined ? iso : `${Number(parts[3])} ${month} ${parts[1]}, ${parts[4]} UTC`
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
