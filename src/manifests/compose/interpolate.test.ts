import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { defaultsIn, HOLE, interpolate, literal, type Variables } from './interpolate.ts'

const KNOWN: Readonly<Record<string, string>> = { A: 'a', EMPTY: '', N_1: 'n', JSON: '{"k":1}' }
const variables: Variables = (name) => (Object.hasOwn(KNOWN, name) ? literal(KNOWN[name] as string) : undefined)

const TABLE: readonly (readonly [text: string, expected: string, unset?: readonly string[]])[] = [
  ['plain', 'plain'],
  ['$A-${A}', 'a-a'],
  ['$A$N_1/$N_1x', 'an/', ['N_1x']],
  ['${X:-d}${X-d}', 'dd'],
  ['${EMPTY:-d}|${EMPTY-d}', 'd|'],
  ['${A:-d}${A-d}', 'aa'],
  ['${X:-${Y:-z}}', 'z'],
  ['${X:-$A b}', 'a b'],
  ['${X:-{"k": {}}}', '{"k": {}}'],
  ['${A:+r}${EMPTY:+r}${EMPTY+r}', 'rr'],
  ['${A?e}${A:?e}', 'aa'],
  ['$$A $${A} $$$A', '$A ${A} $a'],
  ['$(id) $1 100$', '$(id) $1 100$'],
  ['${X}', '', ['X']],
  ['${X:?needed}/x', '/x', ['X']],
  ['${X:-${Y}}', '', ['Y']],
  ['${X:+r}', '', ['X']],
  ['$X and $Y and $X', ' and  and ', ['X', 'Y', 'X']],
  ['é${A}ü', 'éaü'],
]

for (const [text, expected, unset = []] of TABLE) {
  test(`interpolates ${text}`, () => {
    const result = interpolate(text, variables)
    assert.equal(result.error, undefined)
    assert.equal(result.text, expected)
    assert.deepEqual(result.unset, unset)
    assert.equal(result.marked.split(HOLE).length - 1, unset.length)
    assert.equal(result.marked.replaceAll(HOLE, ''), expected)
  })
}

for (const text of ['${', '${}', '${ A}', '${A!}', '${A/b/c}', '${A:=x}', 'x ${A']) {
  test(`refuses ${text}`, () => assert.notEqual(interpolate(text, variables).error, undefined))
}

test('a value of .env that hangs on an unset variable stays a hole', () => {
  const nested: Variables = (name) => (name === 'URL' ? interpolate('http://$HOST:1', () => undefined) : undefined)
  assert.deepEqual(interpolate('${URL:-x}', nested).unset, ['HOST'])
})

test('defaults are found with their variable and range', () => {
  const text = 'x ${A:-one}${B-two} $${C:-no} ${D:-${E:-in}}'
  assert.deepEqual(
    defaultsIn(text).map(({ name, start, end }) => [name, text.slice(start, end)]),
    [
      ['A', 'one'],
      ['B', 'two'],
      ['D', '${E:-in}'],
      ['E', 'in'],
    ],
  )
})

test('never throws, and stays bounded', () => {
  const pieces = fc.array(fc.constantFrom('$', '{', '}', 'A', 'X', ':-', ':?', '+', '$$', ' ', HOLE, 'é'), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join('')
      const result = interpolate(text, variables)
      if (result.error === undefined) assert.equal(result.marked.split(HOLE).length - 1, result.unset.length)
      defaultsIn(text)
    }),
    { seed: 1, numRuns: 500 },
  )
  assert.notEqual(interpolate('${A:-'.repeat(100_000), variables).error, undefined)
  const long: Variables = () => literal('x'.repeat(200_000))
  assert.notEqual(interpolate('$A$A$A', long).error, undefined)
})
