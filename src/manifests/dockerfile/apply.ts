/** What one instruction does to a stage's image configuration. */
import type { Instruction } from '../../core/facts/dockerfile.ts'
import type { CommandWord, Origin } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import { expandWord, expandWords, type Lookup } from './expand.ts'
import { healthcheckCommandStart } from './instruction.ts'
import type { Variable } from './lexer.ts'
import { type StageState, variableOf } from './stage-state.ts'
import { accountsMade, parseUser } from './users.ts'

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
}

export function applyInstruction(instruction: Instruction, scope: Scope): void {
  HANDLERS.get(instruction.keyword)?.(instruction, scope)
}

/** What a variable is at this point of a stage. */
export function lookupIn(scope: Pick<Scope, 'state'>): Lookup {
  const { state } = scope
  return (name) => state.scope.get(name) ?? state.undeclared(name)
}

function applyArg(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  for (const pair of instruction.pairs ?? []) {
    const given = scope.argument(pair.key)
    if (given !== undefined) {
      state.scope.set(pair.key, given)
    } else if (pair.raw !== null) {
      const expanded = expandWord(pair.raw, lookupIn(scope), scope.escape)
      state.scope.set(pair.key, variable(expanded.value, expanded.why))
    } else {
      const inherited = scope.inherited(pair.key)
      if (inherited !== undefined) state.scope.set(pair.key, inherited)
      // Without any value it changes nothing: an ENV of that name goes on.
      else if (!state.scope.has(pair.key)) state.scope.set(pair.key, scope.withoutDefault(pair.key))
    }
  }
}

function applyEnv(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  const lookup = lookupIn(scope)
  // Every value of a line sees the variables from before the line.
  const expanded = (instruction.pairs ?? []).map((pair) => ({
    key: expandWord(pair.key, lookup, scope.escape).value ?? pair.key,
    value: expandWord(pair.raw ?? '', lookup, scope.escape),
    origin: { who: 'image', at: place(instruction, scope, pair.span, `ENV.${pair.key}`) } as const,
  }))
  for (const { key, value, origin } of expanded) {
    if (value.value === null)
      state.env.set(key, { is: 'unknown', why: value.why ?? 'its value is not known', by: origin })
    else state.env.set(key, { is: 'set', value: value.value, by: origin })
    state.scope.set(key, variable(value.value, value.why))
  }
}

function applyLabel(instruction: Instruction, scope: Scope): void {
  const lookup = lookupIn(scope)
  for (const pair of instruction.pairs ?? []) {
    const key = expandWord(pair.key, lookup, scope.escape).value ?? pair.key
    const value = expandWord(pair.raw ?? '', lookup, scope.escape)
    const origin = { who: 'image', at: place(instruction, scope, pair.span, `LABEL.${pair.key}`) } as const
    if (value.value === null) scope.state.labels.set(key, { is: 'unknown', why: value.why ?? '', by: origin })
    else scope.state.labels.set(key, { is: 'set', value: value.value, by: origin })
  }
}

function applyUser(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  if (instruction.text === '') return
  const origin = by(instruction, scope)
  const expanded = expandWord(instruction.text, lookupIn(scope), scope.escape)
  state.userAt = instruction
  if (expanded.value === null) {
    const unknown = { is: 'unknown', why: expanded.why ?? 'its value is not known', by: origin } as const
    state.user = { uid: unknown, gid: unknown, name: unknown }
    return
  }
  const user = parseUser(expanded.value, state.accounts)
  const named = user.name === null ? '' : `"${user.name}"`
  const reset = expanded.value === '' ? { because: 'an empty USER is root' } : {}
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

function applyWorkdir(instruction: Instruction, scope: Scope): void {
  const { state } = scope
  const origin = by(instruction, scope)
  const expanded = expandWord(instruction.text, lookupIn(scope), scope.escape)
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
  for (const word of expanded.words ?? []) {
    for (const port of portsOf(word)) {
      if (scope.state.exposed.size < MAX_PORTS)
        scope.state.exposed.set(port, place(instruction, scope, undefined, `EXPOSE.${port}`))
    }
  }
}

const MAX_PORTS = 1000

/** `80`, `80/udp`, `80-82/udp`, `127.0.0.1:90:91`: the container's ports. */
function portsOf(word: string): string[] {
  const match = /^(?:.*:)?([0-9]{1,5})(?:-([0-9]{1,5}))?(?:\/([A-Za-z]+))?$/.exec(word.slice(-64))
  if (match === null) return []
  const protocol = (match[3] ?? 'tcp').toLowerCase()
  const first = Number(match[1])
  const last = match[2] === undefined ? first : Number(match[2])
  if (last < first || last > 65535) return []
  const count = Math.min(last - first + 1, MAX_PORTS)
  return Array.from({ length: count }, (_, index) => `${first + index}/${protocol}`)
}

function applyVolume(instruction: Instruction, scope: Scope): void {
  const words =
    instruction.exec === undefined ? instruction.text.split(/[\t\v\f\r ]+/) : instruction.exec.map((word) => word.value)
  words.forEach((word, index) => {
    const path = expandWord(word, lookupIn(scope), scope.escape).value
    if (path === null || path === '' || scope.state.volumes.size >= MAX_PORTS) return
    scope.state.volumes.set(path, place(instruction, scope, instruction.args[index]?.span, `VOLUME.${path}`))
  })
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
  ['RUN', applyRun],
])
