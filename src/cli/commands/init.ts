/** `bulkhead init`: a commented bulkhead.yaml that suits the project. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONFIG_NAME, reason } from '../../config/load.ts'
import { resolveSettings } from '../../config/resolve.ts'
import type { CommandValues } from '../commands.ts'
import { configTemplate } from '../config-template.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { directoryOf } from '../scanning/projects.ts'
import { scanProjects } from '../scanning/scan-project.ts'

export async function run(
  options: CommandValues<'init'>,
  operands: readonly string[],
  context: Context,
): Promise<number> {
  const { ui } = context
  const name = operands[0] ?? '.'
  const folder = directoryOf(name)
  if (folder === undefined) throw new CliError('usage', `${name} is not a folder`, ['bulkhead init [folder]'])
  const path = join(folder, CONFIG_NAME)
  const { baseline: _, ...config } = resolveSettings({ flags: {}, environment: {}, file: {} })
  const [outcome] = await scanProjects(
    [{ targets: [name], config }],
    { honourIgnores: true, withFacts: false },
    context,
  )
  if (outcome === undefined) throw new Error('the scan gave no report')
  try {
    // `wx` refuses what is there already, a link too, and leaves no moment between looking and writing.
    writeFileSync(path, configTemplate(outcome.report), { flag: options.force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new CliError('output', `${path} is there already and was kept`, ['bulkhead init --force overwrites it'])
    }
    throw new CliError('output', `cannot write ${path}: ${reason(error)}`)
  }
  const seen = outcome.report.seen.map(({ what, count }) => `${count} ${what}`).join(', ')
  await ui.hint(`wrote ${path} for ${seen === '' ? 'a project without anything to scan yet' : seen}`)
  if (!ui.quiet) await ui.error(`  next: bulkhead scan${name === '.' ? '' : ` ${name}`}\n`)
  return 0
}
