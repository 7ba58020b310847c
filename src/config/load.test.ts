import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { discoverConfig, loadNamedConfig } from './load.ts'
import type { ConfigError } from './settings.ts'

const rules = { ids: new Set<string>(), formerly: new Map<string, string>() }

function inFolder(run: (folder: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-config-'))
    try {
      await run(folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function problemOf(loading: Promise<unknown>): Promise<string> {
  const error = await loading.then(
    () => undefined,
    (thrown: ConfigError) => thrown,
  )
  assert.equal(error?.code, 'config')
  return error?.message ?? ''
}

test(
  'the file of the folder itself is found, one deeper down is not',
  inFolder(async (folder) => {
    mkdirSync(join(folder, 'deep'))
    writeFileSync(join(folder, 'deep', 'bulkhead.yaml'), 'fail-on: never\n')
    assert.deepEqual(await discoverConfig(folder, rules), { notices: [] })
    writeFileSync(join(folder, 'bulkhead.yaml'), '\uFEFFfail-on: low\r\n')
    const { config } = await discoverConfig(folder, rules)
    assert.deepEqual(config, { name: 'bulkhead.yaml', trust: 'discovered', folder, settings: { failOn: 'low' } })
  }),
)

test(
  'a file with a near name is not read in silence',
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'bulkhead.yml'), 'fail-on: never\n')
    const { config, notices } = await discoverConfig(folder, rules)
    assert.equal(config, undefined)
    assert.deepEqual(notices, ['bulkhead.yml is not read; the file must be called bulkhead.yaml'])
  }),
)

test(
  'a link that leaves the folder, a pipe, a folder and bytes are refused',
  inFolder(async (folder) => {
    const project = join(folder, 'project')
    mkdirSync(project)
    const path = join(project, 'bulkhead.yaml')
    writeFileSync(join(folder, 'outside.yaml'), 'fail-on: low\n')
    symlinkSync('../outside.yaml', path)
    assert.match(
      await problemOf(discoverConfig(project, rules)),
      /^bulkhead\.yaml: is a link that leaves the scanned directory/,
    )
    rmSync(path)
    symlinkSync('bulkhead.yaml', path)
    assert.match(await problemOf(discoverConfig(project, rules)), /cannot be read: its links go in a circle/)
    rmSync(path)
    mkdirSync(path)
    assert.match(await problemOf(discoverConfig(project, rules)), /is not a file/)
    rmSync(path, { recursive: true })
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [path])
      assert.match(await problemOf(discoverConfig(project, rules)), /is not a file/)
      rmSync(path)
    }
    writeFileSync(path, Buffer.from([0x61, 0xff, 0xfe]))
    assert.match(await problemOf(discoverConfig(project, rules)), /is not valid UTF-8/)
    writeFileSync(path, Buffer.alloc(300 * 1024, '#'))
    assert.match(await problemOf(discoverConfig(project, rules)), /is larger than 256 KiB/)
  }),
)

test(
  'a baseline outside of the folder needs a flag, unless the file was named',
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'bulkhead.yaml'), 'baseline: ../other.json\n')
    assert.match(await problemOf(discoverConfig(folder, rules)), /"baseline" leaves the scanned directory/)
    const named = await loadNamedConfig(join(folder, 'bulkhead.yaml'), rules)
    assert.equal(named.settings.baseline, '../other.json')
    assert.match(
      await problemOf(loadNamedConfig(join(folder, 'none.yaml'), rules)),
      /cannot be read: there is no such file/,
    )
  }),
)
