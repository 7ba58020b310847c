import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TextEdit } from '../../core/fix.ts'
import { SourceText } from '../../core/span.ts'
import type { TreeNode } from '../../core/tree.ts'
import { YamlEdit, type YamlPath } from './edit.ts'
import { readYaml } from './read.ts'
import { isPlainSafe, renderScalar, type YamlValue } from './render.ts'

type Plain = string | number | boolean | null | Plain[] | Map<string, Plain>

function plain(node: TreeNode | null): Plain {
  if (node === null) return null
  if (node.type === 'scalar') return node.value
  if (node.type === 'alias') return `*${node.name}`
  if (node.type === 'list') return node.items.map(plain)
  return new Map(node.entries.map((entry) => [entry.key, plain(entry.value)]))
}

function apply(text: string, edits: readonly TextEdit[]): string {
  let bytes = Buffer.from(text)
  for (const { span, text: added } of [...edits].reverse()) {
    bytes = Buffer.concat([bytes.subarray(0, span.start), Buffer.from(added), bytes.subarray(span.end)])
  }
  return bytes.toString()
}

function edited(text: string, change: (edit: YamlEdit) => string | undefined): string {
  const edit = new YamlEdit(SourceText.of(text), '1.1', 0)
  const refusal = change(edit)
  if (refusal !== undefined) return `refused: ${refusal}`
  const after = apply(text, edit.edits())
  assert.equal(after, edit.source.text)
  return after
}

const set = (path: YamlPath, value: YamlValue) => (edit: YamlEdit) => edit.set(path, value)
const append = (path: YamlPath, value: YamlValue) => (edit: YamlEdit) => edit.append(path, value)
const remove =
  (path: YamlPath, prune = true) =>
  (edit: YamlEdit) =>
    edit.remove(path, { prune })

const EDITS: readonly { name: string; text: string; change: (edit: YamlEdit) => string | undefined; is: string }[] = [
  {
    name: 'adds after the last sibling, before the next section’s comment',
    text: 'a:\n  b: 1 # one\n\n# next\nc: 2\n',
    change: set(['a', 'x'], true),
    is: 'a:\n  b: 1 # one\n  x: true\n\n# next\nc: 2\n',
  },
  {
    name: 'adds at the end of a file without a line break',
    text: 'a:\n    b: 1',
    change: set(['a', 'x'], true),
    is: 'a:\n    b: 1\n    x: true',
  },
  {
    name: 'keeps CRLF',
    text: 'a:\r\n  b: 1\r\n',
    change: set(['a', 'x', 'w'], 'z'),
    is: 'a:\r\n  b: 1\r\n  x:\r\n    w: z\r\n',
  },
  {
    name: 'adds in a list’s item',
    text: '- name: a\n- name: b\n',
    change: set([0, 'x'], 1),
    is: '- name: a\n  x: 1\n- name: b\n',
  },
  {
    name: 'adds after a block scalar',
    text: 'a:\n  b: |\n    text\n\nc: 1\n',
    change: set(['a', 'x'], 1),
    is: 'a:\n  b: |\n    text\n  x: 1\n\nc: 1\n',
  },
  {
    name: 'adds after an empty value',
    text: 'a:\n  b:\nc: 1\n',
    change: set(['a', 'x'], 1),
    is: 'a:\n  b:\n  x: 1\nc: 1\n',
  },
  { name: 'adds in flow', text: 'a: {b: 1}\n', change: set(['a', 'x'], [1]), is: 'a: {b: 1, x: [1]}\n' },
  {
    name: 'adds to JSON, one a line',
    text: '{\n  "a": {\n    "b": 1\n  }\n}\n',
    change: set(['a', 'x'], { y: 'z' }),
    is: '{\n  "a": {\n    "b": 1,\n    "x": {"y": "z"}\n  }\n}\n',
  },
  { name: 'fills {}', text: 'a: {} # why\n', change: set(['a', 'x'], true), is: 'a: {x: true} # why\n' },
  { name: 'fills a null', text: 'a: # why\nb: 1\n', change: set(['a', 'x'], true), is: 'a: # why\n  x: true\nb: 1\n' },
  { name: 'fills a list', text: 'a: []\n', change: append(['a'], 'x'), is: 'a: [x]\n' },
  {
    name: 'makes a list where lists are not indented',
    text: 'a:\n- 1\nb: 2\n',
    change: append(['c', 'd'], 'x'),
    is: 'a:\n- 1\nb: 2\nc:\n  d:\n  - x\n',
  },
  {
    name: 'appends in the neighbours’ quotes',
    text: 'a:\n  - "x" # c\n',
    change: append(['a'], 'y'),
    is: 'a:\n  - "x" # c\n  - "y"\n',
  },
  {
    name: 'appends a mapping',
    text: 'a:\n- k: 1\n  m: 2\n',
    change: append(['a'], { k: 2, l: ['x'] }),
    is: 'a:\n- k: 1\n  m: 2\n- k: 2\n  l:\n  - x\n',
  },
  { name: 'replaces in single quotes', text: "a: 'x' # c\n", change: set(['a'], "it's"), is: "a: 'it''s' # c\n" },
  { name: 'replaces a quoted word by a boolean', text: 'a: "true"\n', change: set(['a'], false), is: 'a: false\n' },
  {
    name: 'replaces a scalar by a list',
    text: 'a: x # c\nb: 1\n',
    change: set(['a'], ['w']),
    is: 'a:\n  - w # c\nb: 1\n',
  },
  {
    name: 'replaces a block by a scalar',
    text: 'a:\n  b: 1\n  c: 2\nd: 1\n',
    change: set(['a'], 5),
    is: 'a: 5\nd: 1\n',
  },
  {
    name: 'replaces a block under a comment',
    text: 'a: # why\n  b: 1\nd: 1\n',
    change: set(['a'], ['x']),
    is: 'a: # why\n  - x\nd: 1\n',
  },
  {
    name: 'leaves what says it already',
    text: 'a: {b: [x, "1"]}\n',
    change: set(['a'], { b: ['x', '1'] }),
    is: 'a: {b: [x, "1"]}\n',
  },
  {
    name: 'removes a line with its comment',
    text: 'a: 1\nb: 2 # two\nc: 3\n',
    change: remove(['b']),
    is: 'a: 1\nc: 3\n',
  },
  {
    name: 'removes the ignore above with it',
    text: 'a: 1\n# bulkhead: ignore[x/y] reason: z\nb: 2\n# other\nc: 3\n',
    change: remove(['b']),
    is: 'a: 1\n# other\nc: 3\n',
  },
  {
    name: 'removes a whole block',
    text: 'a: 1\nb:\n  c:\n    - 1\n  d: |\n    x\ne: 3\n',
    change: remove(['b']),
    is: 'a: 1\ne: 3\n',
  },
  { name: 'removes the first entry of an item', text: '- a: 1\n  b: 2\n', change: remove([0, 'a']), is: '- b: 2\n' },
  {
    name: 'removes the first entry, keeps the comment',
    text: '- a: 1\n  # b\n  b: 2\n',
    change: remove([0, 'a']),
    is: '- # b\n  b: 2\n',
  },
  {
    name: 'removes the last one and its parents',
    text: 'a: 1\nb:\n  c:\n    d: 1\ne: 2\n',
    change: remove(['b', 'c', 'd']),
    is: 'a: 1\ne: 2\n',
  },
  {
    name: 'leaves {}',
    text: 'b:\n  c:\n    d: 1\ne: 2\n',
    change: remove(['b', 'c', 'd'], false),
    is: 'b:\n  c: {}\ne: 2\n',
  },
  { name: 'leaves []', text: 'b:\n- 1\ne: 2\n', change: remove(['b', 0], false), is: 'b: []\ne: 2\n' },
  { name: 'removes in flow: first', text: 'a: {b: 1, c: 2}\n', change: remove(['a', 'b']), is: 'a: {c: 2}\n' },
  { name: 'removes in flow: last', text: 'a: [1, 2, 3,]\n', change: remove(['a', 2]), is: 'a: [1, 2,]\n' },
  { name: 'removes in flow: only', text: 'a: [ 1, ]\n', change: remove(['a', 0], false), is: 'a: []\n' },
  {
    name: 'removes an item of several lines',
    text: 'a:\n- k: 1\n  m: 2\n# c\n- k: 3\n',
    change: remove(['a', 0]),
    is: 'a:\n# c\n- k: 3\n',
  },
  { name: 'removes a nested list’s first item', text: '- - 1\n  - 2\n', change: remove([0, 0]), is: '- - 2\n' },
  { name: 'overrides an alias', text: 'a: &x [1]\nb: *x\n', change: set(['b'], [2]), is: 'a: &x [1]\nb:\n  - 2\n' },
  {
    name: 'refuses an anchor',
    text: 'a: &x 1\nb: *x\n',
    change: set(['a'], 2),
    is: 'refused: the value carries the anchor &x, which others may use',
  },
  {
    name: 'refuses to write through an alias',
    text: 'a: &x {c: 1}\nb: *x\n',
    change: set(['b', 'c'], 2),
    is: 'refused: an alias (*x) stands at b',
  },
  {
    name: 'refuses a broken file',
    text: 'a: 1\nb: ]\n',
    change: set(['a'], 3),
    is: 'refused: the file is not valid YAML',
  },
  {
    name: 'refuses unusual line breaks',
    text: 'a: 1\u0085b: 2\n',
    change: set(['a'], 2),
    is: 'refused: the file has unusual line breaks',
  },
  { name: 'refuses what is no mapping', text: 'a: 1\n', change: set(['a', 'b'], 2), is: 'refused: a is no mapping' },
]

for (const { name, text, change, is } of EDITS) {
  test(`yaml edit: ${name}`, () => assert.equal(edited(text, change), is))
}

test('yaml edit: several changes of one mapping are told as edits of the original', () => {
  const text = 'a:\n  b: 1\n  c: 2\nd: 3\n'
  const after = edited(text, (edit) => {
    return (
      edit.set(['a', 'x', 'w'], 1) ??
      edit.set(['a', 'x', 'z'], 2) ??
      edit.remove(['a', 'b'], { prune: true }) ??
      edit.set(['d'], 4)
    )
  })
  assert.equal(after, 'a:\n  c: 2\n  x:\n    w: 1\n    z: 2\nd: 4\n')
})

test('yaml edit: the second document of a file', () => {
  const text = 'a: 1\n---\na: 2\n'
  const edit = new YamlEdit(SourceText.of(text), '1.1', 1)
  assert.equal(edit.set(['a'], 5), undefined)
  assert.equal(apply(text, edit.edits()), 'a: 1\n---\na: 5\n')
})

test('yaml edit: rendered scalars read back as they are', () => {
  const strings = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(
      'yes',
      '22:22',
      '0644',
      '- a',
      '#x',
      'a: b',
      'null',
      '',
      ' x',
      '127.0.0.1::80',
      '*a',
      '&b',
      '!c',
      '%d',
      '@e',
      '=',
      '<<',
      '1.5Gi',
      '-1',
      '...',
      '---',
      '\u0085',
      '2001-01-01',
    ),
  )
  fc.assert(
    fc.property(strings, fc.constantFrom('plain' as const, 'single' as const, 'double' as const), (value, quote) => {
      const source = SourceText.of(`k: ${renderScalar(value, quote)}\nl: [${renderScalar(value, quote)}]\n`)
      for (const version of ['1.1', '1.2'] as const) {
        const { documents, problems } = readYaml(source, { version })
        assert.deepEqual(problems, [])
        assert.deepEqual(
          plain(documents[0] ?? null),
          new Map<string, Plain>([
            ['k', value],
            ['l', [value]],
          ]),
        )
      }
    }),
    { seed: 1, numRuns: 600 },
  )
  assert.ok(
    isPlainSafe('RuntimeDefault') && isPlainSafe('/models/a.bin') && isPlainSafe('4Gi') && !isPlainSafe('22:22'),
  )
})

const scalars = fc.constantFrom<Plain>('x', 'y z', 1, true, null, 'é', "it's", 'a#b')

function document(seeds: readonly number[], value: Plain, crlf: boolean): string {
  let used = 0
  const pick = (count: number) => (seeds[used++ % seeds.length] ?? 0) % count
  const scalar = (one: string | number | boolean | null): string => {
    if (one === null) return pick(2) === 0 ? 'null' : '~'
    return typeof one === 'string'
      ? renderScalar(one, (['plain', 'single', 'double'] as const)[pick(3)] ?? 'plain')
      : String(one)
  }
  const comment = () => (pick(4) === 0 ? ' # note' : '')
  const flow = (one: Plain): string => {
    if (Array.isArray(one))
      return `[${one.map(flow).join(pick(2) === 0 ? ', ' : ' , ')}${one.length > 0 && pick(4) === 0 ? ',' : ''}]`
    if (one instanceof Map) return `{${[...one].map(([key, item]) => `${scalar(key)}: ${flow(item)}`).join(', ')}}`
    return scalar(one)
  }
  const block = (one: Plain, indent: string, afterDash: boolean): string => {
    const before = () => (pick(5) === 0 ? `${indent}# about\n` : pick(6) === 0 ? '\n' : '')
    const rows: string[] = []
    const parts: [string, Plain][] = Array.isArray(one)
      ? one.map((item) => ['-', item])
      : [...(one as Map<string, Plain>)].map(([key, item]) => [`${scalar(key)}:`, item])
    for (const [head, item] of parts) {
      const lead = rows.length === 0 && afterDash ? '' : before() + indent
      const isEmpty =
        !(item instanceof Map || Array.isArray(item)) || (Array.isArray(item) ? item.length : item.size) === 0
      if (isEmpty || pick(4) === 0) rows.push(`${lead}${head} ${flow(item)}${comment()}\n`)
      else if (head === '-') rows.push(`${lead}- ${block(item, `${indent}  `, true)}`)
      else {
        const step = Array.isArray(item) ? pick(3) * 2 : 2 + pick(2) * 2
        rows.push(`${lead}${head}${comment()}\n${block(item, indent + ' '.repeat(step), false)}`)
      }
    }
    return rows.join('')
  }
  const isCollection = value instanceof Map || Array.isArray(value)
  const text =
    isCollection && (Array.isArray(value) ? value.length : value.size) > 0
      ? block(value, '', false)
      : `${flow(value)}\n`
  const ending = pick(3) === 0 ? text.slice(0, -1) : `${text}# end\n`
  return crlf ? ending.replaceAll('\n', '\r\n') : ending
}

const values = fc.letrec<{ node: Plain }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'medium' },
    scalars,
    fc.array(tie('node'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.constantFrom('a', 'b', 'c', 'k e y', 'é', 'yes'), { maxLength: 4 })
      .chain((keys) =>
        fc
          .tuple(...keys.map(() => tie('node')))
          .map((items) => new Map(keys.map((key, index) => [key, items[index] as Plain]))),
      ),
  ),
})).node

/** Every path in the value. */
function pathsOf(value: Plain, path: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, index) => pathsOf(item, [...path, index]))]
  if (value instanceof Map) return [path, ...[...value].flatMap(([key, item]) => pathsOf(item, [...path, key]))]
  return [path]
}

function clone(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(clone)
  return value instanceof Map ? new Map([...value].map(([key, item]) => [key, clone(item)])) : value
}

function modelAt(value: Plain, path: YamlPath): Plain | undefined {
  let node: Plain | undefined = value
  for (const step of path)
    node = node instanceof Map ? node.get(String(step)) : Array.isArray(node) ? node[step as number] : undefined
  return node
}

function modelOf(value: YamlValue): Plain {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item: YamlValue) => modelOf(item))
  return new Map(Object.entries(value).map(([key, item]) => [key, modelOf(item as YamlValue)]))
}

const NEW_VALUES: readonly YamlValue[] = [
  true,
  5,
  'plain',
  '22:22',
  ['ALL'],
  { type: 'RuntimeDefault', l: ['a', { b: 1 }] },
  null,
  [],
  {},
]

test('yaml edit: any edit of any document changes just what it means to', () => {
  let done = 0
  let refused = 0
  fc.assert(
    fc.property(
      values.filter((value) => (value instanceof Map && value.size > 0) || (Array.isArray(value) && value.length > 0)),
      fc.array(fc.nat(999), { minLength: 40, maxLength: 60 }),
      fc.boolean(),
      fc.constantFrom('set' as const, 'add' as const, 'append' as const, 'remove' as const),
      fc.nat(),
      fc.constantFrom(...NEW_VALUES),
      (value, seeds, crlf, operation, choice, added) => {
        const text = document(seeds, value, crlf)
        const before = readYaml(SourceText.of(text), { version: '1.1' })
        assert.deepEqual(before.problems, [], text)
        assert.deepEqual(plain(before.documents[0] ?? null), value, text)
        const expected = clone(value)
        const edit = new YamlEdit(SourceText.of(text), '1.1', 0)
        const paths = pathsOf(value)
        let path = paths[choice % paths.length] ?? []
        let refusal: string | undefined
        if (operation === 'append') {
          const lists = paths.filter((one) => Array.isArray(modelAt(value, one)))
          if (lists.length === 0) return
          path = lists[choice % lists.length] ?? []
          ;(modelAt(expected, path) as Plain[]).push(modelOf(added))
          refusal = edit.append(path, added)
        } else if (operation === 'add') {
          const maps = paths.filter((one) => modelAt(value, one) instanceof Map)
          if (maps.length === 0) return
          path = maps[choice % maps.length] ?? []
          ;(modelAt(expected, path) as Map<string, Plain>).set('new', modelOf(added))
          refusal = edit.set([...path, 'new'], added)
        } else {
          if (path.length === 0) return
          const owner = modelAt(expected, path.slice(0, -1))
          const last = path.at(-1) as string | number
          if (operation === 'set') {
            if (!(owner instanceof Map)) return
            owner.set(String(last), modelOf(added))
            refusal = edit.set(path, added)
          } else {
            if (owner instanceof Map) owner.delete(String(last))
            else if (Array.isArray(owner)) owner.splice(last as number, 1)
            refusal = edit.remove(path, { prune: false })
          }
        }
        if (refusal !== undefined) {
          refused++
          return
        }
        done++
        const after = apply(text, edit.edits())
        const shown = `${operation} ${path.join('.')}\n${text}\n=>\n${after}`
        const reading = readYaml(SourceText.of(after), { version: '1.1' })
        assert.deepEqual(reading.problems, [], shown)
        assert.deepEqual(plain(reading.documents[0] ?? null), expected, shown)
        if (operation !== 'add' && operation !== 'append') return
        // Adding takes nothing away.
        assert.ok(
          edit.edits().every(({ span }) => span.start === span.end) || added === null || after.length >= text.length,
          shown,
        )
        assert.deepEqual(
          reading.comments.map((one) => one.text),
          before.comments.map((one) => one.text),
          shown,
        )
      },
    ),
    { seed: 1, numRuns: 1500 },
  )
  assert.ok(refused < done / 20, `${refused} refused, ${done} done`)
})
