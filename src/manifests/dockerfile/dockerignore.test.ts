import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leavesOut } from './dockerignore.ts'

const CASES: readonly [patterns: string[], name: string, out: boolean][] = [
  [['.git'], '.git', true],
  [['.git/'], '.git', true],
  [['/.git'], '.git', true],
  [['**/.git'], '.git', true],
  [['.git*'], '.git', true],
  [['.*'], '.env', true],
  [['*', '!src'], '.git', true],
  [['*', '!.env'], '.env', false],
  [['!.env', '.env'], '.env', true],
  [['*/.git'], '.git', false],
  [['.gitignore'], '.git', false],
  [['**/.env*'], '.env.local', true],
  [['app/.env'], '.env', false],
  [[], '.git', false],
]

for (const [patterns, name, out] of CASES) {
  test(`dockerignore: ${patterns.join(' ')} ${out ? 'leaves' : 'does not leave'} ${name} out`, () => {
    assert.equal(leavesOut(patterns, name), out)
  })
}
