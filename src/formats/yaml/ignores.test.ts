import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SourceText } from '../../core/span.ts'
import { yamlIgnores } from './ignores.ts'
import { readYaml } from './read.ts'

const IGNORE = '# bulkhead: ignore[workload/privileged] until=2027-03-01 reason: it needs the GPU'

function governed(text: string): string[] {
  const source = SourceText.of(text)
  return yamlIgnores(readYaml(source, { version: '1.2' })).map((ignore) => source.slice(ignore.governs))
}

for (const [name, text, is] of [
  ['an entry with its value', `a:\n  ${IGNORE}\n  b:\n    c: 1\n  d: 2\n`, ['b:\n    c: 1']],
  ['a whole item', `- x: 0\n${IGNORE}\n- a: 1\n  b: 2\n`, ['a: 1\n  b: 2']],
  ['a scalar item', `a:\n  ${IGNORE}\n  - x\n  - y\n`, ['x']],
  ['what follows further comments and blanks', `${IGNORE}\n\n# more\na: 1\nb: 2\n`, ['a: 1']],
  ['two in a row', `${IGNORE}\n${IGNORE}\na: 1\n`, ['a: 1', 'a: 1']],
  ['in a second document', `a: 1\n---\n${IGNORE}\nb: 2\n`, ['b: 2']],
  ['in flow', `a: [\n${IGNORE}\n  x, y]\n`, ['x']],
] as const) {
  test(`yaml ignore: ${name}`, () => assert.deepEqual(governed(text), is))
}

test('yaml ignore: its parts, and that nothing follows', () => {
  const [ignore] = yamlIgnores(readYaml(SourceText.of(`a: 1\n${IGNORE}\n`), { version: '1.2' }))
  assert.deepEqual(
    [ignore?.rules, ignore?.until, ignore?.reason, ignore?.problem],
    [['workload/privileged'], '2027-03-01', 'it needs the GPU', 'nothing stands below it'],
  )
  assert.deepEqual(
    yamlIgnores(readYaml(SourceText.of('# nothing\na: "# bulkhead: ignore[x/y] reason: z"\n'), { version: '1.2' })),
    [],
  )
})
