/** What every translator of a container's fields shares: settings from values, with their places, slots and unknowns. */
import type { Origin, Setting, Slot } from '../../core/facts/workload.ts'
import type { PodContainer } from './containers.ts'
import type { Cursor } from './cursor.ts'

/** One that Kubernetes would refuse, or a template that something else fills in. */
const REFUSED = 'Kubernetes refuses the value'

export class ContainerReader {
  readonly container: PodContainer
  /** True for a patch or default that is laid over another object: what it leaves out is decided there. */
  readonly partial: boolean

  constructor(container: PodContainer, partial: boolean) {
    this.container = container
    this.partial = partial
  }

  /** A field of the container. */
  own(...keys: readonly string[]): Cursor | undefined {
    return this.container.cursor.get(...keys)
  }

  /** A field of the pod spec. */
  pod(...keys: readonly string[]): Cursor | undefined {
    return this.container.pod.get(...keys)
  }

  slot(key: string): Slot {
    const { cursor } = this.container
    return { path: cursor.path, key: `${cursor.key}.${key}`, owner: cursor.span, shared: cursor.via !== undefined }
  }

  podSlot(key: string): Slot {
    const { pod, siblings } = this.container
    const address = pod.key === '' ? key : `${pod.key}.${key}`
    return { path: pod.path, key: address, owner: pod.span, shared: siblings > 1 || pod.via !== undefined }
  }

  set<T>(from: Cursor, value: T, slot: Slot, hides?: Cursor): Setting<T> {
    const hidden = hides === undefined ? {} : { hides: [this.origin(hides)] }
    return { is: 'set', value, by: this.origin(from), ...hidden, slot }
  }

  unknown(why: string, from: Cursor | undefined, slot?: Slot): Setting<never> {
    return {
      is: 'unknown',
      why,
      ...(from === undefined ? {} : { by: this.origin(from) }),
      ...(slot === undefined ? {} : { slot }),
    }
  }

  /** Nobody wrote it: Kubernetes' default, unless the object is laid over another. */
  absent<T>(value: T, slot: Slot | undefined, because = 'Kubernetes’ default'): Setting<T> {
    if (this.partial) return { is: 'open' }
    return { is: 'default', value, by: { who: 'default', because }, ...(slot === undefined ? {} : { slot }) }
  }

  origin(from: Cursor): Origin {
    const { cursor } = this.container
    const isOwn = from.key.startsWith(`${cursor.key}.`)
    return { who: isOwn ? 'container' : 'pod', at: from.place }
  }

  /** A field of the container; `parse` gives undefined where the API server would refuse the value. */
  field<T>(keys: readonly string[], parse: (cursor: Cursor) => T | undefined, absent: () => Setting<T>): Setting<T> {
    return this.#parsed(this.own(...keys), parse, this.slot(keys.join('.')), absent)
  }

  podField<T>(keys: readonly string[], parse: (cursor: Cursor) => T | undefined, absent: () => Setting<T>): Setting<T> {
    return this.#parsed(this.pod(...keys), parse, this.podSlot(keys.join('.')), absent)
  }

  /** A field of the security context that the container may set over the pod's. */
  security<T>(key: string, parse: (cursor: Cursor) => T | undefined, absent: (slot: Slot) => Setting<T>): Setting<T> {
    const slot = this.slot(`securityContext.${key}`)
    const own = this.own('securityContext', key)
    const pod = this.pod('securityContext', key)
    return this.#parsed(own ?? pod, parse, slot, () => absent(slot), own === undefined ? undefined : pod)
  }

  #parsed<T>(
    cursor: Cursor | undefined,
    parse: (cursor: Cursor) => T | undefined,
    slot: Slot,
    absent: () => Setting<T>,
    hides?: Cursor,
  ): Setting<T> {
    if (cursor === undefined) return absent()
    const value = parse(cursor)
    if (value === undefined) return this.unknown(templateWhy(cursor.text()) ?? REFUSED, cursor, slot)
    return this.set(cursor, value, slot, hides)
  }
}

/** Why a text is no value yet: something fills it in before Kubernetes reads it. */
export function templateWhy(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (text.includes('{{')) return 'a template fills it in'
  return /\$\{?[A-Za-z_]/.test(text) || /\$\(/.test(text) ? 'a variable fills it in' : undefined
}

/** Items by key; `__proto__` is a key like any other. */
export function record<T>(items: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries(items)
}
