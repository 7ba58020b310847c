import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { SourceText } from '../../core/span.ts'
import { parseEnvFile } from './parse.ts'

/** Name, value, does it expand. */
type Row = readonly [name: string, value: string | null, expands?: boolean]

function rows(text: string): Row[] {
  return parseEnvFile(SourceText.of(text)).entries.map(({ name, value, expands }) =>
    expands ? [name, value, true] : [name, value],
  )
}

const TABLE: readonly (readonly [title: string, text: string, expected: readonly Row[]])[] = [
  [
    'plain',
    'A=1\nB=two\n',
    [
      ['A', '1'],
      ['B', 'two'],
    ],
  ],
  [
    'export, spaces and colons',
    'export A = 1\nB: 2\nexport\tC=3',
    [
      ['A', '1'],
      ['B', '2'],
      ['C', '3'],
    ],
  ],
  [
    'a comment needs a blank before it',
    'A=a#b\nB=a #b\nC=#c\n# D=1\n',
    [
      ['A', 'a#b'],
      ['B', 'a'],
      ['C', '#c'],
    ],
  ],
  [
    'empty values',
    'A=\nB=""\nC=\'\'',
    [
      ['A', ''],
      ['B', ''],
      ['C', ''],
    ],
  ],
  ['single quotes are literal', "A='x $B \\n'", [['A', 'x $B \\n']]],
  [
    'double quotes escape, expand and span lines',
    'A="x\\ty\\"z\n$B"\nC="\\$D"',
    [
      ['A', 'x\ty"z\n$B', true],
      ['C', '$$D', true],
    ],
  ],
  ['unquoted values expand', 'A=${B:-c}/d', [['A', '${B:-c}/d', true]]],
  ['trailing blanks go', 'A=  x y  \t\n', [['A', 'x y']]],
  [
    'CRLF',
    'A=1\r\nB="2\r\n3"\r\n',
    [
      ['A', '1'],
      ['B', '2\n3'],
    ],
  ],
  [
    'a bare name is inherited',
    'A\nB=1\nC',
    [
      ['A', null],
      ['B', '1'],
      ['C', null],
    ],
  ],
  [
    'duplicates are kept in order',
    'A=1\nA=2',
    [
      ['A', '1'],
      ['A', '2'],
    ],
  ],
  [
    'comment after a quoted value',
    'A="1" # x\nB=2',
    [
      ['A', '1'],
      ['B', '2'],
    ],
  ],
  ['names with dots, dashes and brackets', 'a.b-c[0]=1', [['a.b-c[0]', '1']]],
  ['a value with an equals sign', 'URL=http://x/?a=b', [['URL', 'http://x/?a=b']]],
  ['__proto__ is a name', '__proto__=1', [['__proto__', '1']]],
]

for (const [title, text, expected] of TABLE) {
  test(`.env: ${title}`, () => assert.deepEqual(rows(text), expected))
}

test('an unreadable line costs that line only', () => {
  const { entries, problems } = parseEnvFile(SourceText.of('A=1\nnot a name=2\n$C=3\nD="open\nE=5'))
  assert.deepEqual(
    entries.map((entry) => entry.name),
    ['A', 'E'],
  )
  assert.deepEqual(
    problems.map((problem) => problem.message.replace(/".*"/, '…')),
    ['the name … holds a space', "… can't stand in a name", 'the quoted value of D has no end'],
  )
})

test('spans cover the entry and the value with its quotes, past a byte-order mark and wide characters', () => {
  const text = '# ü\nexport A = "é1"\nB=2 # c\n'
  const source = new SourceText(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]))
  const { entries } = parseEnvFile(source)
  assert.deepEqual(
    entries.map((entry) => [source.slice(entry.span), entry.valueSpan && source.slice(entry.valueSpan)]),
    [
      ['export A = "é1"', '"é1"'],
      ['B=2', '2'],
    ],
  )
})

test('any bytes: no throw, spans inside the file and in order, and linear time', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { entries, problems } = parseEnvFile(new SourceText(bytes))
      for (const { span } of [...entries, ...problems])
        assert.ok(0 <= span.start && span.start <= span.end && span.end <= bytes.length)
    }),
    { seed: 1, numRuns: 300 },
  )
  const started = performance.now()
  parseEnvFile(SourceText.of('A="x\\'.repeat(200_000)))
  parseEnvFile(SourceText.of(`A=${' #'.repeat(200_000)}\n`.repeat(3)))
  parseEnvFile(SourceText.of(`A${' '.repeat(400_000)}B=1`))
  assert.ok(performance.now() - started < 2_000)
})
