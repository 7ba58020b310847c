import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Location } from '../../core/finding.ts'
import { snippetsOf } from '../snippet.ts'
import { sampleFinding } from '../testing/sample-report.ts'
import { excerptLines } from './excerpt.ts'
import type { Style } from './style.ts'
import { textWidth } from './width.ts'

const STYLE: Style = { colour: false, unicode: true, width: 60 }

interface Marked {
  readonly from: readonly [line: number, column: number]
  readonly to: readonly [line: number, column: number]
  readonly label?: string
}

/** The drawing of `source` (first line 1) with its first mark the primary one. */
function draw(source: readonly string[], marks: readonly Marked[], style = STYLE, context = 0): string {
  const locations = marks.map(
    ({ from, to, label }, index): Location => ({
      target: '.',
      path: 'file',
      role: index === 0 ? 'primary' : 'related',
      line: from[0],
      column: from[1],
      endLine: to[0],
      endColumn: to[1],
      ...(label === undefined ? {} : { label }),
      excerpt: { firstLine: 1, lines: source },
    }),
  )
  const [snippet] = snippetsOf(sampleFinding({ locations }), context)
  return snippet === undefined ? '' : excerptLines(snippet, style, 2, 'high').join('\n')
}

const drawings: [name: string, drawn: string, expected: string][] = [
  [
    'a mark with its label, and context',
    draw(['ports:', '  - "8888:8888"', 'x'], [{ from: [2, 5], to: [2, 16], label: 'listens on 0.0.0.0' }], STYLE, 1),
    ` 1 | ports:
 2 |   - "8888:8888"
   |     ^^^^^^^^^^^ listens on 0.0.0.0
 3 | x`,
  ],
  [
    'a related place above, lines between left out',
    draw(
      ['jupyter:', '', '', '', '- "8888"'],
      [
        { from: [5, 3], to: [5, 9] },
        { from: [1, 1], to: [1, 8], label: 'no password' },
      ],
    ),
    ` 1 | jupyter:
   | ------- no password
...
 5 | - "8888"
   |   ^^^^^^`,
  ],
  [
    'one line between is shown, not left out',
    draw(
      ['a', 'between', 'c'],
      [
        { from: [3, 1], to: [3, 2] },
        { from: [1, 1], to: [1, 2] },
      ],
    ),
    ` 1 | a
   | -
 2 | between
 3 | c
   | ^`,
  ],
  [
    'several marks on a line: the last label behind, the others below',
    draw(
      ['docker run -v /:/host image'],
      [
        { from: [1, 15], to: [1, 16], label: 'the host' },
        { from: [1, 1], to: [1, 11], label: 'command' },
        { from: [1, 23], to: [1, 28], label: 'root' },
      ],
    ),
    ` 1 | docker run -v /:/host image
   | ----------    ^       ----- root
   | |             |
   | |             the host
   | |
   | command`,
  ],
  [
    'wide characters take two columns, combining ones none',
    draw(['模型: "cafe\u0301 x"'], [{ from: [1, 5], to: [1, 14], label: 'here' }]),
    ` 1 | 模型: "cafe\u0301 x"
   |       ^^^^^^^^ here`,
  ],
  ['tabs go to the next stop', draw(['\tRUN\tx'], [{ from: [1, 6], to: [1, 7] }]), ' 1 |     RUN x\n   |         ^'],
  [
    'escaped characters take the room that they are shown in',
    draw(['a\u202eb c'], [{ from: [1, 5], to: [1, 6] }]),
    ' 1 | a\\u{202e}b c\n   |            ^',
  ],
  [
    'an empty mark is one column',
    draw(['FROM x'], [{ from: [1, 7], to: [1, 7], label: 'no digest' }]),
    ' 1 | FROM x\n   |       ^ no digest',
  ],
  [
    'several lines that begin with text',
    draw(['RUN a \\', '  b \\', '  c', 'USER x'], [{ from: [1, 1], to: [3, 4], label: 'as root' }]),
    ` 1 | / RUN a \\
 2 | |   b \\
 3 | |   c
   | |___^ as root`,
  ],
  [
    'several lines that begin inside a line',
    draw(['web: {', '  a: b', '}'], [{ from: [1, 6], to: [3, 2] }]),
    ` 1 |   web: {
   |  ______^
 2 | |   a: b
 3 | | }
   | |_^`,
  ],
  [
    'a span that ends with its line break',
    draw(['USER root', 'x'], [{ from: [1, 1], to: [2, 1], label: 'root' }]),
    ` 1 | USER root
   | ^^^^^^^^^ root`,
  ],
  [
    'a long mark without its middle',
    draw(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'], [{ from: [1, 1], to: [9, 2] }]),
    ` 1 | / a
 2 | | b
 3 | | c
...
 8 | | h
 9 | | i
   | |_^`,
  ],
  [
    'a mark inside another',
    draw(
      ['a:', '  b: c', '  d: e'],
      [
        { from: [2, 6], to: [2, 7], label: 'this' },
        { from: [1, 1], to: [3, 7], label: 'in here' },
      ],
    ),
    ` 1 | / a:
 2 | |   b: c
   | |      ^ this
 3 | |   d: e
   | |______- in here`,
  ],
  [
    'a label too long for its line hangs below',
    draw(
      ['x: y'],
      [{ from: [1, 4], to: [1, 5], label: 'everybody who is on the same network can open the notebook and run code' }],
    ),
    ` 1 | x: y
   |    ^
   |    |
   |    everybody who is on the same network can open the
   |    notebook and run code`,
  ],
  [
    'a long line is cut around its mark',
    draw([`${'a'.repeat(200)} MARK ${'b'.repeat(200)}`], [{ from: [1, 202], to: [1, 206], label: 'here' }]),
    ` 1 | …aaaaaaaaaaa MARK bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
   |              ^^^^ here`,
  ],
]

describe('excerpt', () => {
  for (const [name, drawn, expected] of drawings) it(name, () => assert.equal(drawn, expected))

  it('marks the very same columns in a line of a megabyte', () => {
    const drawn = draw([`${'x'.repeat(600_000)}MARK${'y'.repeat(400_000)}`], [{ from: [1, 600_001], to: [1, 600_005] }])
    const [source = '', under = ''] = drawn.split('\n')
    assert.equal(source.slice(under.indexOf('^'), under.lastIndexOf('^') + 1), 'MARK')
  })

  it('is plain ASCII where asked', () => {
    const drawn = draw([`é模${'z'.repeat(300)}`], [{ from: [1, 1], to: [1, 3], label: 'naïve → “x”' }], {
      ...STYLE,
      unicode: false,
    })
    assert.match(drawn, /^[\x20-\x7e\n]*$/)
    assert.match(drawn, /\^ na\\u\{ef\}ve -> "x"/)
  })

  it('colours without changing a column', () => {
    const marks: Marked[] = [
      { from: [1, 1], to: [2, 3], label: 'both' },
      { from: [1, 3], to: [1, 4], label: 'one' },
    ]
    const coloured = draw(['abcd', 'efgh'], marks, { ...STYLE, colour: true })
    assert.match(coloured, /\x1b\[1;31m/)
    assert.equal(coloured.replace(/\x1b\[[\d;]*m/g, ''), draw(['abcd', 'efgh'], marks))
  })

  it('never throws, never exceeds the width, never lets a control character out', () => {
    const position = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 90 }))
    const mark = fc.record({ from: position, to: position, label: fc.string({ unit: 'binary', maxLength: 90 }) })
    const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 120 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(
        lines,
        fc.array(mark, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 120 }),
        fc.boolean(),
        (source, marks, width, unicode) => {
          const drawn = draw(source, marks, { colour: false, unicode, width }, 1)
          assert.doesNotMatch(drawn, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
          const limit = Math.max(60, Math.min(100, width))
          for (const line of drawn.split('\n'))
            assert.ok(textWidth(line) <= limit, `${textWidth(line)} > ${limit}: ${line}`)
        },
      ),
      { seed: 1, numRuns: 200 },
    )
  })
})
