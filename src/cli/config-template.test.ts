import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from '../config/parse.ts'
import { CONFIG_KEYS } from '../config/schema.ts'
import type { Finding } from '../core/finding.ts'
import type { ScanReport } from '../core/report.ts'
import { configTemplate } from './config-template.ts'

const rules = { ids: new Set(['workload/port-all-interfaces', 'secret/in-env']), formerly: new Map<string, string>() }
const found = (path: string, rule = 'secret/in-env') =>
  ({ rule, severity: 'high', locations: [{ target: '.', path, role: 'primary' }] }) as unknown as Finding
const report = (findings: readonly Finding[]) =>
  ({ date: '2026-11-25T10:00:00Z', findings, seen: [{ what: 'Dockerfiles', count: 2 }] }) as unknown as ScanReport

const parse = (text: string) => parseConfig(text, { name: 'bulkhead.yaml', trust: 'discovered' }, rules)

for (const [name, findings] of [
  ['of an empty project', []],
  ['of a project with findings', [found('tests/Dockerfile'), found('vendor/a/compose.yaml'), found('Dockerfile')]],
] as const) {
  test(`the file ${name} is valid, and so is every example in it`, () => {
    const text = configTemplate(report(findings))
    assert.deepEqual(parse(text), { settings: { failOn: 'high' }, problems: [] })
    const uncommented = text.replace(/^# (?=[a-z-]+:( |$)| {2})/gm, '')
    const { settings, problems } = parse(uncommented)
    assert.deepEqual(problems, [])
    assert.equal(Object.keys(settings).length, Object.keys(CONFIG_KEYS).length, 'a key has no example')
    assert.equal(settings.waivers?.[0]?.until, '2027-05-26')
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line)
  })
}

test('folders that are usually not shipped are suggested, where they hold findings', () => {
  const text = configTemplate(report([found('tests/Dockerfile'), found('tests/b/Dockerfile'), found('src/Dockerfile')]))
  assert.match(text, /^# exclude:\n# {3}- tests\/\n\n/m)
  assert.match(text, /^# Today 3 of high severity and above/m)
})
