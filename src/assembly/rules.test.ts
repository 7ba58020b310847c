import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ruleIndex, rulesByKind } from './generated/rules.ts'
import { tryExamples } from './rule-harness.ts'

const rules = (await Promise.all(Object.values(rulesByKind).map((load) => load()))).flat()

for (const rule of rules) {
  test(`rule ${rule.id}`, async () => {
    assert.deepEqual(await tryExamples(rule), [])
  })
}

test('every rule is complete', () => {
  for (const rule of rules) {
    assert.match(rule.id, /^[a-z]+\/[a-z0-9-]+$/)
    assert.ok(
      rule.concepts.every((concept) => /^[a-z0-9-]+$/.test(concept)),
      rule.id,
    )
    for (const [field, text] of Object.entries({ title: rule.title, why: rule.why, how: rule.how })) {
      assert.ok(text.length >= 15, `${rule.id}: ${field} says too little`)
      assert.ok(!/\b(TODO|TBD|FIXME)\b/.test(text), `${rule.id}: ${field}`)
    }
    assert.ok(rule.title.length <= 90, `${rule.id}: the title is too long for a line`)
    assert.ok(!rule.title.endsWith('.'), `${rule.id}: a title has no full stop`)
  }
})

test('ids are unique', () => {
  const ids = ruleIndex.flatMap(({ id, formerly }) => [id, ...formerly])
  assert.equal(new Set(ids).size, ids.length)
})
