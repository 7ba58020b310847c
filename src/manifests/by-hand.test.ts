import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SettingChange } from '../core/fix.ts'
import { byHand, type Keys } from './by-hand.ts'

const KEYS: Keys = {
  user: 'user',
  'capabilities.add': 'cap_add',
  'namespaces.network': 'network_mode',
  noNewPrivileges: { key: 'security_opt', value: (value) => `no-new-privileges:${String(value)}` },
}

for (const [change, text] of [
  [{ remove: 'namespaces.network' }, 'Delete `network_mode` from service "api" of compose.yaml.'],
  [{ set: 'user', value: '10001:10001' }, 'Set `user` to 10001:10001 for service "api" of compose.yaml.'],
  [
    { set: 'noNewPrivileges', value: true },
    'Set `security_opt` to no-new-privileges:true for service "api" of compose.yaml.',
  ],
  [
    { removeItem: 'capabilities.add', item: 'SYS_ADMIN' },
    'Take SYS_ADMIN out of `cap_add` of service "api" of compose.yaml.',
  ],
  [
    { set: 'ports[4222/tcp].hostIp', value: '127.0.0.1' },
    'Publish port 4222 of service "api" of compose.yaml on 127.0.0.1 only.',
  ],
  [{ remove: 'ports[53/udp]' }, 'Do not publish port 53/udp of service "api" of compose.yaml.'],
  [
    { remove: 'mounts[/var/run/docker.sock]' },
    'Take the mount at /var/run/docker.sock out of service "api" of compose.yaml.',
  ],
  [{ set: 'mounts[/models].readOnly', value: true }, 'Mount /models read-only in service "api" of compose.yaml.'],
  [{ remove: 'env[DEBUG]' }, 'Take the variable DEBUG out of service "api" of compose.yaml.'],
  [{ set: 'env[HOST]', value: '127.0.0.1' }, 'Set the variable HOST to 127.0.0.1 in service "api" of compose.yaml.'],
  [{ remove: 'constructor' }, 'Delete `constructor` from service "api" of compose.yaml.'],
] as readonly (readonly [SettingChange, string])[]) {
  test(`by hand: ${JSON.stringify(change)}`, () => {
    assert.equal(byHand(change, 'service "api" of compose.yaml', KEYS), text)
  })
}
