/**
 * Image references by the distribution reference grammar, with Docker's normalisation: `python` is
 * `docker.io/library/python`, a first part with a dot, a colon, an upper-case letter or the word `localhost` is a registry.
 * Source: github.com/distribution/reference (reference.go, normalize.go).
 */
import type { ImageReference } from '../core/facts/workload.ts'

const PATH = /^[a-z0-9]+(?:(?:\.|__|_|-+)[a-z0-9]+)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}$/
const REGISTRY = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/
const MAX_LENGTH = 1024
const MAX_NAME = 255

/** undefined where no engine would take `text` as an image's name. */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text === '' || text.length > MAX_LENGTH) return undefined
  const at = text.indexOf('@')
  const digest = at === -1 ? undefined : text.slice(at + 1)
  if (digest !== undefined && !DIGEST.test(digest)) return undefined
  const named = at === -1 ? text : text.slice(0, at)
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const tag = hasTag ? named.slice(colon + 1) : undefined
  if (tag !== undefined && !TAG.test(tag)) return undefined
  const name = hasTag ? named.slice(0, colon) : named
  const { registry, repository } = split(name)
  if (!REGISTRY.test(registry) || repository === '') return undefined
  if (!repository.split('/').every((part) => PATH.test(part)) || registry.length + repository.length >= MAX_NAME)
    return undefined
  return {
    text,
    registry: registry.toLowerCase(),
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

/** The image of `name:${TAG}` and `name:{{ .tag }}-gpu`, without its tag; undefined where more than that is open. */
export function imageBeforeVariable(text: string): ImageReference | undefined {
  const at = text.search(/\$|\{\{/)
  if (at === -1 || text.length > MAX_LENGTH || text.includes('/', at)) return undefined
  const name = text.slice(0, at)
  const colon = name.lastIndexOf(':')
  return colon > name.lastIndexOf('/') ? parseImageReference(name.slice(0, colon)) : undefined
}

function split(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/')
  const first = slash === -1 ? '' : name.slice(0, slash)
  if (slash === -1 || (!/[.:]/.test(first) && first !== 'localhost' && first === first.toLowerCase())) {
    return { registry: 'docker.io', repository: slash === -1 ? `library/${name}` : name }
  }
  const registry = first === 'index.docker.io' || first === 'registry-1.docker.io' ? 'docker.io' : first
  const repository = name.slice(slash + 1)
  return {
    registry,
    repository: registry === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository,
  }
}
