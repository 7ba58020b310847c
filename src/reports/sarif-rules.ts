/** Rules as SARIF describes them, with the tags and properties that GitHub reads. */
import type { Finding, RuleId } from '../core/finding.ts'
import type { RuleMetadata } from '../core/rule.ts'
import { type Confidence, compareSeverity, type Severity } from '../core/severity.ts'
import { forMarkdown, webAddress } from './neutralise.ts'

/** GitHub accepts 20 tags of a rule and shows 10. */
const TAGS = 10

/** Within GitHub's bands: critical above 9.0, high from 7.0, medium from 4.0, low below. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: undefined,
}

const LEVEL = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' } as const
const PROBLEM = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'recommendation',
  info: 'recommendation',
} as const
const PRECISION: Readonly<Record<Confidence, string>> = { high: 'high', medium: 'medium', low: 'low' }

/**
 * GitHub takes the severity that it shows and gates on from the rule, not from the result. So the rule's is the worst
 * of its `findings` in this run: one that its context made critical is not shown as less.
 */
export function sarifRule(id: RuleId, rule: RuleMetadata | undefined, findings: readonly Finding[]): unknown {
  const title = rule?.title ?? findings[0]?.title ?? id
  const severity = worstOf(findings) ?? rule?.severity ?? 'info'
  const confidence = rule?.confidence ?? findings[0]?.confidence ?? 'medium'
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text: title },
    fullDescription: { text: rule === undefined ? title : `${title}. ${rule.why}` },
    help: rule === undefined ? { text: title } : { text: helpText(rule), markdown: helpMarkdown(rule) },
    helpUri: rule?.refs.map(webAddress).find((address) => address !== undefined),
    defaultConfiguration: { level: LEVEL[rule?.severity ?? severity] },
    properties: {
      tags: tagsOf(rule, findings),
      precision: PRECISION[confidence],
      'problem.severity': PROBLEM[severity],
      'security-severity': SECURITY_SEVERITY[severity],
    },
  }
}

function worstOf(findings: readonly Finding[]): Severity | undefined {
  const open = findings.filter(({ status }) => status.is === 'open')
  return (open.length > 0 ? open : findings).map(({ severity }) => severity).sort(compareSeverity)[0]
}

function tagsOf(rule: RuleMetadata | undefined, findings: readonly Finding[]): string[] {
  const refs = rule?.refs ?? findings[0]?.refs ?? []
  const weaknesses = refs.flatMap((ref) => /^CWE-(\d+)$/i.exec(ref)?.[1] ?? [])
  const tags = [
    'security',
    ...weaknesses.map((number) => `external/cwe/cwe-${number.padStart(3, '0')}`),
    rule?.area ?? findings[0]?.area ?? 'configuration',
    ...(rule?.concepts ?? findings[0]?.concepts ?? []),
  ]
  return [...new Set(tags)].slice(0, TAGS)
}

function helpText(rule: RuleMetadata): string {
  return [
    rule.why,
    `How to fix it: ${rule.how}`,
    ...(rule.fine === undefined ? [] : [`When it is fine: ${rule.fine}`]),
    ...(rule.controls.length === 0 ? [] : [`Controls: ${rule.controls.join(', ')}`]),
    ...(rule.refs.length === 0 ? [] : [`References: ${rule.refs.join(', ')}`]),
    `More: bulkhead explain ${rule.id}`,
  ].join('\n\n')
}

/** Prose of rules is Markdown of ours; ids and references are not. */
function helpMarkdown(rule: RuleMetadata): string {
  return [
    rule.why,
    `**How to fix it.** ${rule.how}`,
    ...(rule.fine === undefined ? [] : [`**When it is fine.** ${rule.fine}`]),
    ...(rule.controls.length === 0 ? [] : [`**Controls.** ${rule.controls.map(forMarkdown).join(', ')}`]),
    ...(rule.refs.length === 0 ? [] : [`**References.** ${rule.refs.map(reference).join(', ')}`]),
    `More: \`bulkhead explain ${rule.id}\``,
  ].join('\n\n')
}

function reference(ref: string): string {
  const address = webAddress(ref)
  if (address !== undefined) return `<${address.replace(/[<>]/g, encodeURIComponent)}>`
  const weakness = /^CWE-(\d+)$/i.exec(ref)?.[1]
  if (weakness !== undefined) return `[${ref}](https://cwe.mitre.org/data/definitions/${weakness}.html)`
  return forMarkdown(ref)
}

/** `workload/port-all-interfaces` → `WorkloadPortAllInterfaces`. */
function pascalCase(id: RuleId): string {
  return id
    .split(/[^a-z0-9]+/i)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
