/** Precedence: flag over environment over file over default. */
import { DEFAULT_LIMITS } from '../core/config.ts'
import type { ResolvedSettings, SettingSource, Settings } from './settings.ts'

export interface SettingSources {
  readonly flags: Settings
  readonly environment: Settings
  readonly file: Settings
}

/**
 * One value from the highest source that has it; `exclude` and `require` add up, because leaving out more and asking
 * for more never contradict each other. Waivers, rules and limits come from files alone.
 */
export function resolveSettings({ flags, environment, file }: SettingSources): ResolvedSettings {
  const first = <K extends keyof Settings>(key: K): Settings[K] | undefined =>
    flags[key] ?? environment[key] ?? file[key]
  const all = <K extends 'exclude' | 'require'>(key: K) => [
    ...new Set([...(file[key] ?? []), ...(environment[key] ?? []), ...(flags[key] ?? [])]),
  ]
  const stage = first('stage')
  const baseline = first('baseline')
  return {
    failOn: first('failOn') ?? 'high',
    only: first('only') ?? [],
    allRules: first('allRules') ?? false,
    require: all('require') as ResolvedSettings['require'],
    exclude: all('exclude'),
    includeIgnored: first('includeIgnored') ?? false,
    waivers: file.waivers ?? [],
    severities: file.severities ?? {},
    limits: { ...DEFAULT_LIMITS, ...file.limits },
    profiles: first('profiles') ?? ['*'],
    ...(stage === undefined ? {} : { stage }),
    ...(baseline === undefined
      ? {}
      : { baseline: { path: baseline, from: sourceOf('baseline', { flags, environment }) } }),
  }
}

function sourceOf(
  key: keyof Settings,
  { flags, environment }: Pick<SettingSources, 'flags' | 'environment'>,
): SettingSource {
  if (flags[key] !== undefined) return 'flag'
  return environment[key] !== undefined ? 'environment' : 'file'
}
