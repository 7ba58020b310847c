/** Other files that a Compose file names, as far as it names them without variables: they are read whatever their names. */
import type { TreeMap } from '../../core/tree.ts'
import { directoryOf } from './assemble.ts'
import { loadDocument } from './load.ts'
import { buildToMapping } from './merge.ts'
import { DEFAULT_NAMES, OVERRIDE_NAMES } from './recognise.ts'
import { asText, get, listOf, type Mapping, present, unknownWhy, type Value } from './value.ts'
import { resolvePath } from './volumes.ts'

export interface Reference {
  readonly path: string
  readonly as: 'compose' | 'env-file' | 'dockerfile'
}

export function referencesOf(documents: readonly TreeMap[], path: string): Reference[] {
  const home = directoryOf(path)
  const found = new Map<string, Reference>()
  const add = (value: Value | string | undefined, as: Reference['as'], base = home) => {
    const text =
      typeof value === 'string'
        ? value
        : value === undefined || unknownWhy(value) !== undefined
          ? undefined
          : asText(value)
    if (text === undefined || text === '' || /^(?:[/~]|[a-z][a-z0-9+.-]*:\/\/|git@|oci:)/i.test(text)) return
    const resolved = resolvePath(base, text)
    found.set(`${as} ${resolved}`, { path: resolved, as })
  }
  add('.env', 'env-file')
  if (DEFAULT_NAMES.includes(path.slice(home === '' ? 0 : home.length + 1)))
    for (const name of OVERRIDE_NAMES) add(name, 'compose')
  for (const tree of documents) {
    const { value } = loadDocument(tree, { path, home, variables: () => undefined })
    for (const item of listOf(get(value, 'include'))) includeReferences(item, add)
    const services = get(value, 'services')
    for (const entry of services?.kind === 'map' ? services.entries.values() : []) {
      if (entry.value.kind === 'map') serviceReferences(entry.value, home, add)
    }
  }
  return [...found.values()].slice(0, 500)
}

type Add = (value: Value | string | undefined, as: Reference['as'], base?: string) => void

function includeReferences(item: Value, add: Add): void {
  const paths = item.kind === 'map' ? listOf(get(item, 'path')) : [item]
  for (const path of paths) add(path, 'compose')
  if (item.kind === 'map') for (const file of listOf(get(item, 'env_file'))) add(file, 'env-file')
}

function serviceReferences(service: Mapping, home: string, add: Add): void {
  for (const file of listOf(get(service, 'env_file')))
    add(file.kind === 'map' ? present(file, 'path') : file, 'env-file')
  add(present(service, 'extends', 'file'), 'compose')
  const build = present(service, 'build')
  if (build !== undefined) {
    const mapping = buildToMapping(build)
    const context = asText(present(mapping, 'context')) ?? '.'
    if (
      !/^(?:[/~]|[a-z][a-z0-9+.-]*:\/\/|git@)/i.test(context) &&
      unknownWhy(present(mapping, 'context') ?? build) === undefined
    ) {
      add(present(mapping, 'dockerfile') ?? 'Dockerfile', 'dockerfile', resolvePath(home, context))
    }
  }
  // Not able to stand alone: what it is laid over is read too.
  if (!['image', 'build', 'extends', 'provider'].some((key) => present(service, key) !== undefined)) {
    for (const name of DEFAULT_NAMES) add(name, 'compose')
  }
}
