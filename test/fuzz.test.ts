import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzOnce } from '../tools/fuzz.ts'

test('a slice of the fuzzing: no mutated file makes a part of a scan fail', async () => {
  for (let seed = 1; seed <= 250; seed++) assert.equal(await fuzzOnce(seed), undefined, `seed ${seed}`)
})
