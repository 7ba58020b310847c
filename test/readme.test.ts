import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { cleanEnvironment } from './packed.ts'

const root = dirname(import.meta.dirname)
const readme = readFileSync(join(root, 'README.md'), 'utf8')

test('the README is short, and its first screen is what the command prints', () => {
  assert.ok(readme.split('\n').length <= 151)
  const [, args = '', shown = ''] = /```console\n\$ bulkhead ([^\n]+)\n([\s\S]*?)\n```/.exec(readme) ?? []
  const home = mkdtempSync(join(tmpdir(), 'bulkhead-readme-'))
  try {
    const command = [join(root, 'bin/bulkhead.js'), ...args.split(' ')]
    const { stdout } = spawnSync(process.execPath, command, {
      cwd: root,
      encoding: 'utf8',
      env: cleanEnvironment(home),
    })
    assert.equal(shown, stdout.trimEnd())
  } finally {
    rmSync(home, { recursive: true })
  }
})

test('the README names only files that are there', () => {
  for (const [, path = ''] of readme.matchAll(/\]\(([^)#:]+)\)/g)) readFileOrFolder(path)
})

function readFileOrFolder(path: string): void {
  try {
    readFileSync(join(root, path))
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EISDIR', path)
  }
}
