import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { visitJsonStrings } from './json-strings.ts'

function strings(text: string): string[] {
  const found: string[] = []
  visitJsonStrings(text, ({ path, value }) => found.push(`${path.join('/')}=${value}`))
  return found
}

test('every string value has its path; keys are none', () => {
  assert.deepEqual(strings('{"a": ["x", {"b": "y"}, "z"], "c": 1, "d": {"e": "q\\n\\u0041"}, "f": "w"}'), [
    'a/0=x',
    'a/1/b=y',
    'a/2=z',
    'd/e=q\nA',
    'f=w',
  ])
})

test('what is no JSON says so, and so does what nests too deep', () => {
  for (const text of ['{"a": "x', '[', ']', '{]', '["a" ; "b"]', '["\\x"]', '['.repeat(100) + ']'.repeat(100)]) {
    assert.equal(
      visitJsonStrings(text, () => {}),
      false,
      text,
    )
  }
  assert.equal(
    visitJsonStrings('{"a": NaN}', () => {}),
    true,
  )
})

test('finds what JSON.parse finds, each at its place', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value, null, 1)
      const wanted: string[] = []
      const walk = (node: unknown): void => {
        if (typeof node === 'string') wanted.push(node)
        else if (Array.isArray(node)) node.forEach(walk)
        else if (node !== null && typeof node === 'object') Object.values(node).forEach(walk)
      }
      walk(JSON.parse(text))
      const found: string[] = []
      const whole = visitJsonStrings(text, ({ start, end, value: string }) => {
        assert.equal(JSON.parse(`"${text.slice(start, end)}"`), string)
        found.push(string)
      })
      assert.equal(whole, true)
      assert.deepEqual(found, wanted)
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('never throws', () => {
  const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', 'a', '\n', '"a"', '\\u00')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
      visitJsonStrings(parts.join(''), ({ path }) => assert.ok(Array.isArray(path)))
    }),
    { seed: 1, numRuns: 500 },
  )
})
