import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { checkBoundaries } from './boundaries.ts'

function problemsOf(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'bulkhead-boundaries-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return checkBoundaries(root, Object.keys(files))
  } finally {
    rmSync(root, { recursive: true })
  }
}

test('arrows that run the wrong way are said', () => {
  const empty = 'export {}\n'
  const cases: readonly (readonly [string, string, RegExp | undefined])[] = [
    ['src/core/a.ts', "import { b } from '../files/b.ts'\n", /core may not import files/],
    ['src/secrets/a.ts', "import type { B } from '../manifests/b.ts'\n", /secrets may not import manifests/],
    ['src/reports/a.ts', "import {\n  b,\n} from '../files/b.ts'\n", /reports may not import files/],
    ['src/fixes/a.ts', "import { b } from '../files/b.ts'\n", undefined],
    ['src/cli/a.ts', "const b = await import('../manifests/b.ts')\n", undefined],
    ['src/core/a.ts', "import _ from 'lodash'\n", /lodash/],
    ['src/core/a.test.ts', "import fc from 'fast-check'\n", undefined],
    ['src/attic/a.ts', "import { b } from '../files/b.ts'\n", /not in the plan/],
  ]
  for (const [path, text, says] of cases) {
    const problems = problemsOf({ [path]: text, 'src/files/b.ts': empty, 'src/manifests/b.ts': empty })
    if (says === undefined) assert.deepEqual(problems, [], text)
    else assert.match(problems.join('\n'), says)
  }
})

test('a cycle is named by its files; one of types alone is none', () => {
  const cycle = { 'src/core/a.ts': "import { b } from './b.ts'\n", 'src/core/b.ts': "export { c } from './c.ts'\n" }
  assert.match(
    problemsOf({ ...cycle, 'src/core/c.ts': "import { a } from './a.ts'\n" }).join('\n'),
    /cycle: .*a\.ts → .*b\.ts → .*c\.ts → .*a\.ts/,
  )
  assert.deepEqual(problemsOf({ ...cycle, 'src/core/c.ts': "import type { A } from './a.ts'\n" }), [])
})
