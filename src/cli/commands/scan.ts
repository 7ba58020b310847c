/** `bulkhead scan`: what is wrong, and what to fix first. */
import type { ScanReport } from '../../core/report.ts'
import type { RuleMetadata } from '../../core/rule.ts'
import { EXIT } from '../../policy/verdict.ts'
import type { CommandValues } from '../commands.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { allRules, knownRules, ruleLookup } from '../rule-list.ts'
import { keepReport } from '../scanning/last-report.ts'
import { mergeReports } from '../scanning/merge-reports.ts'
import { type Output, parseOutputs, writeOutputs } from '../scanning/outputs.ts'
import { planProjects } from '../scanning/projects.ts'
import { scanProjects } from '../scanning/scan-project.ts'

type ScanValues = CommandValues<'scan'>

export async function run(options: ScanValues, operands: readonly string[], context: Context): Promise<number> {
  const { ui } = context
  const outputs = withAnnotations(parseOutputs(options.out, options.json), options, context)
  checkScreens(options, outputs)
  const rules = allRules()
  const projects = await planProjects(operands, options, knownRules(rules), context)
  const scanOptions = { honourIgnores: !options['no-ignores'], withFacts: options.facts }
  const outcomes = await scanProjects(projects, scanOptions, context)
  const report = mergeReports(outcomes.map((outcome) => outcome.report))

  const written = await writeOutputs(outputs, report, outcomes, ruleLookup(rules), context)
  if (!outputs.some(isData)) await ui.out(await screenOf(report, options, rules, context))
  for (const failure of written.failures) await ui.say(failure)
  if (!keepReport(report, context.env)) await ui.detail('the report could not be kept for explain')
  await tellMore(
    report,
    outcomes.reduce((sum, { baselineGone }) => sum + baselineGone, 0),
    context,
  )
  return written.failures.length > 0 ? EXIT.usage : report.verdict.exitCode
}

/** In a workflow run the findings also stand beside the changed lines of the pull request. */
function withAnnotations(outputs: readonly Output[], options: ScanValues, { env }: Context): Output[] {
  const isTaken = outputs.some((output) => output.path === '-' || output.format === 'github')
  const isWanted = env.GITHUB_ACTIONS === 'true' && !isTaken && !options.plain
  return isWanted ? [...outputs, { format: 'github', path: '-' }] : [...outputs]
}

/** Standard output belongs to a program: a screen for people would break it. Annotations are lines among lines. */
function isData(output: Output): boolean {
  return output.path === '-' && output.format !== 'github'
}

function checkScreens(options: ScanValues, outputs: readonly Output[]): void {
  if (options.full && options.plain) throw new CliError('usage', '--full and --plain exclude each other')
  const screen = options.full ? '--full' : options.plain ? '--plain' : undefined
  const taker = outputs.find(isData)
  if (screen !== undefined && taker !== undefined) {
    const what = options.json ? '--json' : `--out ${taker.format}=-`
    throw new CliError('usage', `${screen} and ${what} both write to standard output`, [
      `write the report to a file: --out ${taker.format}=FILE`,
    ])
  }
  if (options.facts && !outputs.some(({ format }) => format === 'json')) {
    throw new CliError('usage', '--facts adds to the JSON report, which is not asked for', [
      'use it with --json or --out json=FILE',
    ])
  }
}

async function screenOf(
  report: ScanReport,
  options: ScanValues,
  rules: readonly RuleMetadata[],
  { ui }: Context,
): Promise<string> {
  if (options.plain) return (await import('../../reports/terminal/plain-lines.ts')).plainLines(report, ui.style)
  if (options.full) {
    return (await import('../../reports/terminal/full-screen.ts')).fullScreen(report, ui.style, ruleLookup(rules))
  }
  if (ui.quiet) return ''
  return (await import('../../reports/terminal/summary-screen.ts')).summaryScreen(report, ui.style)
}

async function tellMore(report: ScanReport, baselineGone: number, { ui }: Context): Promise<void> {
  if (baselineGone > 0) {
    await ui.hint(`${baselineGone} of the baseline's findings are gone; bulkhead baseline renews it`)
  }
  for (const { id, errors } of report.coverage.analyzers) {
    for (const { path, message, stack } of errors) {
      if (stack !== undefined) await ui.detail(`${id} failed on ${path === '' ? 'the whole' : path}: ${stack}`)
      else await ui.detail(`${id}: ${path}: ${message}`)
    }
  }
}
