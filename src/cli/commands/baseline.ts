/** `bulkhead baseline`: freezes today's findings, so that only new ones fail. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reason } from '../../config/load.ts'
import { formatBaseline, makeBaseline } from '../../policy/baseline.ts'
import { counted } from '../../reports/summary.ts'
import type { CommandValues } from '../commands.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { allRules, knownRules } from '../rule-list.ts'
import { mergeReports } from '../scanning/merge-reports.ts'
import { directoryOf, planProjects } from '../scanning/projects.ts'
import { scanProjects } from '../scanning/scan-project.ts'

const NAME = 'bulkhead-baseline.json'

export async function run(
  options: CommandValues<'baseline'>,
  operands: readonly string[],
  context: Context,
): Promise<number> {
  const { ui } = context
  const projects = await planProjects(operands, { ...options, withoutBaseline: true }, knownRules(allRules()), context)
  const outcomes = await scanProjects(projects, { honourIgnores: true, withFacts: false }, context)
  const report = mergeReports(outcomes.map((outcome) => outcome.report))
  const baseline = makeBaseline(report.findings, context.now)
  const text = formatBaseline(baseline)
  if (options.out === '-') {
    await ui.out(text)
    return report.verdict.outcome === 'incomplete' ? 3 : 0
  }
  const folder = directoryOf(operands[0] ?? '.')
  const path = options.out ?? (operands.length < 2 && folder !== undefined ? join(folder, NAME) : NAME)
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new CliError('output', `cannot write ${path}: ${reason(error)}`)
  }
  await ui.hint(`${counted(baseline.fingerprints.length, 'finding')} frozen in ${path}`)
  if (!ui.quiet) await ui.error(nextSteps(path, options.out === undefined && folder !== undefined))
  if (report.verdict.outcome !== 'incomplete') return 0
  for (const why of report.verdict.reasons) await ui.say(`incomplete: ${why}`)
  return 3
}

function nextSteps(path: string, isBeside: boolean): string {
  return [
    `  commit it, and in bulkhead.yaml write  baseline: ${isBeside ? NAME : path}`,
    `  or name it each time                   bulkhead scan --baseline ${path}`,
    '  from then on only new findings fail; run bulkhead baseline again when old ones are paid off',
    '',
  ].join('\n')
}
