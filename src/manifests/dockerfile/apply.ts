/** What one instruction does to a stage's image configuration. */
import type { Instruction } from '../../core/facts/dockerfile.ts'
import type { CommandWord, Origin, Setting } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import { type Expansion, expandWord, expandWords, type Lookup } from './expand.ts'
import { exposedPorts } from './exposed-ports.ts'
import { healthcheckCommandStart } from './instruction.ts'
import type { Variable } from './lexer.ts'
import { isSignal } from './signals.ts'
import { type StageState, variableOf } from './stage-state.ts'
import { accountsMade, parseUser } from './users.ts'
import { blankSeparated } from './words.ts'

/** A stage under evaluation. */
export interface Scope {
  readonly path: string
  readonly escape: string
  /** A build argument that was given. */
  readonly argument: (name: string) => Variable | undefined
  /** A global ARG's value. */
  readonly inherited: (name: string) => Variable | undefined
  readonly withoutDefault: (name: string) => Variable
  readonly state: StageState
  /** This stage set CMD itself: a later ENTRYPOINT then leaves it. */
  commandSet: boolean
  /** Told what BuildKit refuses once it knows the variables. */
  readonly refuse: (code: string, message: string, instruction: Instruction) => void
}

export function applyInstruction(instruction: Instruction, scope: Scope): void {
  HANDLERS.get(instruction.keyword)?.(instruction, scope)
}

/** What a variable is at this point of a stage. */
export function lookupIn(scope: Pick<Scope, 'state'>): Lookup {
  const { state } = scope
  return (name) => state.scope.get(name) ?? state.undeclared(name)
}

/** One word in the stage's variables; what BuildKit would refuse in it is told. */
function expand(text: string, instruction: Instruction, scope: Scope): Expansion {
  const expanded = expandWord(text, lookupIn(scope), scope.escape)
  if (expanded.error !== undefined) scope.refuse('bad-substitution', expanded.error, instruction)
  return expanded
}

function applyArg(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  for (const pair of instruction.pairs ?? []) {
    const given = scope.argument(pair.key)
    if (given !== undefined) {
      state.scope.set(pair.key, given)
    } else if (pair.raw !== null) {
      const expanded = expand(pair.raw, instruction, scope)
      state.scope.set(pair.key, variable(expanded.value, expanded.why))
    } else {
      const inherited = scope.inherited(pair.key)
      if (inherited?.is === 'value' || inherited?.is === 'unknown') state.scope.set(pair.key, inherited)
      // Without any value it changes nothing: an ENV of that name goes on.
      else if (!state.scope.has(pair.key)) state.scope.set(pair.key, inherited ?? scope.withoutDefault(pair.key))
    }
  }
}

function applyEnv(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  // Every value of a line sees the variables from before the line.
  const expanded = (instruction.pairs ?? []).map((pair) => ({
    key: expand(pair.rawKey ?? pair.key, instruction, scope),
    written: pair.key,
    value: expand(pair.raw ?? '', instruction, scope),
    origin: { who: 'image', at: place(instruction, scope, pair.span, `ENV.${pair.key}`) } as const,
  }))
  for (const { key, written, value, origin } of expanded) {
    state.env.set(key.value ?? written, settingOf(key, value, origin))
    if (key.value !== null) state.scope.set(key.value, variable(value.value, value.why))
  }
}

function applyLabel(instruction: Instruction, scope: Scope): void {
  for (const pair of instruction.pairs ?? []) {
    const key = expand(pair.rawKey ?? pair.key, instruction, scope)
    const value = expand(pair.raw ?? '', instruction, scope)
    const origin = { who: 'image', at: place(instruction, scope, pair.span, `LABEL.${pair.key}`) } as const
    scope.state.labels.set(key.value ?? pair.key, settingOf(key, value, origin))
  }
}

/** Of a pair; where its name is not known, nothing is said about the value that stands under the name as written. */
function settingOf(key: Expansion, value: Expansion, by: Origin): Setting<string> {
  if (key.value !== null && value.value !== null) return { is: 'set', value: value.value, by }
  return { is: 'unknown', why: key.why ?? value.why ?? 'its value is not known', by }
}

function applyUser(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  if (instruction.text === '') return
  const origin = by(instruction, scope)
  const expanded = expand(instruction.text, instruction, scope)
  state.userAt = instruction
  if (expanded.value === null) {
    const unknown = { is: 'unknown', why: expanded.why ?? 'its value is not known', by: origin } as const
    state.user = { uid: unknown, gid: unknown, name: unknown }
    return
  }
  const user = parseUser(expanded.value, state.accounts)
  const named = user.name === null ? '' : `"${user.name}"`
  const because = whyUser(instruction.text, expanded.value)
  const reset = because === undefined ? {} : { because }
  state.user = {
    uid:
      user.uid === null
        ? { is: 'unknown', why: `the number of user ${named} stands in the image's /etc/passwd`, by: origin }
        : { is: 'set', value: user.uid, by: { ...origin, ...reset } },
    gid:
      user.gid === null
        ? { is: 'unknown', why: "the user's group stands in the image's /etc/passwd", by: origin }
        : { is: 'set', value: user.gid, by: origin },
    name:
      user.name === null
        ? { is: 'unknown', why: 'the user is given by number', by: origin }
        : { is: 'set', value: user.name, by: origin },
  }
}

function whyUser(text: string, value: string): string | undefined {
  if (value === '') return 'an empty USER is root'
  return text.includes('$') ? `its last USER is ${text}, which is ${value} by default` : undefined
}

function applyWorkdir(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  const origin = by(instruction, scope)
  const expanded = expand(instruction.text, instruction, scope)
  if (expanded.value === null) {
    state.workdir = { is: 'unknown', why: expanded.why ?? 'its value is not known', by: origin }
  } else if (state.windows || expanded.value.startsWith('/')) {
    state.workdir = { is: 'set', value: state.windows ? expanded.value : clean(expanded.value), by: origin }
  } else if (state.workdir.is === 'set' || state.workdir.is === 'default') {
    state.workdir = { is: 'set', value: clean(`${state.workdir.value}/${expanded.value}`), by: origin }
  } else {
    state.workdir = { is: 'unknown', why: 'it is relative to a working directory that is not known', by: origin }
  }
}

function applyShell(instruction: Instruction, scope: Scope): void {
  if (instruction.exec === undefined || instruction.exec.length === 0) return
  scope.state.shell = instruction.exec.map((word) => word.value)
  scope.state.shellAt = place(instruction, scope)
}

function applyRun(instruction: Instruction, scope: Scope): void {
  const script = [instruction.text, ...instruction.heredocs.map((heredoc) => heredoc.body)].join('\n')
  for (const [name, uid] of accountsMade(script, lookupIn(scope))) scope.state.accounts.set(name, uid)
}

function applyCommand(instruction: Instruction, scope: Scope): void {
  scope.state.command = { is: 'set', value: commandOf(instruction, scope), by: by(instruction, scope) }
  scope.commandSet = true
}

function applyEntrypoint(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  state.entrypoint = { is: 'set', value: commandOf(instruction, scope), by: by(instruction, scope) }
  if (scope.commandSet) return
  const because = 'ENTRYPOINT clears the CMD that the stage inherited'
  state.command = { is: 'set', value: null, by: { ...by(instruction, scope), because } }
}

/** Exec form as it is (`[]` clears), shell form behind the SHELL. */
function commandOf(instruction: Instruction, scope: Scope, from = 0): CommandWord[] | null {
  const { exec, text } = instruction
  if (exec !== undefined) {
    if (exec.length === 0) return null
    return exec.map((word) => ({ value: word.value, at: place(instruction, scope, word.span) }))
  }
  const shell = scope.state.shell.map((value): CommandWord => {
    return { value, ...(scope.state.shellAt === undefined ? {} : { at: scope.state.shellAt }) }
  })
  return [...shell, { value: text.slice(from), at: place(instruction, scope, instruction.textSpan) }]
}

function applyExpose(instruction: Instruction, scope: Scope): void {
  if (scope.state.exposed.size >= MAX_PORTS) return
  const expanded = expandWords(instruction.text, lookupIn(scope), scope.escape)
  if (expanded.error !== undefined) scope.refuse('bad-substitution', expanded.error, instruction)
  for (const word of expanded.words ?? []) {
    const ports = exposedPorts(word, MAX_PORTS)
    if (ports === undefined) scope.refuse('invalid-port', `"${word.slice(0, 64)}" is no port`, instruction)
    for (const port of ports ?? []) {
      if (scope.state.exposed.size < MAX_PORTS)
        scope.state.exposed.set(port, place(instruction, scope, undefined, `EXPOSE.${port}`))
    }
  }
}

const MAX_PORTS = 1000

/** Copies say nothing of the configuration; their words are expanded for what BuildKit would refuse in them. */
function applyCopy(instruction: Instruction, scope: Scope): void {
  const { exec, text, flags } = instruction
  const words = exec?.map((word) => word.value) ?? blankSeparated(text).map(({ start, end }) => text.slice(start, end))
  for (const word of words) if (!word.includes('<<')) expand(word, instruction, scope)
  for (const { name, value } of flags) if (name === 'chown' || name === 'chmod') expand(value ?? '', instruction, scope)
}

function applyVolume(instruction: Instruction, scope: Scope): void {
  const words =
    instruction.exec === undefined ? instruction.text.split(/[\t\v\f\r ]+/) : instruction.exec.map((word) => word.value)
  words.forEach((word, index) => {
    const path = expand(word.trim(), instruction, scope).value
    if (path === '') scope.refuse('empty-volume', 'the path of a VOLUME is empty', instruction)
    if (path === null || path === '' || scope.state.volumes.size >= MAX_PORTS) return
    scope.state.volumes.set(path, place(instruction, scope, instruction.args[index]?.span, `VOLUME.${path}`))
  })
}

function applyStopSignal(instruction: Instruction, scope: Scope): void {
  const { value } = expand(instruction.text, instruction, scope)
  if (value !== null && !isSignal(value)) {
    scope.refuse('invalid-signal', `"${value.slice(0, 64)}" is no signal`, instruction)
  }
}

function applyHealthcheck(instruction: Instruction, scope: Scope): void {
  const type = instruction.args[0]?.value.toUpperCase()
  const origin = by(instruction, scope)
  if (type === 'NONE') {
    scope.state.health = { is: 'set', value: { test: ['NONE'], disabled: true }, by: origin }
  } else if (type === 'CMD') {
    const shell = instruction.text.slice(healthcheckCommandStart(instruction.text))
    const test =
      instruction.exec === undefined ? ['CMD-SHELL', shell] : ['CMD', ...instruction.exec.map((word) => word.value)]
    scope.state.health = { is: 'set', value: { test, disabled: false }, by: origin }
  }
}

function variable(value: string | null, why: string | undefined): Variable {
  if (value === null) return { is: 'unknown', why: why ?? 'its value is not known' }
  return variableOf({ is: 'set', value, by: { who: 'image' } })
}

function by(instruction: Instruction, scope: Scope): Origin {
  return { who: 'image', at: place(instruction, scope) }
}

function place(
  instruction: Instruction,
  scope: Scope,
  span = instruction.span,
  key: string = instruction.keyword,
): Place {
  return { path: scope.path, span, key }
}

/** `//`, `.` and `..` resolved; never above the root. */
function clean(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

const HANDLERS: ReadonlyMap<string, (instruction: Instruction, scope: Scope) => void> = new Map([
  ['ARG', applyArg],
  ['ENV', applyEnv],
  ['LABEL', applyLabel],
  ['USER', applyUser],
  ['WORKDIR', applyWorkdir],
  ['SHELL', applyShell],
  ['CMD', applyCommand],
  ['ENTRYPOINT', applyEntrypoint],
  ['EXPOSE', applyExpose],
  ['VOLUME', applyVolume],
  ['HEALTHCHECK', applyHealthcheck],
  ['STOPSIGNAL', applyStopSignal],
  ['RUN', applyRun],
  ['COPY', applyCopy],
  ['ADD', applyCopy],
])
