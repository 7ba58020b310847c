import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { SourceText } from '../../core/span.ts'
import type { TreeNode } from '../../core/tree.ts'
import { YamlEdit, type YamlPath } from './edit.ts'
import { readYaml } from './read.ts'
import { readWindow, windowAround } from './window.ts'

/** Entries of a service, each on lines of its own, indented by four. */
const ENTRIES = [
  'image: acme/api:1.4',
  'command: sh -c "a && b"',
  'command:\n      - a\n      - "b # no comment"',
  'ports:\n    - "80:80"\n    - 443:443',
  'labels: {a: 1, b: [x, "y"]}',
  'script: |\n      set -e\n\n      --- not a marker\n',
  'folded: >+\n      a\n      b\n\n',
  'text: "two\n      lines"',
  'plain: two\n      lines',
  '# a comment\n    # and another',
  'environment:\n      A: "1" # why\n      B:\n      ümläut: ß',
  'empty:',
  'shared: *base',
  'anchored: &own [x]',
  'tagged: !reset null',
] as const

const entry = fc.constantFrom(...ENTRIES)
const service = fc.record({ name: fc.constantFrom('api', 'db', 'web'), entries: fc.array(entry, { maxLength: 5 }) })
const file = fc
  .record({
    head: fc.constantFrom('', '# head\n', 'x-base: &base\n  a: 1\n', '%YAML 1.2\n---\n', '---\n', '\uFEFFname: x\n'),
    services: fc.array(service, { minLength: 1, maxLength: 4 }),
    tail: fc.constantFrom(
      '',
      'volumes:\n  data:\n',
      '# tail',
      '---\nother: document\n',
      '...\n',
      '\n\n# tail\nlast: 1',
    ),
    newline: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ head, services, tail, newline }) => {
    const lines = services.flatMap(({ name, entries }) => [`  ${name}:`, ...entries.map((text) => `    ${text}`)])
    return `${head}services:\n${lines.join('\n')}\n${tail}`.replaceAll('\n', newline)
  })

const KEYS = ['image', 'command', 'ports', 'labels', 'environment', 'empty', 'new', 'text', 'script'] as const
const path = fc
  .tuple(fc.constantFrom('api', 'db', 'web'), fc.constantFrom(...KEYS), fc.option(fc.constantFrom('A', 'B', 0, 1)))
  .map(([name, key, inner]): YamlPath => ['services', name, key, ...(inner === null ? [] : [inner])])
const change = fc.record({
  path,
  do: fc.constantFrom('set', 'append', 'remove', 'prune'),
  value: fc.constantFrom('x', '', 'a: b', '# x', 1, null, ['a', 'b'], { a: { b: 'c' } }, 'two\nlines'),
})

function apply(edit: YamlEdit, one: { path: YamlPath; do: string; value: unknown }): string | undefined {
  if (one.do === 'set') return edit.set(one.path, one.value as string)
  if (one.do === 'append') return edit.append(one.path, one.value as string)
  return edit.remove(one.path, { prune: one.do === 'prune' })
}

function nodeAt(root: TreeNode | null | undefined, path: YamlPath): TreeNode | undefined {
  let node = root
  for (const step of path) {
    if (node?.type === 'map') node = node.entries.findLast(({ key }) => key === step)?.value
    else return undefined
  }
  return node ?? undefined
}

test('the lines of an entry read alone say what the whole file says of it', () => {
  let windows = 0
  fc.assert(
    fc.property(file, fc.array(change, { minLength: 1, maxLength: 6 }), (text, changes) => {
      const edit = new YamlEdit(SourceText.of(text), '1.2', 0)
      for (const one of changes) {
        const before = edit.source
        const refusal = apply(edit, one)
        if (refusal !== undefined) assert.equal(edit.source, before, 'a refused change leaves the text')
        const { documents, problems } = readYaml(edit.source, { version: '1.2' })
        if (edit.source !== before) {
          const errors = problems.filter(({ level, code }) => level === 'error' && code !== 'duplicate-key')
          assert.deepEqual(errors, [], edit.source.text)
        }
        for (const name of ['api', 'db', 'web']) {
          const at = ['services', name]
          assert.deepEqual(edit.node(at), nodeAt(documents[0], at), edit.source.text)
          const window = windowAround(edit.source, documents[0] ?? null, at)
          if (window === undefined) continue
          const again = readWindow(edit.source, window, 0, '1.2')
          if (again === undefined) continue
          assert.deepEqual(again.value, nodeAt(documents[0], again.path), edit.source.text)
          windows++
        }
      }
    }),
    { seed: 1, numRuns: 400 },
  )
  assert.ok(windows > 400, `only ${windows} windows were read`)
})

test('what means something beyond its lines is left to a reading of the whole', () => {
  const around = (text: string, path: YamlPath) => {
    const source = SourceText.of(text)
    return windowAround(source, readYaml(source, { version: '1.2' }).documents[0] ?? null, path)
  }
  const plain = 'services:\n  api:\n    a: 1\n  # of db\n  db:\n    b: 2\nvolumes:\n'
  const lines = (window: ReturnType<typeof around>, text: string) =>
    window && text.slice(window.lines.start, window.lines.end)
  assert.equal(lines(around(plain, ['services', 'api', 'a']), plain), '  api:\n    a: 1\n  # of db\n')
  assert.equal(lines(around(plain, ['services', 'db']), plain), '  db:\n    b: 2\n')
  assert.deepEqual(around(plain, ['services', 'new'])?.path, ['services'])
  const two = 'a:\n  b: 1\n---\na:\n'
  assert.equal(lines(around(two, ['a', 'b']), two), '  b: 1\n')
  for (const text of [
    'services:\n  api: &x\n    a: 1\n',
    'services:\n  api:\n    <<: *x\n    a: 1\n',
    '%YAML 1.2\n---\nservices:\n  api:\n    a: 1\n',
    '{services: {api: {a: 1}}}',
    '--- {services: 1}',
  ])
    assert.equal(around(text, ['services', 'api', 'a']), undefined, text)
})

test('lines that open what they do not close are refused', () => {
  const source = SourceText.of('services:\n  api:\n    a: "1\n  db:\n    b: 2"\n')
  const window = {
    path: ['services', 'api'],
    lines: { start: 10, end: 27 },
    column: 2,
    value: { type: 'scalar', value: null, text: '', style: 'plain', span: { start: 0, end: 0 } } as const,
  }
  assert.equal(readWindow(source, window, 0, '1.2'), undefined)
})
