import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { configJsonSchema } from './json-schema.ts'
import { parseConfig } from './parse.ts'

const published = new URL('../../docs/schemas/bulkhead.schema.json', import.meta.url)
const ids = { $id: 'rule-ids.schema.json', enum: ['workload/privileged'] }
const rules = { ids: new Set(['workload/privileged']), formerly: new Map<string, string>() }

test('the published schema is what the table says', () => {
  const expected = `${JSON.stringify(configJsonSchema(), null, 2)}\n`
  assert.equal(
    readFileSync(published, 'utf8'),
    expected,
    'docs/schemas/bulkhead.schema.json is stale: npm run generate',
  )
})

/** What the reader and the schema must agree on. */
const TEXTS: readonly (readonly [text: string, good: boolean])[] = [
  ['fail-on: high', true],
  ['fail-on: never', true],
  ['fail-on: hihg', false],
  ['fail_on: high', false],
  ['exclude: [a, b/]', true],
  ['exclude: a', false],
  ['exclude: [""]', false],
  ['only: [secrets, workload/privileged]', true],
  ['only: [nonsense]', false],
  ['include-ignored: true', true],
  ['include-ignored: "yes"', false],
  ['require: [packages]', true],
  ['require: [package]', false],
  ['rules: { workload/privileged: off }', true],
  ['rules: { workload/privileged: none }', false],
  ['rules: { privileged: off }', false],
  ['waivers: [{ rule: workload/privileged, reason: fine, until: 2027-01-01 }]', true],
  ['waivers: [{ rule: workload/privileged }]', false],
  ['waivers: [{ rule: workload/privileged, reason: fine, until: soon }]', false],
  ['waivers: [{ rule: workload/privileged, reason: fine, fingerprint: xyz }]', false],
  ['waivers: [{ rule: workload/privileged, reason: fine, why: not }]', false],
  ['limits: { text-file: 4 MiB, time: 90s, files: 5 }', true],
  ['limits: { text-file: 1024, time: 1000 }', true],
  ['limits: { text-file: 4 elephants }', false],
  ['limits: { files: 4 MiB }', false],
  ['limits: { files: 0 }', false],
  ['limits: { file: 1 }', false],
  ['stage: runtime', true],
  ['profiles: [gpu]', true],
  ['baseline: b.json', true],
  ['[]', false],
]

for (const [text, good] of TEXTS) {
  test(`reader and schema ${good ? 'take' : 'refuse'} ${text}`, () => {
    const validate = new Ajv2020({ strict: false })
      .addSchema(ids, 'bulkhead.config/rule-ids.schema.json')
      .compile(configJsonSchema())
    assert.equal(validate(parse(text)), good, JSON.stringify(validate.errors))
    assert.equal(parseConfig(text, { name: 'bulkhead.yaml', trust: 'discovered' }, rules).problems.length === 0, good)
  })
}
