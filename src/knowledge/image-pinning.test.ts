import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pinningOf } from './image-pinning.ts'
import { parseImageReference } from './image-reference.ts'

for (const [text, pinning] of [
  ['python', 'no-tag'],
  ['localhost:5000/python', 'no-tag'],
  ['python:latest', 'moving-tag'],
  ['acme/x:main', 'moving-tag'],
  ['acme/x:latest-gpu', 'moving-tag'],
  ['acme/x:cuda-nightly', 'moving-tag'],
  ['acme/x:dev', 'moving-tag'],
  ['nvidia/cuda:12.4.1-devel-ubuntu22.04', 'tag'],
  ['acme/x:v1.0-dev', 'tag'],
  ['debian:stable-slim', 'tag'],
  ['acme/x:1.4-latest-fix', 'tag'],
  [`python@sha256:${'0'.repeat(64)}`, 'digest'],
  [`python:latest@sha256:${'0'.repeat(64)}`, 'digest'],
] as const) {
  test(`pinned: ${text.slice(0, 60)}`, () => {
    const reference = parseImageReference(text)
    assert.equal(reference === undefined ? undefined : pinningOf(reference), pinning)
  })
}
