import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostPathRisk } from './host-paths.ts'

for (const [source, writable, readOnly] of [
  ['/', 'critical', 'high'],
  ['/etc', 'critical', 'high'],
  ['/etc/', 'critical', 'high'],
  ['/etc/localtime', undefined, undefined],
  ['/etc/passwd', 'critical', undefined],
  ['/etc/nginx/conf.d', undefined, undefined],
  ['/etc/cron.d/job', 'critical', undefined],
  ['/etc/kubernetes/pki', 'critical', 'high'],
  ['/etc/kubernetes/node-feature-discovery/features.d', undefined, undefined],
  ['/proc', 'critical', 'medium'],
  ['/proc/1/root', 'critical', 'high'],
  ['/proc/cpuinfo', undefined, undefined],
  ['/sys/fs/cgroup', 'high', undefined],
  ['/var/lib/docker', 'critical', 'high'],
  ['/var/lib/docker/volumes/x', 'critical', 'high'],
  ['/var/lib/docker/containers', 'high', 'medium'],
  ['/var/lib/dockerish', undefined, undefined],
  ['/var/lib/kubelet/device-plugins', undefined, undefined],
  ['/var/lib/kubelet/pods', 'critical', 'high'],
  ['/var/log', 'medium', undefined],
  ['/var/log/api', undefined, undefined],
  ['/var/run/dbus/system_bus_socket', 'medium', 'medium'],
  ['/usr/bin/docker', 'critical', undefined],
  ['/dev', 'high', 'high'],
  ['/dev/dri', undefined, undefined],
  ['/root', 'high', 'high'],
  ['/home/ann', 'high', 'high'],
  ['/home/ann/models', undefined, undefined],
  ['/home/ann/.ssh', 'high', 'high'],
  ['/home/ann/.ssh/known_hosts', undefined, undefined],
  ['/home/ann/.ssh/id_ed25519.pub', undefined, undefined],
  ['/Users/ann/.aws/credentials', 'high', 'high'],
  ['~/.kube/config', 'high', 'high'],
  ['~/.cache/huggingface', undefined, undefined],
  ['~/.cache/huggingface/token', 'high', 'high'],
  ['~/.sshfs', undefined, undefined],
  ['./etc', undefined, undefined],
  ['../../root/.ssh', undefined, undefined],
  ['/srv/data', undefined, undefined],
] as const) {
  test(`host path ${source}`, () => {
    assert.deepEqual(
      [hostPathRisk(source, false)?.severity, hostPathRisk(source, true)?.severity],
      [writable, readOnly],
    )
  })
}

test('a root file system that may be written is told apart', () => {
  assert.equal(hostPathRisk('/', false)?.concept, 'host-root-writable')
  assert.equal(hostPathRisk('/', true)?.concept, 'sensitive-host-mount')
  assert.equal(hostPathRisk('/lib/modules', false)?.fineReadOnly, true)
})
