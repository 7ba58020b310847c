/**
 * How Compose lays one file over another, and a service over the one it extends (compose-spec "Merge"; compose-go,
 * `override`): scalars replace, mappings merge, lists append, with exceptions by path. Nothing is changed in place, and
 * every value keeps its own place.
 */
import { holesIn } from './interpolate.ts'
import { readLongPort, readShortPort } from './ports.ts'
import { type Entry, get, isNull, type List, type Mapping, type Scalar, type Value } from './value.ts'
import { splitVolume } from './volumes.ts'

/** `over` laid over `base`; both are whole files. */
export function mergeFiles(base: Mapping, over: Mapping): Mapping {
  return mergeMaps(base, over, [], 'base')
}

/** A service laid over the one it extends; places of merged mappings are those of `over`. */
export function mergeService(base: Mapping, over: Mapping): Mapping {
  return mergeMaps(base, over, ['services', '*'], 'over')
}

/** An including file laid over what it includes. */
export function mergeIncluded(included: Mapping, own: Mapping): Mapping {
  return mergeMaps(included, own, [], 'over')
}

/** Drops what `!reset` marks where nothing was left to reset. */
export function withoutResets(value: Mapping): Mapping {
  return strip(value) as Mapping
}

/** `["A=b", "C"]` or `{A: b, C: null}` as a mapping. Keys that a variable decides hold a HOLE. */
export function toMapping(value: Value, separators = '='): Mapping {
  if (value.kind === 'map') return value
  const entries = new Map<string, Entry>()
  for (const item of value.kind === 'list' ? value.items : [value]) {
    if (item.kind !== 'scalar' || item.value === null) continue
    const [key, entry] = splitPair(item, separators, parentKey(value.at.key ?? ''))
    const before = entries.get(key)?.value
    entries.set(key, before === undefined ? entry : { ...entry, value: hiding(entry.value, before) })
  }
  return {
    kind: 'map',
    entries,
    at: value.at,
    home: value.home,
    ...(value.tag === undefined ? {} : { tag: value.tag }),
  }
}

type Keeps = 'base' | 'over'

function mergeValue(base: Value, over: Value, path: readonly string[], keeps: Keeps): Value {
  if (over.tag === '!override') return hiding(over, base)
  const rule = ruleAt(path)
  // `A:` of an environment takes the value from the shell, whatever was set before.
  const isPair = ruleAt(path.slice(0, -1)) === 'pairs'
  if (isNull(over)) return rule === 'replace' || isPair ? hiding(over, base) : base
  if (isNull(base)) return over
  if (rule === 'replace') return hiding(over, base)
  if (rule === 'pairs') return mergeMaps(toMapping(base), toMapping(over), path, keeps)
  if (rule === 'names') return mergeMaps(namesToMapping(base), namesToMapping(over), path, keeps)
  if (rule === 'build') return mergeMaps(buildToMapping(base), buildToMapping(over), path, keeps)
  if (rule === 'logging') return mergeLogging(base, over, path, keeps)
  if (rule === 'append') {
    const isMap = base.kind === 'map' || over.kind === 'map'
    return isMap
      ? mergeMaps(toMapping(base, '=:'), toMapping(over, '=:'), path, keeps)
      : mergeLists(base, over, path, keeps)
  }
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, path, keeps)
  if (base.kind === 'list' && over.kind === 'list') return mergeLists(base, over, path, keeps)
  return hiding(over, base)
}

function mergeMaps(base: Mapping, over: Mapping, path: readonly string[], keeps: Keeps): Mapping {
  const entries = new Map(base.entries)
  for (const [key, entry] of over.entries) {
    const before = entries.get(key)
    if (entry.value.tag === '!reset') entries.delete(key)
    else if (before === undefined) entries.set(key, entry)
    else {
      const value = mergeValue(before.value, entry.value, [...path, key], keeps)
      entries.set(
        key,
        value === before.value ? before : { ...(keeps === 'base' && value.kind === 'map' ? before : entry), value },
      )
    }
  }
  const kept = keeps === 'base' ? base : over
  return { ...kept, entries }
}

function mergeLists(base: Value, over: Value, path: readonly string[], keeps: Keeps): List {
  const keyOf = itemKeyAt(path)
  const items = new Map<string, Value>()
  const itemsOf = (value: Value) => (value.kind === 'list' ? value.items : [value])
  for (const item of [...itemsOf(base), ...itemsOf(over)]) {
    if (item.tag === '!reset') continue
    const key = keyOf(item)
    const before = items.get(key)
    // The position of the last one counts where order does (security_opt: the last wins).
    if (before !== undefined && path[2] === 'security_opt') items.delete(key)
    items.set(key, before === undefined || sameText(before, item) ? item : hiding(item, before))
  }
  const kept = keeps === 'base' ? base : over
  return { kind: 'list', items: [...items.values()], at: kept.at, home: kept.home }
}

function mergeLogging(base: Value, over: Value, path: readonly string[], keeps: Keeps): Value {
  if (base.kind !== 'map' || over.kind !== 'map') return hiding(over, base)
  const [one, other] = [get(base, 'driver'), get(over, 'driver')]
  if (one === undefined || other === undefined || sameText(one, other)) return mergeMaps(base, over, path, keeps)
  return hiding(over, base)
}

type Rule = 'replace' | 'pairs' | 'names' | 'build' | 'logging' | 'append'

/** By the path below the service. */
const SERVICE_RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...['command', 'entrypoint', 'healthcheck.test'].map((key) => [key, 'replace'] as const),
  ...[
    'environment',
    'labels',
    'annotations',
    'sysctls',
    'build.args',
    'build.labels',
    'build.additional_contexts',
    'deploy.labels',
  ].map((key) => [key, 'pairs'] as const),
  ...['depends_on', 'networks', 'models'].map((key) => [key, 'names'] as const),
  ...['env_file', 'label_file', 'dns', 'dns_opt', 'dns_search', 'tmpfs', 'extra_hosts', 'build.extra_hosts'].map(
    (key) => [key, 'append'] as const,
  ),
  ['build', 'build'],
  ['logging', 'logging'],
])

function ruleAt(path: readonly string[]): Rule | undefined {
  if (path[0] === 'services') return SERVICE_RULES.get(path.slice(2).join('.'))
  return path.length === 3 && path[2] === 'labels' ? 'pairs' : undefined
}

/** Items of a list that are the same one to Compose share a key; by default only equal ones do. */
function itemKeyAt(path: readonly string[]): (item: Value) => string {
  if (path[0] !== 'services' || path.length !== 3) return textKey
  switch (path[2]) {
    case 'ports':
      return portKey
    case 'volumes':
      return volumeKey
    case 'devices':
      return deviceKey
    case 'secrets':
      return (item) => mountKey(item, '/run/secrets/')
    case 'configs':
      return (item) => mountKey(item, '/')
    case 'env_file':
      return (item) => textKey(get(item, 'path') ?? item)
    default:
      return textKey
  }
}

function portKey(item: Value): string {
  if (item.kind === 'list') return textKey(item)
  const reading = item.kind === 'map' ? readLongPort(item) : readShortPort(item.marked)
  if (!reading.ok) return textKey(item)
  const host = item.kind === 'map' ? textOf(get(item, 'published')) : item.marked.split(':').at(-2)
  // A variable or range decides about the host's port: equal only where written alike.
  const vague = reading.ports.some((port) => port.hostPort === null) ? `|${host ?? ''}` : ''
  return (
    reading.ports.map((port) => [port.hostIp, port.hostPort, port.container, port.protocol].join('|')).join(',') + vague
  )
}

function volumeKey(item: Value): string {
  if (item.kind === 'map') return textOf(get(item, 'target')) ?? textKey(item)
  if (item.kind === 'list') return textKey(item)
  const sections = splitVolume(item.marked)
  return sections[1] ?? sections[0] ?? ''
}

function deviceKey(item: Value): string {
  if (item.kind === 'map') return textOf(get(item, 'target')) ?? textOf(get(item, 'source')) ?? textKey(item)
  if (item.kind === 'list') return textKey(item)
  const [source = '', target] = item.marked.split(':')
  return target === undefined || /^[rwm]{1,3}$/.test(target) ? source : target
}

function mountKey(item: Value, folder: string): string {
  if (item.kind === 'scalar') return folder + item.marked
  const target = textOf(get(item, 'target'))
  if (target !== undefined) return target.startsWith('/') ? target : folder + target
  return folder + (textOf(get(item, 'source')) ?? textKey(item))
}

/** A text that is equal for values that are. */
function textKey(item: Value): string {
  if (item.kind === 'scalar') return item.value === null ? '\u0000null' : item.marked
  if (item.kind === 'list') return `[${item.items.map((one) => `${textKey(one)}`).join('\u0000')}]`
  return `{${[...item.entries].map(([key, entry]) => `${key}\u0000${textKey(entry.value)}`).join('\u0000')}}`
}

function sameText(one: Value, other: Value): boolean {
  return one.kind === other.kind && textKey(one) === textKey(other)
}

function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'scalar' && value.value !== null ? value.marked : undefined
}

/** `value` with the place of what it replaces; the same value merged twice hides itself only once. */
function hiding<V extends Value>(value: V, hidden: Value): V {
  if (hidden.at.path === value.at.path && hidden.at.span?.start === value.at.span?.start) return value
  const places = [hidden.at, ...(hidden.hides ?? [])].slice(0, 16)
  return { ...value, hides: places }
}

export function namesToMapping(value: Value): Mapping {
  if (value.kind === 'map') return value
  const entries = new Map<string, Entry>()
  for (const item of value.kind === 'list' ? value.items : [value]) {
    if (item.kind !== 'scalar') continue
    const span = item.at.span ?? { start: 0, end: 0 }
    entries.set(item.marked, {
      key: item.marked,
      keySpan: span,
      value: { ...item, text: '', marked: '', value: null, unset: [] },
    })
  }
  return { kind: 'map', entries, at: value.at, home: value.home }
}

/** `build: ./api` is `build: {context: ./api}`. */
export function buildToMapping(value: Value): Mapping {
  if (value.kind === 'map') return value
  const span = value.at.span ?? { start: 0, end: 0 }
  return {
    kind: 'map',
    entries: new Map([['context', { key: 'context', keySpan: span, value }]]),
    at: value.at,
    home: value.home,
  }
}

function splitPair(item: Scalar, separators: string, parent: string): [key: string, entry: Entry] {
  const textAt = indexOfAny(item.text, separators)
  const markedAt = indexOfAny(item.marked, separators)
  const span = item.at.span ?? { start: 0, end: 0 }
  if (markedAt === -1 || textAt === -1) {
    const key = item.marked
    const value: Scalar = {
      ...item,
      text: '',
      marked: '',
      value: null,
      unset: [],
      at: { ...item.at, key: joinKey(parent, key) },
    }
    return [key, { key, keySpan: span, value: dropStart(value) }]
  }
  const key = item.marked.slice(0, markedAt)
  const at = { ...item.at, key: joinKey(parent, key) }
  const text = item.text.slice(textAt + 1)
  const marked = item.marked.slice(markedAt + 1)
  const start = item.start === undefined ? undefined : item.start + textAt + 1
  const value: Scalar = {
    ...item,
    text,
    marked,
    value: text,
    unset: item.unset.slice(holesIn(key).length),
    at: start === undefined ? at : { ...at, span: { start, end: start + text.length } },
  }
  return [key, { key, keySpan: span, value: start === undefined ? dropStart(value) : { ...value, start } }]
}

function dropStart(scalar: Scalar): Scalar {
  const { start: _, ...rest } = scalar
  return rest
}

function indexOfAny(text: string, separators: string): number {
  for (let at = 0; at < text.length; at++) if (separators.includes(text[at] as string)) return at
  return -1
}

function parentKey(key: string): string {
  return key
}

function joinKey(parent: string, key: string): string {
  return parent === '' ? key : `${parent}.${key}`
}

function strip(value: Value): Value {
  if (value.kind === 'list') {
    if (!value.items.some(needsStrip)) return value
    return { ...value, items: value.items.filter((item) => item.tag !== '!reset').map(strip) }
  }
  if (value.kind === 'scalar') return value
  if (![...value.entries.values()].some((entry) => needsStrip(entry.value))) return value
  const entries = new Map<string, Entry>()
  for (const [key, entry] of value.entries)
    if (entry.value.tag !== '!reset') entries.set(key, { ...entry, value: strip(entry.value) })
  return { ...value, entries }
}

function needsStrip(value: Value): boolean {
  if (value.tag === '!reset') return true
  if (value.kind === 'list') return value.items.some(needsStrip)
  return value.kind === 'map' && [...value.entries.values()].some((entry) => needsStrip(entry.value))
}
