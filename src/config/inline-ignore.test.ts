import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseInlineIgnore } from './inline-ignore.ts'

for (const [comment, is] of [
  ['# just a comment', undefined],
  ['# see bulkhead: ignore', undefined],
  [
    '# bulkhead: ignore[workload/privileged] until=2027-03-01 reason: it: needs, the GPU',
    { rules: ['workload/privileged'], until: '2027-03-01', reason: 'it: needs, the GPU' },
  ],
  ['#bulkhead:ignore[a/b, c/d]reason: x', { rules: ['a/b', 'c/d'], reason: 'x' }],
  ['# bulkhead: ignore[a/b]', { rules: ['a/b'] }],
  ['# bulkhead: ignore[a/b] reason:', { rules: ['a/b'], reason: '' }],
  ['# bulkhead: ignore', { rules: [], problem: 'the rules stand in square brackets: `ignore[rule/id]`' }],
  ['# bulkhead: ignore[a/b reason: x', { rules: [], problem: 'the rules stand in square brackets: `ignore[rule/id]`' }],
  ['# bulkhead: skip this', { rules: [], problem: 'it should say `ignore[rule/id] reason: …`' }],
  ['# bulkhead: ignore[] reason: x', { rules: [], reason: 'x', problem: 'it names no rule' }],
  [
    '# bulkhead: ignore[*] reason: x',
    { rules: ['*'], reason: 'x', problem: '"*" is not a rule\'s id (`noun/what-is-wrong`)' },
  ],
  [
    '# bulkhead: ignore[a/b] until=2027-02-30',
    { rules: ['a/b'], until: '2027-02-30', problem: 'until="2027-02-30" is no date (YYYY-MM-DD)' },
  ],
  [
    '# bulkhead: ignore[a/b] because x',
    { rules: ['a/b'], problem: '"because" is not understood; `until=YYYY-MM-DD` and `reason: …` are' },
  ],
] as const) {
  test(`ignore comment: ${comment}`, () => assert.deepEqual(parseInlineIgnore(comment), is))
}
