import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '../core/finding.ts'
import { formatBaseline, makeBaseline, parseBaseline } from './baseline.ts'

const found = (fingerprint: string, rule: string, subject: string, is: Finding['status']['is'] = 'open') =>
  ({ fingerprint, rule, subject, status: { is } }) as Finding

const findings = [
  found('b'.repeat(32), 'z/last', 'x'),
  found('a'.repeat(32), 'a/first', 'say "hi"\n'),
  found('c'.repeat(32), 'a/first', 'b', 'baselined'),
  found('d'.repeat(32), 'a/first', 'c', 'waived'),
]

test('one sorted line an entry, whatever the order of the findings', () => {
  const expected = `{
  "schema": "bulkhead.baseline/1",
  "created": "2026-11-25",
  "fingerprints": [
    { "fingerprint": "${'c'.repeat(32)}", "rule": "a/first", "subject": "b" },
    { "fingerprint": "${'a'.repeat(32)}", "rule": "a/first", "subject": "say \\"hi\\"\\n" },
    { "fingerprint": "${'b'.repeat(32)}", "rule": "z/last", "subject": "x" }
  ]
}
`
  assert.equal(formatBaseline(makeBaseline(findings, '2026-11-25T23:59:59Z')), expected)
  assert.equal(formatBaseline(makeBaseline([...findings].reverse(), '2026-11-25')), expected)
})

test('what is written is read again', () => {
  for (const some of [findings, []]) {
    const baseline = makeBaseline(some, '2026-11-25')
    assert.deepEqual(parseBaseline(formatBaseline(baseline)), { ok: true, baseline })
  }
})

const BROKEN: readonly (readonly [text: string, why: RegExp])[] = [
  ['', /is not JSON/],
  ['{"schema":', /is not JSON/],
  ['null', /is not a baseline/],
  ['[]', /is not a baseline/],
  ['{"schema":"other/1","fingerprints":[]}', /must be "bulkhead.baseline\/1"/],
  ['{"schema":"bulkhead.baseline/1"}', /no list/],
  ['{"schema":"bulkhead.baseline/1","fingerprints":[null]}', /entry 1/],
  ['{"schema":"bulkhead.baseline/1","fingerprints":[{"fingerprint":"zz"}]}', /entry 1/],
]
for (const [text, why] of BROKEN) {
  test(`${JSON.stringify(text)} is refused`, () => {
    const parsed = parseBaseline(text)
    assert.ok(!parsed.ok)
    assert.match(parsed.why, why)
  })
}
