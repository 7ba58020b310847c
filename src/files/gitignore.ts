import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ignore, { type Ignore } from 'ignore'

const MAX_SIZE = 1024 * 1024

/** Rules by the folder they stand in, relative to the root; for those above it, the way down from there. */
interface IgnoreRules {
  readonly base: string
  readonly prefix: string
  readonly rules: Ignore
}

/**
 * What `.gitignore` files (and `.git/info/exclude`) of a tree name. Those above the root count too, up to the
 * repository's own root, as git itself reads them.
 */
export class GitIgnores {
  readonly #root: string
  readonly #off: boolean
  readonly #rules: IgnoreRules[] = []

  constructor(root: string, off: boolean) {
    this.#root = root
    this.#off = off
    if (!off) this.#readAbove()
  }

  /** Reads the `.gitignore` of a folder (relative to the root) whose parents were read before. */
  read(folder: string): void {
    if (this.#off) return
    const text = readSmall(join(this.#root, folder, '.gitignore'))
    if (text !== undefined) this.#add(folder, '', text)
  }

  ignores(path: string, isFolder: boolean): boolean {
    if (this.#rules.length === 0) return false
    // The deepest file that says anything decides, as in git.
    for (let i = this.#rules.length - 1; i >= 0; i--) {
      const { base, prefix, rules } = this.#rules[i] as IgnoreRules
      if (base !== '' && !path.startsWith(`${base}/`)) continue
      const inside = prefix + (base === '' ? path : path.slice(base.length + 1))
      const verdict = rules.test(isFolder ? `${inside}/` : inside)
      if (verdict.ignored) return true
      if (verdict.unignored) return false
    }
    return false
  }

  #readAbove(): void {
    const above: { folder: string; prefix: string }[] = []
    let prefix = ''
    for (let folder = this.#root; ; ) {
      if (isGitRoot(folder)) {
        const excluded = readSmall(join(folder, '.git', 'info', 'exclude'))
        if (excluded !== undefined) this.#add('', prefix, excluded)
        for (const { folder: at, prefix: reach } of above.reverse()) {
          const text = readSmall(join(at, '.gitignore'))
          if (text !== undefined) this.#add('', reach, text)
        }
        return
      }
      const parent = dirname(folder)
      if (parent === folder) return
      prefix = `${folder.slice(parent === '/' ? 1 : parent.length + 1)}/${prefix}`
      above.push({ folder: parent, prefix })
      folder = parent
    }
  }

  #add(base: string, prefix: string, text: string): void {
    this.#rules.push({ base, prefix, rules: ignore({ allowRelativePaths: true }).add(text) })
  }
}

function isGitRoot(folder: string): boolean {
  return statSync(join(folder, '.git'), { throwIfNoEntry: false }) !== undefined
}

function readSmall(path: string): string | undefined {
  try {
    const stats = statSync(path)
    return stats.isFile() && stats.size <= MAX_SIZE ? readFileSync(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}
