import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { imageBeforeVariable, parseImageReference } from './image-reference.ts'

const SHA = `sha256:${'0'.repeat(64)}`

for (const [text, expected] of [
  ['python', ['docker.io', 'library/python', undefined, undefined]],
  ['python:3.12-slim', ['docker.io', 'library/python', '3.12-slim', undefined]],
  ['vllm/vllm-openai:v0.9', ['docker.io', 'vllm/vllm-openai', 'v0.9', undefined]],
  ['docker.io/golang:1', ['docker.io', 'library/golang', '1', undefined]],
  ['index.docker.io/x/y', ['docker.io', 'x/y', undefined, undefined]],
  ['localhost/x', ['localhost', 'x', undefined, undefined]],
  ['localhost:5000/x/y:z', ['localhost:5000', 'x/y', 'z', undefined]],
  ['registry:5000/x', ['registry:5000', 'x', undefined, undefined]],
  ['GHCR.io/x/y', ['ghcr.io', 'x/y', undefined, undefined]],
  ['nvcr.io/nvidia/pytorch:25.06-py3', ['nvcr.io', 'nvidia/pytorch', '25.06-py3', undefined]],
  [`a@${SHA}`, ['docker.io', 'library/a', undefined, SHA]],
  [`q.io/a/b:1@${SHA}`, ['q.io', 'a/b', '1', SHA]],
  ['a__b/c--d.e', ['docker.io', 'a__b/c--d.e', undefined, undefined]],
] as const) {
  test(`reference ${text}`, () => {
    const found = parseImageReference(text)
    assert.deepEqual([found?.registry, found?.repository, found?.tag, found?.digest], expected)
    assert.equal(found?.text, text)
  })
}

for (const text of [
  '',
  'Build',
  'a b',
  'a:',
  ':a',
  'a@',
  'a@sha256:12',
  '/a',
  'a//b',
  'a/',
  '-a',
  'a..b',
  'a$b',
  `a:${'x'.repeat(129)}`,
  'x'.repeat(2000),
]) {
  test(`no reference: ${text.slice(0, 20)}`, () => assert.equal(parseImageReference(text), undefined))
}

for (const [text, repository] of [
  ['ghcr.io/acme/app:${TAG}', 'acme/app'],
  ['acme/app:v${A}-gpu', 'acme/app'],
  ['app:{{ .Values.tag }}', 'library/app'],
  ['localhost:5000/app:$TAG', 'app'],
  ['${REGISTRY}/app:1', undefined],
  ['app${SUFFIX}:1', undefined],
  ['localhost:${PORT}/app', undefined],
  ['acme/app:1', undefined],
] as const) {
  test(`before a variable: ${text}`, () => assert.equal(imageBeforeVariable(text)?.repository, repository))
}

test('never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aB0.:/@-_[]$ ') }), (text) => {
      parseImageReference(text)
      imageBeforeVariable(text)
    }),
    { seed: 1, numRuns: 500 },
  )
})
