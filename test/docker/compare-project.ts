/** What `docker-compose config` makes of a project beside what we read in it. */
import { posix } from 'node:path'
import type { CommandWord, Setting, Settings } from '../../src/core/facts/workload.ts'
import { scan } from '../../src/manifests/compose/testing/harness.ts'
import type { ProjectCase } from './compose-projects.ts'

/** A service in the tool's canonical form, of 1.29 or later. */
export interface ComposedService {
  readonly environment?: Readonly<Record<string, unknown>> | null
  readonly ports?: readonly (string | Readonly<Record<string, unknown>>)[] | null
  readonly volumes?: readonly (string | Readonly<Record<string, unknown>>)[] | null
  readonly user?: unknown
  readonly privileged?: unknown
  readonly cap_add?: readonly string[] | null
  readonly command?: readonly string[] | string | null
  readonly entrypoint?: readonly string[] | string | null
}

export type Composed = { readonly services: Readonly<Record<string, ComposedService>> } | { readonly error: string }

/** Each is one sentence; empty: they agree. `folder`: where the tool saw the project. */
export function differencesOfProject(one: ProjectCase, composed: Composed, folder: string): string[] {
  const scanned = scan(one.files)
  const errors = scanned.projects.flatMap((project) => project.problems).filter((problem) => problem.level === 'error')
  if ('error' in composed) {
    return errors.length > 0 ? [] : [`Compose refuses it and we do not: ${composed.error.trim().split('\n').at(-1)}`]
  }
  if (errors.length > 0)
    return [`we refuse it and Compose does not: ${errors.map((problem) => problem.message).join('; ')}`]
  const found: string[] = []
  for (const [name, theirs] of Object.entries(composed.services)) {
    const { settings } = scanned.service(name)
    const check = (what: string, mine: unknown, other: unknown) => {
      if (JSON.stringify(mine) !== JSON.stringify(other))
        found.push(`${name}: ${what}: ours ${JSON.stringify(mine)}, Compose's ${JSON.stringify(other)}`)
    }
    const environment = environmentOf(theirs)
    for (const [key, setting] of Object.entries(settings.env.items)) {
      // A variable that nobody sets is empty to Compose, and not known to us.
      if (setting.is === 'unknown' && /UNSET|is taken from the shell/.test(setting.why)) delete environment[key]
    }
    check(
      'environment',
      sortedPairs(settings.env.items),
      Object.entries(environment)
        .map((pair) => pair.join('='))
        .sort(),
    )
    check('ports', once(portsOf(settings)), once((theirs.ports ?? []).flatMap(portsIn)))
    check('volumes', mountsOf(settings), (theirs.volumes ?? []).map((volume) => volumeIn(volume, folder)).sort())
    check('user', userOf(settings), theirs.user === undefined ? null : userIn(String(theirs.user)))
    check('privileged', settled(settings.privileged), theirs.privileged === true)
    check('cap_add', once(settled(settings.capabilities.add) ?? []), once(theirs.cap_add ?? []))
    for (const key of ['command', 'entrypoint'] as const) {
      const value = theirs[key]
      // Absent and null are the image's, and so is an empty command; an empty entrypoint clears it.
      if (value === undefined || value === null || (key === 'command' && value.length === 0)) continue
      check(
        key,
        wordsOf(settings[key]),
        typeof value === 'string' ? splitWords(value) : value.map((word) => word.replaceAll('$$', '$')),
      )
    }
  }
  return found
}

function once(list: readonly string[]): string[] {
  return [...new Set(list)].sort()
}

function settled<T>(setting: Setting<T>): T | undefined {
  return setting.is === 'set' || setting.is === 'default' ? setting.value : undefined
}

function wordsOf(setting: Setting<readonly CommandWord[] | null>): unknown {
  const value = settled(setting)
  return value === undefined ? `(${setting.is})` : (value ?? []).map((word) => word.value)
}

function environmentOf(service: ComposedService): Record<string, string> {
  const found: Record<string, string> = {}
  // 1.29 writes `$$` for each `$`.
  for (const [key, value] of Object.entries(service.environment ?? {})) {
    if (value !== null) found[key] = String(value).replaceAll('$$', '$')
  }
  return found
}

function sortedPairs(items: Settings['env']['items']): string[] {
  return Object.entries(items)
    .flatMap(([key, setting]) => (setting.is === 'set' && setting.value !== null ? [`${key}=${setting.value}`] : []))
    .sort()
}

function portsOf(settings: Settings): string[] {
  return Object.entries(settings.ports.items).flatMap(([key, setting]) => {
    if (setting.is !== 'set') return [`${key} ${setting.is}`]
    return setting.value.bindings.map(({ hostIp, hostPort }) => `${address(hostIp)}:${hostPort ?? ''}:${key}`)
  })
}

function portsIn(port: string | Readonly<Record<string, unknown>>): string[] {
  if (typeof port !== 'string') {
    const { host_ip, published, target, protocol } = port
    return [`${address(String(host_ip ?? ''))}:${published ?? ''}:${target}/${protocol ?? 'tcp'}`]
  }
  const [text = '', protocol = 'tcp'] = port.split('/')
  const parts = text.split(':')
  const [first = 0, last = first] = (parts.at(-1) ?? '').split('-').map(Number)
  const host = (parts.at(-2) ?? '').split('-')[0]
  const ip = address(parts.slice(0, -2).join(':'))
  return Array.from({ length: last - first + 1 }, (_, index) => {
    return `${ip}:${host ? Number(host) + index : ''}:${first + index}/${protocol}`
  })
}

function address(text: string): string {
  return text === '0.0.0.0' ? '' : text
}

function mountsOf(settings: Settings): string[] {
  return Object.entries(settings.mounts.items)
    .map(([target, setting]) => {
      if (setting.is !== 'set') return `${target} ${setting.is}`
      const { kind, source, readOnly } = setting.value
      const path = kind === 'bind' ? posix.normalize(source ?? '') : (source ?? '')
      return `${target} ${kind} ${path} ${readOnly ? 'ro' : 'rw'}`
    })
    .sort()
}

function volumeIn(volume: string | Readonly<Record<string, unknown>>, folder: string): string {
  if (typeof volume === 'string') {
    const [source = '', target, mode = 'rw'] = volume.split(':')
    if (target === undefined) return `${source} volume  rw`
    return `${target} ${source.startsWith('/') ? 'bind' : 'volume'} ${relative(source, folder)} ${mode}`
  }
  const { type, source, target, read_only } = volume
  return `${target} ${type} ${relative(String(source ?? ''), folder)} ${read_only === true ? 'ro' : 'rw'}`
}

/** As our facts have a path: relative to what was scanned. */
function relative(path: string, folder: string): string {
  if (!path.startsWith('/')) return path
  const within = posix.relative(folder, path)
  if (within === '') return '.'
  return within.startsWith('../../') || path.startsWith('/srv') || path.startsWith('/var') ? path : within
}

function userOf({ user }: Settings): string | null {
  // Without one it is the image's.
  if (user.uid.is !== 'set' && user.name.is !== 'set') return null
  return `${settled(user.uid) ?? settled(user.name) ?? '?'} ${settled(user.gid) ?? ''}`
}

function userIn(text: string): string {
  const [user = '', group = ''] = text.split(':')
  const isRoot = user === 'root' || user === '0'
  return `${isRoot ? 0 : user} ${group === '' && isRoot ? '0' : group}`
}

/** 1.29 leaves the text of a command to the engine's client: quotes and escapes as a shell has them. */
function splitWords(text: string): string[] {
  const words: string[] = []
  for (const match of text.replaceAll('$$', '$').matchAll(/(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+))/g)) {
    const [, double, single, plain] = match
    words.push(double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? (plain as string).replace(/\\(.)/g, '$1'))
  }
  return words
}
