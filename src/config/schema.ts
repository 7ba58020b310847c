/**
 * What `bulkhead.yaml` may say: one table from which validation, the published JSON Schema and the commented file that
 * `init` writes are made.
 */
import { DEFAULT_LIMITS, type Limits } from '../core/config.ts'
import { AREAS, SEVERITIES } from '../core/severity.ts'

/** The shape of a value. */
export type Shape =
  | { readonly is: 'text'; readonly longest?: number }
  | { readonly is: 'word'; readonly of: readonly string[] }
  | { readonly is: 'yes-no' }
  | { readonly is: 'date' }
  | { readonly is: 'fingerprint' }
  /** A rule's id. */
  | { readonly is: 'rule' }
  /** An area or a rule's id. */
  | { readonly is: 'area-or-rule' }
  /** A whole number, with the unit that may stand behind it: bytes (`8 MiB`) or milliseconds (`90s`). */
  | { readonly is: 'number'; readonly unit: 'count' | 'bytes' | 'milliseconds' }
  | { readonly is: 'list'; readonly of: Shape }
  /** Rule ids as keys. */
  | { readonly is: 'by-rule'; readonly of: Shape }
  | { readonly is: 'record'; readonly keys: Readonly<Record<string, ConfigKey>> }

export interface ConfigKey {
  readonly shape: Shape
  /** One or two sentences for the schema and for `init`. */
  readonly about: string
  readonly required?: true
}

export const FAIL_ON = [...SEVERITIES, 'never'] as const
export const RULE_LEVELS = ['off', ...SEVERITIES] as const

/** Keys of `limits:` and the limit that each sets. */
export const LIMIT_KEYS: Readonly<Record<string, keyof Limits>> = {
  files: 'files',
  depth: 'depth',
  'text-file': 'textFile',
  time: 'time',
  'findings-per-rule': 'findingsPerRule',
  'facts-per-file': 'factsPerFile',
}

const text: Shape = { is: 'text', longest: 1000 }

export const WAIVER_KEYS = {
  rule: { shape: { is: 'rule' }, required: true, about: 'The rule whose findings are accepted.' },
  path: { shape: text, about: 'Only in files that match this glob, relative to the scanned directory.' },
  subject: { shape: text, about: 'Only this subject, as the report names it: `compose.yaml#api`.' },
  fingerprint: { shape: { is: 'fingerprint' }, about: 'Only this very finding.' },
  reason: { shape: text, required: true, about: 'Why the risk is accepted. Shown in every report.' },
  until: {
    shape: { is: 'date' },
    about: 'Last day on which the waiver counts, YYYY-MM-DD. Required for findings of high severity and above.',
  },
} as const satisfies Record<string, ConfigKey>

export const CONFIG_KEYS = {
  'fail-on': {
    shape: { is: 'word', of: FAIL_ON },
    about: 'The scan fails (exit code 1) on findings of this severity and above. Default: high.',
  },
  only: {
    shape: { is: 'list', of: { is: 'area-or-rule' } },
    about: 'Areas and rules to look at. Default: all.',
  },
  exclude: {
    shape: { is: 'list', of: text },
    about: 'Files and folders to leave out: globs relative to the scanned directory. Adds to --exclude.',
  },
  'include-ignored': {
    shape: { is: 'yes-no' },
    about: 'Also scan what .gitignore leaves out, and dependency folders. Default: false.',
  },
  require: {
    shape: { is: 'list', of: { is: 'word', of: AREAS } },
    about: 'Areas that must have been checked: the scan is incomplete (exit code 3) where one was not.',
  },
  rules: {
    shape: { is: 'by-rule', of: { is: 'word', of: RULE_LEVELS } },
    about: 'Severity of single rules, or off.',
  },
  waivers: {
    shape: { is: 'list', of: { is: 'record', keys: WAIVER_KEYS } },
    about: 'Findings that are accepted, with the reason and the last day.',
  },
  baseline: {
    shape: text,
    about: 'Baseline file, relative to this one: findings frozen in it do not fail the scan (`bulkhead baseline`).',
  },
  stage: {
    shape: text,
    about: 'Dockerfile stage that is shipped. Default: the last one.',
  },
  profiles: {
    shape: { is: 'list', of: text },
    about: 'Compose profiles that are on. Default: every service is judged.',
  },
  limits: {
    shape: {
      is: 'record',
      keys: {
        files: limit('count', 'Files looked at in one target.', DEFAULT_LIMITS.files),
        depth: limit('count', 'Depth of folders.', DEFAULT_LIMITS.depth),
        'text-file': limit('bytes', 'Largest text file that is read.', DEFAULT_LIMITS.textFile),
        time: limit('milliseconds', 'Time for one scan.', DEFAULT_LIMITS.time),
        'findings-per-rule': limit('count', 'Findings of one rule.', DEFAULT_LIMITS.findingsPerRule),
        'facts-per-file': limit('count', 'Facts from one file.', DEFAULT_LIMITS.factsPerFile),
      },
    },
    about: 'Bounds on what a scan may cost. Raising one above its default needs --config FILE.',
  },
} as const satisfies Record<string, ConfigKey>

export type ConfigKeyName = keyof typeof CONFIG_KEYS

function limit(unit: 'count' | 'bytes' | 'milliseconds', about: string, standard: number): ConfigKey {
  const shown =
    unit === 'bytes' ? `${standard / 1024 / 1024} MiB` : unit === 'milliseconds' ? `${standard / 60_000}m` : standard
  return { shape: { is: 'number', unit }, about: `${about} Default: ${shown}.` }
}
