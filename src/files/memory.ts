import { posix } from 'node:path'
import { compareText } from '../core/fact-store.ts'
import type { Layer, LayerFile, LayerVisitor } from '../core/target.ts'

/** A layer whose files are in memory: what rule examples are run on. */
export class MemoryLayer implements Layer {
  readonly id?: string
  readonly cacheKey?: string
  readonly #files: ReadonlyMap<string, Uint8Array>

  constructor(files: Readonly<Record<string, string | Uint8Array>>, identity: { id?: string; cacheKey?: string } = {}) {
    this.#files = new Map(
      Object.entries(files)
        .map(([path, content]) => [path, typeof content === 'string' ? Buffer.from(content) : content] as const)
        .sort(([one], [other]) => compareText(one, other)),
    )
    if (identity.id !== undefined) this.id = identity.id
    if (identity.cacheKey !== undefined) this.cacheKey = identity.cacheKey
  }

  async walk(visitor: LayerVisitor): Promise<void> {
    for (const path of this.#files.keys()) {
      if (visitor.stop()) return
      const file = this.find(path)
      if (file !== undefined && file !== 'outside' && visitor.wants(path, file.name)) await visitor.visit(file)
    }
  }

  find(path: string): LayerFile | 'outside' | undefined {
    const clean = posix.normalize(path)
    if (clean.startsWith('../') || clean === '..' || posix.isAbsolute(clean)) return 'outside'
    const bytes = this.#files.get(clean)
    if (bytes === undefined) return undefined
    return {
      path: clean,
      name: posix.basename(clean),
      size: bytes.length,
      mode: 0o644,
      named: false,
      head: (length) => bytes.subarray(0, length),
      bytes: () => bytes,
      async *chunks() {
        yield bytes
      },
    }
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const file = this.find(path)
    return file === undefined || file === 'outside' || file.size > limit ? undefined : file.bytes()
  }
}
