import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_LIMITS } from '../core/config.ts'
import { settingsFromEnvironment } from './environment.ts'
import { resolveSettings } from './resolve.ts'
import { problemLine } from './settings.ts'

const rules = { ids: new Set(['workload/privileged']), formerly: new Map<string, string>() }

test('without any source everything has its default', () => {
  assert.deepEqual(resolveSettings({ flags: {}, environment: {}, file: {} }), {
    failOn: 'high',
    only: [],
    allRules: false,
    require: [],
    exclude: [],
    includeIgnored: false,
    waivers: [],
    severities: {},
    limits: DEFAULT_LIMITS,
    profiles: ['*'],
  })
})

test('flag over environment over file', () => {
  const file = { failOn: 'low', stage: 'file', baseline: 'f.json' } as const
  const environment = { failOn: 'medium', stage: 'environment' } as const
  const all = resolveSettings({ flags: { failOn: 'critical' }, environment, file })
  assert.equal(all.failOn, 'critical')
  assert.equal(all.stage, 'environment')
  assert.deepEqual(all.baseline, { path: 'f.json', from: 'file' })
  assert.equal(resolveSettings({ flags: {}, environment, file }).failOn, 'medium')
  assert.equal(resolveSettings({ flags: {}, environment: {}, file }).failOn, 'low')
})

test('exclude and require add up', () => {
  const resolved = resolveSettings({
    flags: { exclude: ['c'] },
    environment: { exclude: ['b', 'a'], require: ['secrets'] },
    file: { exclude: ['a'], require: ['configuration'] },
  })
  assert.deepEqual(resolved.exclude, ['a', 'b', 'c'])
  assert.deepEqual(resolved.require, ['configuration', 'secrets'])
})

test('the environment is checked like a file', () => {
  const good = settingsFromEnvironment(
    {
      BULKHEAD_FAIL_ON: 'low',
      BULKHEAD_ONLY: 'secrets, workload/privileged',
      BULKHEAD_STAGE: '',
      BULKHEAD_CONFIG: 'x.yaml',
    },
    rules,
  )
  assert.deepEqual(good.settings, { failOn: 'low', only: ['secrets', 'workload/privileged'] })
  assert.equal(good.config, 'x.yaml')
  const bad = settingsFromEnvironment(
    { BULKHEAD_FAIL_ON: 'hgih', BULKHEAD_REQUIRE: 'secret', BULKHEAD_FAILON: 'low' },
    rules,
  )
  assert.deepEqual(bad.problems.map(problemLine), [
    'BULKHEAD_FAIL_ON: "hgih" is none of critical, high, medium, low, info, never; did you mean "high"?',
    'BULKHEAD_REQUIRE: "secret" is none of configuration, packages, secrets, models, image, host, network; did you mean "secrets"?',
  ])
  assert.deepEqual(bad.notices, [
    'BULKHEAD_FAILON is not a variable that bulkhead reads; did you mean "BULKHEAD_FAIL_ON"?',
  ])
})
