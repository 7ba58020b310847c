import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { EXAMPLE_CONFIG } from '../src/assembly/rule-harness.ts'
import { scan } from '../src/assembly/scan.ts'
import { openTarget } from '../src/targets/open.ts'

const folder = join(dirname(import.meta.dirname), '../shared/realworld')
const present = existsSync(folder)
if (!present) process.stderr.write('skipped: ../shared/realworld, files of real projects, is not here\n')

const NAMED = /^(dockerfile|containerfile)([._-].*)?$|\.dockerfile$|^(docker-)?compose.*\.ya?ml$/i
const KUBERNETES = /^apiVersion:/m

test('every file of real projects is read, or coverage says why not', {
  skip: present ? false : 'no ../shared/realworld',
}, async (t) => {
  for (const project of readdirSync(folder)) {
    if (!existsSync(join(folder, project, '.')) || project.includes('.')) continue
    await t.test(project, async () => {
      const path = join(folder, project)
      const { report } = await scan([openTarget(path, EXAMPLE_CONFIG)], {
        config: EXAMPLE_CONFIG,
        now: '2026-11-25T12:00:00Z',
        version: '0.0.0',
        salt: Buffer.from('real'),
        clock: () => 0,
        withFacts: true,
      })
      assert.deepEqual(
        report.coverage.analyzers.flatMap(({ id, errors }) => errors.map((error) => ({ id, ...error }))),
        [],
      )
      const told = new Set([
        ...(report.facts ?? []).map((fact) => fact.path),
        ...report.coverage.skipped.map(({ what }) => what),
      ])
      for (const file of wanted(path)) assert.ok(told.has(file), `${file} gave no fact, and nothing says why`)
    })
  }
})

function wanted(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.dockerignore'))
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .filter(
      (file) =>
        NAMED.test(basename(file)) ||
        (/\.ya?ml$/.test(file) && KUBERNETES.test(readFileSync(join(path, file), 'utf8'))),
    )
}
