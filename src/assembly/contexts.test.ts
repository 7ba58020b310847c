/** What the same setting is worth in its context: severities, and the reasons that findings give for them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Files, scanFiles } from './rule-harness.ts'

const pod = (container: string, spec = ''): Files => ({
  'pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n${spec}  containers:\n    - name: app\n      image: acme/app:1\n${container.replace(/^/gm, '      ')}\n`,
})

const HOST_SYS = 'volumeMounts:\n  - {name: sys, mountPath: /sys}\n'
const SYS = '  volumes:\n    - {name: sys, hostPath: {path: /sys}}\n'

for (const [title, files, rule, severity, message, because] of [
  [
    'a capability of root',
    pod('securityContext:\n  capabilities: {add: [SYS_RAWIO]}'),
    'workload/dangerous-capability',
    'critical',
    /is given SYS_RAWIO, which lets it read and write the host’s memory/,
    /SYS_RAWIO lets it/,
  ],
  [
    'a capability of another user',
    pod('securityContext:\n  runAsNonRoot: true\n  capabilities: {add: [SYS_RAWIO]}'),
    'workload/dangerous-capability',
    'high',
    /SYS_RAWIO/,
    /only a set-uid program/,
  ],
  [
    'a capability of another user that cannot gain privileges',
    pod(
      'securityContext:\n  runAsNonRoot: true\n  allowPrivilegeEscalation: false\n  capabilities: {add: [SYS_RAWIO]}',
    ),
    'workload/dangerous-capability',
    'low',
    /SYS_RAWIO/,
    /no program inside can use it/,
  ],
  [
    'the host’s /sys',
    pod(HOST_SYS, SYS),
    'workload/sensitive-host-mount',
    'high',
    /may write to the host’s \/sys: whoever gets into it can/,
    /may write to the host’s \/sys/,
  ],
  [
    'the host’s /sys where all of it is open anyway',
    pod(`securityContext: {privileged: true}\n${HOST_SYS}`, SYS),
    'workload/sensitive-host-mount',
    'low',
    /\/sys/,
    /it is privileged/,
  ],
  [
    'root of a privileged container',
    { 'compose.yaml': 'services:\n  a:\n    image: python:3.12\n    privileged: true\n' },
    'workload/runs-as-root',
    'high',
    /nothing sets another user/,
    /it is privileged/,
  ],
  [
    'root where nothing filters its system calls',
    { 'compose.yaml': 'services:\n  a:\n    image: python:3.12\n    security_opt: [seccomp=unconfined]\n' },
    'workload/runs-as-root',
    'medium',
    /python:3\.12/,
    /walls \(its capabilities\) still hold root in/,
  ],
  [
    'a USER whose argument is 0',
    { Dockerfile: 'FROM debian:12\nARG ID=0\nUSER "$ID:$ID"\nCMD ["x"]\n' },
    'workload/runs-as-root',
    'high',
    /its last USER is "\$ID:\$ID", which is 0:0 by default/,
    /^$/,
  ],
] as readonly (readonly [string, Files, string, string, RegExp, RegExp])[]) {
  test(`context: ${title}`, async () => {
    const { report } = await scanFiles(files)
    const found = report.findings.filter((finding) => finding.rule === rule)
    assert.equal(found.length, 1)
    assert.equal(found[0]?.severity, severity)
    assert.match(found[0]?.message ?? '', message)
    assert.match(found[0]?.severityBecause.join('; ') ?? '', because)
  })
}

test('context: what an anchor says to two services is mended in both', async () => {
  const files = {
    'compose.yaml':
      'x-base: &base\n  image: python:3.12\n  privileged: true\nservices:\n  a:\n    <<: *base\n  b:\n    <<: *base\n    init: true\n',
  }
  const { report } = await scanFiles(files)
  const found = report.findings.filter(({ rule }) => rule === 'workload/privileged')
  assert.equal(found.length, 1)
  const fix = report.fixes.find(({ id }) => id === found[0]?.fixes[0])
  const edits = fix?.steps.flatMap((step) => (step.do === 'edit' ? step.edits : [])) ?? []
  assert.deepEqual(
    edits.map(({ text }) => text),
    ['\n    privileged: false', '\n    privileged: false'],
  )
})
