/** `bulkhead rules`: every rule, by area. */
import type { RuleMetadata } from '../../core/rule.ts'
import { AREAS } from '../../core/severity.ts'
import { paint, type Style, shortSeverity, shown } from '../../reports/terminal/style.ts'
import { padEnd, wrap } from '../../reports/terminal/width.ts'
import type { CommandValues } from '../commands.ts'
import type { Context } from '../context.ts'
import { allRules } from '../rule-list.ts'

export async function run(
  options: CommandValues<'rules'>,
  _operands: readonly string[],
  { ui }: Context,
): Promise<number> {
  const rules = allRules().filter(({ area }) => options.area.length === 0 || options.area.includes(area))
  if (options.json) {
    const { rulesJson } = await import('../../reports/json.ts')
    await ui.out(rulesJson(rules))
    return 0
  }
  await ui.out(rules.length === 0 ? '' : ruleTable(rules, ui.style))
  if (rules.length === 0) await ui.hint('there is no rule in this area yet')
  return 0
}

/** Rules below the name of their area: id, severity, title. */
export function ruleTable(rules: readonly RuleMetadata[], style: Style): string {
  const width = Math.max(...rules.map(({ id }) => id.length)) + 2
  const blocks = AREAS.flatMap((area) => {
    const ones = rules.filter((rule) => rule.area === area)
    return ones.length === 0
      ? []
      : [[paint(style, 'strong', area), ...ones.flatMap((rule) => row(rule, width, style))].join('\n')]
  })
  return `${blocks.join('\n\n')}\n`
}

function row(rule: RuleMetadata, width: number, style: Style): string[] {
  const severity = paint(style, rule.severity, padEnd(shortSeverity(rule.severity), 6))
  const title = `${rule.title}${rule.offByDefault ? ' (off by default)' : ''}`
  const indent = 2 + width + 6
  const [first = '', ...rest] = wrap(shown(style, title), Math.max(20, style.width - indent))
  return [`  ${padEnd(rule.id, width)}${severity}${first}`, ...rest.map((line) => ' '.repeat(indent) + line)]
}
