/** The static checks: types, format and lint, folder direction and cycles, generated files, file sizes. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { checkBoundaries } from './boundaries.ts'

const root = dirname(import.meta.dirname)
const MAX_LINES = 500

const sources = ['src', 'tools', 'test', 'benchmarks'].flatMap(sourcesIn)
const steps: readonly (readonly [string, () => boolean])[] = [
  ['types', () => run('tsc', '-p', '.')],
  ['format and lint', () => run('biome', 'ci', '--error-on-warnings', '--colors=off', '.')],
  ['folder direction and cycles', () => report(checkBoundaries(root, sources))],
  ['generated files are fresh', () => run('node', 'tools/generate.ts', '--check')],
  ['file sizes', () => report(tooLong(sources))],
]

let failed = 0
for (const [name, step] of steps) {
  const ok = step()
  process.stderr.write(`${ok ? 'ok    ' : 'FAILED'}  ${name}\n`)
  if (!ok) failed++
}
process.exitCode = failed === 0 ? 0 : 1

function run(command: string, ...args: string[]): boolean {
  const path = command === 'node' ? process.execPath : join(root, 'node_modules', '.bin', command)
  return spawnSync(path, args, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0
}

function report(problems: readonly string[]): boolean {
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  return problems.length === 0
}

function tooLong(paths: readonly string[]): string[] {
  return paths
    .filter((path) => !path.includes('/generated/') && !path.includes('/data/'))
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines; the limit is ${MAX_LINES}: split it`)
}

function sourcesIn(folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort()
  } catch {
    return []
  }
}
