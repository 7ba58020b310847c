import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TextEdit } from '../core/fix.ts'
import { unifiedDiff } from './diff.ts'
import { applyEdits } from './edits.ts'

const nothingSecret = { isSecretLine: () => false, isSecretText: () => false }

/** Applies a patch with git itself, in an empty folder. */
function gitApply(path: string, before: Uint8Array, patch: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-diff-'))
  try {
    writeFileSync(join(folder, path), before)
    writeFileSync(join(folder, 'fixes.patch'), patch, 'latin1')
    execFileSync('git', ['apply', 'fixes.patch'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    return readFileSync(join(folder, path))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const CASES: { name: string; path?: string; before: string; edits: TextEdit[] }[] = [
  { name: 'a word in the middle', before: 'a\nb\nc\nd\ne\nf\ng\nh\n', edits: [edit(6, 7, 'D')] },
  { name: 'an inserted line', before: 'a\nb\nc\n', edits: [edit(2, 2, 'new\n')] },
  { name: 'a line removed at the top', before: 'a\nb\nc\n', edits: [edit(0, 2, '')] },
  { name: 'text at the end without a line feed', before: 'a\nb', edits: [edit(3, 3, '\nc')] },
  { name: 'a line after the last one', before: 'a\nb\n', edits: [edit(4, 4, 'c\n')] },
  { name: 'two far apart', before: `${'x\n'.repeat(30)}`, edits: [edit(0, 1, 'y'), edit(58, 59, 'z')] },
  { name: 'CRLF', before: 'a\r\nb\r\nc\r\n', edits: [edit(3, 4, 'B')] },
  { name: 'a path with spaces and umlauts', path: 'my Dockerfüle', before: 'FROM a\n', edits: [edit(5, 6, 'b')] },
  { name: 'a path with a space', path: 'my file', before: 'FROM a\n', edits: [edit(5, 6, 'b')] },
  { name: 'into an empty file', before: '', edits: [edit(0, 0, 'a\n')] },
]

test('git apply takes the diff and gives what the edits give', () => {
  for (const { name, path = 'file', before, edits } of CASES) {
    const bytes = Buffer.from(before)
    const { text } = unifiedDiff(bytes, edits, { path, ...nothingSecret })
    assert.deepEqual(gitApply(path, bytes, text), Buffer.from(applyEdits(bytes, edits)), name)
  }
})

test('random edits of random bytes: git apply agrees', () => {
  const line = fc
    .uint8Array({ maxLength: 6 })
    .map((bytes) => bytes.map((byte) => (byte === 10 || byte === 0 ? 65 : byte)))
  const file = fc
    .array(line, { minLength: 1, maxLength: 12 })
    .map((lines) => Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')])))
  fc.assert(
    fc.property(
      file,
      fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.stringMatching(/^[a-z\n]{0,4}$/)), { maxLength: 3 }),
      (bytes, wanted) => {
        const edits: TextEdit[] = []
        let from = 0
        for (const [at, length, text] of wanted) {
          const start = from + (at % Math.max(1, bytes.length - from + 1))
          const end = Math.min(bytes.length, start + length)
          if (start > bytes.length) break
          edits.push(edit(start, end, text))
          from = end + 1
          if (from > bytes.length) break
        }
        const after = Buffer.from(applyEdits(bytes, edits))
        const { text } = unifiedDiff(bytes, edits, { path: 'file', ...nothingSecret })
        if (text === '') assert.deepEqual(after, bytes)
        else assert.deepEqual(gitApply('file', bytes, text), after)
      },
    ),
    { seed: 7, numRuns: 60 },
  )
})

test('a line that holds a secret is never printed', () => {
  const bytes = Buffer.from('a\nTOKEN=hidden\nc\nd\ne\nf\ng\n')
  const options = { path: 'file', isSecretLine: (line: number) => line === 2, isSecretText: () => false }
  const after = unifiedDiff(bytes, [edit(15, 16, 'C')], options)
  assert.ok(!after.text.includes('hidden'))
  assert.equal(gitApply('file', bytes, after.text).toString(), 'a\nTOKEN=hidden\nC\nd\ne\nf\ng\n')
  const before = unifiedDiff(bytes, [edit(0, 1, 'A')], options)
  assert.deepEqual(before, { text: '', leftOut: [1] })
  const itself = unifiedDiff(bytes, [edit(2, 7, '')], options)
  assert.deepEqual(itself, { text: '', leftOut: [2] })
})

function edit(start: number, end: number, text: string): TextEdit {
  return { span: { start, end }, text }
}
