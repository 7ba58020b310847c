import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SourceText } from '../../core/span.ts'
import type { TreeNode } from '../../core/tree.ts'
import { readYaml } from './read.ts'
import {
  asBoolean,
  asNumber,
  asString,
  asStringList,
  at,
  entriesOf,
  entryOf,
  get,
  resolve,
  treeContext,
} from './tree.ts'

function load(text: string) {
  const root = readYaml(SourceText.of(text), { version: '1.2' }).documents[0] ?? null
  return { root: root as TreeNode, context: treeContext(root) }
}

function effective(text: string, path: string[]): unknown[] {
  const { root, context } = load(text)
  return entriesOf(at(root, path, context), context).map(({ key, value, via }) => [key, asString(value), via])
}

test('tree: explicit keys win over merged ones wherever << stands', () => {
  const base = 'x: &x {a: 1, b: 1}\n'
  assert.deepEqual(effective(`${base}y:\n  a: 2\n  <<: *x\n`, ['y']), [
    ['a', '2', undefined],
    ['b', '1', 'merge'],
  ])
  assert.deepEqual(effective(`${base}y:\n  <<: *x\n  a: 2\n`, ['y']), [
    ['a', '2', undefined],
    ['b', '1', 'merge'],
  ])
})

test('tree: the first anchor of a merge list wins, and merges nest', () => {
  const text = 'p: &p {a: 1, b: 1}\nq: &q\n  <<: *p\n  b: 2\n  c: 2\ny:\n  <<: [*q, *p]\n'
  assert.deepEqual(effective(text, ['y']), [
    ['b', '2', 'merge'],
    ['c', '2', 'merge'],
    ['a', '1', 'merge'],
  ])
})

test('tree: an alias says so, and its owner is where the entry is written', () => {
  const { root, context } = load('x: &x [1]\ny: *x\n')
  const entry = entryOf(root, 'y', context)
  assert.deepEqual([entry?.via, entry?.value.type, entry?.owner === root], ['anchor', 'list', true])
})

test('tree: of a key that stands twice the last counts', () => {
  const { root, context } = load('a: 1\nb: 0\na: 2\n')
  assert.equal(asNumber(get(root, 'a', context)), 2)
  assert.equal(asNumber(entriesOf(root, context).find((entry) => entry.key === 'a')?.value), 2)
})

test('tree: cycles and bombs end', () => {
  const cycle = load('a: &a\n  <<: *a\n  b: *a\n')
  assert.equal(resolve(at(cycle.root, ['a', 'b', 'b', 'b'], cycle.context), cycle.context)?.type, 'map')
  assert.deepEqual(
    entriesOf(get(cycle.root, 'a', cycle.context), cycle.context).map((entry) => entry.key),
    ['b'],
  )
  const levels = Array.from(
    { length: 30 },
    (_, level) =>
      `l${level}: &l${level}\n  k${level}: 1\n${
        level === 0
          ? ''
          : `  <<: [${Array(20)
              .fill(`*l${level - 1}`)
              .join(', ')}]\n`
      }`,
  )
  const bomb = load(levels.join(''))
  assert.ok(entriesOf(get(bomb.root, 'l29', bomb.context), bomb.context).length >= 20)
})

test('tree: names of Object’s own are keys like others', () => {
  const { root, context } = load('__proto__: {a: 1}\nconstructor: x\n')
  assert.equal(asNumber(at(root, ['__proto__', 'a'], context)), 1)
  assert.equal(get(root, 'toString', context), undefined)
  assert.equal(asString(get(root, 'constructor', context)), 'x')
})

test('tree: values as the tools take them', () => {
  const { root, context } = load(
    'b: ["true", yes, off, true, x, 1]\nn: [1, "2", 1.5, x, ~]\ns: one\nl: [a, 0644, null, [x]]\n',
  )
  const list = (key: string) => (at(root, [key], context) as Extract<TreeNode, { type: 'list' }>).items
  assert.deepEqual(
    list('b').map((node) => asBoolean(node)),
    [true, true, false, true, undefined, undefined],
  )
  assert.deepEqual(
    list('n').map((node) => asNumber(node)),
    [1, 2, 1.5, undefined, undefined],
  )
  assert.deepEqual(asStringList(get(root, 's', context), context), ['one'])
  assert.deepEqual(asStringList(get(root, 'l', context), context), ['a', '0644'])
  assert.equal(at(root, ['l', '3', '0'], context)?.type, 'scalar')
  assert.equal(at(root, ['l', 'x'], context), undefined)
})
