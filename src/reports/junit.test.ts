import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ScanReport } from '../core/report.ts'
import { junit } from './junit.ts'
import {
  believableReport,
  hostileReport,
  largeReport,
  sampleCoverage,
  sampleFinding,
  sampleReport,
  sampleRules,
} from './testing/sample-report.ts'

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

/** A strict reader of the XML that the report may use: elements, attributes, text; throws on anything else. */
function parse(xml: string): Element {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
  assert.ok(xml.startsWith(head))
  // Char of XML 1.0: no control characters but these, no surrogate that stands alone.
  assert.match(xml, /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const token = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/y
  token.lastIndex = head.length
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex
    const match = token.exec(xml)
    assert.ok(match, `no markup of ours at ${JSON.stringify(xml.slice(at, at + 60))}`)
    const [, close, name = '', written = '', empty, text] = match
    const parent = open.at(-1) as Element
    if (text !== undefined) parent.text += fromEntities(text)
    else if (close === '/') assert.equal(open.pop()?.name, name)
    else {
      const pairs = [...written.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [
        key,
        fromEntities(value ?? ''),
      ])
      const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: '' }
      assert.equal(Object.keys(element.attributes).length, pairs.length, 'an attribute stands twice')
      parent.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  assert.equal(open.length, 1)
  assert.equal(root.children.length, 1)
  return root.children[0] as Element
}

function fromEntities(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return text.replace(/&([^;]*;?)/g, (whole, entity: string) => {
    const name = entity.replace(/;$/, '')
    const number = /^#(\d+)$/.exec(name)?.[1]
    const character = number === undefined ? entities[name] : String.fromCharCode(Number(number))
    assert.ok(character !== undefined && entity.endsWith(';'), `not an entity: ${whole}`)
    return character
  })
}

function suites(report: ScanReport): Element[] {
  return parse(junit(report, { rules: sampleRules })).children
}

function casesOf(suite: Element | undefined): Element[] {
  return (suite?.children ?? []).filter(({ name }) => name === 'testcase')
}

const outcomeOf = (one: Element) => one.children.map(({ name }) => name).join(' ')

for (const [name, report] of Object.entries({
  empty: sampleReport(),
  believable: believableReport(),
  hostile: hostileReport(),
  large: largeReport(100),
})) {
  test(`the ${name} report is well-formed, and its counts are right`, () => {
    const root = parse(junit(report, { rules: sampleRules }))
    const counts = (cases: Element[]) => ({
      tests: String(cases.length),
      failures: String(cases.filter((one) => outcomeOf(one).includes('failure')).length),
      errors: String(cases.filter((one) => outcomeOf(one).includes('error')).length),
      skipped: String(cases.filter((one) => outcomeOf(one).includes('skipped')).length),
    })
    const pick = ({ attributes: { tests, failures, errors, skipped } }: Element) => ({
      tests,
      failures,
      errors,
      skipped,
    })
    for (const suite of root.children) assert.deepEqual(pick(suite), counts(casesOf(suite)))
    assert.deepEqual(pick(root), counts(root.children.flatMap(casesOf)))
    for (const suite of root.children) assert.ok(casesOf(suite).length > 0)
  })

  test(`the ${name} report has no two cases of one name`, () => {
    const keys = suites(report)
      .flatMap(casesOf)
      .map((one) => `${one.attributes.classname} ${one.attributes.name}`)
    assert.equal(new Set(keys).size, keys.length)
  })
}

test('findings at or above the threshold fail, the rest pass with output, suppressed ones are skipped', () => {
  const [suite, coverage] = suites(believableReport())
  const cases = casesOf(suite).map((one) => [one.attributes.classname, one.attributes.name, outcomeOf(one)])
  assert.deepEqual(cases, [
    ['bulkhead.workload.engine-socket', 'Container can command the Docker engine (compose.yaml)', 'failure'],
    ['bulkhead.secret.in-build', 'Credential is baked into the image (Dockerfile)', 'failure'],
    ['bulkhead.workload.port-all-interfaces', 'Port is published on every network interface (compose.yaml)', 'failure'],
    ['bulkhead.dockerfile.unpinned-base', 'Base image may change under the same tag (Dockerfile)', 'system-out'],
    ['bulkhead.workload.no-healthcheck', 'Nothing checks that the service works (compose.yaml)', 'system-out'],
    ['bulkhead.host.no-user-namespaces', 'Root in a container is root on the host (.)', 'system-out'],
  ])
  assert.deepEqual(
    casesOf(coverage).map((one) => [one.attributes.name, outcomeOf(one)]),
    [
      ['configuration', ''],
      ['packages', 'skipped'],
      ['secrets', 'system-out'],
      ['network', ''],
    ],
  )
})

test('a failure says where, why and how to fix it', () => {
  const [suite] = suites(believableReport())
  const [socket, , ports] = casesOf(suite)
  const [failure] = ports?.children ?? []
  assert.deepEqual(ports?.attributes, {
    classname: 'bulkhead.workload.port-all-interfaces',
    name: 'Port is published on every network interface (compose.yaml)',
    file: 'compose.yaml',
    line: '14',
    time: '0',
  })
  assert.deepEqual(failure?.attributes, {
    message: 'Service "notebook" publishes port 8888 on every network interface. (and 2 more)',
    type: 'high',
  })
  assert.match(
    failure?.text ?? '',
    /^high\[workload\/port-all-interfaces\]: .+\n {2}at compose\.yaml:14: listens on 0\.0\.0\.0\n/,
  )
  assert.match(
    failure?.text ?? '',
    /\n {2}at compose\.yaml:16.+\n {2}fix \(safe\): Bind published ports to 127\.0\.0\.1\n\nWhy: /,
  )
  assert.match(failure?.text ?? '', /More: bulkhead explain workload\/port-all-interfaces$/)
  assert.match(
    socket?.children[0]?.text ?? '',
    /\n {2}see agent\/Dockerfile:12: runs as root\n {2}because: an AI agent/,
  )
})

test('suppressed findings alone are skipped, with who said so', () => {
  const status = { is: 'waived', by: 'compose.yaml:40', reason: 'behind a proxy', until: '2026-12-04' } as const
  const [suite] = suites(sampleReport({ findings: [sampleFinding({ status })] }))
  const [skipped] = casesOf(suite)[0]?.children ?? []
  assert.equal(skipped?.name, 'skipped')
  assert.equal(skipped?.attributes.message, 'waived by compose.yaml:40: behind a proxy (until 2026-12-04)')
})

test('nothing fails under --fail-on never', () => {
  const [suite] = suites({ ...believableReport(), failOn: 'never' })
  assert.equal(suite?.attributes.failures, '0')
})

test('what was asked for and not read is an error', () => {
  const incomplete = { outcome: 'incomplete', reasons: ['packages were not checked'], exitCode: 3 } as const
  const skipped = [{ code: 'unreadable', what: 'compose.yaml', why: 'permission denied', count: 1, required: true }]
  const named = suites(sampleReport({ verdict: incomplete, coverage: sampleCoverage({ skipped }) })).at(-1)
  const error = casesOf(named).at(-1)
  assert.equal(error?.attributes.name, 'read compose.yaml')
  assert.deepEqual(error?.children[0]?.attributes, { message: 'permission denied', type: 'unreadable' })
  const area = casesOf(suites(sampleReport({ verdict: incomplete })).at(-1)).at(-1)
  assert.deepEqual(area?.children[0]?.attributes, { message: 'packages were not checked', type: 'incomplete' })
})

test('a clean report still has a case for each target', () => {
  const [suite] = suites(sampleReport())
  assert.deepEqual(casesOf(suite).map(outcomeOf), [''])
  assert.equal(suite?.attributes.timestamp, '2026-11-25T12:00:00')
})
