/** Which targets are scanned together, under which configuration. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type EnvironmentSettings, settingsFromEnvironment } from '../../config/environment.ts'
import { discoverConfig, type LoadedConfig, loadNamedConfig, reason } from '../../config/load.ts'
import { resolveSettings } from '../../config/resolve.ts'
import { ConfigError, type ResolvedSettings, type Settings } from '../../config/settings.ts'
import { type Checked, checkAreaOrRule, type KnownRules } from '../../config/values.ts'
import type { Config } from '../../core/config.ts'
import type { Severity } from '../../core/severity.ts'
import { LARGEST_BASELINE, parseBaseline } from '../../policy/baseline.ts'
import type { CommandValues } from '../commands.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'

/** Targets that are one run: what they declare is joined, and one configuration judges it. */
export interface Project {
  readonly targets: readonly string[]
  readonly config: Config
  /** Where the configuration file's waivers are reported; absent where there is none. */
  readonly configPlace?: { readonly target: string; readonly path: string }
}

export type SelectionOptions = Pick<
  CommandValues<'baseline'>,
  'only' | 'all-rules' | 'exclude' | 'include-ignored' | 'stage' | 'profile' | 'no-config' | 'config'
> & {
  readonly 'fail-on'?: string | undefined
  readonly baseline?: string | undefined
  /** Read no baseline, whoever names one: a new one is being made. */
  readonly withoutBaseline?: boolean
}

/**
 * With several targets, a folder with a `bulkhead.yaml` of its own is a project of its own: its thresholds and waivers
 * are not its neighbour's.
 *
 * @throws ConfigError, CliError
 */
export async function planProjects(
  operands: readonly string[],
  options: SelectionOptions,
  rules: KnownRules,
  context: Context,
): Promise<Project[]> {
  const names = [...new Set(operands.length === 0 ? ['.'] : operands)]
  const environment = readEnvironment(context, rules)
  for (const notice of environment.notices) await context.ui.hint(notice)
  const flags = settingsFromFlags(options, rules)
  const toConfig = (file: LoadedConfig | undefined): Config =>
    readBaseline(
      resolveSettings({ flags, environment: environment.settings, file: file?.settings ?? {} }),
      file,
      options,
    )
  const named = options.config ?? environment.config
  if (named !== undefined) {
    const file = await loadNamedConfig(named, rules)
    await context.ui.detail(`configuration from ${named}`)
    return [{ targets: names, config: toConfig(file), configPlace: { target: names[0] ?? '.', path: file.name } }]
  }
  const own = options['no-config'] ? new Map<string, LoadedConfig>() : await discoverAll(names, rules, context)
  if (names.length === 1 || own.size === 0) {
    const [name] = own.keys()
    return [{ targets: names, config: toConfig(own.get(name ?? '')), ...placeOf(name) }]
  }
  const alone = [...own].map(([name, file]): Project => ({ targets: [name], config: toConfig(file), ...placeOf(name) }))
  const others = names.filter((name) => !own.has(name))
  return others.length === 0 ? alone : [...alone, { targets: others, config: toConfig(undefined) }]
}

function placeOf(target: string | undefined): Pick<Project, 'configPlace'> {
  return target === undefined ? {} : { configPlace: { target, path: 'bulkhead.yaml' } }
}

async function discoverAll(
  names: readonly string[],
  rules: KnownRules,
  context: Context,
): Promise<Map<string, LoadedConfig>> {
  const found = new Map<string, LoadedConfig>()
  for (const name of names) {
    const directory = directoryOf(name)
    if (directory === undefined) continue
    const { config, notices } = await discoverConfig(directory, rules)
    for (const notice of notices) await context.ui.hint(notice)
    if (config === undefined) continue
    await context.ui.detail(`configuration from ${join(directory, config.name)}`)
    found.set(name, config)
  }
  return found
}

/** The folder that a target's name means; `undefined` where it means something else, or nothing. */
export function directoryOf(name: string): string | undefined {
  const path = name.startsWith('dir:') ? name.slice('dir:'.length) : name
  try {
    return statSync(path).isDirectory() ? path : undefined
  } catch {
    return undefined
  }
}

function readEnvironment(context: Context, rules: KnownRules): EnvironmentSettings {
  const environment = settingsFromEnvironment(context.env, rules)
  if (environment.problems.length > 0) throw new ConfigError(environment.problems)
  return environment
}

function settingsFromFlags(options: SelectionOptions, rules: KnownRules): Settings {
  const only = options.only.map((word) => orUsage('--only', checkAreaOrRule(word, rules)))
  return {
    ...(options['fail-on'] === undefined ? {} : { failOn: options['fail-on'] as Severity | 'never' }),
    ...(only.length === 0 ? {} : { only }),
    ...(options['all-rules'] ? { allRules: true } : {}),
    ...(options.exclude.length === 0 ? {} : { exclude: options.exclude }),
    ...(options['include-ignored'] ? { includeIgnored: true } : {}),
    ...(options.stage === undefined ? {} : { stage: options.stage }),
    ...(options.profile.length === 0 ? {} : { profiles: options.profile }),
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
  }
}

function orUsage<T>(flag: string, result: Checked<T>): T {
  if (result.ok) return result.value
  throw new CliError('usage', `${flag}: ${result.wrong}`, ['see: bulkhead rules'])
}

function readBaseline(
  { baseline, ...settings }: ResolvedSettings,
  file: LoadedConfig | undefined,
  { withoutBaseline }: SelectionOptions,
): Config {
  if (baseline === undefined || withoutBaseline) return settings
  const path = baseline.from === 'file' && file !== undefined ? join(file.folder, baseline.path) : baseline.path
  let text: string
  try {
    if (statSync(path).size > LARGEST_BASELINE)
      throw new CliError('config', `baseline ${path} is larger than ${LARGEST_BASELINE / 1024 / 1024} MiB`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError('config', `baseline ${path} cannot be read: ${reason(error)}`, ['bulkhead baseline writes one'])
  }
  const parsed = parseBaseline(text)
  if (!parsed.ok) throw new CliError('config', `baseline ${path} ${parsed.why}`, ['bulkhead baseline writes one'])
  const fingerprints = new Set(parsed.baseline.fingerprints.map(({ fingerprint }) => fingerprint))
  return { ...settings, baseline: { path: baseline.path, fingerprints } }
}
