import assert from 'node:assert/strict'
import { test } from 'node:test'
import { globMatcher } from './glob.ts'

const CASES: readonly (readonly [string, string, boolean])[] = [
  ['*.tmp', 'a.tmp', true],
  ['*.tmp', 'x/y/a.tmp', true],
  ['*.tmp', 'a.tmpx', false],
  ['src', 'src/deep/file', true],
  ['src/', 'src/file', true],
  ['src', 'other/src/file', true],
  ['./src/a', 'src/a', true],
  ['a/*/c', 'a/b/c', true],
  ['a/*/c', 'a/b/d/c', false],
  ['a/**/c', 'a/c', true],
  ['a/**/c', 'a/b/d/c', true],
  ['**/test/**', 'x/test/y', true],
  ['file?.txt', 'file1.txt', true],
  ['file[0-9].txt', 'filea.txt', false],
  ['file[!0-9].txt', 'filea.txt', true],
  ['[', '[', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
]

test('globs', () => {
  for (const [pattern, path, matches] of CASES)
    assert.equal(globMatcher([pattern])(path), matches, `${pattern} on ${path}`)
})

test('many stars end in linear time', () => {
  assert.equal(globMatcher([`${'*a'.repeat(40)}b`])('a'.repeat(5_000)), false)
  assert.equal(globMatcher([`${'**/a/'.repeat(20)}b`])(`${'a/'.repeat(2_000)}c`), false)
})
