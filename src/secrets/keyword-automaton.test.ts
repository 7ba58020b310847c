import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buildKeywordAutomaton } from './keyword-automaton.ts'

/** The naive twin: every keyword at every place. */
function naive(keywords: readonly string[], text: string): string[] {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const hits: string[] = []
  for (let end = 1; end <= text.length; end++) {
    for (const [index, keyword] of keywords.entries()) {
      if (lower.slice(0, end).endsWith(keyword)) hits.push(`${index}:${end - keyword.length}-${end}`)
    }
  }
  return hits.sort()
}

function scan(keywords: readonly string[], text: string): string[] {
  const hits: string[] = []
  buildKeywordAutomaton(keywords).scan(text, (keyword, start, end) => hits.push(`${keyword}:${start}-${end}`))
  return hits.sort()
}

test('finds overlapping and nested keywords, capitals included', () => {
  assert.deepEqual(scan(['he', 'she', 'hers'], 'usHERS'), ['0:2-4', '1:1-4', '2:2-6'])
})

test('agrees with its naive twin', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '-', 'é'), maxLength: 60 })
  const keyword = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-'), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.uniqueArray(keyword, { minLength: 1, maxLength: 6 }), letters, (keywords, text) => {
      assert.deepEqual(scan(keywords, text), naive(keywords, text))
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('refuses keywords that are not ASCII', () => {
  assert.throws(() => buildKeywordAutomaton(['clé']), RangeError)
})
