import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Coverage, Skipped } from '../core/coverage.ts'
import type { Finding } from '../core/finding.ts'
import { AREAS, type Area, type Severity } from '../core/severity.ts'
import { decideVerdict, type VerdictInput } from './verdict.ts'

const areas = Object.fromEntries(AREAS.map((area) => [area, 'checked'])) as Record<Area, Coverage['areas'][Area]>
const coverage = (over: Partial<Coverage> = {}): Coverage => ({
  areas,
  skipped: [],
  analyzers: [],
  knowledge: [],
  suppressed: [],
  files: { seen: 1, read: 1 },
  ...over,
})
const found = (severity: Severity, is: Finding['status']['is'] = 'open') => ({ severity, status: { is } }) as Finding
const skipped = (required: boolean): Skipped => ({
  code: 'unreadable',
  what: 'Dockerfile',
  why: 'permission denied',
  count: 1,
  required,
})

interface Row {
  readonly name: string
  readonly input: Partial<Omit<VerdictInput, 'config'>> & { readonly config?: Partial<VerdictInput['config']> }
  readonly exitCode: number
  readonly reasons: readonly string[]
}

const ROWS: readonly Row[] = [
  { name: 'nothing found', input: {}, exitCode: 0, reasons: [] },
  { name: 'below the threshold', input: { findings: [found('medium')] }, exitCode: 0, reasons: [] },
  {
    name: 'at the threshold',
    input: { findings: [found('high'), found('low')] },
    exitCode: 1,
    reasons: ['1 high; fails at high or above'],
  },
  {
    name: 'above it',
    input: { findings: [found('critical'), found('high'), found('high')] },
    exitCode: 1,
    reasons: ['1 critical and 2 high; fails at high or above'],
  },
  {
    name: 'critical alone',
    input: { findings: [found('critical'), found('high')], config: { failOn: 'critical' } },
    exitCode: 1,
    reasons: ['1 critical; fails at critical'],
  },
  { name: 'never', input: { findings: [found('critical')], config: { failOn: 'never' } }, exitCode: 0, reasons: [] },
  {
    name: 'waived and baselined',
    input: { findings: [found('high', 'waived'), found('critical', 'baselined')] },
    exitCode: 0,
    reasons: [],
  },
  {
    name: 'a required file unread',
    input: { coverage: coverage({ skipped: [skipped(true)] }) },
    exitCode: 3,
    reasons: ['Dockerfile: permission denied'],
  },
  {
    name: 'a file of a folder unread',
    input: { coverage: coverage({ skipped: [skipped(false)] }) },
    exitCode: 0,
    reasons: [],
  },
  {
    name: 'an area required and not checked',
    input: { coverage: coverage({ areas: { ...areas, packages: 'not-checked' } }), config: { require: ['packages'] } },
    exitCode: 3,
    reasons: ['packages not checked, and required'],
  },
  {
    name: 'an area required and partly checked',
    input: { coverage: coverage({ areas: { ...areas, secrets: 'partly' } }), config: { require: ['secrets'] } },
    exitCode: 3,
    reasons: ['secrets were only partly checked, and required'],
  },
  {
    name: 'an area required that does not apply',
    input: { coverage: coverage({ areas: { ...areas, models: 'not-applicable' } }), config: { require: ['models'] } },
    exitCode: 0,
    reasons: [],
  },
  {
    name: 'an area partly checked, not required',
    input: { coverage: coverage({ areas: { ...areas, secrets: 'partly' } }) },
    exitCode: 0,
    reasons: [],
  },
  { name: 'a bug', input: { bugs: ['rule:x/y'] }, exitCode: 3, reasons: ['rule:x/y failed: a bug in bulkhead'] },
  { name: 'nothing to scan', input: { empty: ['docs'] }, exitCode: 4, reasons: ['docs holds nothing to scan'] },
  {
    name: 'findings before incomplete before empty',
    input: { findings: [found('high')], coverage: coverage({ skipped: [skipped(true)] }), empty: ['docs'] },
    exitCode: 1,
    reasons: ['1 high; fails at high or above', 'Dockerfile: permission denied'],
  },
  {
    name: 'incomplete before empty',
    input: { coverage: coverage({ skipped: [skipped(true)] }), empty: ['docs'] },
    exitCode: 3,
    reasons: ['Dockerfile: permission denied'],
  },
]

for (const { name, input, exitCode, reasons } of ROWS) {
  test(`${name}: exit code ${exitCode}`, () => {
    const verdict = decideVerdict({
      findings: [],
      coverage: coverage(),
      empty: [],
      bugs: [],
      ...input,
      config: { failOn: 'high', require: [], ...input.config },
    })
    assert.equal(verdict.exitCode, exitCode)
    assert.deepEqual(verdict.reasons, reasons)
    assert.equal(verdict.outcome, { 0: 'pass', 1: 'fail', 3: 'incomplete', 4: 'empty' }[exitCode])
  })
}
