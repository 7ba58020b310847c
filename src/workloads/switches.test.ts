import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanFiles } from '../assembly/rule-harness.ts'

/** What a command or variable is told of, and what looks like it and is fine. */
const SERVICES: readonly (readonly [service: string, told: string])[] = [
  // Code that models bring along.
  ['command: python serve.py --trust-remote-code', 'trust-remote-code high'],
  ['command: python serve.py --trust_remote_code=True', 'trust-remote-code high'],
  ['command: python serve.py --trust_remote_code False', ''],
  ['command: python serve.py --no-trust-remote-code', ''],
  ['command: python serve.py --model-path /models/m --trust-remote-code', 'trust-remote-code medium'],
  [
    'command: python serve.py --model o/m --revision 9c925d64d72725edaf899c6cb9c377fd0709d9c5 --trust-remote-code',
    'trust-remote-code medium',
  ],
  ['environment: {TRUST_REMOTE_CODE: "0"}', ''],
  ['environment: {TRUST_REMOTE_CODE: "${TRUST}"}', ''],
  ['environment: {HF_TRUST_REMOTE_CODE: "1"}', 'trust-remote-code high'],
  // Pickles.
  ['environment: {TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD: "0"}', ''],
  ['environment: {TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD: "y"}', 'unsafe-deserialization high'],
  ['environment: {CELERY_ACCEPT_CONTENT: "json,pickle"}', 'unsafe-deserialization high'],
  ['environment: {CELERY_ACCEPT_CONTENT: json}', ''],
  ['environment: {CLI_ARGS: "--xformers --disable-safe-unpickle"}', 'unsafe-deserialization high'],
  // Tunnels.
  ['command: python app.py --share', 'public-tunnel high'],
  ['command: python app.py --share false', ''],
  ['command: python app.py --shared', ''],
  ['command: samba --share data', ''],
  ['command: sh -c "ngrok http 8000"', 'public-tunnel high'],
  ['command: ngrok http --basic-auth=u:p 8000', 'public-tunnel medium'],
  ['command: ngrok version', ''],
  ['command: cloudflared tunnel --url http://a:1', 'public-tunnel high'],
  ['command: ssh -R 80:localhost:7860 serveo.net', 'public-tunnel high'],
  ['command: ssh -R 80:localhost:7860 bastion.example.org', ''],
  ['command: echo ngrok http', ''],
  // Debug modes.
  ['command: flask run --debug', 'debug-server medium'],
  ['command: flask run --debug, ports: ["127.0.0.1:5000:5000"]', 'debug-server medium'],
  ['command: flask run --debug, ports: ["80:5000"]', 'debug-server high'],
  ['environment: {FLASK_DEBUG: "false"}', ''],
  ['environment: {DEBUG: "true", NODE_ENV: development, LOG_LEVEL: DEBUG}', ''],
  ['command: uvicorn app:app --reload', 'debug-server low'],
  ['command: myserver --reload --debug', ''],
  ['command: python -m debugpy --listen 127.0.0.1:5678 app.py', ''],
  ['command: node --inspect=0.0.0.0:9229 app.js', 'debug-server medium'],
  ['command: node --inspect app.js', ''],
  ['environment: {VLLM_SERVER_DEV_MODE: "1"}', 'debug-server medium'],
  // Libraries that a GPU container preloads.
  ['gpus: all, environment: {LD_PRELOAD: /tmp/x.so}', 'gpu-library-preload high'],
  ['gpus: all, environment: {LD_PRELOAD: libtcmalloc.so.4}', 'gpu-library-preload low'],
  ['gpus: all, environment: {LD_PRELOAD: /opt/hook.so}', 'gpu-library-preload medium'],
  ['gpus: all, environment: {LD_PRELOAD: ""}', ''],
  ['gpus: all, environment: {LD_LIBRARY_PATH: "/usr/local/cuda/lib64:"}', ''],
  ['gpus: all, environment: {LD_LIBRARY_PATH: "lib:/usr/lib"}', 'gpu-library-preload medium'],
  ['environment: {LD_PRELOAD: /tmp/x.so}', ''],
  // Caches and models.
  ['volumes: ["~/.cache/huggingface/hub:/hub"]', 'model-cache-writable-host medium'],
  ['volumes: ["~/.cache/huggingface:/hub:ro"]', ''],
  ['volumes: ["./.cache/huggingface:/hub"]', ''],
  ['user: "1000", environment: {HF_HOME: /root/hf}', 'cache-in-root-home medium'],
  ['user: "1000", environment: {HF_HOME: /rootless/hf}', ''],
  ['user: app, environment: {HF_HOME: /root/hf}', ''],
  ['user: "0", environment: {HF_HOME: /root/hf}', ''],
  // Downloads at start.
  ['command: sh -c "hf download o/m"', 'model-download-unpinned medium'],
  ['command: sh -c "hf download o/m --revision v1.0"', 'model-download-unpinned low'],
  ['command: sh -c "hf download $$MODEL --revision $$REVISION"', ''],
  ['command: sh -c "hf download $$MODEL"', 'model-download-unpinned medium'],
  ['command: sh -c "hf upload o/m ./out"', ''],
  ['command: sh -c "git clone https://huggingface.co/o/m"', 'model-download-unpinned medium'],
  ['command: sh -c "git clone https://github.com/o/m"', ''],
  ['command: vllm serve o/m', 'model-download-unpinned low'],
  ['command: vllm serve ./m', ''],
  ['command: vllm serve s3://bucket/m', ''],
  ['command: vllm bench --model o/m', 'model-download-unpinned low'],
]

const MINE = new Set(
  'trust-remote-code unsafe-deserialization public-tunnel debug-server gpu-library-preload model-cache-writable-host cache-in-root-home model-download-unpinned'
    .split(' ')
    .map((name) => `workload/${name}`),
)

for (const [service, told] of SERVICES) {
  test(`{${service}} → ${told === '' ? 'nothing' : told}`, async () => {
    const { report } = await scanFiles({ 'compose.yaml': `services: {it: {image: "example/it:1", ${service}}}\n` })
    const found = report.findings.filter(({ rule }) => MINE.has(rule))
    assert.equal(found.map(({ rule, severity }) => `${rule.replace('workload/', '')} ${severity}`).join(', '), told)
  })
}

test('what files for developers reload is theirs; what runs code is still told, milder', async () => {
  const compose = (command: string): string =>
    `services:\n  it:\n    image: example/it:1\n    command: ${command}\n    ports: ["5000:5000"]\n`
  const told = async (path: string, command: string): Promise<string> => {
    const { report } = await scanFiles({ [path]: compose(command) })
    return report.findings
      .filter(({ rule }) => rule === 'workload/debug-server')
      .map(({ severity }) => severity)
      .join()
  }
  assert.equal(await told('docker-compose.dev.yml', 'uvicorn app:app --reload'), '')
  assert.equal(await told('compose.yaml', 'uvicorn app:app --reload'), 'low')
  assert.equal(await told('docker-compose.dev.yml', 'flask run --debug'), 'medium')
  assert.equal(await told('compose.yaml', 'flask run --debug'), 'high')
})
