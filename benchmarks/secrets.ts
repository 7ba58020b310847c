/** Search for credentials: one pass over all keywords, beside trying each kind's pattern on the whole text. */
import { createHmac } from 'node:crypto'
import { secretKinds } from '../src/assembly/generated/secret-kinds.ts'
import type { SecretKind } from '../src/core/secret.ts'
import { createSecretScanner } from '../src/secrets/scanner.ts'
import { type Benchmark, type Group, MEGABYTE, ratioBar, seriesNamed } from './harness/benchmark.ts'
import { takeTurns, timeHere } from './harness/measure.ts'

const ROUNDS = 7
const TEXT_LENGTH = 4 * MEGABYTE
const FILE_LENGTH = 32_000

export const secrets: Benchmark = {
  name: 'secrets',
  title: 'Search for credentials and masking, beside the naive twin',
  async run() {
    const groups: Group[] = []
    for (const [title, every] of [['no credential', 0] as const, ['a credential every 4 KB', 4_000] as const]) {
      const files = sampleFiles(every)
      verify(files, every)
      groups.push({
        title: `source-like text, ${title}`,
        series: await takeTurns(
          [
            { name: 'find', run: () => timeHere(() => findAll(files)) },
            { name: 'mask', run: () => timeHere(() => maskAll(files)) },
            { name: 'naive twin of find', run: () => timeHere(() => findNaively(files)) },
          ],
          ROUNDS,
          { warmUp: true },
        ),
        base: 'find',
        megabytes: files.reduce((sum, text) => sum + text.length, 0) / MEGABYTE,
      })
    }
    const bar = (what: string, group: Group) =>
      ratioBar(what, seriesNamed(group, 'find'), seriesNamed(group, 'naive twin of find'), 'cpuMs', 1)
    return {
      groups,
      bars: [
        bar('no credential: CPU of find beside the naive twin', groups[0]!),
        bar('with credentials: the same', groups[1]!),
      ],
      notes: [
        `${secretKinds.length} kinds; texts of ${FILE_LENGTH / 1000} KB, as files are.`,
        'The twin tries the pattern of every kind that needs no name on every place of the text, and one pattern for names and their values; what it finds it grades and hashes too.',
      ],
    }
  },
}

const SALT = new Uint8Array(32)

function findAll(files: readonly string[]): number {
  const scanner = createSecretScanner({ kinds: secretKinds, salt: SALT })
  return files.reduce((sum, text) => sum + scanner.find(text).length, 0)
}

function maskAll(files: readonly string[]): number {
  const scanner = createSecretScanner({ kinds: secretKinds, salt: SALT })
  return files.reduce((sum, text) => sum + scanner.mask(text).length, 0)
}

const NAMED_VALUE =
  /([\w.-]{0,32}(?:password|passwd|secret|token|key|pwd|auth)[\w.-]{0,32})["']?\s{0,4}[:=]\s{0,4}["']?([^\s"']{1,200})/gi

/** The same work without an automaton: every pattern on the whole text, and what it meets is graded and hashed. */
function findNaively(files: readonly string[]): number {
  const shaped = secretKinds.filter(({ named }) => !named).map((kind) => ({ kind, pattern: withFlag(kind, 'g') }))
  const named = secretKinds.filter(({ named }) => named).map((kind) => ({ kind, pattern: withFlag(kind, '') }))
  let found = 0
  const judge = (kind: SecretKind, value: string, before: string, name?: string) => {
    if (kind.grade(value, name === undefined ? { before } : { before, name, written: 'bare' }) === null) return
    createHmac('sha256', SALT).update(value).digest('hex')
    found++
  }
  for (const text of files) {
    for (const { kind, pattern } of shaped) {
      for (const match of text.matchAll(pattern)) {
        judge(kind, match.groups?.secret ?? match[0], text.slice(Math.max(0, match.index - 64), match.index))
      }
    }
    for (const { index, 1: name, 2: value } of text.matchAll(NAMED_VALUE)) {
      for (const { kind, pattern } of named) {
        const match = pattern.exec(value!)
        if (match !== null) judge(kind, match[0], text.slice(Math.max(0, index - 64), index), name!)
      }
    }
  }
  return found
}

function withFlag({ pattern }: SecretKind, flag: '' | 'g'): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '') + flag)
}

/** A search that finds nothing would win. */
function verify(files: readonly string[], every: number): void {
  const planted = every === 0 ? 0 : TEXT_LENGTH / every
  for (const [who, found] of [['find', findAll(files)] as const, ['the naive twin', findNaively(files)] as const]) {
    if (found < planted / 2 || (planted === 0 && found > 0)) {
      throw new Error(`${who} found ${found} credentials of about ${planted}`)
    }
  }
}

/** One word in thirty holds a keyword of some kind, as in source code. */
const WORDS =
  'model batch layer config import return self device cuda weight loss epoch dataset loader path join value class lambda optimizer scheduler forward backward tensor shape dtype float half numpy array index range length print logger warning raise error while yield assert train eval sample image text prompt decode encode attention head hidden size dropout norm linear conv pool embed mask padding stride kernel stream queue worker thread lock cache store fetch request response server client port host route handler tokenizer key'.split(
    ' ',
  )

/** The same text in every run. Credentials are made here by the kinds themselves: none stands in the repository. */
function sampleFiles(every: number): string[] {
  const random = randomFrom(1)
  const kinds = secretKinds.filter(({ named }) => !named)
  const files: string[] = []
  let sinceLast = 0
  let planted = 0
  for (let total = 0; total < TEXT_LENGTH; ) {
    let text = ''
    while (text.length < FILE_LENGTH) {
      const words = Array.from(
        { length: 4 + Math.floor(random() * 8) },
        () => WORDS[Math.floor(random() * WORDS.length)],
      )
      const line = `${'  '.repeat(Math.floor(random() * 4))}${words.join(' ').replace(' ', '_').replace(' ', ' = ')}(${Math.floor(random() * 1e6)})\n`
      text += line
      sinceLast += line.length
      if (every > 0 && sinceLast >= every) {
        text += `client = connect("${kinds[planted++ % kinds.length]!.sample(random)}")\n`
        sinceLast = 0
      }
    }
    files.push(text)
    total += text.length
  }
  return files
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
