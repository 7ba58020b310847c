import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostOf, isCondaInstaller, isLoopback, isPrivateHost, namesFixedVersion, shown } from './urls.ts'

test('hosts', () => {
  const cases: [string, string | undefined][] = [
    ['https://Example.org/x', 'example.org'],
    ['http://user:secret@example.org:8080/x', 'example.org'],
    ['http://[::1]:80/x', '[::1]'],
    ['git+ssh://git@github.com/a/b', 'github.com'],
    ['https://${HOST}/x', '${host}'],
    ['example.org/x', undefined],
    ['https:///x', undefined],
  ]
  for (const [url, host] of cases) assert.equal(hostOf(url), host, url)
})

test('loopback and private hosts', () => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]', '0.0.0.0']) assert.ok(isLoopback(host), host)
  for (const host of ['localhost.example.org', '128.0.0.1', '']) assert.ok(!isLoopback(host), host)
  for (const host of ['10.1.2.3', '192.168.0.1', '172.16.0.1', 'mirror', 'x.internal', 'a.b.local'])
    assert.ok(isPrivateHost(host), host)
  for (const host of ['172.32.0.1', '11.0.0.1', 'example.org', 'internal.example.org', '[2001:db8::1]'])
    assert.ok(!isPrivateHost(host), host)
})

test('addresses that name a version', () => {
  const fixed = [
    'https://github.com/a/b/releases/download/v1.2.3/x.tgz',
    'https://github.com/a/b/archive/refs/tags/b4827.tar.gz',
    'https://astral.sh/uv/0.6.10/install.sh',
    'https://x.org/4f1c2d3e4b5a69788796a5b4c3d2e1f001122334/x',
    'https://x.org/tool-${TOOL_VERSION}.tgz',
    'https://repo.anaconda.com/miniconda/Miniconda3-py312_24.9.2-0-Linux-x86_64.sh',
  ]
  const moving = [
    'https://astral.sh/uv/install.sh',
    'https://sh.rustup.rs',
    'https://deb.nodesource.com/setup_20.x',
    'https://github.com/a/b/releases/latest/download/x.sh',
    'https://raw.githubusercontent.com/a/b/main/install.sh',
    'https://1.2.3.4/install.sh',
  ]
  for (const url of fixed) assert.ok(namesFixedVersion(url), url)
  for (const url of moving) assert.ok(!namesFixedVersion(url), url)
})

test('Conda installers', () => {
  for (const url of [
    'https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh',
    'https://repo.anaconda.com/archive/Anaconda3-2024.06-1-Linux-x86_64.sh',
    'https://github.com/conda-forge/miniforge/releases/latest/download/Miniforge3-$(uname)-$(uname -m).sh',
    'https://micro.mamba.pm/api/micromamba/linux-64/latest',
  ])
    assert.ok(isCondaInstaller(url), url)
  for (const url of ['https://example.org/install.sh', 'https://example.org/conda/environment.yml'])
    assert.ok(!isCondaInstaller(url), url)
})

test('long addresses are shortened', () => {
  assert.equal(shown('https://x.org/a\nb'), 'https://x.org/a b')
  assert.equal(shown(`https://x.org/${'a'.repeat(300)}`).length, 118)
})
