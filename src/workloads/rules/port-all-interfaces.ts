import type { RoleFact } from '../../core/facts/role.ts'
import { defineRule } from '../../core/rule.ts'
import { exposureOf, loopbackFix, portsInWords } from '../exposure.ts'
import type { OpenPort } from '../reach.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/port-all-interfaces',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['port-all-interfaces'],
  title: 'Port is published on every network interface',
  why: 'A mapping without an address listens on 0.0.0.0, and Docker opens it in front of the host firewall: everybody who reaches the host reaches the service, also in a café or from the internet.',
  how: 'Write the address in front (`127.0.0.1:8000:8000`), or put an authenticating proxy before the service.',
  fine: 'The service is meant for other machines and authenticates every request.',
  controls: ['CIS-Docker-1.6:5.14', 'NIST-800-190:4.4.2'],
  refs: ['CWE-668'],
  peers: ['compose-lint:CL-0005'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: example/api:1\n    ports:\n      - "8000:8000"\n      - "127.0.0.1:9000:9000"\n',
        good: 'services:\n  api:\n    image: example/api:1\n    ports:\n      - "127.0.0.1:8000:8000"\n      - "127.0.0.1:9000:9000"\n',
        fixed:
          'services:\n  api:\n    image: example/api:1\n    ports:\n      - "127.0.0.1:8000:8000"\n      - "127.0.0.1:9000:9000"\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  ui:\n    image: ghcr.io/open-webui/open-webui:v0.6.15\n    ports: ["3000:8080"]\n',
        good: 'services:\n  proxy:\n    image: nginx:1.29\n    ports: ["8080:80", "8443:443"]\n  web:\n    image: example/web:1\n    ports: ["80:3000", "443:3443"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: example/api:1\n    ports: ["${API_PORT}:8000"]\n',
        good: 'services:\n  api:\n    image: example/api:1\n    ports: ["${BIND_ADDRESS}:8000:8000"]\n  worker:\n    image: example/api:1\n    expose: ["8000"]\n  lan:\n    image: example/api:1\n    ports: ["192.168.1.10:8001:8000"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: example/api:1\n    ports: ["8000:8000"]\n',
        good: 'services:\n  api:\n    image: example/api:1\n    ports: ["8000:8000"]\n    networks: [inside]\nnetworks:\n  inside:\n    internal: true\n',
      },
    },
  ],
  check(workload, report, view) {
    const exposure = exposureOf(workload, view)
    if (exposure?.is !== 'port' || exposure.role?.role === 'proxy') return
    const ports = exposure.ports.filter((port) => !isPublicWeb(port))
    const [first] = ports
    if (first === undefined) return
    const { role } = exposure
    const low = loweredBecause(role, ports)
    report({
      at: first.at,
      key: `ports[${ports.map(({ key }) => key).join(',')}]`,
      label: 'listens on every interface',
      message: `${atStart(workload.label)} publishes ${portsInWords(ports)} on every interface`,
      ...(low === undefined ? {} : { severity: 'low', because: low }),
      related: ports.slice(1, 20).map(({ at }) => ({ at, label: 'so does this one' })),
      evidence:
        role?.authentication === 'unknown'
          ? [`whether ${role.productName} asks for a password could not be told: ${role.authenticationBecause}`]
          : [],
      fix: loopbackFix(workload, exposure),
    })
  },
})

/** 80 and 443 of the host are published to be reached; so are they inside, where a variable names the host's. */
function isPublicWeb({ port, bindings }: OpenPort): boolean {
  return bindings.every(({ hostPort }) => [80, 443].includes(hostPort ?? port.container))
}

function loweredBecause(role: RoleFact | undefined, ports: readonly OpenPort[]): string | undefined {
  if (role?.authentication === 'on') return `${role.productName} asks its callers for a password or token`
  if (ports.every(({ port }) => port.container === 80 || port.container === 443))
    return 'it listens on port 80 or 443 like a web front end, which is made to be reached'
  return undefined
}
