/** The variables that interpolation sees: those of a project's `.env`, and nothing of the machine that scans. */
import type { EnvFileFact } from '../../core/facts/env-file.ts'
import { type Interpolated, interpolate, literal, type Variables } from './interpolate.ts'

export interface Environment {
  readonly lookup: Variables
  /** Names with a value of their own here, in order. */
  readonly names: readonly string[]
}

/** Characters of all expanded values of a file. */
const MAX_SIZE = 4 * 1024 * 1024

export const EMPTY_ENVIRONMENT: Environment = { lookup: () => undefined, names: [] }

/**
 * The values of an environment file, expanded by what `outer` knows, then by the file's own earlier values; the last
 * one of a name wins. A bare name takes `outer`'s value.
 */
export function readEnvironment(file: Pick<EnvFileFact, 'entries'>, outer: Variables, raw = false): Environment {
  const values = new Map<string, Interpolated>()
  const lookup: Variables = (name) => outer(name) ?? values.get(name)
  let size = 0
  for (const entry of file.entries) {
    // Values that are made of each other can double with every line.
    if (size > MAX_SIZE) break
    const value =
      entry.value === null
        ? outer(entry.name)
        : entry.expands && !raw
          ? interpolate(entry.value, lookup)
          : literal(entry.value)
    if (value === undefined) continue
    size += value.marked.length
    values.set(entry.name, value)
  }
  return { lookup: (name) => values.get(name), names: [...values.keys()] }
}

/** Looks in each in turn. */
export function inTurn(...sources: readonly Variables[]): Variables {
  return (name) => {
    for (const source of sources) {
      const value = source(name)
      if (value !== undefined) return value
    }
    return undefined
  }
}
