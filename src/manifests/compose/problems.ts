/** What Compose would refuse (`error`) or silently ignore (`warning`) in a project's model. */
import type { ComposeProblem } from '../../core/facts/compose.ts'
import type { Place } from '../../core/place.ts'
import { SHAPES } from './known-keys.ts'
import { namesToMapping } from './merge.ts'
import { readLongPort, readShortPort } from './ports.ts'
import { hasHole } from './reader.ts'
import { parseBytes, parseDuration } from './units.ts'
import {
  asBoolean,
  asMarked,
  asNumber,
  get,
  isNull,
  listOf,
  type Mapping,
  present,
  type Scalar,
  type Value,
} from './value.ts'
import { isHostPath, readShortVolume, splitVolume } from './volumes.ts'

const MAX_PROBLEMS = 300

export interface ProblemOptions {
  /** Services that may lack an image here: an overlay's that has no base, or whose base could not be read. */
  readonly mayLackImage: (service: string) => boolean
}

export function findProblems(model: Mapping, options: ProblemOptions): ComposeProblem[] {
  const problems: ComposeProblem[] = []
  checkShape(model, 'project', problems)
  const services = get(model, 'services')
  if (services?.kind !== 'map') return problems
  for (const [name, entry] of services.entries) {
    if (entry.value.kind !== 'map') continue
    const service = entry.value
    const at: Place = { ...entry.value.at, span: entry.keySpan, key: `services.${name}` }
    checkImage(name, service, at, options, problems)
    checkReferences(name, service, model, problems)
    checkLimits(name, service, problems)
    checkSyntax(name, service, problems)
    checkProvider(name, service, problems)
    checkDependencies(name, service, services, problems)
    if (problems.length > MAX_PROBLEMS) break
  }
  return problems.slice(0, MAX_PROBLEMS)
}

function checkImage(
  name: string,
  service: Mapping,
  at: Place,
  options: ProblemOptions,
  problems: ComposeProblem[],
): void {
  const runs = ['image', 'build', 'provider'].some((key) => present(service, key) !== undefined)
  if (runs || options.mayLackImage(name)) return
  problems.push({ code: 'no-image', level: 'error', message: `service "${name}" has neither an image nor a build`, at })
}

// ── references ──

function checkReferences(name: string, service: Mapping, model: Mapping, problems: ComposeProblem[]): void {
  const networks = present(service, 'networks')
  if (networks !== undefined) {
    for (const [network, entry] of namesToMapping(networks).entries) {
      if (network !== 'default') checkDeclared(model, 'networks', 'network', network, entry.value.at, name, problems)
    }
  }
  for (const value of listOf(present(service, 'volumes'))) {
    const volume = namedVolume(value)
    if (volume !== undefined) checkDeclared(model, 'volumes', 'volume', volume, value.at, name, problems)
  }
  for (const [section, word] of [
    ['secrets', 'secret'],
    ['configs', 'config'],
  ] as const) {
    for (const value of listOf(present(service, section))) {
      const source = asMarked(value.kind === 'map' ? present(value, 'source') : value)
      if (source !== undefined) checkDeclared(model, section, word, source, value.at, name, problems)
    }
  }
}

function checkDeclared(
  model: Mapping,
  section: string,
  word: string,
  key: string,
  at: Place,
  service: string,
  problems: ComposeProblem[],
): void {
  if (problems.length > MAX_PROBLEMS || hasHole(key) || get(model, section, key) !== undefined) return
  const declared = get(model, section)
  const names = declared?.kind === 'map' ? [...declared.entries.keys()] : []
  const suggestion = closest(key, names)
  problems.push({
    code: `undeclared-${word}`,
    level: 'error',
    message: `service "${service}" uses the ${word} "${key}", which is not declared under "${section}"`,
    at,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

function namedVolume(value: Value): string | undefined {
  if (value.kind === 'map') {
    const type = asMarked(present(value, 'type'))
    return type === 'volume' ? asMarked(present(value, 'source')) : undefined
  }
  const text = asMarked(value)
  if (text === undefined) return undefined
  const [source, target] = splitVolume(text)
  return target === undefined || source === undefined || source === '' || hasHole(source) || isHostPath(source)
    ? undefined
    : source
}

function checkDependencies(name: string, service: Mapping, services: Mapping, problems: ComposeProblem[]): void {
  const dependsOn = present(service, 'depends_on')
  if (dependsOn === undefined) return
  for (const [other, entry] of namesToMapping(dependsOn).entries) {
    if (
      problems.length > MAX_PROBLEMS ||
      services.entries.has(other) ||
      hasHole(other) ||
      asBoolean(present(entry.value, 'required')) === false
    )
      continue
    const suggestion = closest(other, [...services.entries.keys()])
    problems.push({
      code: 'undeclared-service',
      level: 'error',
      message: `service "${name}" depends on "${other}", which is no service of this project`,
      at: entry.value.at,
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  }
}

// ── limits ──

/** The older keys must repeat what `deploy.resources.limits` says; one that is absent there counts as 0. */
function checkLimits(name: string, service: Mapping, problems: ComposeProblem[]): void {
  const limits = present(service, 'deploy', 'resources', 'limits')
  if (limits === undefined) return
  for (const [key, entry] of [
    ['mem_limit', 'memory'],
    ['cpus', 'cpus'],
    ['pids_limit', 'pids'],
  ] as const) {
    const value = present(service, key)
    if (value === undefined) continue
    const [one, other] = [amountOf(value, key), amountOf(present(limits, entry), key)]
    if (one === undefined || other === undefined || one === other) continue
    problems.push({
      code: 'conflicting-limits',
      level: 'error',
      message: `service "${name}" sets "${key}" beside deploy.resources.limits, whose "${entry}" ${other === 0 ? 'is missing' : 'differs'}`,
      at: value.at,
    })
  }
}

function amountOf(value: Value | undefined, key: string): number | undefined {
  if (value === undefined) return 0
  const text = asMarked(value)
  if (text === undefined || hasHole(text)) return undefined
  return key === 'mem_limit' ? parseBytes(text) : asNumber(value)
}

/** Short syntaxes, sizes and durations that Compose or the engine refuses. */
function checkSyntax(name: string, service: Mapping, problems: ComposeProblem[]): void {
  const report = (code: string, value: Value, message: string) => {
    if (problems.length <= MAX_PROBLEMS)
      problems.push({ code, level: 'error', message: `service "${name}": ${message}`, at: value.at })
  }
  for (const value of listOf(present(service, 'ports'))) {
    if (value.kind === 'list') continue
    const reading = value.kind === 'map' ? readLongPort(value) : readShortPort(asMarked(value) ?? '')
    if (!reading.ok && !reading.unknown && !hasUnset(value)) report('bad-port', value, reading.why)
  }
  for (const value of listOf(present(service, 'volumes'))) {
    const text = value.kind === 'scalar' ? asMarked(value) : undefined
    if (text === undefined || hasUnset(value) || readShortVolume(text, '') !== undefined) continue
    report('bad-volume', value, `"${text.slice(0, 60)}" is no volume: SOURCE:TARGET[:MODE]`)
  }
  for (const path of SIZES) {
    const value = present(service, ...path.split('.'))
    const text = asMarked(value)
    if (value === undefined || text === undefined || hasUnset(value) || text === '-1' || parseBytes(text) !== undefined)
      continue
    report('bad-size', value, `"${text.slice(0, 60)}" is no size: 512m, 2g`)
  }
  for (const path of DURATIONS) {
    const value = present(service, ...path.split('.'))
    const text = asMarked(value)
    if (value === undefined || text === undefined || hasUnset(value) || parseDuration(text) !== undefined) continue
    report('bad-duration', value, `"${text.slice(0, 60)}" is no duration: 30s, 1m30s`)
  }
}

const SIZES = [
  'mem_limit',
  'memswap_limit',
  'mem_reservation',
  'shm_size',
  'deploy.resources.limits.memory',
  'deploy.resources.reservations.memory',
]
const DURATIONS = [
  'stop_grace_period',
  ...['interval', 'timeout', 'start_period', 'start_interval'].map((key) => `healthcheck.${key}`),
]

function hasUnset(value: Value): boolean {
  if (value.kind === 'scalar') return value.unset.length > 0 || value.error !== undefined
  return value.kind === 'map' && [...value.entries.values()].some((entry) => hasUnset(entry.value))
}

function checkProvider(name: string, service: Mapping, problems: ComposeProblem[]): void {
  const provider = present(service, 'provider')
  if (provider === undefined) return
  const type = asMarked(present(provider, 'type')) ?? ''
  problems.push({
    code: 'provider',
    level: 'warning',
    message: `service "${name}" runs a program of the host ("${type}") as its provider: no container, and none of a container’s limits`,
    at: provider.at,
  })
}

// ── keys and types ──

/** `shape` names an entry of the table of known keys. */
function checkShape(value: Mapping, shape: string, problems: ComposeProblem[]): void {
  const known = SHAPES[shape] ?? {}
  for (const [key, entry] of value.entries) {
    if (problems.length > MAX_PROBLEMS) return
    if (key.startsWith('x-')) continue
    const type = Object.hasOwn(known, key) ? known[key] : undefined
    if (type === undefined) problems.push(unknownKey(key, entry.value, entry.keySpan, known))
    else checkType(entry.value, type, key, problems)
  }
}

function unknownKey(
  key: string,
  value: Value,
  keySpan: { start: number; end: number },
  known: Readonly<Record<string, string>>,
): ComposeProblem {
  const suggestion = closest(key, Object.keys(known))
  return {
    code: 'unknown-key',
    level: 'error',
    message: `Compose knows no key "${key}" here${suggestion === undefined ? '' : `: did you mean "${suggestion}"?`}`,
    at: { ...value.at, span: keySpan },
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

function checkType(value: Value, type: string, key: string, problems: ComposeProblem[]): void {
  if (isNull(value) || type === 'any') return
  const alternatives = splitAlternatives(type)
  if (value.kind === 'scalar') {
    if (fitsScalar(value, alternatives)) return
    problems.push(wrongType(key, value, alternatives))
    return
  }
  if (value.kind === 'list') {
    const list = alternatives.find((one) => one.startsWith('['))
    if (list === undefined) problems.push(wrongType(key, value, alternatives))
    else for (const item of value.items) checkType(item, list.slice(1, -1), key, problems)
    return
  }
  const map = alternatives.find((one) => one.startsWith('{') || one.startsWith('<') || one === 'map')
  if (map === undefined) problems.push(wrongType(key, value, alternatives))
  else if (map.startsWith('{')) checkShape(value, map.slice(1, -1), problems)
  else if (map.startsWith('<')) {
    for (const [name, entry] of value.entries)
      if (!name.startsWith('x-')) checkType(entry.value, map.slice(1, -1), name, problems)
  }
}

/** A text that interpolation made is cast to whatever belongs there; `yes` and `"true"` are booleans. */
function fitsScalar(value: Scalar, alternatives: readonly string[]): boolean {
  if (value.at.via === 'interpolation' || value.unset.length > 0 || value.error !== undefined) return true
  const typed = value.value
  if (typeof typed === 'boolean') return alternatives.includes('boolean')
  if (typeof typed === 'number')
    return alternatives.includes('number') || (alternatives.includes('integer') && Number.isInteger(typed))
  if (alternatives.length === 2 && alternatives[0] === 'boolean') return asBoolean(value) !== undefined
  return alternatives.includes('string')
}

function wrongType(key: string, value: Value, alternatives: readonly string[]): ComposeProblem {
  const wanted = alternatives.map((one) => WORDS[one] ?? (one.startsWith('[') ? 'a list' : 'a mapping'))
  const given =
    value.kind === 'list' ? 'a list' : value.kind === 'map' ? 'a mapping' : (WORDS[typeof value.value] ?? 'text')
  return {
    code: 'wrong-type',
    level: 'error',
    message: `"${key}" takes ${[...new Set(wanted)].join(' or ')}, not ${given}`,
    at: value.at,
  }
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
}

/** Splits at `|` outside brackets. */
function splitAlternatives(type: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < type.length; at++) {
    const char = type[at] as string
    if ('[<{'.includes(char)) depth++
    // A shape's name may end in `[]`.
    else if (']>}'.includes(char)) depth--
    else if (char === '|' && depth === 0) {
      parts.push(type.slice(start, at))
      start = at + 1
    }
  }
  parts.push(type.slice(start))
  return parts
}

/** The known name that a typing error most likely meant: at most two edits away, and a third of its length. */
export function closest(word: string, names: readonly string[]): string | undefined {
  if (word.length > 40) return undefined
  let best: string | undefined
  let least = Math.min(2, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    if (Math.abs(name.length - word.length) >= least) continue
    const distance = editDistance(word.toLowerCase(), name.toLowerCase())
    if (distance < least) {
      least = distance
      best = name
    }
  }
  return best
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      }
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[other.length] ?? 0
}
