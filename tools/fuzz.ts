/**
 * Long fuzzing of everything that parses: random and mutated files through a whole scan. `npm run fuzz -- SECONDS SEED`.
 * A scan must never throw, and no analyzer, resolver or rule may fail.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { scanFiles } from '../src/assembly/rule-harness.ts'

const root = dirname(import.meta.dirname)
const seconds = Number(process.argv[2] ?? 60)
let state = Number(process.argv[3] ?? 1) >>> 0
const seeds = goatFiles()
const until = performance.now() + seconds * 1000
let runs = 0
while (performance.now() < until) {
  const { path, text } = seeds[below(seeds.length)] ?? { path: 'Dockerfile', text: '' }
  const mutated = mutate(text)
  const { report } = await scanFiles({ [path]: mutated })
  const failures = report.coverage.analyzers.filter(({ errors }) => errors.length > 0)
  if (failures.length > 0) {
    process.stdout.write(`${path}\n${JSON.stringify(mutated)}\n${JSON.stringify(failures, null, 2)}\n`)
    process.exit(1)
  }
  runs++
}
process.stdout.write(`${runs} scans of mutated files, none failed\n`)

function goatFiles(): { path: string; text: string }[] {
  const folder = join(root, 'examples/goat')
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(folder.length + 1), text: readFileSync(path, 'utf8') }))
}

function mutate(text: string): string {
  let mutated = text
  for (let count = below(6); count >= 0; count--) {
    const at = below(mutated.length + 1)
    const length = below(20)
    const kind = below(5)
    if (kind === 0) mutated = mutated.slice(0, at) + mutated.slice(at + length)
    else if (kind === 1) mutated = mutated.slice(0, at) + PIECES[below(PIECES.length)] + mutated.slice(at)
    else if (kind === 2)
      mutated = mutated.slice(0, at) + mutated.slice(at, at + length).repeat(2 + below(50)) + mutated.slice(at + length)
    else if (kind === 3) mutated = mutated.slice(0, at)
    else mutated = mutated.slice(0, at) + String.fromCharCode(below(0xffff)) + mutated.slice(at)
  }
  return mutated
}

function below(limit: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 4_294_967_296) * limit)
}

const PIECES = [
  '"',
  "'",
  '\\',
  '\\\n',
  '${',
  '}',
  '$(',
  ')',
  '<<EOF\n',
  '\nEOF\n',
  '#',
  '\t',
  '\r\n',
  '*a',
  '&a',
  '<<:',
  '- ',
  ': ',
  '{',
  '[',
  '|',
  '>',
  '\0',
  '\uFEFF',
  '{{ x }}',
  '__proto__',
  '!!binary',
  '---\n',
  '`',
  ' \\ # x\n',
]
