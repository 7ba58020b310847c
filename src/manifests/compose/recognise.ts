/** Is a YAML document a Compose model? By its name, else by what stands under `services`. */
import type { TreeMap, TreeNode } from '../../core/tree.ts'
import { SHAPES } from './known-keys.ts'

/** In Compose's order of preference. */
export const DEFAULT_NAMES: readonly string[] = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
]
export const OVERRIDE_NAMES: readonly string[] = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/** `compose.yaml`, `docker-compose.prod.yml`, `compose_gpu.yaml`, `app.compose.yml` … */
export function isComposeName(name: string): boolean {
  const lower = name.toLowerCase()
  return /^(?:docker[-_]?)?compose(?:[-_.].*)?\.ya?ml$/.test(lower) || /[-_.](?:docker-)?compose\.ya?ml$/.test(lower)
}

/** Cheap: could the text be a Compose file at all? */
export function mayBeCompose(text: string, named: boolean): boolean {
  if (/^["']?services["']?[ \t]*:/m.test(text) || /^[ \t]*\{[\s\S]{0,200}"services"/.test(text)) return true
  return named && /^(?:include|networks|volumes|secrets|configs|name|version|x-[\w-]+)[ \t]*:/m.test(text)
}

/** `named`: the file's name says Compose. Documents of other tools that have `services` too are told apart by keys. */
export function isComposeDocument(tree: TreeMap, named: boolean): boolean {
  const value = (key: string) => tree.entries.find((entry) => entry.key === key)?.value
  if (value('apiVersion') !== undefined && value('kind') !== undefined) return false
  const services = value('services')
  if (named) {
    const top = SHAPES.project ?? {}
    return (
      services?.type === 'map' || tree.entries.some((entry) => entry.key !== 'name' && Object.hasOwn(top, entry.key))
    )
  }
  if (services?.type !== 'map' || services.entries.length === 0) return false
  const kinds = services.entries.map((entry) => serviceLikeness(entry.value))
  return kinds.includes('runs') || kinds.every((kind) => kind === 'known')
}

/** `runs`: says what it runs; `known`: only keys that a service has. */
function serviceLikeness(node: TreeNode): 'runs' | 'known' | 'other' {
  if (node.type !== 'map' || node.entries.length === 0) return 'other'
  const service = SHAPES.service ?? {}
  const keys = node.entries.filter((entry) => entry.key !== '<<' && !entry.key.startsWith('x-'))
  const known = keys.filter((entry) => Object.hasOwn(service, entry.key)).length
  const runs = keys.some(({ key, value }) => {
    if (key === 'image') return value.type === 'scalar'
    return (key === 'build' || key === 'extends') && (value.type === 'scalar' || value.type === 'map')
  })
  if (runs && known * 2 >= keys.length) return 'runs'
  return known === keys.length && keys.length > 0 ? 'known' : 'other'
}
