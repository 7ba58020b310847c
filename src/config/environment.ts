/** Settings from the environment: the few that a pipeline wants to set without touching files or command lines. */
import { AREAS } from '../core/severity.ts'
import { didYouMean } from './nearest.ts'
import { FAIL_ON } from './schema.ts'
import type { ConfigProblem, Settings } from './settings.ts'
import { type Checked, checkAreaOrRule, checkWord, type KnownRules } from './values.ts'

/** The variables that Bulkhead reads as settings, and what each does. */
export const ENVIRONMENT = {
  BULKHEAD_CONFIG: 'configuration file, as --config',
  BULKHEAD_FAIL_ON: 'as --fail-on',
  BULKHEAD_ONLY: 'areas and rules with commas between them, as --only',
  BULKHEAD_EXCLUDE: 'globs with commas between them, as --exclude',
  BULKHEAD_REQUIRE: 'areas with commas between them, as `require:` in bulkhead.yaml',
  BULKHEAD_STAGE: 'as --stage',
  BULKHEAD_PROFILES: 'Compose profiles with commas between them, as --profile',
  BULKHEAD_BASELINE: 'as --baseline',
} as const

export interface EnvironmentSettings {
  readonly settings: Settings
  /** BULKHEAD_CONFIG. */
  readonly config?: string
  readonly problems: readonly ConfigProblem[]
  /** Variables that begin like ours and mean nothing: `BULKHEAD_FAILON is not known; did you mean …`. */
  readonly notices: readonly string[]
}

/** An empty variable is as if it were not set. */
export function settingsFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  rules: KnownRules,
): EnvironmentSettings {
  const problems: ConfigProblem[] = []
  const given = (name: keyof typeof ENVIRONMENT) => env[name] || undefined
  const checked = <T>(name: keyof typeof ENVIRONMENT, result: Checked<T>): T | undefined => {
    if (result.ok) return result.value
    problems.push({ source: name, message: result.wrong })
    return undefined
  }
  const list = <T>(name: keyof typeof ENVIRONMENT, check: (word: string) => Checked<T>): T[] | undefined =>
    given(name) === undefined
      ? undefined
      : commaList(given(name) ?? '').flatMap((word) => checked(name, check(word)) ?? [])
  const anyText = (value: string): Checked<string> => ({ ok: true, value })
  const failOn = given('BULKHEAD_FAIL_ON')
  const settings = {
    failOn: failOn === undefined ? undefined : checked('BULKHEAD_FAIL_ON', checkWord(failOn, FAIL_ON)),
    only: list('BULKHEAD_ONLY', (word) => checkAreaOrRule(word, rules)),
    exclude: list('BULKHEAD_EXCLUDE', anyText),
    require: list('BULKHEAD_REQUIRE', (word) => checkWord(word, AREAS)),
    stage: given('BULKHEAD_STAGE'),
    profiles: list('BULKHEAD_PROFILES', anyText),
    baseline: given('BULKHEAD_BASELINE'),
  }
  const config = given('BULKHEAD_CONFIG')
  return {
    settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    ...(config === undefined ? {} : { config }),
    problems,
    notices: unknownVariables(env),
  }
}

/** `a, b,,c` → `['a', 'b', 'c']`. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.keys(ENVIRONMENT)
  return Object.keys(env)
    .filter((name) => /^BULKHEAD_[A-Z_]{1,40}$/.test(name) && !known.includes(name) && env[name] !== '')
    .sort()
    .map((name) => `${name} is not a variable that bulkhead reads${didYouMean(name, known)}`)
}
