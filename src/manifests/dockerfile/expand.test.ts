import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { expandWord, expandWords, type Lookup } from './expand.ts'
import { MAX_VALUE } from './lexer.ts'
import { parsePattern, removePrefix, removeSuffix, replacePattern } from './patterns.ts'

const lookup: Lookup = (name) => {
  switch (name) {
    case 'A':
      return { is: 'value', value: 'one' }
    case 'P':
      return { is: 'value', value: '/a/b/c.tar.gz' }
    case 'EMPTY':
      return { is: 'value', value: '' }
    case 'SPACED':
      return { is: 'value', value: '1 2' }
    case 'ARGUMENT':
      return { is: 'undecided', why: 'build argument ARGUMENT has no default' }
    case 'BASE':
      return { is: 'unknown', why: 'the base may set it' }
    default:
      return { is: 'unset' }
  }
}

for (const [text, value] of [
  ['plain', 'plain'],
  ['$A', 'one'],
  ['${A}x', 'onex'],
  ['$Ax', ''],
  ['x$UNSET-', 'x-'],
  ["'$A'", '$A'],
  ['"$A b"', 'one b'],
  ['\\$A', '$A'],
  ['"\\$A\\"\\a"', '$A"\\a'],
  ['a\\ b', 'a b'],
  ['$(id) `x`', '$(id) `x`'],
  ['$', '$'],
  ['$1x $@', 'x '],
  ['${A:-b} ${EMPTY:-b} ${EMPTY-b} ${UNSET-b} ${UNSET:-$A}', 'one b  b one'],
  ['${A:+b} ${EMPTY:+b} ${EMPTY+b} ${UNSET+b}', 'b  b '],
  ['${A:?no} ${A?no}', 'one one'],
  ['${P#*/} ${P##*/} ${P%.*} ${P%%.*}', 'a/b/c.tar.gz c.tar.gz /a/b/c.tar /a/b/c'],
  ['${P/a/x} ${P//\\//-} ${A/?/_}', '/x/b/c.tar.gz -a-b-c.tar.gz _ne'],
  ['${ARGUMENT}', null],
  ['$BASE', null],
  ['${ARGUMENT:-x} ${ARGUMENT-y} ${ARGUMENT:+z}.', 'x y .'],
  ['${BASE:-x}', null],
  ['${A:-$BASE}', 'one'],
  ['${A:+$BASE}', null],
  ['${V:0:3}', null],
  ['${UNSET?no}', null],
  ['${EMPTY:?}', null],
  ['${}', null],
  ['${A', null],
  ['"open', null],
  ["'open", null],
  ['${A^}', null],
] as const) {
  test(`expands ${text}`, () => assert.equal(expandWord(text, lookup, '\\').value, value))
}

test('says which variables took part, why the result is not known, and what is refused', () => {
  assert.deepEqual(expandWord('$A-${UNSET:-$BASE}', lookup, '\\'), {
    value: null,
    names: ['A', 'BASE', 'UNSET'],
    why: 'the base may set it',
  })
  assert.equal(expandWord('${UNSET?say so}', lookup, '\\').error, 'UNSET: say so')
})

test('the escape character is the file’s', () => {
  assert.equal(expandWord('C:\\a`$A', lookup, '`').value, 'C:\\a$A')
})

test('words are split after substitution, outside quotes', () => {
  assert.deepEqual(expandWords('$SPACED "$SPACED" x', lookup, '\\').words, ['1', '2', '1 2', 'x'])
  assert.equal(expandWords('80 $ARGUMENT', lookup, '\\').words, null)
})

test('a value that grows too long is not known', () => {
  const long: Lookup = () => ({ is: 'value', value: 'x'.repeat(MAX_VALUE) })
  assert.equal(expandWord('$A$A', long, '\\').value, null)
  assert.equal(expandWord('$A'.repeat(100_000), long, '\\').value, null)
})

test('never throws, and plain text is its own expansion', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'${}:-+?#%/*\'"\\ AB0<') }), (text) => {
      expandWord(text, lookup, '\\')
      expandWords(text, lookup, '`')
    }),
    { seed: 1, numRuns: 1000 },
  )
})

/** The same patterns by regular expressions: slow, but plainly right. */
function naive(value: string, pattern: string, where: 'prefix' | 'suffix' | 'any', greedy: boolean): string {
  const body = [...pattern].map((c) =>
    c === '*' ? (greedy ? '.*' : '.*?') : c === '?' ? '.' : `\\u{${c.codePointAt(0)?.toString(16)}}`,
  )
  if (where === 'any') return value.replace(new RegExp(body.join(''), 'u'), '_')
  const flipped = where === 'suffix'
  const text = flipped ? [...value].reverse().join('') : value
  const expression = new RegExp(`^${(flipped ? [...body].reverse() : body).join('')}`, 'u')
  const left = text.replace(expression, '')
  return flipped ? [...left].reverse().join('') : left
}

test('patterns agree with regular expressions', () => {
  const value = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(value, pattern, fc.boolean(), (text, glob, greedy) => {
      const tokens = parsePattern(glob) ?? []
      assert.equal(removePrefix(text, tokens, greedy), naive(text, glob, 'prefix', greedy))
      assert.equal(removeSuffix(text, tokens, greedy), naive(text, glob, 'suffix', greedy))
      assert.equal(replacePattern(text, tokens, '_', false), naive(text, glob, 'any', true))
    }),
    { seed: 1, numRuns: 1000 },
  )
})
