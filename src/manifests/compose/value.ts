/**
 * The Compose model while it is being put together: plain YAML values after aliases, merge keys and interpolation,
 * each of which still knows the file and bytes it came from, and how.
 */
import type { Place } from '../../core/place.ts'
import type { Span } from '../../core/span.ts'
import { HOLE } from './interpolate.ts'

export type Value = Scalar | List | Mapping

interface ValueBase {
  readonly at: Place
  /** Directory (relative to the target, `''` the root) on which relative paths in the value hang. */
  readonly home: string
  /** `!reset` and `!override` decide merges. */
  readonly tag?: string
  /** Places of the values that this one replaced in a merge, latest first. */
  readonly hides?: readonly Place[]
  /** True where other parts of the project take the same bytes (through an alias or merge key). */
  readonly anchored?: true
}

export interface Scalar extends ValueBase {
  readonly kind: 'scalar'
  /** After interpolation; an unset variable is empty, as Compose has it. */
  readonly text: string
  /** After interpolation; an unset variable is a {@link HOLE}. */
  readonly marked: string
  /** As YAML types it; a text where interpolation changed it. */
  readonly value: string | number | boolean | null
  /** The variable of each HOLE in `marked`. */
  readonly unset: readonly string[]
  /** Byte of the file where `text` starts, where unit `i` of it is byte `start + i`. */
  readonly start?: number
  /** Why Compose refuses its interpolation. */
  readonly error?: string
}

export interface List extends ValueBase {
  readonly kind: 'list'
  readonly items: readonly Value[]
}

export interface Mapping extends ValueBase {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Entry {
  readonly key: string
  readonly keySpan: Span
  readonly value: Value
}

/** The value under a path of keys; undefined where there is none, or where a step is not a mapping. */
export function get(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let current = value
  for (const key of path) {
    if (current?.kind !== 'map') return undefined
    current = current.entries.get(key)?.value
  }
  return current
}

/** As {@link get}, where a null counts as absent. */
export function present(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  const found = get(value, ...path)
  return found === undefined || isNull(found) ? undefined : found
}

export function isNull(value: Value): boolean {
  return value.kind === 'scalar' && value.value === null
}

/** Items of a list, or the value itself as the only one; nothing where it is absent or null. */
export function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || isNull(value)) return []
  return value.kind === 'list' ? value.items : [value]
}

export function scalarsOf(value: Value | undefined): readonly Scalar[] {
  return listOf(value).filter((item): item is Scalar => item.kind === 'scalar')
}

/** Why a value can't be told: names the unset variables, or the error of its interpolation. */
export function unknownWhy(value: Value): string | undefined {
  if (value.kind !== 'scalar') return undefined
  if (value.error !== undefined) return value.error
  if (value.unset.length === 0) return undefined
  return unsetWhy(value.unset)
}

/** `${A} is not set in .env`. */
export function unsetWhy(variables: readonly string[]): string {
  const names = [...new Set(variables)]
  const shown = names.slice(0, 3).map((name) => `\${${name}}`)
  if (names.length > 3) shown.push('…')
  return `${shown.join(', ')} ${names.length === 1 ? 'is' : 'are'} not set in .env`
}

/** What Compose takes a scalar for where a boolean belongs; undefined where it would refuse it. */
export function asBoolean(value: Value | undefined): boolean | undefined {
  if (value?.kind !== 'scalar') return undefined
  if (typeof value.value === 'boolean') return value.value
  if (typeof value.value !== 'string') return undefined
  const word = value.text.toLowerCase()
  if (['true', 'yes', 'on', 'y', 't', '1'].includes(word)) return true
  if (['false', 'no', 'off', 'n', 'f', '0'].includes(word)) return false
  return undefined
}

/** Text of a scalar as Compose prints its typed value: `1.10` is `1.1`, `1e3` is `1000`, `0755` is `493`. */
export function asText(value: Value | undefined): string | undefined {
  return value?.kind === 'scalar' && value.value !== null ? scalarText(value) : undefined
}

function scalarText(scalar: Scalar): string {
  return typeof scalar.value === 'number' ? String(scalar.value) : scalar.text
}

/** As {@link asText}, with {@link HOLE} for each unset variable. */
export function asMarked(value: Value | undefined): string | undefined {
  if (value?.kind !== 'scalar' || value.value === null) return undefined
  if (value.error !== undefined) return HOLE
  return typeof value.value === 'number' ? String(value.value) : value.marked
}

export function asNumber(value: Value | undefined): number | undefined {
  const text = asText(value)
  if (text === undefined || text.trim() === '') return undefined
  const number = Number(text.replaceAll('_', ''))
  return Number.isFinite(number) ? number : undefined
}

/** The part `[start, end)` of a scalar's text as a scalar of its own; its span is exact where that can be told. */
export function partOf(scalar: Scalar, start: number, end: number, key?: string): Place {
  const base: Place = key === undefined ? scalar.at : { ...scalar.at, key }
  return scalar.start === undefined ? base : { ...base, span: { start: scalar.start + start, end: scalar.start + end } }
}

/** A deep copy whose places say how they came here; what says more already keeps it. */
export function withVia(value: Value, via: NonNullable<Place['via']>): Value {
  const at: Place = value.at.via === 'extends' || value.at.via === 'include' ? value.at : { ...value.at, via }
  if (value.kind === 'scalar') return { ...value, at }
  if (value.kind === 'list') return { ...value, at, items: value.items.map((item) => withVia(item, via)) }
  const entries = new Map<string, Entry>()
  for (const [key, entry] of value.entries) entries.set(key, { ...entry, value: withVia(entry.value, via) })
  return { ...value, at, entries }
}
