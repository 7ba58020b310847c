import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanFiles } from '../assembly/rule-harness.ts'
import type { RoleFact } from '../core/facts/role.ts'
import { parseImageReference } from '../knowledge/image-reference.ts'
import type { AuthSwitch } from '../knowledge/services/profile.ts'
import { SERVICES } from '../knowledge/services/services.ts'
import { isImage } from './roles.resolver.ts'

type Case = readonly [service: string, product: string, authentication: RoleFact['authentication'], because?: RegExp]

/** The body of one Compose service, flow style. */
const CASES: readonly Case[] = [
  // By its flags, however they are written.
  ['image: vllm/vllm-openai:v1', 'vllm', 'off', /unless it is told to/],
  ['image: vllm/vllm-openai:v1, command: "--api-key ${KEY:?}"', 'vllm', 'on', /--api-key is given/],
  ['image: vllm/vllm-openai:v1, command: [--api-key=abc]', 'vllm', 'on'],
  ['image: vllm/vllm-openai:v1, command: \'sh -c "vllm serve m --api-key=$$KEY"\'', 'vllm', 'unknown', /variable/],
  ['image: vllm/vllm-openai:v1, command: \'sh -c "exec vllm serve m"\'', 'vllm', 'off'],
  ['image: example/own:1, command: python3 -m vllm.entrypoints.openai.api_server --model m', 'vllm', 'off'],
  ['image: example/own:1, command: env A=1 vllm serve m --api-key k', 'vllm', 'on'],
  ['image: vllm/vllm-openai:v1, entrypoint: [/start.sh]', 'vllm', 'unknown', /start\.sh/],
  ['image: vllm/vllm-openai:v1, command: --model m --config /etc/vllm.yaml', 'vllm', 'unknown', /--config/],
  ['image: example/own:1, command: vllm serve m $EXTRA_ARGS', 'vllm', 'unknown', /EXTRA_ARGS/],
  // By its environment: set, empty, not known.
  ['image: vllm/vllm-openai:v1, environment: {VLLM_API_KEY: abc}', 'vllm', 'on', /VLLM_API_KEY is given/],
  ['image: vllm/vllm-openai:v1, environment: {VLLM_API_KEY: ""}', 'vllm', 'off'],
  ['image: vllm/vllm-openai:v1, environment: {VLLM_API_KEY: "${KEY:?}"}', 'vllm', 'unknown', /elsewhere/],
  ['image: vllm/vllm-openai:v1, env_file: missing.env', 'vllm', 'unknown', /not fully read/],
  ['image: ollama/ollama:1, env_file: missing.env', 'ollama', 'off'],
  // Notebooks: an empty token, a password beside it, an empty variable.
  ['image: quay.io/jupyter/scipy-notebook:x', 'jupyter', 'on'],
  [
    'image: quay.io/jupyter/scipy-notebook:x, command: "start-notebook.py --ServerApp.token=\'\'"',
    'jupyter',
    'off',
    /is empty/,
  ],
  ['image: quay.io/jupyter/scipy-notebook:x, command: [jupyter, lab, "--IdentityProvider.token="]', 'jupyter', 'off'],
  [
    'image: quay.io/jupyter/scipy-notebook:x, command: [jupyter, lab, "--ServerApp.token=", "--ServerApp.password=argon2:x"]',
    'jupyter',
    'on',
    /password/,
  ],
  ['image: quay.io/jupyter/scipy-notebook:x, environment: {JUPYTER_TOKEN: ""}', 'jupyter', 'on'],
  [
    'image: quay.io/jupyter/scipy-notebook:x, environment: {NOTEBOOK_ARGS: "--NotebookApp.token=\'\'"}',
    'jupyter',
    'off',
  ],
  ['image: codercom/code-server:4, command: --auth none', 'code-server', 'off', /--auth is none/],
  ['image: codercom/code-server:4, command: --auth=password', 'code-server', 'on'],
  ['image: lscr.io/linuxserver/code-server:4', 'code-server-linuxserver', 'off'],
  ['image: lscr.io/linuxserver/code-server:4, environment: {HASHED_PASSWORD: x}', 'code-server-linuxserver', 'on'],
  ['image: rocker/rstudio:4, environment: {DISABLE_AUTH: "TRUE"}', 'rstudio', 'off'],
  ['image: ghcr.io/marimo-team/marimo:1, command: marimo edit --no-token', 'marimo', 'off'],
  // Data stores.
  ['image: redis:8', 'redis', 'off'],
  ['image: redis:8, environment: {REDIS_PASSWORD: x}', 'redis', 'off'],
  ['image: redis:8, command: redis-server --requirepass x', 'redis', 'on'],
  ['image: redis:8, command: redis-server /usr/local/etc/redis/redis.conf', 'redis', 'unknown', /configuration file/],
  ['image: redis/redis-stack:7, environment: {REDIS_ARGS: "--requirepass x"}', 'redis', 'on'],
  ['image: bitnami/redis:8, environment: {ALLOW_EMPTY_PASSWORD: "yes"}', 'redis-bitnami', 'off'],
  ['image: bitnami/redis:8, environment: {ALLOW_EMPTY_PASSWORD: "yes", REDIS_PASSWORD: x}', 'redis-bitnami', 'on'],
  ['image: postgres:17, environment: {POSTGRES_HOST_AUTH_METHOD: trust}', 'postgres', 'off'],
  ['image: mongo:8, environment: {MONGO_INITDB_ROOT_USERNAME: root}', 'mongodb', 'on'],
  ['image: elasticsearch:7.17.0', 'elasticsearch', 'off'],
  ['image: elasticsearch:8.17.0', 'elasticsearch', 'on'],
  ['image: elasticsearch:8.17.0, environment: [xpack.security.enabled=false]', 'elasticsearch', 'off'],
  ['image: qdrant/qdrant:v1', 'qdrant', 'off'],
  [
    'image: qdrant/qdrant:v1, volumes: ["./production.yaml:/qdrant/config/production.yaml"]',
    'qdrant',
    'unknown',
    /mounted/,
  ],
  ['image: qdrant/qdrant:v1, volumes: ["data:/qdrant/storage"]', 'qdrant', 'off'],
  ['image: chromadb/chroma:0.5.20, environment: {CHROMA_SERVER_AUTHN_CREDENTIALS: x}', 'chroma', 'on'],
  [
    'image: chromadb/chroma:1.0.15, environment: {CHROMA_SERVER_AUTHN_CREDENTIALS: x}',
    'chroma',
    'unknown',
    /do not read/,
  ],
  ['image: semitechnologies/weaviate:1.30.0', 'weaviate', 'off'],
  ['image: semitechnologies/weaviate:1.30.0, environment: {AUTHENTICATION_APIKEY_ENABLED: "true"}', 'weaviate', 'on'],
  // Agents and clusters.
  ['image: rayproject/ray:2.52.0', 'ray', 'off'],
  ['image: rayproject/ray:2.52.0, environment: {RAY_AUTH_MODE: token}', 'ray', 'on'],
  ['image: flowiseai/flowise:2.2.7', 'flowise', 'off'],
  ['image: flowiseai/flowise:3.0.0', 'flowise', 'on'],
  ['image: langflowai/langflow:1.5.0, environment: {LANGFLOW_AUTO_LOGIN: "False"}', 'langflow', 'on'],
  ['image: ghcr.io/open-webui/open-webui:v1, environment: {WEBUI_AUTH: "False"}', 'open-webui', 'off'],
  ['image: nginx:1', 'reverse-proxy', 'not-applicable'],
]

for (const [service, product, authentication, because] of CASES) {
  test(`{${service}} is ${product}, authentication ${authentication}`, async () => {
    const [role, ...more] = await rolesIn({ 'compose.yaml': `services: {it: {${service}}}\nvolumes: {data: }\n` })
    assert.deepEqual(more, [])
    assert.equal(role?.product, product)
    assert.equal(role?.authentication, authentication, role?.authenticationBecause)
    if (because !== undefined) assert.match(role?.authenticationBecause ?? '', because)
  })
}

test('a service that builds an image is what that image is', async () => {
  const files = {
    Dockerfile: 'FROM ollama/ollama:0.9.0\nRUN true\n',
    'compose.yaml': 'services:\n  it:\n    build: .\n    image: acme/llm:1\n',
  }
  assert.deepEqual((await rolesIn(files)).map(({ subject }) => subject).sort(), [
    'Dockerfile#0#ollama',
    'compose.yaml#it#ollama',
  ])
})

test('a name alone makes nothing of a service', async () => {
  const compose =
    'services:\n  redis:\n    image: acme/redis-exporter:1\n    command: serve\n  jupyter:\n    image: acme/jupyterlike:1\n'
  assert.deepEqual(await rolesIn({ 'compose.yaml': compose }), [])
})

test('the port is the one that flag or variable gives', async () => {
  const cases = [
    ['image: vllm/vllm-openai:v1, command: --port 9001', 9001],
    ['image: vllm/vllm-openai:v1, command: [--port=9002]', 9002],
    ['image: ollama/ollama:1, environment: {OLLAMA_HOST: "0.0.0.0:8080"}', 8080],
    ['image: ollama/ollama:1, environment: {OLLAMA_HOST: "0.0.0.0"}', 11434],
    ['image: vllm/vllm-openai:v1, command: --port 99999', 8000],
  ] as const
  for (const [service, port] of cases) {
    const [role] = await rolesIn({ 'compose.yaml': `services: {it: {${service}}}\n` })
    assert.equal(role?.ports[0], port, service)
  }
})

test('no value of a switch is told, for it may be a key', async () => {
  const [role] = await rolesIn({
    'compose.yaml': 'services: {it: {image: "vllm/vllm-openai:v1", environment: {VLLM_API_KEY: hunter2hunter2}}}\n',
  })
  assert.doesNotMatch(JSON.stringify(role), /hunter2/)
})

test('the table of services is sound', () => {
  const products = SERVICES.map(({ product }) => product)
  assert.equal(new Set(products).size, products.length)
  const owner = new Map<string, string>()
  for (const {
    product,
    images,
    commands = [],
    modules = [],
    ports,
    reach,
    on = [],
    off = [],
    onDespite = [],
  } of SERVICES) {
    assert.ok(images.length + commands.length + modules.length > 0, product)
    assert.ok(ports.length > 0 && ports.every((port) => port > 0 && port < 65_536), product)
    assert.ok(reach.length > 5 && !reach.endsWith('.'), product)
    for (const one of [...on, ...off, ...onDespite] as AuthSwitch[]) {
      assert.ok((one.flag === undefined) !== (one.env === undefined), `${product}: a switch is a flag or a variable`)
      assert.ok(
        one.values?.every((value) => value === value.toLowerCase()) ?? true,
        `${product}: values are lower case`,
      )
    }
    for (const image of images) {
      assert.doesNotMatch(image, /^docker\.io\/|^library\/|:|\*./, `${product}: ${image}`)
      assert.equal(owner.get(image), undefined, `${image} belongs to ${product} and ${owner.get(image)}`)
      owner.set(image, product)
    }
  }
})

test('image patterns are exact but for one star at the end', () => {
  const cases = [
    ['redis', 'redis:8', true],
    ['redis', 'docker.io/library/redis', true],
    ['redis', 'acme/redis', false],
    ['redis', 'ghcr.io/library/redis', false],
    ['jupyter/*', 'jupyter/scipy-notebook', true],
    ['quay.io/jupyter/*', 'jupyter/scipy-notebook', false],
    ['vllm/vllm-openai', 'vllm/vllm-openai-fork', false],
  ] as const
  for (const [pattern, text, expected] of cases) {
    const image = parseImageReference(text)
    assert.ok(image !== undefined)
    assert.equal(isImage(pattern, image), expected, `${pattern} ${text}`)
  }
})

async function rolesIn(files: Record<string, string>): Promise<RoleFact[]> {
  const { report } = await scanFiles(files)
  return (report.facts ?? []).filter((fact) => fact.kind === 'role')
}
