/**
 * The cache folder: `$XDG_CACHE_HOME/bulkhead`, private to the user. It holds what was found (masked) and the key of
 * the hashes that join one credential's places, so a folder that somebody else made, owns or can write to is not used:
 * everything works without it, only slower or with less memory.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Environment } from './ui.ts'

/** Path of a private folder in the cache, made where it is missing; `undefined` where there can be none. */
export function cacheFolder(env: Environment, name: 'reports' | 'keys'): string | undefined {
  const xdg = env.XDG_CACHE_HOME
  const home = env.HOME || homedirOrNothing()
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : home === undefined ? undefined : join(home, '.cache')
  if (base === undefined || !isAbsolute(base)) return undefined
  try {
    mkdirSync(base, { recursive: true, mode: 0o700 })
    const own = join(base, 'bulkhead')
    for (const folder of [own, join(own, name)]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      if (!isPrivate(folder)) return undefined
    }
    return join(own, name)
  } catch {
    return undefined
  }
}

/** Owned by the user, a real folder, and open to nobody else. */
function isPrivate(folder: string): boolean {
  const stat = lstatSync(folder)
  if (!stat.isDirectory()) return false
  if (process.getuid === undefined) return true
  return stat.uid === process.getuid() && (stat.mode & 0o077) === 0
}

/** Writes a file that only the user can read, whole or not at all. */
export function writePrivate(path: string, text: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** A regular file of the user's, at most `largest` bytes; anything else is as if it were not there. */
export function readPrivate(path: string, largest: number): Buffer | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined
  }
  try {
    const stat = fstatSync(file)
    const isOwn = process.getuid === undefined || stat.uid === process.getuid()
    return stat.isFile() && isOwn && stat.size <= largest ? readFileSync(file) : undefined
  } catch {
    return undefined
  } finally {
    closeSync(file)
  }
}

/** The key of the hashes that join one credential's places; a passing one where nothing can be kept. */
export function cacheSalt(env: Environment): Uint8Array {
  const folder = cacheFolder(env, 'keys')
  if (folder === undefined) return randomBytes(32)
  const path = join(folder, 'secret-hash')
  const known = readPrivate(path, 32)
  if (known?.length === 32) return known
  const salt = randomBytes(32)
  try {
    writePrivate(path, salt)
  } catch {
    // A full or read-only disk: the key then lives as long as this run.
  }
  return salt
}

function homedirOrNothing(): string | undefined {
  try {
    return homedir()
  } catch {
    return undefined
  }
}
