import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Instruction, spanInText } from '../../core/facts/dockerfile.ts'
import { SourceText } from '../../core/span.ts'
import { parseDockerfile } from './parse.ts'
import { scriptsOf } from './scripts.ts'
import { evaluateStages } from './stages.ts'

const RUNS = { seed: 1, numRuns: 300 }

/** Pieces that meet in real files and in hostile ones, glued at random. */
const fragment = fc.constantFrom(
  ...'FROM |RUN |ENV |ARG |COPY |USER |CMD |ONBUILD |HEALTHCHECK CMD |LABEL |EXPOSE |VOLUME |SHELL |ENTRYPOINT '.split(
    '|',
  ),
  ...[
    '\n',
    '\r\n',
    ' \\\n',
    '\\\r\n',
    '# c\n',
    '  ',
    '\t',
    '<<E',
    '<<-"E"',
    '\nE\n',
    '[',
    '"a"',
    ',',
    ']',
    '"',
    "'",
    '\\',
  ],
  ...[
    '$A',
    '${A:-b}',
    '${A',
    '=',
    'A=1 ',
    'a',
    ' AS b',
    '--from=b ',
    '--mount=type=bind,from=0 ',
    'é',
    '漢',
    '😀',
    '\uDC80',
  ],
  ...['useradd -u 0 x', 'scratch', '__proto__', '\u0000', '\uFEFF', '`', '# escape=`\n', '# syntax=x\n', ':', '@', '/'],
)
const keyword = fc.constantFrom(
  'FROM',
  'RUN',
  'ENV',
  'ARG',
  'COPY',
  'user',
  'CMD',
  'ONBUILD RUN',
  'LABEL',
  'EXPOSE',
  'VOLUME',
  'SHELL',
)
const word = fc.constantFrom(
  ...[
    'a',
    'A=1',
    'B="x y"',
    '$A',
    '${A:-b}',
    'AS',
    'b',
    '--from=b',
    '<<E',
    '<<-"F"',
    '["a", "é"]',
    '["a",',
    '1]',
    '漢',
    '😀',
    '80-82',
  ],
  ...["'q", '\\ ', 'useradd -u 0 x', '\\\n', '\\\r\n  # c\n', '\\\n\n', '\uDC80'],
)
const ending = fc.constantFrom('\n', '\n', '\r\n', '\n# c\n', '\n\n', '\nx\nE\n', '\n\tx\n\tF\n', ' \\\n', '')
const line = fc
  .tuple(keyword, fc.array(word, { maxLength: 6, size: 'max' }), ending)
  .map(([start, words, end]) => `${start} ${words.join(' ')}${end}`)
const dockerfile = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(line, { maxLength: 12, size: 'max' }).map((lines) => `FROM a AS b\n${lines.join('')}`),
  },
  { weight: 4, arbitrary: fc.array(fragment, { maxLength: 60, size: 'max' }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200, size: 'max' }) },
)

test('never throws on any text, and neither do stages and scripts', () => {
  fc.assert(
    fc.property(dockerfile, (text) => {
      const source = SourceText.of(text)
      const parsed = parseDockerfile(source)
      evaluateStages({ ...parsed, path: 'Dockerfile' })
      evaluateStages({ ...parsed, path: 'Dockerfile' }, { target: 'b', args: { A: null } })
      scriptsOf({ ...parsed, path: 'Dockerfile' }, source)
    }),
    RUNS,
  )
})

test('never throws on any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      parseDockerfile(new SourceText(bytes))
    }),
    RUNS,
  )
})

test('instructions stand in order, apart, and hold their own parts', () => {
  fc.assert(
    fc.property(dockerfile, (text) => {
      const source = SourceText.of(text)
      let end = source.bomLength
      for (const instruction of parseDockerfile(source).instructions) {
        assert.ok(instruction.span.start >= end && instruction.span.end >= instruction.span.start)
        end = instruction.span.end
        const spans = [
          instruction.keywordSpan,
          instruction.textSpan,
          ...instruction.flags.map((flag) => flag.span),
          ...instruction.args.map((argument) => argument.span),
          ...(instruction.exec ?? []).map((word) => word.span),
          ...(instruction.pairs ?? []).flatMap((pair) => [pair.span, pair.keySpan, pair.valueSpan ?? pair.span]),
          ...instruction.heredocs.flatMap((heredoc) => [heredoc.span, heredoc.bodySpan]),
        ]
        for (const span of spans) {
          assert.ok(span.start >= instruction.span.start && span.end <= instruction.span.end && span.start <= span.end)
        }
      }
      assert.ok(end <= source.bytes.length)
    }),
    RUNS,
  )
})

test('instructions at their spans, with the gaps between them, are the source; gaps hold no instruction', () => {
  fc.assert(
    fc.property(dockerfile, (text) => {
      const source = SourceText.of(text)
      let printed = ''
      let at = 0
      for (const { span } of parseDockerfile(source).instructions) {
        const gap = source.slice({ start: at, end: span.start })
        for (const line of gap.split('\n')) assert.match(line.trim(), /^(?:#.*|)$/s)
        printed += gap + source.slice(span)
        at = span.end
      }
      assert.equal(printed + source.slice({ start: at, end: source.bytes.length }), source.text)
    }),
    RUNS,
  )
})

test('every unit of the joined text maps to the character that it is', () => {
  fc.assert(
    fc.property(dockerfile, (text) => {
      const source = SourceText.of(text)
      for (const instruction of parseDockerfile(source).instructions) {
        assert.equal(spell(instruction, source), instruction.text)
        assert.deepEqual(spanInText(instruction, 0, instruction.text.length), instruction.textSpan)
      }
    }),
    RUNS,
  )
})

/** The text read back from the file one character at a time. */
function spell(instruction: Instruction, source: SourceText): string {
  let read = ''
  for (let at = 0; at < instruction.text.length; ) {
    const width = /^[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(instruction.text.slice(at, at + 2)) ? 2 : 1
    read += source.slice(spanInText(instruction, at, at + width))
    at += width
  }
  return read
}

test('linear: ten times the input takes nowhere near a hundred times as long', () => {
  for (const make of [
    (count: number) => `FROM a\nRUN ${'x\\\n'.repeat(count)}y`,
    (count: number) => `FROM a\nENV ${'A=$A '.repeat(count)}`,
    (count: number) => `FROM a\n${'ENV A=$A$A\n'.repeat(count)}`,
    (count: number) => `FROM a\nRUN ${'<<E '.repeat(count)}`,
    (count: number) => `FROM a\nCMD [${'"a",'.repeat(count)}"b"]`,
    (count: number) => `FROM a\nENV A=${'${A:-'.repeat(count)}`,
    (count: number) => `FROM a AS b\n${'FROM b AS b\n'.repeat(count)}`,
  ]) {
    const time = (count: number) => {
      const started = process.cpuUsage()
      const parsed = parseDockerfile(SourceText.of(make(count)))
      evaluateStages({ ...parsed, path: 'Dockerfile' })
      const used = process.cpuUsage(started)
      return used.user + used.system
    }
    time(1000)
    const small = Math.max(time(3000), 2000)
    assert.ok(time(30_000) < small * 60, make(1))
  }
})
