import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { cleanEnvironment } from './packed.ts'

const root = dirname(import.meta.dirname)
const expected = join(root, 'test/goat.expected.txt')

/** `UPDATE=1 npm test -- goat` writes what is found; read the difference before you commit it. */
test('the goat’s report is the reviewed one', () => {
  const home = mkdtempSync(join(tmpdir(), 'bulkhead-goat-'))
  try {
    const args = [join(root, 'bin/bulkhead.js'), 'scan', 'examples/goat', '--plain']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      env: cleanEnvironment(home),
    })
    assert.equal(status, 1, stderr)
    if (process.env.UPDATE === '1') writeFileSync(expected, stdout)
    assert.equal(stdout, readFileSync(expected, 'utf8'))
  } finally {
    rmSync(home, { recursive: true })
  }
})
