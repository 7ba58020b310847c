/** Finds and reads `bulkhead.yaml`: in the scanned directory itself, or where `--config` says. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { ParsedConfig } from './parse.ts'
import { ConfigError, type Settings } from './settings.ts'
import type { KnownRules } from './values.ts'

export const CONFIG_NAME = 'bulkhead.yaml'

/** Names that people try; they are not read, and saying so beats silence. */
const NEAR_NAMES = ['bulkhead.yml', '.bulkhead.yaml', '.bulkhead.yml']

export interface LoadedConfig {
  /** As reports name it: `bulkhead.yaml`, or the path given to `--config`. */
  readonly name: string
  /** Where a relative `baseline:` starts. */
  readonly folder: string
  readonly settings: Settings
  readonly trust: 'discovered' | 'named'
}

export interface Discovery {
  readonly config?: LoadedConfig
  /** What the user should know, though it is no error. */
  readonly notices: readonly string[]
}

/**
 * The `bulkhead.yaml` of a directory that is the user's own project. Only there: a file deeper down, or in an image,
 * dependency or download, speaks for somebody else.
 * @throws ConfigError where the file cannot be used.
 */
export async function discoverConfig(directory: string, rules: KnownRules): Promise<Discovery> {
  const path = join(directory, CONFIG_NAME)
  if (!exists(path)) {
    const near = NEAR_NAMES.find((name) => exists(join(directory, name)))
    return { notices: near === undefined ? [] : [`${near} is not read; the file must be called ${CONFIG_NAME}`] }
  }
  refuseLinkOut(path, directory)
  const config = await load(path, { name: CONFIG_NAME, trust: 'discovered' }, rules)
  refuseBaselineOut(config)
  return { config, notices: [] }
}

/** @throws ConfigError where the file cannot be used. */
export async function loadNamedConfig(path: string, rules: KnownRules): Promise<LoadedConfig> {
  return await load(path, { name: path, trust: 'named' }, rules)
}

async function load(
  path: string,
  source: { name: string; trust: 'discovered' | 'named' },
  rules: KnownRules,
): Promise<LoadedConfig> {
  // The YAML parser is loaded only where there is something to parse.
  const { parseConfig, LARGEST_CONFIG } = await import('./parse.ts')
  const text = readText(path, source.name, LARGEST_CONFIG)
  const parsed: ParsedConfig = parseConfig(text, source, rules)
  if (parsed.problems.length > 0) throw new ConfigError(parsed.problems)
  return { ...source, folder: dirname(path), settings: parsed.settings }
}

/** Reads a regular file of at most `largest` bytes; a pipe or device is refused before it can block. */
function readText(path: string, name: string, largest: number): string {
  const problem = (message: string): ConfigError => new ConfigError([{ source: name, message }])
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw problem(`cannot be read: ${reason(error)}`)
  }
  try {
    const { size, isFile } = statOf(file)
    if (!isFile) throw problem('is not a file')
    if (size > largest) throw problem(`is larger than ${largest / 1024} KiB`)
    const bytes = Buffer.alloc(size)
    let length = 0
    for (let read = -1; length < size && read !== 0; length += read)
      read = readSync(file, bytes, length, size - length, length)
    const text = bytes.toString('utf8', 0, length)
    if (text.includes('\uFFFD')) throw problem('is not valid UTF-8')
    return text.replace(/^\uFEFF/, '')
  } finally {
    closeSync(file)
  }
}

function statOf(file: number): { size: number; isFile: boolean } {
  const stat = fstatSync(file)
  return { size: stat.size, isFile: stat.isFile() }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** A link to a file elsewhere would let a cloned project show parts of that file in an error. */
function refuseLinkOut(path: string, directory: string): void {
  let real: string
  try {
    real = realpathSync(path)
  } catch (error) {
    throw new ConfigError([{ source: CONFIG_NAME, message: `cannot be read: ${reason(error)}` }])
  }
  if (!isInside(real, realpathSync(directory))) {
    throw new ConfigError([
      { source: CONFIG_NAME, message: 'is a link that leaves the scanned directory; name the file with --config' },
    ])
  }
}

function refuseBaselineOut({ settings, folder }: LoadedConfig): void {
  const { baseline } = settings
  if (baseline === undefined || isInside(join(folder, baseline), folder)) return
  throw new ConfigError([
    { source: CONFIG_NAME, message: '"baseline" leaves the scanned directory; name the file with --baseline' },
  ])
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !/^([A-Za-z]:|\/)/.test(way)
}

/** What the system said, in words where there are some. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  return (code !== undefined && REASONS[code]) || code || String(error)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'its links go in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'no space is left on the device',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
}
