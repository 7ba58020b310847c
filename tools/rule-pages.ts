import type { RuleMetadata } from '../src/core/rule.ts'
import type { GeneratedFile } from './generate.ts'

/** One page a rule, and their index: what `bulkhead explain` says, for reading on the web. */
export function rulePages(rules: readonly RuleMetadata[]): GeneratedFile[] {
  return [
    { path: 'docs/rules/README.md', text: indexPage(rules) },
    ...rules.map((rule) => ({ path: pagePath(rule.id), text: rulePage(rule) })),
  ]
}

export function pagePath(id: string): string {
  return `docs/rules/${id.replace('/', '-')}.md`
}

function indexPage(rules: readonly RuleMetadata[]): string {
  const areas = [...new Set(rules.map(({ area }) => area))].sort()
  const tables = areas.map((area) => {
    const rows = rules
      .filter((rule) => rule.area === area)
      .map(
        (rule) =>
          `| [${rule.id}](${rule.id.replace('/', '-')}.md) | ${rule.severity} | ${cell(rule.title)} | ${rule.fixes ? 'yes' : ''} |`,
      )
    return `## ${area[0]?.toUpperCase()}${area.slice(1)}\n\n| rule | severity | what is wrong | fix |\n|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# Rules\n\nGenerated from the rules themselves (\`npm run generate\`). ${rules.length} rules. \`bulkhead explain RULE\` prints the same.\n\n${tables.join('\n')}`
}

function rulePage(rule: RuleMetadata): string {
  const lines = [
    `# ${rule.id}`,
    '',
    `**${rule.title}**`,
    '',
    `${rule.severity} · confidence ${rule.confidence} · area ${rule.area}${rule.offByDefault ? ' · off unless `--all-rules` or named by `--only`' : ''}`,
    '',
    '## Why',
    '',
    rule.why,
    '',
    '## What to do',
    '',
    rule.how,
    ...(rule.fine === undefined ? [] : ['', '## When it is fine', '', rule.fine]),
    '',
    '## Silence it',
    '',
    'On the line above what it is about, with a reason and, at high and above, a last day:',
    '',
    '```yaml',
    `# bulkhead: ignore[${rule.id}] until=2027-03-01 reason: why it is acceptable here`,
    '```',
    '',
    '## References',
    '',
    `- concepts: ${rule.concepts.join(', ')}`,
    ...(rule.controls.length === 0 ? [] : [`- controls: ${rule.controls.join(', ')}`]),
    ...(rule.refs.length === 0 ? [] : [`- see: ${rule.refs.join(', ')}`]),
    ...(rule.peers.length === 0 ? [] : [`- the same concern elsewhere: ${rule.peers.join(', ')}`]),
    ...(rule.formerly.length === 0 ? [] : [`- formerly: ${rule.formerly.join(', ')}`]),
  ]
  return `${lines.join('\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
