/**
 * A directory as one layer. Never follows a link out of it, never opens what is not a regular file, and leaves out what
 * is nobody's source: `.git`, `node_modules`, virtual environments, and what `.gitignore` names (counted, and said).
 */

import { Buffer } from 'node:buffer'
import type { Dirent } from 'node:fs'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { join, posix } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { compareText } from '../core/fact-store.ts'
import { decodeText, encodeText } from '../core/span.ts'
import type { Layer, LayerFile, LayerVisitor } from '../core/target.ts'
import { GitIgnores } from './gitignore.ts'
import { globMatcher } from './glob.ts'

export interface DirectoryOptions {
  /** Globs of paths relative to the root that are left out. */
  readonly exclude: readonly string[]
  readonly includeIgnored: boolean
  readonly maxDepth: number
  /** Only this file (relative path) is visited: the user named it. Others can still be referred to. */
  readonly onlyFile?: string
}

const NEVER_SOURCE: ReadonlyMap<string, string> = new Map([
  ['.git', 'version control'],
  ['.hg', 'version control'],
  ['.svn', 'version control'],
  ['node_modules', 'installed packages'],
  ['__pycache__', 'compiled Python'],
  ['.venv', 'a virtual environment'],
  ['.tox', 'virtual environments'],
  ['.nox', 'virtual environments'],
])

export class DirectoryLayer implements Layer {
  readonly #root: string
  readonly #options: DirectoryOptions
  readonly #excluded: (path: string) => boolean

  /** `root` is an absolute path. */
  constructor(root: string, options: DirectoryOptions) {
    this.#root = realpathSync(root)
    this.#options = options
    this.#excluded = globMatcher(options.exclude)
  }

  async walk(visitor: LayerVisitor): Promise<void> {
    const { onlyFile } = this.#options
    if (onlyFile === undefined) return this.#walkTree(visitor)
    const file = this.find(onlyFile)
    if (file === undefined || file === 'outside') {
      visitor.skipped('unreadable', onlyFile, 'it is not a regular file inside its folder', true)
      return
    }
    visitor.wants(file.path, file.name)
    await visitor.visit({ ...fileParts(file), named: true })
  }

  find(path: string): LayerFile | 'outside' | undefined {
    const clean = posix.normalize(path)
    if (clean.startsWith('../') || clean === '..' || posix.isAbsolute(clean)) return 'outside'
    const absolute = join(this.#root, clean)
    try {
      const real = realpathSync(onDisk(absolute))
      if (real !== this.#root && !real.startsWith(this.#root === '/' ? '/' : `${this.#root}/`)) return 'outside'
      const stats = statSync(real)
      return stats.isFile() ? diskFile(clean, real, stats.size, stats.mode) : undefined
    } catch {
      return undefined
    }
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const file = this.find(path)
    if (file === undefined || file === 'outside' || file.size > limit) return undefined
    try {
      return file.bytes()
    } catch {
      return undefined
    }
  }

  async #walkTree(visitor: LayerVisitor): Promise<void> {
    const ignores = new GitIgnores(this.#root, this.#options.includeIgnored)
    const folders: { path: string; depth: number }[] = [{ path: '', depth: 0 }]
    const left = new Map<string, number>()
    let ignored = 0
    const breathe = breather()
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      if (visitor.stop()) break
      await breathe()
      const entries = this.#list(folder.path, visitor)
      if (entries === undefined) continue
      if (folder.path !== '' && holds(entries, 'pyvenv.cfg') && !this.#options.includeIgnored) {
        left.set('a virtual environment', (left.get('a virtual environment') ?? 0) + 1)
        continue
      }
      if (holds(entries, '.gitignore')) ignores.read(folder.path)
      const wanted: LayerFile[] = []
      const inside: string[] = []
      const prefix = folder.path === '' ? '' : `${folder.path}/`
      for (const entry of entries) {
        const { name } = entry
        const path = prefix + name
        const kind = kindOf(entry, this.#root, path)
        if (kind === 'folder') {
          const why = NEVER_SOURCE.get(name)
          if (why !== undefined && !this.#options.includeIgnored)
            left.set(`${name} (${why})`, (left.get(`${name} (${why})`) ?? 0) + 1)
          else if (this.#excluded(path)) left.set('--exclude', (left.get('--exclude') ?? 0) + 1)
          else if (ignores.ignores(path, true)) ignored++
          else inside.push(path)
          continue
        }
        if (kind === 'other') continue
        if (!visitor.wants(path, name)) continue
        if (this.#excluded(path)) left.set('--exclude', (left.get('--exclude') ?? 0) + 1)
        else if (ignores.ignores(path, false)) ignored++
        else if (kind === 'file') wanted.push(this.#file(path))
        else this.#followInside(path, visitor, wanted)
      }
      for (const file of wanted.sort((one, other) => compareText(one.path, other.path))) {
        if (visitor.stop()) break
        await breathe()
        await visitor.visit(file)
      }
      if (folder.depth >= this.#options.maxDepth && inside.length > 0) {
        visitor.skipped('limit-depth', folder.path, `folders are read ${this.#options.maxDepth} deep (limits.depth)`)
        continue
      }
      for (const path of inside.sort(compareText).reverse()) folders.push({ path, depth: folder.depth + 1 })
    }
    for (const [what, count] of left) {
      for (let i = 0; i < count; i++)
        visitor.skipped(
          'left-out',
          what,
          what === '--exclude' ? 'excluded by you' : 'not the project’s own source (--include-ignored reads it)',
        )
    }
    for (let i = 0; i < ignored; i++)
      visitor.skipped('ignored-by-git', '.gitignore', 'named by .gitignore (--include-ignored reads it)')
  }

  /** A wanted name that is a link: read where it leads inside, under the link's name, unless it is read anyway. */
  #followInside(path: string, visitor: LayerVisitor, wanted: LayerFile[]): void {
    const found = this.find(path)
    if (found === 'outside')
      visitor.skipped('link-outside', path, 'a link that leads out of what was scanned is not followed')
    else if (found !== undefined) {
      const real = decodeText(Buffer.from(realpathSync(onDisk(join(this.#root, path))))).text
      const inside = real.slice(this.#root.length + 1)
      if (!visitor.wants(inside, posix.basename(inside))) wanted.push(found)
    }
  }

  #list(path: string, visitor: LayerVisitor): Dirent[] | undefined {
    const absolute = path === '' ? this.#root : join(this.#root, path)
    try {
      const entries = readdirSync(onDisk(absolute), { withFileTypes: true })
      if (!entries.some(({ name }) => name.includes('\uFFFD'))) return entries
      // A name that is not UTF-8: list again as bytes, so that the file can be opened under its real name.
      return readdirSync(onDisk(absolute), { withFileTypes: true, encoding: 'buffer' }).map((entry) =>
        Object.assign(entry as unknown as Dirent, { name: decodeText(entry.name).text }),
      )
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : (code ?? String(error))
      visitor.skipped('unreadable', path === '' ? '.' : `${path}/`, why, path === '')
      return undefined
    }
  }

  #file(path: string): LayerFile {
    const absolute = join(this.#root, path)
    const stats = lstatSync(onDisk(absolute), { throwIfNoEntry: false })
    return diskFile(path, absolute, stats?.size ?? 0, stats?.mode ?? 0)
  }
}

function holds(entries: readonly Dirent[], name: string): boolean {
  return entries.some((entry) => entry.name === name)
}

/** Reading is synchronous, so without a pause now and then no interrupt would ever be noticed. */
function breather(): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < LONGEST_BREATH) return
    await setImmediate()
    last = performance.now()
  }
}

/** Milliseconds. */
const LONGEST_BREATH = 50

function kindOf(entry: Dirent, root: string, path: string): 'file' | 'folder' | 'link' | 'other' {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return 'link'
  if (entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice()) return 'other'
  // Some file systems do not say the type in the listing.
  const stats = lstatSync(onDisk(join(root, path)), { throwIfNoEntry: false })
  if (stats?.isFile()) return 'file'
  if (stats?.isDirectory()) return 'folder'
  return stats?.isSymbolicLink() ? 'link' : 'other'
}

/** A path as the system knows it: bytes where it is not UTF-8. */
function onDisk(path: string): string | Buffer {
  return /[\uDC80-\uDCFF]/.test(path) ? Buffer.from(encodeText(path)) : path
}

function fileParts(file: LayerFile): LayerFile {
  return {
    path: file.path,
    name: file.name,
    size: file.size,
    mode: file.mode,
    named: file.named,
    head: (length) => file.head(length),
    bytes: () => file.bytes(),
    chunks: () => file.chunks(),
  }
}

function diskFile(path: string, absolute: string, size: number, mode: number): LayerFile {
  return {
    path,
    name: posix.basename(path),
    size,
    mode,
    named: false,
    head: (length) => withDescriptor(absolute, (descriptor) => readUpTo(descriptor, length)),
    bytes: () => withDescriptor(absolute, (descriptor) => readFileSync(descriptor)),
    async *chunks() {
      const descriptor = openRegular(absolute)
      try {
        for (;;) {
          const chunk = readUpTo(descriptor, CHUNK)
          if (chunk.length === 0) return
          yield chunk
        }
      } finally {
        closeSync(descriptor)
      }
    },
  }
}

const CHUNK = 256 * 1024

/** Opens without blocking on a FIFO and without following a link that took the file's place meanwhile. */
function openRegular(absolute: string): number {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const descriptor = openSync(onDisk(absolute), flags)
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  throw new Error('not a regular file')
}

function withDescriptor<T>(absolute: string, use: (descriptor: number) => T): T {
  const descriptor = openRegular(absolute)
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function readUpTo(descriptor: number, length: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const count = readSync(descriptor, buffer, filled, length - filled, null)
    if (count === 0) break
    filled += count
  }
  return buffer.subarray(0, filled)
}
