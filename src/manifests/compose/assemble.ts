/**
 * Puts a project's model together from the facts of its files, in Compose's order: each document is interpolated, its
 * `extends` resolved, laid over the ones before, and what it includes laid under it. What can't be read is said, never
 * guessed.
 */
import type { ComposeFileFact } from '../../core/facts/compose.ts'
import type { EnvFileFact } from '../../core/facts/env-file.ts'
import type { Place } from '../../core/place.ts'

import { loadDocument } from './load.ts'
import { mergeFiles, mergeIncluded, mergeService, withoutResets } from './merge.ts'
import {
  asBoolean,
  asMarked,
  type Entry,
  get,
  type Mapping,
  present,
  scalarsOf,
  unknownWhy,
  type Value,
  withVia,
} from './value.ts'
import { EMPTY_ENVIRONMENT, type Environment, inTurn, readEnvironment } from './variables.ts'
import { resolvePath } from './volumes.ts'

/** Facts of one target, by path. */
export interface ProjectSources {
  file(path: string): ComposeFileFact | undefined
  envFile(path: string): EnvFileFact | undefined
}

export interface LoadProblem {
  readonly code:
    | 'duplicate-key'
    | 'key-not-string'
    | 'bad-interpolation'
    | 'bad-alias'
    | 'circular-extends'
    | 'circular-include'
    | 'unknown-service'
  readonly message: string
  readonly at: Place
}

export interface Assembled {
  readonly model: Mapping
  /** Every file that took part, in merge order. */
  readonly files: readonly string[]
  readonly included: ReadonlySet<string>
  /** Services that other files' services extend, by file. */
  readonly extended: ReadonlyMap<string, ReadonlySet<string>>
  readonly skipped: readonly { readonly code: string; readonly what: string; readonly why: string }[]
  readonly problems: readonly LoadProblem[]
  /** Services of which a part (an `extends` base) could not be read, and why. */
  readonly incomplete: ReadonlyMap<string, string>
  /** The `.env` of the project directory. */
  readonly environment: Environment
}

const MAX_FILES = 100
const MAX_CHAIN = 32
/** Values that `extends` may copy in a project, and files that may be loaded (the same one counts again). */
const MAX_COPIED = 300_000
const MAX_LOADS = 500

/** `files` in merge order; `directory` is the project's. */
export function assemble(files: readonly string[], directory: string, sources: ProjectSources): Assembled {
  return new Assembler(sources).assemble(files, directory)
}

interface Scope {
  readonly path: string
  readonly home: string
  readonly environment: Environment
  readonly via?: Place['via']
}

class Assembler {
  readonly #sources: ProjectSources
  readonly #files: string[] = []
  readonly #included = new Set<string>()
  readonly #extended = new Map<string, Set<string>>()
  readonly #skipped: { code: string; what: string; why: string }[] = []
  readonly #problems = new Map<string, LoadProblem>()
  readonly #incomplete = new Map<string, string>()
  readonly #loaded = new Map<string, { readonly environment: Environment; readonly documents: Mapping[] }>()
  #copied = 0
  #loads = 0

  constructor(sources: ProjectSources) {
    this.#sources = sources
  }

  assemble(files: readonly string[], directory: string): Assembled {
    const environment = this.#environmentOf(directory, EMPTY_ENVIRONMENT)
    const model = this.#load(files, directory, environment, undefined, [])
    return {
      model: withoutResets(model ?? emptyModel(files[0] ?? '', directory)),
      files: this.#files,
      included: this.#included,
      extended: this.#extended,
      skipped: this.#skipped,
      problems: [...this.#problems.values()],
      incomplete: this.#incomplete,
      environment,
    }
  }

  #load(
    files: readonly string[],
    home: string,
    environment: Environment,
    via: Place['via'],
    chain: readonly string[],
  ): Mapping | undefined {
    let model: Mapping | undefined
    for (const [index, path] of files.entries()) {
      const fact = this.#sources.file(path)
      if (fact === undefined) continue
      if (!this.#files.includes(path)) this.#files.push(path)
      const how = via ?? (index > 0 ? 'override' : undefined)
      const scope: Scope = { path, home, environment, ...(how === undefined ? {} : { via: how }) }
      for (const document of this.#documents(fact, scope)) {
        const own = this.#withExtends(document, scope)
        const whole = this.#withIncludes(own, scope, [...chain, path])
        model = model === undefined ? whole : mergeFiles(model, whole)
      }
    }
    return model
  }

  #documents(fact: ComposeFileFact, scope: Scope): Mapping[] {
    const key = JSON.stringify([scope.path, scope.home, scope.via])
    const before = this.#loaded.get(key)
    if (before?.environment === scope.environment) return before.documents
    if (++this.#loads > MAX_LOADS) {
      this.#skip('limit-files', scope.path, `more than ${MAX_LOADS} files would be loaded for one Compose project`)
      return []
    }
    const documents = this.#read(fact, scope)
    this.#loaded.set(key, { environment: scope.environment, documents })
    return documents
  }

  #read(fact: ComposeFileFact, scope: Scope): Mapping[] {
    return fact.documents.map((tree) => {
      const loaded = loadDocument(tree, {
        path: scope.path,
        home: scope.home,
        variables: scope.environment.lookup,
        ...(scope.via === undefined ? {} : { via: scope.via }),
      })
      for (const { key, at } of loaded.duplicates)
        this.#problem('duplicate-key', `the key "${lastPart(key)}" stands here twice`, at)
      for (const { key, at } of loaded.notStringKeys)
        this.#problem('key-not-string', `the key "${lastPart(key)}" is not a string`, at)
      for (const { message, at } of loaded.problems) this.#problem('bad-alias', message, at)
      if (loaded.cut)
        this.#skip(
          'limit-nodes',
          scope.path,
          'the document grows too large when its aliases are followed: it was not read to its end',
        )
      this.#reportInterpolation(loaded.value, 0)
      return loaded.value
    })
  }

  #reportInterpolation(value: Value, depth: number): void {
    if (depth > 64) return
    if (value.kind === 'scalar') {
      if (value.error !== undefined) this.#problem('bad-interpolation', value.error, value.at)
    } else if (value.kind === 'list') for (const item of value.items) this.#reportInterpolation(item, depth + 1)
    else for (const entry of value.entries.values()) this.#reportInterpolation(entry.value, depth + 1)
  }

  // ── extends ──

  #withExtends(document: Mapping, scope: Scope): Mapping {
    const services = get(document, 'services')
    if (
      services?.kind !== 'map' ||
      ![...services.entries.values()].some((entry) => get(entry.value, 'extends') !== undefined)
    ) {
      return document
    }
    const resolved = new Map<string, Entry>()
    for (const [name, entry] of services.entries) {
      const service = this.#extend(name, entry.value, services, scope, [])
      resolved.set(name, { ...entry, value: service })
    }
    return replaceEntry(document, 'services', { ...services, entries: resolved })
  }

  #extend(name: string, service: Value, services: Mapping, scope: Scope, chain: readonly string[]): Value {
    const reference = present(service, 'extends')
    if (service.kind !== 'map' || reference === undefined) return service
    const here = `${scope.path}#${name}`
    if (chain.includes(here) || chain.length > MAX_CHAIN) {
      this.#problem('circular-extends', `service "${name}" extends itself`, reference.at)
      return service
    }
    const base = this.#baseOf(name, reference, services, scope, [...chain, here])
    if (base?.kind !== 'map') return service
    this.#copied += sizeOf(base, MAX_COPIED)
    if (this.#copied > MAX_COPIED) {
      this.#missingBase(name, '', 'the project grows too large when its "extends" are followed')
      return service
    }
    return mergeService(withVia(base, 'extends') as Mapping, service)
  }

  #baseOf(
    name: string,
    reference: Value,
    services: Mapping,
    scope: Scope,
    chain: readonly string[],
  ): Value | undefined {
    const nameValue = reference.kind === 'map' ? present(reference, 'service') : reference
    const fileValue = reference.kind === 'map' ? present(reference, 'file') : undefined
    const baseName = asMarked(nameValue)
    const file = asMarked(fileValue)
    const unclear = (nameValue && unknownWhy(nameValue)) ?? (fileValue && unknownWhy(fileValue))
    if (baseName === undefined || unclear !== undefined) {
      return this.#missingBase(name, file ?? '', unclear ?? 'its "extends" names no service')
    }
    if (file === undefined) {
      const base = services.entries.get(baseName)?.value
      if (base === undefined) {
        this.#problem(
          'unknown-service',
          `service "${name}" extends "${baseName}", which is not in this file`,
          reference.at,
        )
        this.#incomplete.set(name, `the service "${baseName}" that it extends is not in its file`)
        return undefined
      }
      return this.#extend(baseName, base, services, scope, chain)
    }
    const path = resolvePath(fileValue?.home ?? scope.home, file)
    const fact = this.#sources.file(path)
    if (fact === undefined)
      return this.#missingBase(name, path, `"${path}", which it extends, was not found or could not be read`)
    if (!this.#files.includes(path)) this.#files.push(path)
    this.#noteExtended(path, baseName)
    const outer: Scope = { path, home: directoryOf(path), environment: scope.environment, via: 'extends' }
    const document = this.#documents(fact, outer).reduce<Mapping | undefined>(
      (one, other) => (one === undefined ? other : mergeFiles(one, other)),
      undefined,
    )
    const others = get(document, 'services')
    const base = get(others, baseName)
    if (others?.kind !== 'map' || base === undefined) {
      this.#problem(
        'unknown-service',
        `service "${name}" extends "${baseName}" of "${path}", which has no such service`,
        reference.at,
      )
      this.#incomplete.set(name, `"${path}" has no service "${baseName}"`)
      return undefined
    }
    return this.#extend(baseName, base, others, outer, chain)
  }

  #missingBase(name: string, what: string, why: string): undefined {
    this.#incomplete.set(name, why)
    this.#skip('compose-extends', what === '' ? `services.${name}.extends` : what, `service "${name}": ${why}`)
    return undefined
  }

  #noteExtended(path: string, service: string): void {
    const services = this.#extended.get(path) ?? new Set()
    this.#extended.set(path, services.add(service))
  }

  // ── include ──

  #withIncludes(document: Mapping, scope: Scope, chain: readonly string[]): Mapping {
    const include = present(document, 'include')
    if (include === undefined) return document
    let included: Mapping | undefined
    for (const item of include.kind === 'list' ? include.items : [include]) {
      const part = this.#include(item, scope, chain)
      if (part !== undefined) included = included === undefined ? part : mergeFiles(included, part)
    }
    const own = replaceEntry(document, 'include', undefined)
    return included === undefined ? own : mergeIncluded(included, own)
  }

  #include(item: Value, scope: Scope, chain: readonly string[]): Mapping | undefined {
    const paths = scalarsOf(item.kind === 'map' ? get(item, 'path') : item)
    const files: string[] = []
    for (const path of paths) {
      const text = asMarked(path)
      const unclear = unknownWhy(path)
      if (text === undefined || unclear !== undefined) {
        this.#skip('compose-include', `${scope.path}: include`, unclear ?? 'the entry names no file')
        continue
      }
      const file = resolvePath(scope.home, text)
      if (chain.includes(file) || chain.length > MAX_CHAIN || this.#files.length > MAX_FILES) {
        this.#problem('circular-include', `"${file}" includes itself`, path.at)
      } else if (isRemote(text)) {
        this.#skip('compose-include', text, 'it is not part of what was scanned (a remote resource)')
      } else if (this.#sources.file(file) === undefined) {
        this.#skip('compose-include', file, `"${scope.path}" includes it, but it was not found or could not be read`)
      } else {
        files.push(file)
        this.#included.add(file)
      }
    }
    const first = files[0]
    if (first === undefined) return undefined
    const folder = item.kind === 'map' ? asMarked(present(item, 'project_directory')) : undefined
    const home = folder === undefined ? directoryOf(first) : resolvePath(scope.home, folder)
    const environment = this.#includedEnvironment(item, home, scope)
    return this.#load(files, home, environment, 'include', chain)
  }

  #includedEnvironment(item: Value, home: string, scope: Scope): Environment {
    const named = item.kind === 'map' ? scalarsOf(get(item, 'env_file')) : []
    if (named.length === 0) return this.#environmentOf(home, scope.environment)
    let lookup = scope.environment.lookup
    const names = new Set(scope.environment.names)
    for (const value of named) {
      const path = resolvePath(scope.home, asMarked(value) ?? '')
      const fact = this.#sources.envFile(path)
      if (fact === undefined) {
        this.#skip(
          'compose-env-file',
          path,
          `"${scope.path}" includes a file with it, but it was not found or could not be read`,
        )
        continue
      }
      const read = readEnvironment(fact, scope.environment.lookup)
      for (const name of read.names) names.add(name)
      lookup = inTurn(scope.environment.lookup, read.lookup, lookup)
    }
    return { lookup, names: [...names] }
  }

  #environmentOf(directory: string, outer: Environment): Environment {
    const fact = this.#sources.envFile(resolvePath(directory, '.env'))
    if (fact === undefined) return outer
    const own = readEnvironment(fact, outer.lookup)
    return { lookup: inTurn(outer.lookup, own.lookup), names: [...new Set([...outer.names, ...own.names])] }
  }

  #skip(code: string, what: string, why: string): void {
    if (!this.#skipped.some((one) => one.code === code && one.what === what && one.why === why))
      this.#skipped.push({ code, what, why })
  }

  #problem(code: LoadProblem['code'], message: string, at: Place): void {
    if (this.#problems.size < 500)
      this.#problems.set(`${code} ${at.path} ${at.span?.start} ${message}`, { code, message, at })
  }
}

/** Directory of a path, `''` for the target's root. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}

/** The value of one variable of an environment file, expanded within it. */
export function valueIn(file: EnvFileFact, name: string): string | undefined {
  const value = readEnvironment(file, () => undefined).lookup(name)
  return value === undefined || value.unset.length > 0 ? undefined : value.text
}

/** True where an `env_file` entry may be absent. */
export function isOptional(entry: Value): boolean {
  const required = present(entry, 'required')
  return required !== undefined && asBoolean(required) === false
}

/** Values in a value, counted up to `limit`. */
function sizeOf(value: Value, limit: number): number {
  let count = 0
  const waiting: Value[] = [value]
  for (let next = waiting.pop(); next !== undefined && count < limit; next = waiting.pop()) {
    count++
    if (next.kind === 'list') for (const item of next.items) waiting.push(item)
    else if (next.kind === 'map') for (const entry of next.entries.values()) waiting.push(entry.value)
  }
  return count
}

function replaceEntry(map: Mapping, key: string, value: Mapping | undefined): Mapping {
  const entries = new Map(map.entries)
  const entry = entries.get(key)
  if (value === undefined) entries.delete(key)
  else if (entry !== undefined) entries.set(key, { ...entry, value })
  return { ...map, entries }
}

function isRemote(path: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]{1,20}:\/\/|git@|github\.com\/|oci:)/i.test(path)
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1)
}

function emptyModel(path: string, home: string): Mapping {
  return { kind: 'map', entries: new Map(), at: { path }, home }
}
