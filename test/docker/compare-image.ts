/** What an engine made of a Dockerfile beside what we read in it. */
import { posix } from 'node:path'
import type { DockerfileFact } from '../../src/core/facts/dockerfile.ts'
import type { CommandWord, Keyed, Setting } from '../../src/core/facts/workload.ts'
import { SourceText } from '../../src/core/span.ts'
import { effectiveImage } from '../../src/manifests/dockerfile/effective-image.ts'
import { parseDockerfile } from '../../src/manifests/dockerfile/parse.ts'
import type { ImageConfig } from './bases.ts'
import { BASES, type BuildCase } from './dockerfiles.ts'

export type Built = { readonly config: ImageConfig } | { readonly error: string }

/** Each is one sentence; empty: they agree. */
export function differencesOfImage(one: BuildCase, built: Built): string[] {
  if (isSplitAnew(one.text)) return []
  const ours = read(one)
  if ('error' in built) {
    if (ours.errors.length > 0 || isBeyondUs(built.error, ours.whole && !one.text.includes(BASES[0]))) return []
    return [`the engine refuses it and we do not: ${lastLine(built.error)}`]
  }
  if (ours.errors.length > 0) return [`we refuse it and the engine does not: ${ours.errors.join('; ')}`]
  const found: string[] = []
  const { settings, state, whole } = ours
  const { config } = built
  const check = (what: string, mine: unknown, theirs: unknown) => {
    if (mine === NOT_KNOWN && !whole) return
    if (JSON.stringify(mine) !== JSON.stringify(theirs))
      found.push(`${what}: ours ${JSON.stringify(mine) ?? 'unknown'}, the engine's ${JSON.stringify(theirs)}`)
  }
  found.push(...userDifferences(config.User ?? '', settings.user, whole))
  const workdir = known(settings.workdir)
  check('WorkingDir', workdir === NOT_KNOWN ? workdir : normalize(workdir), normalize(config.WorkingDir || '/'))
  check('Entrypoint', words(settings.entrypoint), empty(config.Entrypoint))
  check('Cmd', words(settings.command), empty(config.Cmd))
  check('Env', entries(settings.env, whole), pairs(config.Env ?? [], whole ? undefined : knownKeys(settings.env)))
  const labels = Object.entries(config.Labels ?? {}).map(([key, value]) => `${key}=${value}`)
  check('Labels', entries(settings.labels, whole), pairs(labels, whole ? undefined : knownKeys(settings.labels)))
  const exposed = known(settings.exposed)
  if (whole || exposed !== NOT_KNOWN)
    check('ExposedPorts', sorted(exposed), subset(Object.keys(config.ExposedPorts ?? {}), whole ? undefined : exposed))
  const volumes = Object.keys(settings.mounts.items)
  check('Volumes', sorted(volumes), subset(Object.keys(config.Volumes ?? {}), whole ? undefined : volumes))
  const health = known(settings.health)
  check(
    'Healthcheck',
    health === NOT_KNOWN ? health : ((health as { test: string[] } | null)?.test ?? null),
    config.Healthcheck?.Test ?? null,
  )
  if (state.shellAt !== undefined || whole)
    check('Shell', state.shellAt === undefined ? null : state.shell, empty(config.Shell))
  check('number of ONBUILD', state.onbuild.length, config.OnBuild?.length ?? 0)
  return found
}

/** The values of an ONBUILD in a file whose escape is a backtick: BuildKit splits them by the backslash when it runs. */
function isSplitAnew(text: string): boolean {
  return /escape ?= ?`/i.test(text) && /onbuild/i.test(text)
}

/** Refusals that the file alone does not show: of values that hang on a base that was not read. */
function isBeyondUs(error: string, whole: boolean): boolean {
  const ofValues =
    /invalid (?:containerPort|port|signal|hostPort)|can not be an empty string|failed to process|no port specified/i
  return !whole && ofValues.test(error)
}

/** Newer engines keep an absolute WORKDIR as it is written; it names the same directory. */
function normalize(path: string): string {
  return posix.resolve('/', path)
}

const NOT_KNOWN = Symbol('not known')

function read(one: BuildCase) {
  const source = new SourceText(Buffer.from(one.text))
  const { comments: _, ...facts } = parseDockerfile(source)
  const identity = { kind: 'dockerfile', id: 'd', target: 't', analyzer: 'dockerfile', subject: 'Dockerfile' } as const
  const fact: DockerfileFact = { ...identity, path: 'Dockerfile', confidence: 'high', ...facts }
  const { settings, stage, graph } = effectiveImage(fact, {
    args: one.args,
    ...(one.target === undefined ? {} : { target: one.target }),
  })
  const errors = [...facts.problems, ...graph.problems].filter((problem) => problem.level === 'error')
  let root = stage
  while (root?.base.is === 'stage') root = graph.stages[root.base.index]
  const whole = root?.base.is === 'scratch'
  const state = stage?.state ?? { shell: [], shellAt: undefined, onbuild: [] }
  return { settings, state, errors: errors.map((problem) => `${problem.code} (${problem.message})`), whole }
}

/** `Config.User` as the engine starts the process, in its own words. */
function userDifferences(
  text: string,
  user: { readonly uid: Setting<number>; readonly name: Setting<string>; readonly gid: Setting<number> },
  whole: boolean,
): string[] {
  const colon = text.indexOf(':')
  const name = colon === -1 ? text : text.slice(0, colon)
  const group = colon === -1 ? undefined : text.slice(colon + 1)
  const isNumber = /^[+-]?[0-9]+$/.test(name)
  // No process can have it.
  if (isNumber && Number(name) > 0x7fffffff) return known(user.uid) === NOT_KNOWN ? [] : [`User: ours not unknown`]
  const expectedUid = name === '' || name === 'root' ? 0 : isNumber ? Number(name) : NOT_KNOWN
  const uid = known(user.uid)
  const found: string[] = []
  const base =
    user.uid.is !== 'open' &&
    (user.uid.by?.who === 'base' || (user.uid.is === 'unknown' && / may set it/.test(user.uid.why)))
  if (uid === NOT_KNOWN) {
    if (expectedUid !== NOT_KNOWN && (whole || !base)) found.push(`User: ours unknown, the engine's "${text}"`)
  } else if (uid !== expectedUid) found.push(`User: ours ${String(uid)}, the engine's "${text}"`)
  const named = known(user.name)
  if (named !== NOT_KNOWN && named !== (expectedUid === 0 ? 'root' : name))
    found.push(`User's name: ours "${String(named)}", the engine's "${text}"`)
  if (expectedUid === NOT_KNOWN && named === NOT_KNOWN && (whole || !base))
    found.push(`User's name: ours unknown, the engine's "${text}"`)
  const gid = known(user.gid)
  const expectedGid =
    group === undefined || group === ''
      ? undefined
      : group === 'root'
        ? 0
        : /^[+-]?[0-9]+$/.test(group)
          ? Number(group)
          : undefined
  if (expectedGid !== undefined && gid !== expectedGid && !(base && !whole))
    found.push(`User's group: ours ${String(gid)}, the engine's "${text}"`)
  return found
}

function known<T>(setting: Setting<T>): T | typeof NOT_KNOWN {
  return setting.is === 'set' || setting.is === 'default' ? setting.value : NOT_KNOWN
}

function words(setting: Setting<readonly CommandWord[] | null>): unknown {
  const value = known(setting)
  return value === NOT_KNOWN || value === null ? value : value.map((word) => word.value)
}

function empty(list: readonly string[] | null | undefined): readonly string[] | null {
  return list === undefined || list === null || list.length === 0 ? null : list
}

function knownKeys(map: Keyed<string | null>): string[] {
  return Object.keys(map.items).filter((key) => known(map.items[key] ?? { is: 'open' }) !== NOT_KNOWN)
}

function entries(map: Keyed<string | null>, whole: boolean): string[] {
  const all = Object.entries(map.items).map(([key, setting]) => [key, known(setting)] as const)
  // On a base that was not read, a value may hang on the base's variables.
  const told = whole ? all : all.filter(([, value]) => value !== NOT_KNOWN)
  return told.map(([key, value]) => `${key}=${String(value)}`).sort()
}

function pairs(list: readonly string[], only: readonly string[] | undefined): string[] {
  const isMeant = (pair: string) => only === undefined || only.some((key) => pair.startsWith(`${key}=`))
  return list.filter(isMeant).sort()
}

function sorted(list: unknown): unknown {
  return Array.isArray(list) ? [...list].sort() : list
}

function subset(all: readonly string[], only: unknown): string[] {
  return (Array.isArray(only) ? all.filter((one) => only.includes(one)) : [...all]).sort()
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
