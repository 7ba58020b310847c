/**
 * The user that a well-known base image starts as, where no USER of ours overrides it: known user, known root, or not
 * known (undefined). Dated; see the table for sources.
 */
import type { ImageReference } from '../core/facts/workload.ts'
import type { Confidence } from '../core/severity.ts'
import type { BaseImageRow, DefaultUser } from './base-images.rows.ts'
import { BASE_IMAGES } from './base-images.table.ts'

/** The day on which the table was last gone through. */
export const baseImageKnowledge = { id: 'base-images', date: '2026-11-25' } as const

export interface BaseImageUser {
  /** null: a named user whose number is not known (or a Windows account). */
  readonly uid: number | null
  readonly gid: number | null
  readonly name: string | null
  readonly home?: string
  readonly confidence: Confidence
  /** In words: `python's image starts as root`. */
  readonly because: string
  /** Set where its entrypoint starts as root and runs the server as this user. */
  readonly startsAsRootThenDrops?: string
}

export interface BaseImage {
  /** The table's repository or pattern: `docker.io/library/python`. */
  readonly repository: string
  readonly user: BaseImageUser | undefined
  /** Environment variables that its users put into USER and paths. */
  readonly variables: Readonly<Record<string, string>>
  /** Accounts that it has beside the one it starts as, as far as they are known: name → uid. */
  readonly accounts: Readonly<Record<string, number>>
  /** SHELL that the image's configuration carries; undefined: the engine's default. */
  readonly shell?: readonly string[]
  readonly packageManager?: string
  /** True where the image has an entrypoint of its own; undefined: not known. */
  readonly hasEntrypoint?: boolean
  readonly windows: boolean
  readonly verified: boolean
  readonly source: string
}

/** What is known of the image; undefined where it is not in the table. */
export function baseImage(reference: ImageReference): BaseImage | undefined {
  const name = canonicalName(reference)
  const row = EXACT.get(name) ?? rowByPattern(name)
  if (row === undefined) return undefined
  const tagged = row.tags?.find((tag) => tagMatches(tag.tag, reference.tag ?? 'latest'))
  const user = tagged === undefined ? row.user : tagged.user
  const verified = row.verified === true
  return {
    repository: row.repository,
    user: user === null ? undefined : describe(user, row, name, reference, verified),
    variables: { ...row.variables, ...tagged?.variables },
    accounts: row.accounts ?? {},
    ...(row.shell === undefined ? {} : { shell: row.shell }),
    ...(row.packages === undefined ? {} : { packageManager: row.packages }),
    ...(row.entrypoint === undefined ? {} : { hasEntrypoint: row.entrypoint }),
    windows: row.windows === true,
    verified,
    source: row.source ?? sourceOf(row.repository),
  }
}

/** The user that the image starts as; undefined where it is not known. */
export function baseImageUser(reference: ImageReference): BaseImageUser | undefined {
  return baseImage(reference)?.user
}

/** Registries that mirror Docker Hub name for name. */
const MIRRORS: readonly (readonly [prefix: string, real: string])[] = [
  ['public.ecr.aws/docker/', 'docker.io/'],
  ['mirror.gcr.io/', 'docker.io/'],
  ['registry.hub.docker.com/', 'docker.io/'],
  ['docker.m.daocloud.io/', 'docker.io/'],
  ['quay.io/prometheus/', 'docker.io/prom/'],
  ['docker.n8n.io/', 'docker.io/'],
  ['registry.redhat.io/', 'registry.access.redhat.com/'],
]

function canonicalName(reference: ImageReference): string {
  const name = `${reference.registry}/${reference.repository}`
  const mirror = MIRRORS.find(([prefix]) => name.startsWith(prefix))
  if (mirror === undefined) return name
  const rest = name.slice(mirror[0].length)
  return mirror[1] === 'docker.io/' && !rest.includes('/') ? `docker.io/library/${rest}` : mirror[1] + rest
}

function describe(
  user: DefaultUser,
  row: BaseImageRow,
  name: string,
  reference: ImageReference,
  verified: boolean,
): BaseImageUser {
  const short = name.replace(/^docker\.io\/(?:library\/)?/, '')
  const drops = user === 'root' ? row.drops : undefined
  const confidence: Confidence =
    verified || row.settled === true ? 'high' : row.repository.includes('*') ? 'low' : 'medium'
  const shared = { confidence, ...(drops === undefined ? {} : { startsAsRootThenDrops: drops }) }
  const label = reference.tag === undefined ? short : `${short}:${reference.tag}`
  if (user === 'root')
    return { uid: 0, gid: 0, name: 'root', home: '/root', because: `${label} starts as root`, ...shared }
  const [uid, gid, account, home] = user
  const who = account === null ? `uid ${uid}` : uid === null ? `"${account}"` : `"${account}" (uid ${uid})`
  return {
    uid,
    gid,
    name: account,
    ...(home === undefined ? {} : { home }),
    because: `${label} starts as ${who}`,
    ...shared,
  }
}

function sourceOf(repository: string): string {
  return repository.startsWith('docker.io/library/')
    ? `https://hub.docker.com/_/${repository.slice('docker.io/library/'.length)}`
    : `https://${repository.replace(/^docker\.io\//, 'hub.docker.com/r/').replace(/\*.*$/, '')}`
}

function rowByPattern(name: string): BaseImageRow | undefined {
  const parts = name.split('/')
  return PATTERNS.find(({ wanted }) => matches(wanted, parts))?.row
}

/** `*` stands for one path part, `**` for any rest, and `*` inside a part for any characters of it. */
function matches(wanted: readonly string[], parts: readonly string[]): boolean {
  for (let index = 0; index < wanted.length; index++) {
    const part = wanted[index] as string
    if (part === '**') return parts.length > index
    const given = parts[index]
    if (given === undefined || !tagMatches(part, given)) return false
  }
  return parts.length === wanted.length
}

/** A pattern with at most two `*`, each any characters. */
function tagMatches(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text
  const pieces = pattern.split('*')
  const first = pieces[0] as string
  const last = pieces.at(-1) as string
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  if (pieces.length === 2) return true
  const middle = pieces[1] as string
  return text.slice(first.length, text.length - last.length).includes(middle)
}

const EXACT: ReadonlyMap<string, BaseImageRow> = new Map(
  BASE_IMAGES.filter((row) => !row.repository.includes('*')).map((row) => [row.repository, row]),
)
/** In the table's order: the first that matches counts. */
const PATTERNS = BASE_IMAGES.filter((row) => row.repository.includes('*')).map((row) => ({
  row,
  wanted: row.repository.split('/'),
}))
