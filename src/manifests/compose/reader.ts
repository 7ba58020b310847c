/** What every translator of a service's keys shares: settings from values, with their places, slots and unknowns. */
import type { EnvFileFact } from '../../core/facts/env-file.ts'
import type { Keyed, Origin, Setting, Slot } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import { HOLE } from './interpolate.ts'
import {
  asBoolean,
  asMarked,
  asText,
  type Mapping,
  present,
  type Scalar,
  scalarsOf,
  unknownWhy,
  type Value,
} from './value.ts'
import type { Environment } from './variables.ts'

export interface ServiceInput {
  readonly name: string
  readonly service: Mapping
  /** The whole project's model. */
  readonly model: Mapping
  readonly environment: Environment
  /** Why a part of the service (an `extends` base) is missing. */
  readonly incomplete?: string
  envFile(path: string): EnvFileFact | undefined
  /** Something that could not be looked at. */
  skipped(code: string, what: string, why: string): void
}

export class ServiceReader {
  readonly input: ServiceInput
  readonly service: Mapping

  constructor(input: ServiceInput) {
    this.input = input
    this.service = input.service
  }

  /** The value of a key (and keys below it); a null counts as absent. */
  value(...path: readonly string[]): Value | undefined {
    return present(this.service, ...path)
  }

  address(key: string): string {
    return `services.${this.input.name}.${key}`
  }

  place(value: Value, key?: string): Place {
    return key === undefined ? value.at : { ...value.at, key: this.address(key) }
  }

  origin(value: Value, key?: string): Origin {
    return { who: 'compose', at: this.place(value, key) }
  }

  slot(key: string): Slot {
    const { at, anchored } = this.service
    const shared =
      anchored === true || at.via === 'anchor' || at.via === 'merge' || at.via === 'extends' || at.via === 'include'
    return { path: at.path, key: this.address(key), shared, ...(at.span === undefined ? {} : { owner: at.span }) }
  }

  set<T>(from: Value, value: T, key: string, at?: string): Setting<T> {
    const hides = from.hides?.map((place): Origin => ({ who: 'compose', at: place }))
    return {
      is: 'set',
      value,
      by: this.origin(from, at ?? key),
      ...(hides === undefined ? {} : { hides }),
      slot: this.slot(key),
    }
  }

  unknown(why: string, from: Value | undefined, key: string): Setting<never> {
    return { is: 'unknown', why, ...(from === undefined ? {} : { by: this.origin(from, key) }), slot: this.slot(key) }
  }

  /** Nobody wrote it: the engine's default, unless a part of the service could not be read. */
  absent<T>(key: string, value: T, because = 'Docker’s default'): Setting<T> {
    const { incomplete } = this.input
    if (incomplete !== undefined) return { is: 'unknown', why: incomplete, slot: this.slot(key) }
    return { is: 'default', value, by: { who: 'default', because }, slot: this.slot(key) }
  }

  /** Nobody wrote it here: the image decides. */
  fromImage(key: string): Setting<never> {
    const { incomplete } = this.input
    return incomplete === undefined ? { is: 'open' } : { is: 'unknown', why: incomplete, slot: this.slot(key) }
  }

  /** A scalar of its own key. `parse` gives undefined where Compose would refuse the value. */
  scalar<T>(
    path: readonly string[],
    parse: (text: string, value: Scalar) => T | undefined,
    absent: () => Setting<T>,
  ): Setting<T> {
    const key = path.join('.')
    const value = this.value(...path)
    if (value === undefined) return absent()
    if (value.kind !== 'scalar')
      return this.unknown('Compose refuses the value: a single value belongs here', value, key)
    const why = unknownWhy(value)
    if (why !== undefined) return this.unknown(why, value, key)
    const parsed = parse(asText(value) ?? '', value)
    if (parsed === undefined) return this.unknown('Compose refuses the value', value, key)
    return this.set(value, parsed, key)
  }

  boolean(path: readonly string[], absent: boolean): Setting<boolean> {
    return this.scalar(
      path,
      (_, value) => asBoolean(value),
      () => this.absent(path.join('.'), absent),
    )
  }

  /** A list of texts (or a lone one). */
  texts(key: string, absent: () => Setting<readonly string[]>): Setting<readonly string[]> {
    const value = this.value(key)
    if (value === undefined) return absent()
    const items = scalarsOf(value)
    if (items.length === 0) return this.set(value, [], key)
    const unclear = items.find((item) => unknownWhy(item) !== undefined)
    if (unclear !== undefined) return this.unknown(unknownWhy(unclear) as string, unclear, key)
    const written = decidingItem(value, items)
    return this.set(
      written,
      items.map((item) => asText(item) ?? ''),
      key,
    )
  }

  whole(complete: boolean, why?: string): Pick<Keyed<never>, 'whole' | 'why'> {
    const reason = this.input.incomplete ?? why
    return complete && this.input.incomplete === undefined
      ? { whole: true }
      : { whole: false, ...(reason === undefined ? {} : { why: reason }) }
  }
}

/** A list's place; where files added to it, that of the last item from another file; a lone item's own. */
export function decidingItem(list: Value, items: readonly Value[]): Value {
  if (items.length === 1) return items[0] as Value
  const foreign = items.findLast((item) => item.at.path !== list.at.path)
  return foreign ?? list
}

/** Items by key; `__proto__` is a key like any other. */
export function record<T>(items: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries(items)
}

export function hasHole(text: string): boolean {
  return text.includes(HOLE)
}

/** The text with each unset variable as it is written: `${NAME}`. */
export function shown(value: Scalar): string {
  const marked = asMarked(value) ?? ''
  if (!hasHole(marked)) return marked
  let next = 0
  return marked.replaceAll(HOLE, () => `\${${value.unset[next++] ?? '…'}}`)
}
