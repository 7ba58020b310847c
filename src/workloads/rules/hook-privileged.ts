import { defineRule } from '../../core/rule.ts'
import { known, manualFix, placeOf } from '../../core/setting.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/hook-privileged',
  reads: 'workload',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['lifecycle-hook-privileged', 'build-privileged', 'build-entitlement'],
  title: 'A hook or the build of a service is privileged',
  why: 'The container itself may be locked down, yet a command that is run beside it, or the build of its image, has every capability and device of the host: what gets into that command (a package’s install script, a changed entrypoint) is root on the host.',
  how: 'Take the switch out. What a hook prepares (owners of folders) can be done in the image; what a build needs from the network can be copied in.',
  fine: 'A build of kernel modules or disk images on a machine for that purpose.',
  controls: ['CIS-Docker-1.6:5.5', 'NIST-800-190:4.4.3'],
  refs: ['CWE-250'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    post_start:
      - command: chown -R 1000 /data
        user: root
        privileged: true
`,
        good: `services:
  api:
    image: acme/api:1.4
    post_start:
      - command: chown -R 1000 /data
        user: root
`,
      },
    },
    {
      Dockerfile: 'FROM debian:12-slim\nUSER 1000\nCMD ["true"]\n',
      'compose.yaml': {
        bad: `services:
  api:
    build:
      context: .
      privileged: true
      entitlements: [security.insecure, network.host]
`,
        good: `services:
  api:
    build:
      context: .
`,
      },
    },
  ],
  check(workload, report) {
    const { hooks, build } = workload.settings
    const who = atStart(workload.label)
    for (const [index, hook] of (known(hooks) ?? []).entries()) {
      if (!hook.privileged) continue
      report({
        at: hook.at ?? placeOf(hooks),
        key: `hooks[${hook.when}.${index}]`,
        message: `${who} runs a privileged ${hook.when} hook: its command has every capability and device of the host`,
        label: 'privileged',
        concepts: ['lifecycle-hook-privileged'],
        fix: manualFix(
          `Take privileged out of the ${hook.when} hook of ${workload.label}`,
          `Delete \`privileged: true\` from the ${hook.when} hook of ${workload.label} in ${workload.path}; \`user: root\` is enough to change owners.`,
        ),
      })
    }
    const reference = known(build)
    if (reference === undefined) return
    const entitlements = reference.entitlements.filter((one) => GIVES.has(one))
    if (!reference.privileged && entitlements.length === 0) return
    const given = [
      ...(reference.privileged ? ['privileged'] : []),
      ...entitlements.map((one) => `the entitlement ${one}`),
    ].join(' and ')
    const isNetworkOnly = !reference.privileged && entitlements.every((one) => one === 'network.host')
    report({
      at: placeOf(build),
      key: 'build',
      message: `${who} is built with ${given}: ${isNetworkOnly ? 'what its build runs reaches the host’s own network' : 'what its build runs, install scripts of packages included, can take over the host'}`,
      label: given,
      concepts: [
        ...(reference.privileged ? ['build-privileged'] : []),
        ...(entitlements.length > 0 ? ['build-entitlement'] : []),
      ],
      ...(isNetworkOnly ? { severity: 'medium', because: 'it opens the host’s network, nothing else' } : {}),
      fix: manualFix(
        `Build the image of ${workload.label} without privileges`,
        `Delete ${given.replace(/the entitlement /g, '')} from the build of ${workload.label} in ${workload.path}.`,
      ),
    })
  },
})

const GIVES: ReadonlySet<string> = new Set(['security.insecure', 'network.host', 'device'])
