import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mount } from '../core/facts/workload.ts'
import { engineSocketOf } from './engine-sockets.ts'

function bind(source: string | null, kind: Mount['kind'] = 'bind') {
  return { is: 'set', value: { kind, source, readOnly: false }, by: { who: 'compose' } } as const
}

for (const [source, engine] of [
  ['/var/run/docker.sock', 'Docker'],
  ['/run/docker.sock', 'Docker'],
  ['/run/user/1000/docker.sock', 'Docker'],
  ['~/.docker/run/docker.sock', 'Docker'],
  ['/run/user/1000/podman/podman.sock', 'Podman'],
  ['/run/containerd/containerd.sock', 'containerd'],
  ['/run/k3s/containerd/containerd.sock', 'containerd'],
  ['/var/run/crio/crio.sock', 'CRI-O'],
  ['/var/run', 'the container engine'],
  ['/run/', 'the container engine'],
  ['/pipe/docker_engine', 'Docker'],
  ['./docker.sock', undefined],
  ['/run/postgresql', undefined],
  ['/srv/docker.sock.md', undefined],
  ['/', undefined],
] as const) {
  test(`socket ${source}`, () => assert.equal(engineSocketOf('/x', bind(source))?.engine, engine))
}

test('a volume of that name is none; a variable leaves the path in the container', () => {
  assert.equal(engineSocketOf('/run', bind('run', 'volume')), undefined)
  assert.equal(engineSocketOf('/var/run/docker.sock', bind(null, 'tmpfs')), undefined)
  const unknown = { is: 'unknown', why: '${SOCK} is not set' } as const
  assert.equal(engineSocketOf('/var/run/docker.sock', unknown)?.sure, false)
  assert.equal(engineSocketOf('/run', unknown), undefined)
})
