import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import { defineRule, type Report } from '../../core/rule.ts'
import { known, placeOf, settingFix } from '../../core/setting.ts'
import { type EngineSocket, engineSocketOf } from '../engine-sockets.ts'
import { rolesOf } from '../kind-of-work.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/engine-socket',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'critical',
  confidence: 'high',
  concepts: ['docker-socket-mount', 'use-api-socket', 'notebook-docker-socket'],
  title: 'Container holds the container engine’s socket',
  why: 'Whoever can write to the engine’s socket can start a privileged container with the host’s disk mounted, and so is root on the host. Mounting it read-only changes nothing: that protects the file, not what is said through it.',
  how: 'Take it out. What must watch containers gets a proxy that lets read-only requests through; what must start containers gets a rootless engine or a machine of its own.',
  fine: 'A management tool (a CI runner, a dashboard) on a machine that holds nothing else, reached by administrators only.',
  controls: ['CIS-Docker-1.6:5.32', 'NIST-800-190:4.4.3', 'K8s-PSS:baseline'],
  refs: ['CWE-250', 'CWE-269'],
  peers: ['compose-lint:CL-0001', 'trivy:KSV-0006', 'checkov:CKV_K8S_27', 'kubescape:C-0074'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  hub:
    image: acme/hub:5.2
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
      - ./hub:/srv/hub
`,
        good: `services:
  hub:
    image: acme/hub:5.2
    volumes:
      - ./hub:/srv/hub
`,
      },
    },
    {
      'compose.yaml': {
        bad: `services:
  watcher:
    image: acme/watcher:1.0
    volumes:
      - /run:/host/run
      - \${XDG_RUNTIME_DIR}/docker.sock:/var/run/docker.sock
`,
        // A project's own file of that name is no engine's.
        good: `services:
  watcher:
    image: acme/watcher:1.0
    volumes:
      - ./fixtures/docker.sock:/srv/docker.sock
      - run:/run
volumes:
  run:
`,
      },
    },
    {
      'compose.yaml': {
        bad: `services:
  agent:
    image: acme/agent:1.0
    use_api_socket: true
`,
        good: `services:
  agent:
    image: acme/agent:1.0
`,
      },
    },
    {
      'agent.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: agent}
spec:
  containers:
    - name: agent
      image: acme/agent:2.0
      volumeMounts:
        - name: sock
          mountPath: /host/containerd.sock
  volumes:
    - name: sock
      hostPath: {path: /run/containerd/containerd.sock}
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: agent}
spec:
  containers:
    - name: agent
      image: acme/agent:2.0
      volumeMounts:
        - name: sock
          mountPath: /host/containerd.sock
  volumes:
    - name: sock
      emptyDir: {}
`,
      },
    },
  ],
  check(workload, report, view) {
    const { mounts, engineSocket } = workload.settings
    const roles = rolesOf(workload, view)
    const runsForeignCode = roles.has('notebook') || roles.has('agent')
    const context: Context = { workload, report, runsForeignCode, isProxy: isSocketProxy(workload) }
    for (const [target, setting] of Object.entries(mounts.items)) {
      const socket = engineSocketOf(target, setting)
      if (socket !== undefined) tell(context, socket, `mounts[${target}]`, placeOf(setting), known(setting)?.readOnly)
    }
    if (known(engineSocket) === true)
      tell(context, { engine: 'Docker', through: 'socket', sure: true }, 'engineSocket', placeOf(engineSocket), false)
  },
})

interface Context {
  readonly workload: WorkloadFact
  readonly report: Report
  readonly runsForeignCode: boolean
  readonly isProxy: boolean
}

function tell(
  { workload, report, runsForeignCode, isProxy }: Context,
  socket: EngineSocket,
  key: string,
  at: Place | undefined,
  readOnly: boolean | undefined,
): void {
  const host = workload.dialect === 'kubernetes' ? 'node' : 'host'
  const what =
    socket.through === 'socket'
      ? `the socket of ${socket.engine}`
      : `the folder in which the socket of ${socket.engine} lies`
  const who = atStart(workload.label)
  const isSwitch = key === 'engineSocket'
  report({
    at,
    key,
    message: isProxy
      ? `${who} is a proxy in front of the socket of ${socket.engine}: what it lets through decides what its callers can do to the ${host}`
      : `${who} holds ${what}${readOnly === true ? ', and read-only does not help' : ''}: whoever gets into it ${runsForeignCode ? '(it runs code of others by design) ' : ''}is root on the ${host}`,
    label: `as good as root on the ${host}`,
    concepts: [
      isSwitch ? 'use-api-socket' : 'docker-socket-mount',
      ...(runsForeignCode ? ['notebook-docker-socket'] : []),
    ],
    ...(socket.sure ? {} : { confidence: 'medium' }),
    ...(isProxy
      ? {
          severity: 'medium',
          because:
            'the image is a filtering proxy: allow it only what is needed (no POST, no exec), and publish no port of it',
        }
      : {
          fix: settingFix(
            workload,
            {
              title: `Take the engine’s socket out of ${workload.label}`,
              safety: 'review',
              breaks:
                'programs that list, start or stop containers: put a filtering proxy in between for what they need',
            },
            { remove: key },
          ),
        }),
  })
}

/** Images whose only purpose is to filter requests to the socket. */
function isSocketProxy(workload: WorkloadFact): boolean {
  const image = known(workload.settings.image)
  if (image === undefined || workload.settings.build.is === 'set') return false
  return PROXIES.has(`${image.registry}/${image.repository}`)
}

const PROXIES: ReadonlySet<string> = new Set([
  'docker.io/tecnativa/docker-socket-proxy',
  'ghcr.io/tecnativa/docker-socket-proxy',
  'lscr.io/linuxserver/socket-proxy',
  'ghcr.io/linuxserver/socket-proxy',
  'docker.io/linuxserver/socket-proxy',
  'docker.io/wollomatic/socket-proxy',
  'ghcr.io/wollomatic/socket-proxy',
])
