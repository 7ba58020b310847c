/** Mounts of a service: `volumes` (short and long syntax) and `tmpfs`. */
import type { Mount } from '../../core/facts/workload.ts'
import { HOLE } from './interpolate.ts'
import { parseBytes } from './units.ts'
import { asBoolean, asMarked, asText, type Mapping, present } from './value.ts'

export interface MountReading {
  readonly target: string
  /** Where a variable without a value decides about the source or mode: only the target is known. */
  readonly mount: Mount | undefined
}

const PROPAGATIONS: ReadonlySet<string> = new Set(['shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate'])

/** `[SOURCE:]TARGET[:MODE]`; undefined where Compose refuses it, or a variable decides about the target. */
export function readShortVolume(marked: string, home: string): MountReading | undefined {
  if (marked === '') return undefined
  const sections = splitVolume(marked)
  if (sections.length > 3 || sections.some((section) => section === '')) return undefined
  const [first = '', second, mode] = sections
  if (second === undefined) {
    return first.includes(HOLE)
      ? undefined
      : { target: first, mount: { kind: 'volume', source: null, readOnly: false } }
  }
  if (second.includes(HOLE)) return undefined
  if (first.includes(HOLE) || mode?.includes(HOLE)) return { target: second, mount: undefined }
  const options = (mode ?? '').split(',')
  const propagation = options.find((option) => PROPAGATIONS.has(option))
  const bind = isHostPath(first)
  return {
    target: second,
    mount: {
      kind: bind ? 'bind' : 'volume',
      source: bind ? hostPath(first, home) : first,
      readOnly: options.lastIndexOf('ro') > options.lastIndexOf('rw'),
      ...(propagation === undefined ? {} : { propagation }),
    },
  }
}

/** `type`, `source`, `target` …; undefined without a target that is known. */
export function readLongVolume(volume: Mapping): MountReading | undefined {
  const target = asMarked(present(volume, 'target'))
  if (target === undefined || target.includes(HOLE)) return undefined
  const type = asMarked(present(volume, 'type'))
  const source = asMarked(present(volume, 'source'))
  const readOnlyValue = present(volume, 'read_only')
  const readOnly = readOnlyValue === undefined ? false : asBoolean(readOnlyValue)
  const decided = [type, source].every((text) => text === undefined || !text.includes(HOLE))
  if (!decided || readOnly === undefined) return { target, mount: undefined }
  const kind = kindOf(type ?? 'volume')
  const propagation = asText(present(volume, 'bind', 'propagation'))
  const subpath = asText(present(volume, 'volume', 'subpath')) ?? asText(present(volume, 'image', 'subpath'))
  const size = asText(present(volume, 'tmpfs', 'size'))
  return {
    target,
    mount: {
      kind,
      source:
        kind === 'tmpfs' || source === undefined ? null : kind === 'bind' ? hostPath(source, homeOf(volume)) : source,
      readOnly,
      ...(kind === 'tmpfs' ? { exec: false } : {}),
      ...(propagation === undefined ? {} : { propagation }),
      ...(subpath === undefined ? {} : { subpath }),
      ...(size === undefined ? {} : { size: parseBytes(size) ?? null }),
    },
  }
}

/** `/run` or `/run:size=64m,exec`: Docker mounts it noexec, nosuid, nodev unless told otherwise. */
export function readTmpfs(marked: string): MountReading | undefined {
  const colon = marked.indexOf(':')
  const target = colon === -1 ? marked : marked.slice(0, colon)
  if (target === '' || target.includes(HOLE)) return undefined
  const options = colon === -1 ? [] : marked.slice(colon + 1).split(',')
  if (options.some((option) => option.includes(HOLE))) return { target, mount: undefined }
  const size = options.findLast((option) => option.startsWith('size='))
  return {
    target,
    mount: {
      kind: 'tmpfs',
      source: null,
      readOnly: options.lastIndexOf('ro') > options.lastIndexOf('rw'),
      exec: options.lastIndexOf('exec') > options.lastIndexOf('noexec'),
      ...(size === undefined ? {} : { size: parseBytes(size.slice('size='.length)) ?? null }),
    },
  }
}

/** Sections between colons; `X:` of one letter is a drive and belongs to what follows. */
export function splitVolume(spec: string): string[] {
  if (spec.length <= 2) return [spec]
  const sections: string[] = []
  let start = 0
  for (let at = 0; at < spec.length; at++) {
    if (spec[at] !== ':') continue
    if (at === start + 1 && /\p{L}/u.test(spec[start] as string)) continue
    sections.push(spec.slice(start, at))
    start = at + 1
  }
  sections.push(spec.slice(start))
  return sections
}

/** True where the source of a short syntax is a path on the host, not a volume's name. */
export function isHostPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source)
}

/**
 * The path on the host: absolute and `~` paths as written, relative ones relative to the target, with a leading
 * `./` or `../`.
 */
export function hostPath(source: string, home: string): string {
  if (/^[/~\\]/.test(source) || /^\p{L}:/u.test(source)) return normaliseAbsolute(source)
  const joined = resolvePath(home, source)
  return joined === '' ? '.' : joined.startsWith('..') ? joined : `./${joined}`
}

/** `a/./b/../c` → `a/c`, relative to the target; climbing out keeps its `..`. */
export function resolvePath(home: string, path: string): string {
  const parts: string[] = []
  for (const part of `${home}/${path}`.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

function normaliseAbsolute(path: string): string {
  if (!path.startsWith('/')) return path
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

function kindOf(type: string): Mount['kind'] {
  return type === 'bind' ||
    type === 'volume' ||
    type === 'tmpfs' ||
    type === 'npipe' ||
    type === 'cluster' ||
    type === 'image'
    ? type
    : 'other'
}

function homeOf(volume: Mapping): string {
  return present(volume, 'source')?.home ?? volume.home
}
