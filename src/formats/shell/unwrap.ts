import { isShell, type ShellCall, shellCall } from './shell-call.ts'
import { UNKNOWN } from './text.ts'
import type { Field } from './words.ts'
import { type OptionTable, readOptions } from './wrapper-options.ts'

/** A text that a command runs as a script. */
export interface ScriptArgument {
  /** `sh -c`, `su -c`, `eval`, `trap`. */
  readonly label: string
  readonly fields: readonly Field[]
  /** True where the shell that runs the command runs the text (`eval`), false where a new one does. */
  readonly sameShell: boolean
  /** True where it may not run (`trap`). */
  readonly later: boolean
  readonly call?: ShellCall<Field>
}

export interface Unwrapped {
  readonly words: readonly Field[]
  readonly wrappers: readonly string[]
  readonly asUser?: Field | string
  /** `A=b` of `env` and `sudo`. */
  readonly assignments: readonly Field[]
  /** True after `env -i`. */
  readonly clean: boolean
  readonly scripts: readonly ScriptArgument[]
  /** Commands that the command starts beside itself: `find -exec`, `uv run`. */
  readonly inner: readonly { readonly label: string; readonly words: readonly Field[] }[]
}

/** Takes wrappers off a command's words, as far as their options can be read. */
export function unwrap(words: readonly Field[]): Unwrapped {
  let rest = words
  const wrappers: string[] = []
  const assignments: Field[] = []
  let asUser: Field | string | undefined
  let clean = false
  while (wrappers.length < MOST_WRAPPERS) {
    const name = nameOf(rest[0])
    const taken = name === null ? undefined : takeWrapper(name, rest)
    if (taken === undefined || taken.words.length === 0) break
    wrappers.push(taken.label)
    assignments.push(...taken.assignments)
    if (taken.asUser !== undefined) asUser = taken.asUser
    clean ||= taken.clean
    rest = taken.words
  }
  const { scripts, user } = scriptArguments(rest)
  if (user !== undefined) asUser = user
  const inner = innerCommands(rest)
  return { words: rest, wrappers, assignments, clean, scripts, inner, ...(asUser === undefined ? {} : { asUser }) }
}

/** `/usr/bin/curl` is `curl`, and so is `$BIN/curl`; null where the word can't be told. */
export function nameOf(word: Field | undefined): string | null {
  if (word === undefined) return null
  const base = word.text.slice(word.text.lastIndexOf('/') + 1)
  return base === '' || base.includes(UNKNOWN) ? null : base
}

/** Position of the `=` of `A=b`, -1 where the text is no assignment. */
export function assignmentAt(text: string): number {
  const equals = text.indexOf('=')
  return equals > 0 && /^[A-Za-z_]\w*$/.test(text.slice(0, equals)) ? equals : -1
}

/** A longer chain is nobody's: what is left keeps the next wrapper's name. */
const MOST_WRAPPERS = 32

interface Taken {
  readonly label: string
  readonly words: readonly Field[]
  readonly assignments: readonly Field[]
  readonly asUser?: Field | string
  readonly clean: boolean
}

interface Wrapper extends OptionTable {
  /** Words between the options and the command: `timeout 5`, `chroot DIR`, `gosu USER`. */
  readonly operands?: number
  /** The first operand is the user. */
  readonly userOperand?: true
  /** Options that name the user. */
  readonly userOptions?: readonly string[]
  readonly defaultUser?: string
  readonly assignments?: true
  /** Options with which it is no wrapper but does something itself (`command -v`). */
  readonly not?: readonly string[]
  /** First word after the name that makes it a wrapper (`conda run`). */
  readonly verb?: string
}

const PLAIN: Wrapper = {}
const USER_FIRST: Wrapper = { operands: 1, userOperand: true }
const RUN: Wrapper = { verb: 'run' }
const CONDA_RUN: Wrapper = { verb: 'run', short: 'npae', long: ['name', 'prefix', 'cwd', 'attach', 'env'] }

const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  [
    'sudo',
    {
      short: 'CDghpRrTtUu',
      long: [
        'close-from',
        'chdir',
        'group',
        'host',
        'prompt',
        'chroot',
        'role',
        'command-timeout',
        'type',
        'other-user',
        'user',
      ],
      userOptions: ['u', 'user'],
      defaultUser: 'root',
      assignments: true,
    },
  ],
  ['doas', { short: 'Cu', userOptions: ['u'], defaultUser: 'root' }],
  ['gosu', USER_FIRST],
  ['su-exec', USER_FIRST],
  ['s6-setuidgid', USER_FIRST],
  ['setuidgid', USER_FIRST],
  ['chpst', { short: 'uUbenlLmdopfcrt/C', userOptions: ['u'] }],
  [
    'setpriv',
    {
      long: [
        ...['reuid', 'ruid', 'euid', 'regid', 'rgid', 'egid', 'groups', 'inh-caps', 'ambient-caps', 'bounding-set'],
        ...['securebits', 'pdeathsig', 'selinux-label', 'apparmor-profile'],
      ],
      userOptions: ['reuid', 'euid'],
    },
  ],
  [
    'runuser',
    {
      short: 'ugGcsw',
      long: ['user', 'group', 'supp-group', 'command', 'shell', 'session-command'],
      userOptions: ['u', 'user'],
    },
  ],
  ['env', { short: 'uCSa', long: ['unset', 'chdir', 'split-string', 'argv0'], assignments: true }],
  ['exec', { short: 'a' }],
  ['timeout', { short: 'ks', long: ['kill-after', 'signal'], operands: 1 }],
  ['nice', { short: 'n', long: ['adjustment'] }],
  ['ionice', { short: 'cnpPu', long: ['class', 'classdata', 'pid', 'pgid', 'uid'] }],
  ['chrt', { operands: 1 }],
  ['taskset', { operands: 1 }],
  [
    'numactl',
    { short: 'CNmiPp', long: ['cpunodebind', 'membind', 'interleave', 'physcpubind', 'preferred', 'localalloc'] },
  ],
  ['nohup', PLAIN],
  ['setsid', PLAIN],
  ['time', { short: 'fo', long: ['format', 'output'] }],
  ['command', { not: ['v', 'V'] }],
  ['builtin', PLAIN],
  ['stdbuf', { short: 'ioe', long: ['input', 'output', 'error'] }],
  ['unbuffer', PLAIN],
  ['eatmydata', PLAIN],
  ['fakeroot', { short: 'lsib', long: ['lib', 'faked'] }],
  [
    'xvfb-run',
    { short: 'efnpsw', long: ['error-file', 'auth-file', 'server-num', 'xauth-protocol', 'server-args', 'wait'] },
  ],
  [
    'flock',
    { short: 'wEc', long: ['wait', 'timeout', 'conflict-exit-code', 'command'], operands: 1, not: ['c', 'command'] },
  ],
  [
    'xargs',
    {
      short: 'adEILnPs',
      long: ['arg-file', 'delimiter', 'max-args', 'max-procs', 'max-chars', 'process-slot-var'],
      optional: 'eil',
    },
  ],
  ['tini', { short: 'pe' }],
  ['dumb-init', { short: 'r', long: ['rewrite'] }],
  ['catatonit', { short: 'P' }],
  ['with-contenv', PLAIN],
  ['busybox', PLAIN],
  ['toybox', PLAIN],
  ['chroot', { long: ['userspec', 'groups'], operands: 1, userOptions: ['userspec'] }],
  ['conda', CONDA_RUN],
  ['mamba', CONDA_RUN],
  ['micromamba', CONDA_RUN],
  ['poetry', RUN],
  ['pipenv', RUN],
  ['pdm', RUN],
  ['rye', RUN],
])

function takeWrapper(name: string, words: readonly Field[]): Taken | undefined {
  const wrapper = WRAPPERS.get(name)
  if (wrapper === undefined) return undefined
  let at = 1
  if (wrapper.verb !== undefined) {
    // `poetry --no-ansi run x`, `conda run x`.
    while (words[at]?.value?.startsWith('-') === true) at++
    if (words[at]?.value !== wrapper.verb) return undefined
    at++
  }
  const { options, next } = readOptions(words, at, wrapper)
  at = next
  if (wrapper.not?.some((option) => options.has(option)) === true) return undefined
  let asUser: Field | string | undefined = wrapper.defaultUser
  for (const option of wrapper.userOptions ?? []) asUser = options.get(option) ?? asUser
  // `runuser user -c STR` is `su`.
  if (name === 'runuser' && asUser === undefined) return undefined
  const assignments: Field[] = []
  if (wrapper.assignments === true) {
    for (; at < words.length && assignmentAt((words[at] as Field).text) !== -1; at++)
      assignments.push(words[at] as Field)
  }
  if (wrapper.userOperand === true) asUser = words[at]
  at += wrapper.operands ?? 0
  if (words[at]?.value === '--') at++
  const split = name === 'env' ? (options.get('S') ?? options.get('split-string')) : undefined
  const front = split === undefined ? [] : splitField(split)
  const label = wrapper.verb === undefined ? name : `${name} ${wrapper.verb}`
  const clean = name === 'env' && (options.has('i') || options.has('ignore-environment') || words[1]?.value === '-')
  const rest = [...front, ...words.slice(at)]
  return { label, words: rest, assignments, clean, ...(asUser === undefined ? {} : { asUser }) }
}

/** The words of a string that is split at blanks: each one's place is the whole string's. */
export function splitField(field: Field): Field[] {
  return field.text
    .split(/[ \t\n]+/)
    .filter((piece) => piece !== '')
    .map((text) => ({
      ...field,
      text,
      value: field.value === null ? null : text,
      chunks: [{ at: 0, length: text.length, start: field.start, end: field.end, exact: false }],
    }))
}

function scriptArguments(words: readonly Field[]): { scripts: ScriptArgument[]; user?: Field | string } {
  const name = nameOf(words[0])
  if (name === null) return { scripts: [] }
  if (isShell(name)) {
    const call = shellCall(words)
    if (call.script === undefined) return { scripts: [] }
    return { scripts: [{ label: `${name} -c`, fields: [call.script], sameShell: false, later: false, call }] }
  }
  if (name === 'eval') return { scripts: [{ label: 'eval', fields: words.slice(1), sameShell: true, later: false }] }
  if (name === 'trap') {
    const text = words[1]?.value === '--' ? words[2] : words[1]
    const runs = text !== undefined && words.length > 2 && text.text.trim() !== '' && !text.text.startsWith('-')
    return { scripts: runs ? [{ label: 'trap', fields: [text], sameShell: true, later: true }] : [] }
  }
  if (name === 'su' || name === 'runuser') return suScript(name, words)
  if (name === 'flock' || name === 'script') {
    const { options } = readOptions(words, 1, { short: 'wEc', long: ['command'] }, true)
    const text = options.get('c') ?? options.get('command')
    return { scripts: text === undefined ? [] : [newShell(`${name} -c`, text)] }
  }
  return { scripts: [] }
}

/** `su [-] [USER] [-c STR]`, options before or after the user. */
function suScript(name: string, words: readonly Field[]): { scripts: ScriptArgument[]; user?: Field | string } {
  const table: OptionTable = { short: 'cgGsw', long: ['command', 'session-command', 'group', 'supp-group', 'shell'] }
  const { options, operands } = readOptions(words, 1, table, true)
  const text = options.get('c') ?? options.get('command') ?? options.get('session-command')
  if (text === undefined) return { scripts: [] }
  const user = operands.find((operand) => operand.value !== '-') ?? 'root'
  return { scripts: [newShell(`${name} -c`, text)], user }
}

function newShell(label: string, text: Field): ScriptArgument {
  return { label, fields: [text], sameShell: false, later: false }
}

const UV_RUN: OptionTable = {
  short: 'pmwvf',
  long: [
    ...['with', 'with-editable', 'with-requirements', 'python', 'extra', 'no-extra', 'group', 'no-group', 'only-group'],
    ...['package', 'project', 'directory', 'env-file', 'index', 'default-index', 'index-url', 'extra-index-url'],
    ...['find-links', 'cache-dir', 'config-file', 'module', 'link-mode', 'resolution', 'prerelease', 'upgrade-package'],
  ],
}

function innerCommands(words: readonly Field[]): { label: string; words: readonly Field[] }[] {
  const name = nameOf(words[0])
  if (name === 'uv' && words[1]?.value === 'run') {
    const { options, next } = readOptions(words, 2, UV_RUN)
    const module = options.has('m') || options.has('module')
    const inner = words.slice(next)
    return inner.length === 0 || module ? [] : [{ label: 'uv run', words: inner }]
  }
  if (name !== 'find') return []
  const inner: { label: string; words: readonly Field[] }[] = []
  for (let at = 1; at < words.length; at++) {
    const action = words[at]?.value
    if (action !== '-exec' && action !== '-execdir' && action !== '-ok' && action !== '-okdir') continue
    let end = at + 1
    while (
      end < words.length &&
      words[end]?.value !== ';' &&
      !(words[end]?.value === '+' && words[end - 1]?.value === '{}')
    )
      end++
    if (end > at + 1) inner.push({ label: `find ${action}`, words: words.slice(at + 1, end) })
    at = end
  }
  return inner
}
