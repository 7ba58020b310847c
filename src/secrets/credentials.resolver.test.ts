import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SecretDraft, storeOf } from './credentials.testing.ts'

/** `subject grade [path:start …]` of each credential. */
function credentials(...drafts: SecretDraft[]): string[] {
  const store = storeOf(drafts)
  return store.all('credential').map(({ subject, grade, places }) => {
    const at = places.map((id) => store.byId('secret', id)).map((place) => `${place?.path}:${place?.span.start}`)
    return `${subject} ${grade} ${at.join(' ')}`
  })
}

test('equal values are one credential with many places, named after the first', () => {
  assert.deepEqual(
    credentials(
      { at: 50, path: 'b.yaml', key: 'B' },
      { at: 9, path: 'a.yaml', key: 'A', grade: 'contextual', secret: 'generic-key' },
      { at: 30, path: 'a.yaml', hash: 'h2', key: 'C' },
    ),
    ['hugging-face-token@a.yaml:A shaped a.yaml:9 b.yaml:50', 'hugging-face-token@a.yaml:C shaped a.yaml:30'],
  )
})

test('subjects that would be equal are counted in the order of the text', () => {
  assert.deepEqual(credentials({ at: 5, key: 'RUN' }, { at: 50, key: 'RUN', hash: 'h2' }), [
    'hugging-face-token@a.yaml:RUN shaped a.yaml:5',
    'hugging-face-token@a.yaml:RUN#2 shaped a.yaml:50',
  ])
})

test('one place that several readers saw is one place, told by the one that knows the format', () => {
  assert.deepEqual(
    credentials(
      { at: 5, analyzer: 'text-files', carrier: 'file' },
      { at: 5, analyzer: 'text-files', carrier: 'config-value', key: 'HF_TOKEN' },
      { at: 5, key: 'services.a.environment.HF_TOKEN' },
      { at: 0, span: { start: 0, end: 40 }, carrier: 'file', analyzer: 'text-files' },
    ),
    ['hugging-face-token@a.yaml:services.a.environment.HF_TOKEN shaped a.yaml:5'],
  )
})

test('a nameless find around a better one is dropped, two strangers in one inexact place are not', () => {
  assert.deepEqual(
    credentials(
      { at: 0, span: { start: 0, end: 40 }, hash: 'outer', secret: 'generic-password', grade: 'contextual', key: 'P' },
      { at: 5, hash: 'inner', key: 'P' },
    ),
    ['hugging-face-token@a.yaml:P shaped a.yaml:5'],
  )
  assert.equal(credentials({ at: 5, key: 'source' }, { at: 5, hash: 'h2', key: 'source' }).length, 2)
})

test('guessable passwords are joined within a file only, and a word in running text is none', () => {
  const weak = { grade: 'weak', secret: 'weak-password', hash: 'w' } as const
  assert.deepEqual(
    credentials(
      { at: 1, key: 'A', ...weak },
      { at: 30, key: 'B', ...weak },
      { at: 1, key: 'A', path: 'b.yaml', ...weak },
      { at: 1, path: 'c.yaml', carrier: 'file', ...weak },
    ),
    ['weak-password@a.yaml:A weak a.yaml:1 a.yaml:30', 'weak-password@b.yaml:A weak b.yaml:1'],
  )
})

test('targets are told apart, layers are places', () => {
  assert.deepEqual(credentials({ at: 1, key: 'A' }, { at: 1, key: 'A', target: 'other' }).length, 2)
  const store = storeOf([
    { at: 1, key: 'A', layer: 'l1' },
    { at: 1, key: 'A', layer: 'l2' },
  ])
  assert.equal(store.all('credential')[0]?.places.length, 2)
  assert.equal(store.all('credential')[0]?.layer, 'l1')
})

test('the order in which facts arrive does not show', () => {
  const drafts: SecretDraft[] = [
    { at: 5, path: 'b.yaml', key: 'B' },
    { at: 5, path: 'a.yaml', key: 'A' },
    { at: 1, path: 'a.yaml', hash: 'h2', key: 'C' },
    { at: 5, path: 'a.yaml', carrier: 'file', analyzer: 'text-files' },
  ]
  assert.deepEqual(credentials(...drafts), credentials(...drafts.toReversed()))
})
