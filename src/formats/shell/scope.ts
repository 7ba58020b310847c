/** What is known of a variable: its value, that it is unset, that something unknown set it, or nothing at all. */
export type Known = { readonly is: 'value'; readonly value: string } | { readonly is: 'unset' | 'unknown' | 'absent' }

const UNKNOWN: Known = { is: 'unknown' }
const UNSET: Known = { is: 'unset' }
const ABSENT: Known = { is: 'absent' }

/**
 * The variables and options of one shell, as far as the script's text decides them. Frames undo what a subshell or a
 * branch did: `leave` puts back what was there and says what was changed.
 */
export class Scope {
  readonly #values = new Map<string, Known>()
  readonly #environment: ReadonlyMap<string, Known>
  readonly #exported = new Set<string>()
  readonly #frames: Map<string, Known | undefined>[] = []

  constructor(environment: ReadonlyMap<string, Known>) {
    this.#environment = environment
  }

  get(name: string): Known {
    return this.#values.get(name) ?? this.#environment.get(name) ?? ABSENT
  }

  /** Sets a variable; `null` is a value that can't be told. */
  set(name: string, value: string | null): void {
    this.#put(name, value === null ? UNKNOWN : { is: 'value', value })
  }

  unset(name: string): void {
    this.#put(name, UNSET)
  }

  export(name: string): void {
    this.#exported.add(name)
  }

  /** Every variable that is known becomes unknown. */
  forget(): void {
    for (const name of [...this.#values.keys(), ...this.#environment.keys()])
      if (!name.startsWith(' ')) this.set(name, null)
  }

  enter(): void {
    this.#frames.push(new Map())
  }

  /** Undoes what happened since `enter`; returns the names that were set. */
  leave(): Iterable<string> {
    const frame = this.#frames.pop() ?? new Map<string, Known | undefined>()
    for (const [name, before] of frame) this.#put(name, before)
    return frame.keys()
  }

  /** What a child process sees: the environment, what was exported, and `more`. */
  environment(more: readonly { readonly name: string; readonly value: string | null }[]): Map<string, Known> {
    const seen = new Map(this.#environment)
    for (const [name, known] of this.#values) {
      if (this.#environment.has(name) || this.#exported.has(name)) seen.set(name, known)
    }
    for (const { name, value } of more) seen.set(name, value === null ? UNKNOWN : { is: 'value', value })
    return seen
  }

  #put(name: string, known: Known | undefined): void {
    const frame = this.#frames.at(-1)
    if (frame !== undefined && !frame.has(name)) frame.set(name, this.#values.get(name))
    if (known === undefined) this.#values.delete(name)
    else this.#values.set(name, known)
  }
}

/** The environment that a caller knows; `undefined` is a variable that is declared without a value. */
export function environmentOf(variables: Readonly<Record<string, string | undefined>> | undefined): Map<string, Known> {
  const environment = new Map<string, Known>()
  for (const [name, value] of Object.entries(variables ?? {})) {
    // Declared without a value: `--build-arg` or the host decides, so only `${V:-default}` can be told.
    environment.set(name, value === undefined ? ABSENT : { is: 'value', value })
  }
  return environment
}
