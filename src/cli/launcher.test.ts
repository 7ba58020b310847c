import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'

const launcher = fileURLToPath(new URL('../../bin/bulkhead.js', import.meta.url))

/** A checkout in little: launcher, package.json, sources and bundle that say who they are. */
function checkout(t: TestContext): {
  root: string
  run: (args: string[], env?: Record<string, string>) => ReturnType<typeof spawnSync>
} {
  const root = mkdtempSync(join(tmpdir(), 'bulkhead-launcher-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  for (const folder of ['bin', 'dist', 'src/cli']) mkdirSync(join(root, folder), { recursive: true })
  cpSync(launcher, join(root, 'bin/bulkhead.js'))
  writeFileSync(join(root, 'package.json'), '{ "name": "bulkhead", "version": "9.8.7", "type": "module" }')
  const says = (who: string) => `export const main = (argv) => { process.stdout.write('${who} ' + argv.join(' ')) }\n`
  writeFileSync(join(root, 'src/cli/main.ts'), says('sources'))
  writeFileSync(join(root, 'dist/bulkhead.js'), says('bundle'))
  const run = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(root, 'bin/bulkhead.js'), ...args], {
      encoding: 'utf8',
      cwd: root,
      env: { PATH: process.env.PATH, XDG_CACHE_HOME: join(root, 'cache'), ...env },
    })
  return { root, run }
}

function setAge(path: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds
  utimesSync(path, time, time)
}

test('the bundle is run unless a source is newer', (t) => {
  const { root, run } = checkout(t)
  setAge(join(root, 'src/cli/main.ts'), 100)
  setAge(join(root, 'dist/bulkhead.js'), 50)
  assert.equal(run(['a', 'b']).stdout, 'bundle a b')
  setAge(join(root, 'src/cli/main.ts'), 10)
  assert.equal(run([]).stdout, 'sources ')
  rmSync(join(root, 'dist'), { recursive: true })
  assert.equal(run([]).stdout, 'sources ')
})

test('without sources, as published, the bundle is run; a link to the launcher finds it too', (t) => {
  const { root, run } = checkout(t)
  rmSync(join(root, 'src'), { recursive: true })
  assert.equal(run(['x']).stdout, 'bundle x')
  symlinkSync('bin/bulkhead.js', join(root, 'linked'))
  const linked = spawnSync(process.execPath, [join(root, 'linked'), 'x'], {
    encoding: 'utf8',
    env: { XDG_CACHE_HOME: join(root, 'cache') },
  })
  assert.equal(linked.stdout, 'bundle x')
})

test('--version is answered without loading anything', (t) => {
  const { root, run } = checkout(t)
  rmSync(join(root, 'src'), { recursive: true })
  rmSync(join(root, 'dist'), { recursive: true })
  for (const flag of ['--version', '-V']) assert.equal(run([flag]).stdout, 'bulkhead 9.8.7\n')
  assert.equal(existsSync(join(root, 'cache')), false)
  const failed = run([])
  assert.equal(failed.status, 3)
  assert.match(String(failed.stderr), /cannot be loaded/)
})

test('the compile cache lies in a private folder, and only there', (t) => {
  const { root, run } = checkout(t)
  run([])
  const folder = join(root, 'cache/bulkhead/compile')
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.ok(readdirSync(folder).length > 0)
})

test('a cache folder that others may write to, or that is a link, is not used', (t) => {
  if (process.getuid === undefined) return t.skip('there are no modes on this system')
  const { root, run } = checkout(t)
  const folder = join(root, 'cache/bulkhead/compile')
  mkdirSync(folder, { recursive: true })
  chmodSync(join(root, 'cache/bulkhead'), 0o700)
  chmodSync(folder, 0o777)
  assert.equal(run([]).status, 0)
  assert.deepEqual(readdirSync(folder), [])
  rmSync(folder, { recursive: true })
  const elsewhere = join(root, 'elsewhere')
  mkdirSync(elsewhere, { mode: 0o700 })
  symlinkSync(elsewhere, folder)
  assert.equal(run([]).status, 0)
  assert.deepEqual(readdirSync(elsewhere), [])
})

test('no home and no cache are no reason to fail', (t) => {
  const { root, run } = checkout(t)
  assert.equal(run([], { HOME: '/dev/null', XDG_CACHE_HOME: '/dev/null/none' }).status, 0)
  assert.equal(run([], { HOME: '', XDG_CACHE_HOME: 'relative' }).status, 0)
  assert.deepEqual(readdirSync(root).sort(), ['bin', 'dist', 'package.json', 'src'])
})

test('an old Node gets one line and exit code 2', (t) => {
  const { root } = checkout(t)
  const old = join(root, 'old.mjs')
  writeFileSync(
    old,
    "Object.defineProperty(process.versions, 'node', { value: '20.11.0' })\nObject.defineProperty(process, 'version', { value: 'v20.11.0' })\n",
  )
  const run = spawnSync(process.execPath, ['--import', old, join(root, 'bin/bulkhead.js'), 'scan'], {
    encoding: 'utf8',
    env: { XDG_CACHE_HOME: join(root, 'cache') },
  })
  assert.equal(run.status, 2)
  assert.equal(run.stderr, 'bulkhead needs Node 24 or newer, and this is v20.11.0: https://nodejs.org/\n')
})

test('Node 12 can parse the launcher and knows the modules it names', () => {
  const text = readFileSync(launcher, 'utf8')
  // ES2020 without what came to Node after 12: `?.`, `??` and namespace exports are refused below.
  const program = parse(text, { ecmaVersion: 2020, sourceType: 'module', allowHashBang: true })
  const seen = JSON.stringify(program)
  assert.ok(!seen.includes('"ChainExpression"'))
  assert.ok(!seen.includes('"operator":"??"'))
  assert.ok(!/from 'node:/.test(text))
  for (const [, names] of text.matchAll(/^import (.*) from/gm))
    assert.match(names ?? '', /^[a-z0-9]+$/, 'a named import fails to link')
})
