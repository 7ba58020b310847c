import type { CallerCan, RoleFact } from '../../core/facts/role.ts'
import { defineRule } from '../../core/rule.ts'
import { type Severity, shiftSeverity } from '../../core/severity.ts'
import { exposureOf, loopbackFix, portsInWords } from '../exposure.ts'
import { isEveryInterface } from '../reach.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/service-without-authentication',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['ai-service-exposed', 'no-api-key', 'notebook-exposed', 'ray-dashboard-exposed', 'db-port-published'],
  title: 'Service is reachable from other machines and asks nobody for a password',
  why: 'The service answers whoever connects. Scanners find such ports within hours: they use the model at your cost, read or delete what is stored, and where the service runs code for its callers, they own the container.',
  how: 'Publish the port on 127.0.0.1 only, or leave the service inside its network behind a proxy that asks for a login; and switch on its own key or password, taken from a secret.',
  fine: 'A firewall or private network that the files do not show lets only trusted machines through.',
  controls: ['CIS-Docker-1.6:5.14', 'NIST-800-190:4.4.2'],
  refs: ['CWE-306', 'CWE-668'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  llm:
    image: vllm/vllm-openai:v0.8.5
    command: --model Qwen/Qwen2.5-7B-Instruct
    ports:
      - "8000:8000"
`,
        good: `services:
  llm:
    image: vllm/vllm-openai:v0.8.5
    command: --model Qwen/Qwen2.5-7B-Instruct
    ports:
      - "127.0.0.1:8000:8000"
`,
        fixed: `services:
  llm:
    image: vllm/vllm-openai:v0.8.5
    command: --model Qwen/Qwen2.5-7B-Instruct
    ports:
      - "127.0.0.1:8000:8000"
`,
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.8.5\n    ports: ["8000:8000"]\n    environment:\n      VLLM_API_KEY: ""\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.8.5\n    ports: ["8000:8000"]\n    environment:\n      VLLM_API_KEY: ${VLLM_API_KEY:?set it}\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  ollama:\n    image: ollama/ollama:0.9.0\n    network_mode: host\n',
        good: 'services:\n  ollama:\n    image: ollama/ollama:0.9.0\n    expose: ["11434"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  cache:\n    image: redis:8\n    environment:\n      REDIS_PASSWORD: ${REDIS_PASSWORD}\n    ports: ["6379:6379"]\n',
        good: 'services:\n  cache:\n    image: redis:8\n    command: sh -c "redis-server --requirepass $$REDIS_PASSWORD"\n    environment:\n      REDIS_PASSWORD: ${REDIS_PASSWORD}\n    ports: ["6379:6379"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  tracking:\n    image: ghcr.io/mlflow/mlflow:v3.1.0\n    command: mlflow server --host 0.0.0.0 --port 5001\n    ports: ["5001:5001"]\n',
        good: 'services:\n  tracking:\n    image: ghcr.io/mlflow/mlflow:v3.1.0\n    command: mlflow server --host 0.0.0.0 --port 5001 --app-name basic-auth\n    ports: ["5001:5001"]\n',
      },
    },
    {
      // The API has a login of its own, which that of the pages does not replace.
      Dockerfile:
        'FROM python:3.10\nRUN git clone https://github.com/AUTOMATIC1111/stable-diffusion-webui.git /webui\nWORKDIR /webui\nENV CLI_ARGS=""\nCMD python -u webui.py --listen --port 7860 ${CLI_ARGS}\n',
      'compose.yaml': {
        bad: 'services:\n  auto:\n    build: .\n    ports: ["7860:7860"]\n    environment:\n      CLI_ARGS: --allow-code --medvram --enable-insecure-extension-access --api --gradio-auth-path /run/secrets/pages\n',
        good: 'services:\n  auto:\n    build: .\n    ports: ["7860:7860"]\n    environment:\n      CLI_ARGS: --medvram --api --gradio-auth-path /run/secrets/pages --api-auth me:we\n',
      },
    },
    {
      // A name alone is no ComfyUI, and without --listen nobody else reaches it.
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN git clone https://github.com/comfyanonymous/ComfyUI.git /app\nWORKDIR /app\nCMD ["python", "main.py", "--listen"]\n',
        good: 'FROM python:3.12\nCOPY main.py /app/\nWORKDIR /app\nCMD ["python", "main.py", "--listen"]\n',
      },
      'compose.yaml': 'services:\n  comfy:\n    build: .\n    ports: ["8188:8188"]\n',
    },
    {
      // A tag that a variable gives changes nothing where all versions are the same.
      'compose.yaml': {
        bad: 'services:\n  vectors:\n    image: ghcr.io/chroma-core/chroma:${CHROMA_VERSION}\n    ports: ["8000:8000"]\n',
        good: 'services:\n  vectors:\n    image: ${REGISTRY}/chroma:${CHROMA_VERSION}\n    ports: ["8000:8000"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: "true"\n    ports: ["3306:3306"]\n',
        good: 'services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: "true"\n      MYSQL_ROOT_PASSWORD_FILE: /run/secrets/root\n    ports: ["3306:3306"]\n  inside:\n    image: mysql:8.4\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: "true"\n',
      },
    },
    {
      Dockerfile: 'FROM vllm/vllm-openai:v0.8.5\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n',
      'compose.yaml': {
        bad: 'services:\n  llm:\n    build: .\n    entrypoint: ["vllm", "serve", "Qwen/Qwen3-8B"]\n    ports: ["8000:8000"]\n',
        good: 'services:\n  llm:\n    build: .\n    ports: ["8000:8000"]\n',
      },
    },
    {
      'ray.yaml': {
        bad: `apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: cluster}
spec:
  headGroupSpec:
    serviceType: LoadBalancer
    rayStartParams: {dashboard-host: 0.0.0.0}
    template:
      spec:
        containers:
          - name: head
            image: rayproject/ray:2.52.0
            ports: [{containerPort: 8265}]
`,
        good: `apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: cluster}
spec:
  headGroupSpec:
    serviceType: ClusterIP
    rayStartParams: {dashboard-host: 0.0.0.0}
    template:
      spec:
        containers:
          - name: head
            image: rayproject/ray:2.52.0
            ports: [{containerPort: 8265}]
`,
      },
    },
    {
      'llm.yaml': {
        bad: `apiVersion: apps/v1
kind: Deployment
metadata: {name: ollama}
spec:
  selector: {matchLabels: {app: ollama}}
  template:
    metadata: {labels: {app: ollama}}
    spec:
      containers:
        - name: ollama
          image: ollama/ollama:0.9.0
          ports: [{containerPort: 11434}]
---
apiVersion: v1
kind: Service
metadata: {name: ollama}
spec:
  type: NodePort
  selector: {app: ollama}
  ports: [{port: 11434}]
`,
        good: `apiVersion: apps/v1
kind: Deployment
metadata: {name: ollama}
spec:
  selector: {matchLabels: {app: ollama}}
  template:
    metadata: {labels: {app: ollama}}
    spec:
      containers:
        - name: ollama
          image: ollama/ollama:0.9.0
          ports: [{containerPort: 11434}]
---
apiVersion: v1
kind: Service
metadata: {name: ollama}
spec:
  type: ClusterIP
  selector: {app: ollama}
  ports: [{port: 11434}]
`,
      },
    },
  ],
  check(workload, report, view) {
    const exposure = exposureOf(workload, view)
    if (exposure?.is !== 'unauthenticated') return
    const { role, ports, how, at } = exposure
    const bindings = ports.flatMap((port) => port.bindings)
    const chosen =
      bindings.length > 0 && bindings.every(({ by }) => by === 'publish') && !bindings.some(isEveryInterface)
    const { severity, because } = severityOf(role, chosen)
    const behindIngress = bindings.length > 0 && bindings.every(({ by }) => by === 'ingress')
    report({
      at,
      key: ports.length === 0 ? 'host-network' : `ports[${ports.map(({ key }) => key).join(',')}]`,
      label: how,
      message: `${atStart(workload.label)} ${ports.length === 0 ? 'runs' : 'publishes'} ${role.productName} ${how} without authentication${ports.length === 0 ? '' : ` (${portsInWords(ports)})`}: anyone who reaches it can ${role.reach ?? 'use it'}`,
      ...(severity === 'high' ? {} : { severity, because }),
      confidence: behindIngress && role.confidence === 'high' ? 'medium' : role.confidence,
      concepts: conceptsOf(role),
      related:
        role.authenticationAt === undefined ? [] : [{ at: role.authenticationAt, label: role.authenticationBecause }],
      evidence: [
        role.authenticationBecause,
        ownSwitch(role),
        `recognised by ${role.evidence.map(({ what }) => what).join(', ')}`,
        ...(behindIngress ? ['the Ingress in front may ask for a login, which was not judged'] : []),
      ],
      fix: loopbackFix(workload, exposure),
    })
  },
})

const SEVERITIES: Readonly<Record<CallerCan, readonly [Severity, string]>> = {
  'run-code': ['critical', 'whoever reaches it can run code'],
  change: ['high', 'whoever reaches it can change what it holds'],
  use: ['high', 'whoever reaches it can use it'],
  read: ['medium', 'whoever reaches it can only look'],
}

function severityOf(role: RoleFact, chosenAddress: boolean): { severity: Severity; because: string } {
  const [severity, because] = SEVERITIES[role.callerCan ?? 'use']
  if (!chosenAddress) return { severity, because }
  return {
    severity: shiftSeverity(severity, -1),
    because: `${because}; one address of the host answers, which somebody chose`,
  }
}

function conceptsOf({ role, product }: RoleFact): string[] {
  if (product === 'ray') return ['ray-dashboard-exposed', 'ai-service-exposed']
  switch (role) {
    case 'notebook':
      return ['notebook-exposed', 'ai-service-exposed']
    case 'database':
    case 'cache':
    case 'queue':
    case 'object-store':
      return ['db-port-published', 'ai-service-exposed']
    case 'model-server':
    case 'vector-database':
      return ['no-api-key', 'ai-service-exposed']
    default:
      return ['ai-service-exposed']
  }
}

/** Told with the finding, for the fix of the ports is shared by all services of the project. */
function ownSwitch({ productName, switchedOnBy }: RoleFact): string {
  return switchedOnBy === undefined
    ? `Bulkhead knows no password switch for ${productName}: a proxy in front has to ask for one`
    : `${productName} asks for a key or password with ${switchedOnBy}: take the value from a secret`
}
