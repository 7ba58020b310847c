/** Every command and option, as data: parsing, help, completion and the reference page are made from it. */
import { FAIL_ON } from '../config/schema.ts'
import { AREAS } from '../core/severity.ts'

export type Option = FlagOption | ValueOption | ListOption

interface OptionText {
  readonly help: string
  readonly short?: string
}
export interface FlagOption extends OptionText {
  readonly takes: 'nothing'
}
export interface ValueOption extends OptionText {
  readonly takes: 'value'
  /** Placeholder: `FILE`. */
  readonly value: string
  readonly oneOf?: readonly string[]
  readonly completes?: Completes
}
/** May be given several times; `commas`: or several in one, with commas between them. */
export interface ListOption extends OptionText {
  readonly takes: 'list'
  readonly value: string
  readonly commas?: true
  readonly oneOf?: readonly string[]
  readonly completes?: Completes
}
/** What the shell offers: files, folders, rule ids, or beginnings of words that are finished by a path. */
export type Completes = 'file' | 'folder' | 'rule' | 'area-or-rule' | { readonly beforePath: readonly string[] }

export type Options = Readonly<Record<string, Option>>

/** The values of options, as a command is given them. */
export type ValuesOf<O extends Options> = {
  readonly [K in keyof O]: O[K]['takes'] extends 'nothing'
    ? boolean
    : O[K]['takes'] extends 'list'
      ? readonly string[]
      : string | undefined
}

export interface Command {
  readonly summary: string
  /** Sentences below the usage line. */
  readonly about: readonly string[]
  readonly operand?: {
    readonly name: string
    readonly most: number
    readonly completes: Completes
    readonly words?: readonly string[]
  }
  readonly options: Options
  readonly examples: readonly (readonly [line: string, what: string])[]
}

export const OUT_FORMATS = ['json', 'sarif', 'html', 'markdown', 'junit', 'github', 'patch'] as const
export type OutFormat = (typeof OUT_FORMATS)[number]

export const GLOBAL_OPTIONS = {
  config: {
    takes: 'value',
    value: 'FILE',
    completes: 'file',
    help: 'read this configuration instead of the bulkhead.yaml of the scanned folder',
  },
  quiet: { takes: 'nothing', short: 'q', help: 'say only what was asked for: no summary, hints or progress' },
  verbose: { takes: 'nothing', short: 'v', help: 'say more: where settings come from, what went wrong inside' },
  color: {
    takes: 'value',
    value: 'WHEN',
    oneOf: ['auto', 'always', 'never'],
    help: 'colours: auto (on a terminal), always or never',
  },
  'no-color': { takes: 'nothing', help: 'as --color=never; NO_COLOR does the same' },
  help: { takes: 'nothing', short: 'h', help: 'show help' },
  version: { takes: 'nothing', short: 'V', help: 'show the version' },
} as const satisfies Options

const SELECTION = {
  only: {
    takes: 'list',
    value: 'AREA|RULE',
    commas: true,
    completes: 'area-or-rule',
    help: `look only at these areas (${AREAS.join(', ')}) or rules`,
  },
  'all-rules': { takes: 'nothing', help: 'also use the rules that are off by default' },
  exclude: {
    takes: 'list',
    value: 'GLOB',
    completes: 'file',
    help: 'leave out files and folders; adds to what bulkhead.yaml excludes',
  },
  'include-ignored': { takes: 'nothing', help: 'also scan what .gitignore names, and dependency folders' },
  stage: { takes: 'value', value: 'NAME', help: 'the Dockerfile stage that is shipped (default: the last)' },
  profile: {
    takes: 'list',
    value: 'NAME',
    commas: true,
    help: 'Compose profiles that are on (default: every service is judged)',
  },
  'no-config': {
    takes: 'nothing',
    help: 'do not read the bulkhead.yaml of the scanned folder: for code that is not yours',
  },
} as const satisfies Options

const TARGETS = { name: 'target', most: Number.POSITIVE_INFINITY, completes: 'file' } as const

const ABOUT_TARGETS =
  'A target is a folder or a single file (Dockerfile, Compose file, Kubernetes manifest). The default is the current folder. Folders named side by side are separate projects.'

export const COMMANDS = {
  scan: {
    summary: 'find what is wrong in a project, and what to fix first',
    about: [ABOUT_TARGETS, 'Nothing is executed, changed or sent anywhere.'],
    operand: TARGETS,
    options: {
      full: { takes: 'nothing', help: 'show each finding with its source, reason and fix' },
      plain: { takes: 'nothing', help: 'one finding a line, for screen readers, grep and editors' },
      json: { takes: 'nothing', help: 'write the report as JSON to standard output' },
      out: {
        takes: 'list',
        value: 'FORMAT=PATH',
        completes: { beforePath: OUT_FORMATS },
        help: `also write a report: ${OUT_FORMATS.join(', ')} (patch: all safe fixes, for git apply); may be repeated, PATH - is standard output`,
      },
      'fail-on': {
        takes: 'value',
        value: 'SEVERITY',
        oneOf: FAIL_ON,
        help: 'fail on findings of this severity and above (default: high), or never',
      },
      ...SELECTION,
      baseline: {
        takes: 'value',
        value: 'FILE',
        completes: 'file',
        help: 'do not fail on the findings frozen in this file (see bulkhead baseline)',
      },
      'no-ignores': { takes: 'nothing', help: 'show and count also what ignores, waivers and the baseline leave out' },
      facts: { takes: 'nothing', help: 'add what was recognised (workloads, files) to the JSON report' },
    },
    examples: [
      ['bulkhead scan', 'the current folder, what to fix first'],
      ['bulkhead scan --full compose.yaml', 'one file, every finding with its source'],
      ['bulkhead scan --out sarif=scan.sarif --out html=scan.html', 'the summary, and two reports'],
      ['bulkhead scan --out patch=- --quiet | git apply', 'take all safe fixes'],
    ],
  },
  explain: {
    summary: 'explain a rule, or a finding of the last scan',
    about: [
      'Without an argument it lists the rules by area, each with one line. A finding is named by the first six or more digits of its fingerprint; it comes from the last scan on this machine.',
    ],
    operand: { name: 'rule|fingerprint', most: 1, completes: 'rule' },
    options: { json: { takes: 'nothing', help: 'write it as JSON' } },
    examples: [
      ['bulkhead explain', 'what there is to learn'],
      ['bulkhead explain ignore/no-reason', 'one rule: why it matters, how to mend it, when it is fine'],
    ],
  },
  rules: {
    summary: 'list the rules',
    about: [],
    options: {
      json: { takes: 'nothing', help: 'write them as JSON, with everything known about each' },
      area: { takes: 'list', value: 'AREA', commas: true, oneOf: AREAS, help: 'only rules of this area' },
    },
    examples: [['bulkhead rules --area secrets', 'those about secrets']],
  },
  init: {
    summary: 'write a commented bulkhead.yaml for a project',
    about: [
      'Looks at the project (default: the current folder) and writes a bulkhead.yaml that suits it, every key explained. An existing file is kept.',
    ],
    operand: { name: 'folder', most: 1, completes: 'folder' },
    options: { force: { takes: 'nothing', help: 'overwrite an existing bulkhead.yaml' } },
    examples: [['bulkhead init', 'the current folder']],
  },
  baseline: {
    summary: "freeze today's findings, so that only new ones fail",
    about: [
      'Writes the fingerprints of all open findings into a file to be committed. With it (`baseline:` in bulkhead.yaml, or scan --baseline FILE) an old project starts green and only new debt fails.',
      ABOUT_TARGETS,
    ],
    operand: TARGETS,
    options: {
      out: {
        takes: 'value',
        value: 'FILE',
        completes: 'file',
        help: 'where to write it (default: bulkhead-baseline.json in the scanned folder; - is standard output)',
      },
      ...SELECTION,
    },
    examples: [['bulkhead baseline', 'freeze the current folder']],
  },
  completion: {
    summary: 'print a completion script for your shell',
    about: [],
    operand: { name: 'shell', most: 1, completes: 'file', words: ['bash', 'zsh', 'fish'] },
    options: {},
    examples: [
      ['source <(bulkhead completion bash)', 'in ~/.bashrc'],
      ['source <(bulkhead completion zsh)', 'in ~/.zshrc, below compinit'],
      ['bulkhead completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
  },
  help: {
    summary: 'show help for a command',
    about: [],
    operand: { name: 'command', most: 1, completes: 'file' },
    options: {},
    examples: [['bulkhead help scan', 'every option of scan']],
  },
} as const satisfies Readonly<Record<string, Command>>

export type CommandName = keyof typeof COMMANDS

/** A command's own options and the global ones. */
export type CommandValues<K extends CommandName> = ValuesOf<(typeof COMMANDS)[K]['options']> &
  ValuesOf<typeof GLOBAL_OPTIONS>

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[]

/** The global options with the command's own. */
export function optionsOf(name: CommandName): Options {
  return { ...GLOBAL_OPTIONS, ...COMMANDS[name].options }
}
