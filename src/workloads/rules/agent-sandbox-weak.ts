import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import { defineRule } from '../../core/rule.ts'
import { known, knownItems, manualFix, placeOf } from '../../core/setting.ts'
import { engineSocketOf } from '../engine-sockets.ts'
import { roleFactsOf } from '../exposure.ts'
import { atStart, listed } from '../wording.ts'

export default defineRule({
  id: 'workload/agent-sandbox-weak',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['code-exec-sandbox-weak'],
  title: 'Agent that runs code is hardly held back by its container',
  why: 'An agent runs code that a model wrote, and whoever can put words before the model (a web page, a document, an issue) takes part in writing it. What the container may do to its host, that code may do.',
  how: 'Run the code in a container of its own: as a user of its own, with all capabilities dropped, no engine socket, no folder of the host but a working copy, and no network but what the task needs; with gVisor or Kata as runtime where the host allows it.',
  fine: 'The whole machine is the sandbox: a virtual machine that is thrown away after the task.',
  controls: ['NIST-800-190:4.4.3', 'OWASP-LLM:LLM06', 'CIS-Docker-1.6:5.4'],
  refs: ['CWE-250', 'CWE-653'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  agent:\n    image: docker.openhands.dev/openhands/openhands:0.60\n    user: "0:0"\n    privileged: true\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n      - ./workspace:/opt/workspace\n',
        good: 'services:\n  agent:\n    image: docker.openhands.dev/openhands/openhands:0.60\n    user: "1000:1000"\n    volumes:\n      - state:/.openhands\nvolumes: {state: }\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  flows:\n    image: langflowai/langflow:1.5.0\n    user: root\n    volumes:\n      - ..:/project\n',
        good: 'services:\n  flows:\n    image: langflowai/langflow:1.5.0\n    user: root\n    volumes:\n      - ./flows:/flows:ro\n      - data:/app/langflow\n  other:\n    image: example/app:1\n    user: root\n    volumes: ["..:/project"]\nvolumes: {data: }\n',
      },
    },
    {
      // Privileged with the engine's socket: both have a finding of their own, and a third would say no more.
      'compose.yaml': {
        bad: 'services:\n  sandbox:\n    image: infiniflow/sandbox-executor-manager:v1\n    privileged: true\n    pid: host\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n',
        good: 'services:\n  sandbox:\n    image: infiniflow/sandbox-executor-manager:v1\n    privileged: true\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n',
      },
    },
    {
      'agent.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec:\n  hostNetwork: true\n  containers:\n    - name: agent\n      image: ghcr.io/all-hands-ai/openhands:0.50\n      securityContext: {privileged: true, runAsUser: 0}\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec:\n  containers:\n    - name: agent\n      image: ghcr.io/all-hands-ai/openhands:0.50\n      securityContext: {privileged: false, runAsUser: 1000}\n',
      },
    },
  ],
  check(workload, report, view) {
    const agent = roleFactsOf(workload, view).find(
      ({ role, callerCan }) => role === 'agent' && callerCan === 'run-code',
    )
    if (agent === undefined) return
    const { uid } = workload.settings.user
    const root = known(uid) === 0
    const weak = weaknessesOf(workload)
    const waysOut = weak.filter(({ wayOut }) => wayOut)
    // One way out alone, or the two that make root of the host, are told by the rules about them.
    const more = weak.some(({ isTold }) => !isTold)
    const tooWeak = waysOut.length > 0 ? more && weak.length > 1 : root && weak.some(({ isFolder }) => isFolder)
    if (!tooWeak) return
    const all = [...weak.map(({ what }) => what), ...(root ? ['runs as root'] : [])]
    const [first] = weak
    report({
      at: first?.at,
      key: 'sandbox',
      message: `${atStart(workload.label)} is ${agent.productName}, which runs code that a model wrote, and ${listed(all)}`,
      ...(waysOut.length > 0 && !waysOut.some(({ isTold }) => isTold)
        ? { severity: 'critical', because: 'together they leave nothing between that code and the host' }
        : {}),
      related: weak.slice(1).map(({ at, what }) => ({ at, label: what })),
      evidence: agent.evidence.map(({ what }) => what),
      fix: manualFix(
        'Put agents that run code into a sandbox',
        `Run the code of ${workload.label} in a container of its own, with a user other than root, no engine socket, no writable folder of the host, all capabilities dropped, and gVisor or Kata as runtime.`,
        `sandbox ${workload.subject}`,
      ),
    })
  },
})

interface Weakness {
  /** After the workload's label. */
  readonly what: string
  readonly at: Place | undefined
  /** It is enough to reach the host. */
  readonly wayOut: boolean
  readonly isFolder: boolean
  /** A finding of its own says that it makes root of the host. */
  readonly isTold: boolean
}

function weaknessesOf(workload: WorkloadFact): Weakness[] {
  const { privileged, engineSocket, mounts, namespaces, seccomp, apparmor, capabilities } = workload.settings
  const found: Weakness[] = []
  const add = (what: string, at: Place | undefined, wayOut: boolean, isFolder = false): void =>
    void found.push({ what, at, wayOut, isFolder, isTold: false })
  const told = (what: string, at: Place | undefined): void =>
    void found.push({ what, at, wayOut: true, isFolder: false, isTold: true })
  if (known(privileged) === true) told('is privileged', placeOf(privileged))
  if (known(engineSocket) === true) told('holds the engine’s socket', placeOf(engineSocket))
  for (const { key, value, at } of knownItems(mounts)) {
    if (engineSocketOf(key, { is: 'set', value, by: { who: 'container' } }) !== undefined)
      told('holds the engine’s socket', at)
    else if (value.kind === 'bind' && !value.readOnly && value.source !== null && isFolder(value.source))
      add(`writes to ${value.source} of the host`, at, false, true)
  }
  if (known(namespaces.pid)?.mode === 'host') add('sees the host’s processes', placeOf(namespaces.pid), false)
  if (known(namespaces.network)?.mode === 'host') add('is on the host’s network', placeOf(namespaces.network), false)
  if (known(seccomp)?.mode === 'unconfined') add('has no seccomp filter', placeOf(seccomp), false)
  if (known(apparmor)?.mode === 'unconfined') add('has no AppArmor profile', placeOf(apparmor), false)
  if ((known(capabilities.add) ?? []).some((name) => /^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE)$/.test(name)))
    add('has capabilities that lead out', placeOf(capabilities.add), true)
  return found
}

/** A folder of the user's own files: not a single file, a device or a time zone. */
function isFolder(source: string): boolean {
  return (
    !/\.[A-Za-z0-9]{1,8}$/.test(source.replace(/.*\//, '').replace(/^\.+/, '')) &&
    !/^\/(?:dev|etc|sys|proc)\//.test(source)
  )
}
