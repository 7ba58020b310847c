import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TextEdit } from '../core/fix.ts'
import { SourceText } from '../core/span.ts'
import { previewEdits } from './edit-preview.ts'
import { sampleFinding, sampleFix, sampleLocation } from './testing/sample-report.ts'

/** The preview of edits, made by the text that they replace, around the marked text on `line`. */
function preview(file: string, marked: string, edits: readonly { at: string; length?: number; text: string }[]) {
  const source = SourceText.of(file)
  const start = file.indexOf(marked)
  const span = source.span(start, start + marked.length)
  const { line, column } = source.lineColumn(span.start)
  const lines = Array.from({ length: source.lineCount }, (_, index) => source.line(index + 1))
  const location = sampleLocation({ span, line, column, excerpt: { firstLine: 1, lines } })
  const made = edits.map(({ at, length = 0, text }): TextEdit => {
    const from = file.indexOf(at) + (length === 0 ? at.length : 0)
    return { span: source.span(from, from + length), text }
  })
  const fix = sampleFix({ steps: [{ do: 'edit', target: '.', path: 'compose.yaml', edits: made }] })
  return previewEdits(fix, [sampleFinding({ locations: [location] })]).flatMap((one) =>
    one.lines.map(({ sign, text }) => sign + text),
  )
}

const cases: [
  name: string,
  file: string,
  marked: string,
  edits: { at: string; length?: number; text: string }[],
  expected: string[],
][] = [
  [
    'an insertion',
    'a\n  - "8888:8888"\nb\n',
    '"8888',
    [{ at: '"', text: '127.0.0.1:' }],
    ['-  - "8888:8888"', '+  - "127.0.0.1:8888:8888"'],
  ],
  ['a replacement', 'user: root\n', 'root', [{ at: 'root', length: 4, text: 'app' }], ['-user: root', '+user: app']],
  [
    'bytes, not characters',
    'é: "模型" # ü\n',
    '"模型"',
    [{ at: '"模型', text: 'x' }],
    ['-é: "模型" # ü', '+é: "模型x" # ü'],
  ],
  [
    'two edits on a line',
    'a: b\n',
    'b',
    [
      { at: 'a', length: 1, text: 'c' },
      { at: 'b', length: 1, text: 'd' },
    ],
    ['-a: b', '+c: d'],
  ],
  ['a line below', 'web:\n  image: x\n', 'web', [{ at: 'web:\n', text: '  user: app\n' }], [' web:', '+  user: app']],
  [
    'a line below, CRLF',
    'web:\r\n  image: x\r\n',
    'web',
    [{ at: 'web:\r\n', text: '  user: app\r\n' }],
    [' web:', '+  user: app'],
  ],
  ['an edit far away', 'web:\nx\ny\n', 'web', [{ at: 'x\n', text: 'z\n' }], []],
  ['a line break taken away', 'a\nb\n', 'a', [{ at: 'a\n', length: 2, text: '' }], []],
]

for (const [name, file, marked, edits, expected] of cases) {
  it(`previews ${name}`, () => assert.deepEqual(preview(file, marked, edits), expected))
}

it('shows a place once, and nothing without span, line or excerpt', () => {
  const finding = sampleFinding()
  assert.equal(previewEdits(sampleFix(), [finding, finding]).length, 1)
  const { span: _, ...unplaced } = sampleLocation()
  assert.deepEqual(previewEdits(sampleFix(), [sampleFinding({ locations: [unplaced] })]), [])
  assert.deepEqual(
    previewEdits(sampleFix(), [sampleFinding({ locations: [sampleLocation({ path: 'other.yaml' })] })]),
    [],
  )
})
