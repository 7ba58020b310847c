import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameOf } from './analyze-file.ts'

test('the last part of a key path names the value', () => {
  assert.equal(nameOf('services.api.environment.HF_TOKEN', 'environment'), 'HF_TOKEN')
  assert.equal(nameOf('spec.containers[app].env[HF_TOKEN]', 'environment'), 'HF_TOKEN')
  assert.equal(nameOf('spec.containers[app].env[HF_TOKEN]', 'config-value'), 'env', 'elsewhere an address')
  assert.equal(nameOf('spec.containers[app].args[0]', 'command'), 'args')
  assert.equal(nameOf('a.environment[3]', 'environment'), 'environment')
  assert.equal(nameOf('', 'file'), undefined)
  assert.equal(nameOf(undefined), undefined)
})
