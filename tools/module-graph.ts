import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix, relative } from 'node:path'

export interface Import {
  /** As written: `../core/fact.ts`, `node:fs`, `yaml`. */
  readonly specifier: string
  readonly typeOnly: boolean
  readonly dynamic: boolean
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** The imports of a TypeScript source, as they are written in this project (one statement from the line's start). */
export function importsOf(source: string): Import[] {
  const found: Import[] = []
  for (const match of source.matchAll(STATEMENT)) {
    found.push({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined, dynamic: false })
  }
  for (const match of source.matchAll(DYNAMIC)) {
    const line = source.slice(source.lastIndexOf('\n', match.index) + 1, match.index)
    // `import('…')` inside a type is no import at run time.
    const typeOnly = /:\s*$|typeof\s+$|<\s*$/.test(line)
    found.push({ specifier: match[1] ?? '', typeOnly, dynamic: true })
  }
  return found
}

/** Path (relative to the root) of a relative import. */
export function resolveImport(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier))
}

/**
 * A hash of everything that a file reaches at run time: its own text, that of every file it imports, and the versions
 * of the packages. What it yields can only change when this does.
 */
export function closureHash(root: string, entry: string): string {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const waiting = [entry]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    for (const { specifier, typeOnly } of importsOf(readFileSync(join(root, path), 'utf8'))) {
      if (typeOnly || specifier.startsWith('node:')) continue
      if (specifier.startsWith('.')) waiting.push(resolveImport(path, specifier))
      else packages.add(specifier)
    }
  }
  const hash = createHash('sha256')
  for (const path of [...seen].sort()) hash.update(`${path}\n`).update(readFileSync(join(root, path)))
  for (const name of [...packages].sort()) hash.update(`${name}@${packageVersion(root, name)}\n`)
  return hash.digest('hex').slice(0, 16)
}

function packageVersion(root: string, name: string): string {
  const require = createRequire(join(root, 'package.json'))
  for (let folder = dirname(require.resolve(name)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name: found, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string
        version?: string
      }
      if (found === name && version !== undefined) return version
    } catch {
      // Not the package's own folder: look one up.
    }
  }
  return relative(root, require.resolve(name))
}
