import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Analyzer, Selector } from './analyzer.ts'
import { Selection } from './selection.ts'

const wants = (selects: Selector): Analyzer => ({
  id: JSON.stringify(selects),
  selects,
  area: 'configuration',
  emits: [],
  reads: 'head',
  analyze: () => {},
})

const CASES: readonly (readonly [Selector, string, boolean])[] = [
  [{ names: ['dockerfile'] }, 'a/Dockerfile', true],
  [{ names: ['dockerfile'] }, 'a/Dockerfile.x', false],
  [{ suffixes: ['.yaml'] }, 'x.YAML', true],
  [{ suffixes: ['.yaml'] }, 'yaml', false],
  [{ suffixes: ['.env'] }, '.env', true],
  [{ suffixes: ['.tar.gz'] }, 'a.b.tar.gz', true],
  [{ patterns: ['dockerfile.*'] }, 'Dockerfile.gpu', true],
  [{ patterns: ['dockerfile.*'] }, 'Dockerfile', false],
  [{ patterns: ['*.dockerfile'] }, 'gpu.dockerfile', true],
  [{ patterns: ['*.env.*'] }, 'a.env.b', true],
  [{ patterns: ['compose*.y*ml'] }, 'compose.prod.yml', true],
  [{ patterns: ['compose*.y*ml'] }, 'compose.json', false],
  [{ paths: ['/.docker/config.json'] }, 'home/.docker/config.json', true],
  [{ paths: ['/.docker/config.json'] }, 'home/config.json', false],
  [{ magic: [{ at: 2, bytes: [1, 2] }] }, 'anything', true],
  [{ magic: [{ at: 0, bytes: [1, 2] }] }, 'anything', false],
  [{ names: ['a'], minSize: 100 }, 'a', false],
]

test('selectors', () => {
  for (const [selects, path, wanted] of CASES) {
    // The others must not disturb.
    const selection = new Selection([...CASES.map(([other]) => wants(other)), wants(selects)])
    const name = path.split('/').at(-1) ?? ''
    const chosen = selection.of(path, name, 10, () => new Uint8Array([9, 9, 1, 2]))
    assert.equal(
      chosen.some(({ id }) => id === JSON.stringify(selects)),
      wanted,
      `${JSON.stringify(selects)} on ${path}`,
    )
  }
})
