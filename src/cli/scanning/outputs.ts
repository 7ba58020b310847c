/** `--out FORMAT=PATH`: which reports go where, and writing them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ScanOutcome } from '../../assembly/scan.ts'
import { reason } from '../../config/load.ts'
import { nearest } from '../../config/nearest.ts'
import { quote } from '../../config/values.ts'
import type { ScanReport } from '../../core/report.ts'
import type { RuleLookup } from '../../reports/summary.ts'
import { OUT_FORMATS, type OutFormat } from '../commands.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { repositoryBase } from './repository.ts'

export interface Output {
  readonly format: OutFormat
  /** `-`: standard output. */
  readonly path: string
}

/** @throws CliError (usage) on an unknown format, a missing path, or two reports for one place. */
export function parseOutputs(given: readonly string[], json: boolean): Output[] {
  const outputs: Output[] = json ? [{ format: 'json', path: '-' }] : []
  for (const text of given) {
    const [, format = '', path = ''] = /^([^=]*)=?([\s\S]*)$/.exec(text) ?? []
    if (!isFormat(format)) throw unknownFormat(text, format)
    if (path === '')
      throw new CliError(
        'usage',
        `--out ${format} needs a path: --out ${format}=FILE, or ${format}=- for standard output`,
      )
    outputs.push({ format, path })
  }
  for (const [index, { path }] of outputs.entries()) {
    if (!outputs.slice(0, index).some((earlier) => earlier.path === path)) continue
    throw new CliError(
      'usage',
      path === '-' ? 'two reports cannot both go to standard output' : `two reports cannot both go to ${quote(path)}`,
    )
  }
  return outputs
}

export interface Written {
  /** One line for each output that could not be written. */
  readonly failures: readonly string[]
}

/** Writes every output that can be written: one that cannot costs no other. */
export async function writeOutputs(
  outputs: readonly Output[],
  report: ScanReport,
  outcomes: readonly ScanOutcome[],
  rules: RuleLookup,
  context: Context,
): Promise<Written> {
  const failures: string[] = []
  for (const { format, path } of outputs) {
    const content =
      format === 'patch'
        ? await renderPatch(outcomes, context)
        : await RENDERERS[format](report, rules, outcomes, context)
    const failure = path === '-' ? await print(content, context) : save(path, content)
    if (failure !== undefined) failures.push(failure)
    else if (path !== '-') await context.ui.detail(`wrote ${format} report to ${path}`)
  }
  return { failures }
}

async function print(content: string | Uint8Array, { ui }: Context): Promise<string | undefined> {
  try {
    await ui.out(content)
    return undefined
  } catch (error) {
    if (error instanceof CliError) return error.message
    throw error
  }
}

function save(path: string, content: string | Uint8Array): string | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return undefined
  } catch (error) {
    return `cannot write ${path}: ${reason(error)}`
  }
}

async function renderPatch(outcomes: readonly ScanOutcome[], context: Context): Promise<Uint8Array> {
  const { patchOf } = await import('./patch.ts')
  const { bytes, notices } = patchOf(outcomes)
  for (const notice of notices) await context.ui.hint(notice)
  if (bytes.length === 0) await context.ui.hint('the patch is empty: there is no safe edit to take')
  return bytes
}

type Renderer = (
  report: ScanReport,
  rules: RuleLookup,
  outcomes: readonly ScanOutcome[],
  context: Context,
) => Promise<string>

/** Each report is loaded when it is asked for. */
const RENDERERS: Readonly<Record<Exclude<OutFormat, 'patch'>, Renderer>> = {
  json: async (report) => (await import('../../reports/json.ts')).scanJson(report),
  sarif: renderSarif,
  html: renderHtml,
  markdown: async (report, rules) => (await import('../../reports/markdown.ts')).markdown(report, { rules }),
  junit: async (report, rules) => (await import('../../reports/junit.ts')).junit(report, { rules }),
  github: async (report) =>
    (await import('../../reports/annotations.ts')).annotations(report, { base: repositoryBase() }),
}

async function renderHtml(report: ScanReport, rules: RuleLookup, outcomes: readonly ScanOutcome[]): Promise<string> {
  const [{ htmlReport }, { diffOfFix }] = await Promise.all([
    import('../../reports/html/html-report.ts'),
    import('./patch.ts'),
  ])
  return htmlReport(report, { rules, diffOf: (fix) => diffOfFix(outcomes, fix.id) })
}

async function renderSarif(
  report: ScanReport,
  rules: RuleLookup,
  outcomes: readonly ScanOutcome[],
  { ui }: Context,
): Promise<string> {
  const { sarif } = await import('../../reports/sarif.ts')
  const sourceOf = (target: string, path: string) =>
    outcomes.map(({ planning }) => planning.read(target, path)).find((source) => source !== undefined)
  const { text, cut } = sarif(report, { rules, base: repositoryBase(), source: sourceOf })
  for (const { what, count, why } of cut) await ui.hint(`the SARIF report leaves out ${count} ${what}: ${why}`)
  return text
}

function isFormat(word: string): word is OutFormat {
  return (OUT_FORMATS as readonly string[]).includes(word)
}

function unknownFormat(text: string, format: string): CliError {
  const guess = nearest(format, OUT_FORMATS) ?? extensionFormat(text)
  const meant =
    guess === undefined
      ? ''
      : `; did you mean --out ${guess}=${format === text ? text : text.slice(format.length + 1)}?`
  return new CliError('usage', `--out: ${quote(format)} is no format${meant}`, [
    `formats: ${OUT_FORMATS.join(', ')}, as in --out sarif=scan.sarif`,
  ])
}

/** Whoever writes `--out scan.sarif` means the format that the file is named for. */
function extensionFormat(path: string): OutFormat | undefined {
  const end = /\.([a-z]+)$/.exec(path)?.[1] ?? ''
  return EXTENSIONS[end]
}

const EXTENSIONS: Readonly<Record<string, OutFormat>> = {
  json: 'json',
  sarif: 'sarif',
  html: 'html',
  md: 'markdown',
  xml: 'junit',
  patch: 'patch',
  diff: 'patch',
}
