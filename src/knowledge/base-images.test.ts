import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BASE_IMAGES } from './base-images.table.ts'
import { baseImage, baseImageUser } from './base-images.ts'
import { parseImageReference } from './image-reference.ts'

function userOf(text: string) {
  const reference = parseImageReference(text)
  assert.ok(reference, text)
  return baseImageUser(reference)
}

for (const [image, uid, name, drops] of [
  ['python:3.12-slim', 0, 'root'],
  ['public.ecr.aws/docker/library/node:22', 0, 'root'],
  ['mirror.gcr.io/library/node', 0, 'root'],
  ['postgres:16', 0, 'root', 'postgres'],
  ['docker.io/redis', 0, 'root', 'redis'],
  ['elasticsearch:8.15.0', 1000, 'elasticsearch'],
  ['gcr.io/distroless/static-debian12', 0, 'root'],
  ['gcr.io/distroless/static-debian12:nonroot', 65532, 'nonroot'],
  ['gcr.io/distroless/cc:debug-nonroot-amd64', 65532, 'nonroot'],
  ['cgr.dev/chainguard/python:latest', 65532, 'nonroot'],
  ['cgr.dev/chainguard/wolfi-base', 0, 'root'],
  ['dhi.io/python:3.13', 65532, 'nonroot'],
  ['dhi.io/python:3.13-dev', 0, 'root'],
  ['quay.io/jupyter/pytorch-notebook:cuda12', 1000, 'jovyan'],
  ['jupyterhub/jupyterhub', 0, 'root'],
  ['mambaorg/micromamba:2.0', 57439, 'mambauser'],
  ['mambaorg/micromamba:1.4.3', 1000, 'mambauser'],
  ['mambaorg/micromamba:1.5.8', 57439, 'mambauser'],
  ['nvidia/cuda:12.4.1-runtime-ubuntu22.04', 0, 'root'],
  ['nvcr.io/nvidia/some-new-thing:1', 0, 'root'],
  ['nvcr.io/nim/meta/llama-3.1-8b-instruct:1', 1000, null],
  ['apache/airflow:2.10', 50000, 'airflow'],
  ['apache/spark:3.5.3', 185, 'spark'],
  ['rayproject/ray-ml:2.9', 1000, 'ray'],
  ['mcr.microsoft.com/dotnet/aspnet:8.0', 0, 'root'],
  ['mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled', 1654, 'app'],
  ['registry.redhat.io/ubi9/python-311:1', 1001, 'default'],
  ['registry.access.redhat.com/ubi9/ubi-minimal', 0, 'root'],
  ['bitnami/postgresql:16', 1001, null],
  ['quay.io/prometheus/prometheus:v3', 65534, 'nobody'],
  ['qdrant/qdrant:v1.12', 0, 'root'],
  ['qdrant/qdrant:v1.12-unprivileged', 1000, null],
  ['mcr.microsoft.com/windows/servercore:ltsc2022', null, 'ContainerAdministrator'],
] as const) {
  test(`starts as: ${image}`, () => {
    const user = userOf(image)
    assert.deepEqual([user?.uid, user?.name, user?.startsAsRootThenDrops], [uid, name, drops])
    assert.match(user?.because ?? '', / starts as /)
  })
}

for (const image of [
  'my-base',
  'corp.example/python:3',
  'someone/python',
  'nvcr.io/nvidia/k8s/dcgm:1',
  'flowiseai/flowise',
  'localhost/x',
]) {
  test(`not known: ${image}`, () => assert.equal(userOf(image), undefined))
}

test('what was only heard of counts less than what was read', () => {
  assert.equal(userOf('apache/spark')?.confidence, 'high')
  assert.equal(userOf('sonatype/nexus3')?.confidence, 'medium')
  assert.equal(userOf('cgr.dev/chainguard/node')?.confidence, 'low')
})

test('a base brings its variables, and a source', () => {
  const reference = parseImageReference('quay.io/jupyter/base-notebook')
  assert.ok(reference)
  assert.equal(baseImage(reference)?.variables.NB_UID, '1000')
  assert.match(baseImage(reference)?.source ?? '', /^https:/)
})

test('each repository stands once, at least 120 of them, and patterns are ones that can be matched', () => {
  const names = BASE_IMAGES.map((row) => row.repository)
  assert.equal(new Set(names).size, names.length)
  assert.ok(names.length >= 120)
  for (const row of BASE_IMAGES) {
    assert.match(row.repository, /^[a-z0-9.*:-]+\/[a-z0-9._*\-/]+$/)
    for (const part of [...row.repository.split('/'), ...(row.tags ?? []).map((tag) => tag.tag)]) {
      assert.ok(part === '**' || part.split('*').length <= 3, part)
    }
  }
})
