import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Lookup } from './expand.ts'
import { accountsMade } from './users.ts'

const lookup: Lookup = (name) =>
  name === 'U' ? { is: 'value', value: '77' } : name === 'N' ? { is: 'value', value: 'app' } : { is: 'unset' }

for (const [script, made] of [
  ['useradd app', [['app', null]]],
  ['useradd -m -u 1000 app', [['app', 1000]]],
  ['useradd app -ms /bin/bash --uid 1000', [['app', 1000]]],
  ['useradd -mu1000 app', [['app', null]]],
  ['useradd -u1000 app', [['app', 1000]]],
  ['/usr/sbin/useradd --uid=$U --comment "my app user" $N && true', [['app', 77]]],
  ['groupadd -g 5 x;useradd -g x -G y,z -d /h -u "$U" app|cat', [['app', 77]]],
  ['adduser --disabled-password --gecos "" --uid 9 app', [['app', 9]]],
  ['adduser -S -D -H -h /x -u 10 -G grp app', [['app', 10]]],
  ['adduser app docker', []],
  [
    'useradd a -u 1 || adduser -u 2 b',
    [
      ['a', 1],
      ['b', 2],
    ],
  ],
  ['usermod -u 5 app', [['app', 5]]],
  ['usermod -aG docker app', []],
  ['useradd -u $(id -u) app', [['app', null]]],
  ['echo useradding', []],
] as const) {
  test(`accounts: ${script}`, () => assert.deepEqual([...accountsMade(script, lookup)], made))
}
