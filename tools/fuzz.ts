/**
 * Fuzzing of everything that reads: mutated files of the goat through a whole scan. `npm run fuzz -- SECONDS SEED` goes
 * on for a while; the tests take a slice of the same runs. A scan must never throw, and no analyzer, resolver or rule
 * may fail.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { scanFiles } from '../src/assembly/rule-harness.ts'

async function main(seconds: number, firstSeed: number): Promise<void> {
  const until = performance.now() + seconds * 1000
  let seed = firstSeed
  for (; performance.now() < until; seed++) {
    const problem = await fuzzOnce(seed)
    if (problem === undefined) continue
    process.stdout.write(`seed ${seed}: ${problem}\n`)
    process.exitCode = 1
    return
  }
  process.stdout.write(`${seed - firstSeed} scans of mutated files, none failed\n`)
}

/** One mutated file, scanned; what went wrong, if anything. The same seed is the same run. */
export async function fuzzOnce(seed: number): Promise<string | undefined> {
  const random = generator(seed)
  const { path, text } = seeds[below(random, seeds.length)] ?? { path: 'Dockerfile', text: '' }
  const mutated = mutate(text, random)
  try {
    const { report } = await scanFiles({ [path]: mutated })
    const failures = report.coverage.analyzers.flatMap(({ id, errors }) =>
      errors.map(({ message, stack }) => `${id}: ${stack ?? message}`),
    )
    return failures.length === 0 ? undefined : `${path}\n${JSON.stringify(mutated)}\n${failures.join('\n')}`
  } catch (error) {
    return `${path}\n${JSON.stringify(mutated)}\n${error instanceof Error ? error.stack : String(error)}`
  }
}

const seeds = goatFiles()

function goatFiles(): { path: string; text: string }[] {
  const folder = join(dirname(import.meta.dirname), 'examples/goat')
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: path.slice(folder.length + 1), text: readFileSync(path, 'utf8') }))
}

function mutate(text: string, random: () => number): string {
  let mutated = text
  for (let count = below(random, 6); count >= 0; count--) {
    const at = below(random, mutated.length + 1)
    const length = below(random, 20)
    const kind = below(random, 5)
    if (kind === 0) mutated = mutated.slice(0, at) + mutated.slice(at + length)
    else if (kind === 1) mutated = mutated.slice(0, at) + PIECES[below(random, PIECES.length)] + mutated.slice(at)
    else if (kind === 2)
      mutated =
        mutated.slice(0, at) + mutated.slice(at, at + length).repeat(2 + below(random, 50)) + mutated.slice(at + length)
    else if (kind === 3) mutated = mutated.slice(0, at)
    else mutated = mutated.slice(0, at) + String.fromCharCode(below(random, 0xffff)) + mutated.slice(at)
  }
  return mutated
}

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit)
}

// biome-ignore format: a table reads better in rows
const PIECES = [
  '"', "'", '\\', '\\\n', '${', '}', '$(', ')', '<<EOF\n', '\nEOF\n', '#', '\t', '\r\n', '*a', '&a', '<<:', '- ', ': ', '{', '[',
  '|', '>', '\0', '\uFEFF', '{{ x }}', '__proto__', '!!binary', '---\n', '`', ' \\ # x\n', 'constructor', '\u202e', '\ud800',
]

if (import.meta.main) await main(Number(process.argv[2] ?? 60), Number(process.argv[3] ?? 1))
