/** `bulkhead explain`: what a rule is about, and a finding of the last scan with all that is known of it. */
import { didYouMean } from '../../config/nearest.ts'
import { quote } from '../../config/values.ts'
import type { RuleMetadata } from '../../core/rule.ts'
import type { CommandValues } from '../commands.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { allRules, ruleLookup } from '../rule-list.ts'
import { findKept, type Remembered } from '../scanning/last-report.ts'
import { ruleTable } from './rules.ts'

export async function run(
  options: CommandValues<'explain'>,
  operands: readonly string[],
  context: Context,
): Promise<number> {
  const rules = allRules()
  const [word] = operands
  if (word === undefined) return await listLessons(options, rules, context)
  const rule = ruleLookup(rules)(word)
  if (rule !== undefined) return await tellRule(options, rule, context)
  if (!/^[0-9a-f]{6,64}$/i.test(word)) throw unknown(word, rules)
  const found = findKept(word.toLowerCase(), process.cwd(), context.env)
  const [first] = found
  if (first === undefined) {
    throw new CliError('usage', `the last scans hold no finding ${quote(word)}`, [
      'fingerprints are in the reports: bulkhead scan --full',
    ])
  }
  checkOne(word, found)
  return await tellFinding(options, first, rules, context)
}

async function listLessons(
  options: CommandValues<'explain'>,
  rules: readonly RuleMetadata[],
  { ui }: Context,
): Promise<number> {
  if (options.json) {
    const { rulesJson } = await import('../../reports/json.ts')
    await ui.out(rulesJson(rules))
    return 0
  }
  await ui.out(ruleTable(rules, ui.style))
  await ui.hint('bulkhead explain RULE says why one matters, how to mend it, and when it is fine as it is')
  return 0
}

async function tellRule(options: CommandValues<'explain'>, rule: RuleMetadata, { ui }: Context): Promise<number> {
  if (options.json) {
    const { rulesJson } = await import('../../reports/json.ts')
    await ui.out(rulesJson([rule]))
    return 0
  }
  const { explainRule } = await import('../../reports/terminal/explain.ts')
  await ui.out(explainRule(rule, ui.style))
  return 0
}

async function tellFinding(
  options: CommandValues<'explain'>,
  remembered: Remembered,
  rules: readonly RuleMetadata[],
  context: Context,
): Promise<number> {
  const { ui } = context
  const { withMoreSource } = await import('../scanning/more-source.ts')
  const { kept } = remembered
  const { finding, changed } = await withMoreSource(remembered, context)
  if (options.json) {
    const { scanJson } = await import('../../reports/json.ts')
    const fixes = kept.report.fixes.filter(({ id }) => finding.fixes.includes(id))
    await ui.out(scanJson({ ...kept.report, findings: [finding], fixes }))
    return 0
  }
  const { explainFinding } = await import('../../reports/terminal/explain.ts')
  await ui.out(explainFinding(finding, kept.report, ruleLookup(rules)(finding.rule), ui.style))
  for (const path of changed) await ui.hint(`${path} has changed since; scan again to see it as it is now`)
  return 0
}

/** The same finding may stand in reports of several projects (they share rule and subject): the nearest one is told. */
function checkOne(word: string, found: readonly Remembered[]): void {
  const all = [...new Set(found.map(({ finding }) => finding.fingerprint))]
  if (all.length === 1) return
  throw new CliError(
    'usage',
    `${quote(word)} begins ${all.length} fingerprints`,
    all.slice(0, 5).map((one) => `bulkhead explain ${one.slice(0, Math.max(12, word.length + 4))}`),
  )
}

function unknown(word: string, rules: readonly RuleMetadata[]): CliError {
  const meant = didYouMean(
    word,
    rules.map(({ id }) => id),
  )
  return new CliError('usage', `there is no rule ${quote(word)}${meant}`, [
    'bulkhead rules lists them; a finding is named by the first six or more digits of its fingerprint',
  ])
}
