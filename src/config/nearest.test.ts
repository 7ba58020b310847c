import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean, nearest } from './nearest.ts'

const words = ['scan', 'explain', 'rules', 'init', 'baseline', 'completion', 'help']

const CASES: readonly (readonly [string, string | undefined])[] = [
  ['sacn', 'scan'],
  ['scna', 'scan'],
  ['explian', 'explain'],
  ['rule', 'rules'],
  ['base', 'baseline'],
  ['BASELINE', 'baseline'],
  ['complete', 'completion'],
  ['x', undefined],
  ['deploy', undefined],
  ['', undefined],
  ['s'.repeat(5000), undefined],
]
for (const [word, expected] of CASES) {
  test(`${word.slice(0, 20)} means ${expected}`, () => assert.equal(nearest(word, words), expected))
}

test('separators and case do not count', () => {
  assert.equal(nearest('fail_on', ['fail-on', 'only']), 'fail-on')
  assert.equal(nearest('failOn', ['fail-on', 'only']), 'fail-on')
})

test('the last part of an id is enough', () => {
  assert.equal(nearest('privileged', ['workload/user-root', 'workload/privileged']), 'workload/privileged')
})

test('nothing near is nothing said', () => assert.equal(didYouMean('zebra', words), ''))
