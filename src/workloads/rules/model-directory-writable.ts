import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { knownItems, settingFix } from '../../core/setting.ts'
import { roleFactsOf } from '../exposure.ts'
import { isUsersModelCache } from '../model-caches.ts'
import { flagOf, programsOf } from '../programs.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/model-directory-writable',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['model-dir-writable'],
  title: 'Model server may change the models that it serves',
  why: 'A server only reads its models. Who breaks into one that may write there replaces the model: the answers change, a pickled model runs the attacker’s code at every start, and it survives the next deployment.',
  how: 'Mount the models read-only (`:ro`), and let a job of its own fetch or convert them.',
  fine: 'The server itself converts or downloads models into that folder.',
  controls: ['CIS-Docker-1.6:5.12', 'NIST-800-190:4.1.3'],
  refs: ['CWE-732'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  triton:\n    image: nvcr.io/nvidia/tritonserver:25.05-py3\n    command: tritonserver --model-repository=/models\n    volumes:\n      - ./models:/models\n',
        good: 'services:\n  triton:\n    image: nvcr.io/nvidia/tritonserver:25.05-py3\n    command: tritonserver --model-repository=/models\n    volumes:\n      - ./models:/models:ro\n      - ./logs:/logs\n',
        fixed:
          'services:\n  triton:\n    image: nvcr.io/nvidia/tritonserver:25.05-py3\n    command: tritonserver --model-repository=/models\n    volumes:\n      - ./models:/models:ro\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    command: ["--model", "/models/qwen"]\n    volumes: ["models:/models"]\nvolumes: {models: }\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    command: ["--model", "Qwen/Qwen3-8B"]\n    volumes: ["models:/models"]\nvolumes: {models: }\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llama:\n    image: ghcr.io/ggml-org/llama.cpp:server\n    command: -m /models/qwen.gguf --port 8080\n    volumes: ["/srv/models:/models"]\n',
        good: 'services:\n  ollama:\n    image: ollama/ollama:0.9.0\n    volumes: ["ollama:/root/.ollama"]\nvolumes: {ollama: }\n',
      },
    },
    {
      'pod.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n    - name: llm\n      image: vllm/vllm-openai:v0.9.1\n      args: ["--model=/models/qwen"]\n      volumeMounts:\n        - {name: models, mountPath: /models}\n  volumes:\n    - {name: models, persistentVolumeClaim: {claimName: models}}\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n    - name: llm\n      image: vllm/vllm-openai:v0.9.1\n      args: ["--model=/models/qwen"]\n      volumeMounts:\n        - {name: models, mountPath: /models, readOnly: true}\n  volumes:\n    - {name: models, persistentVolumeClaim: {claimName: models}}\n',
      },
    },
  ],
  check(workload, report, view) {
    const model = modelPath(workload, view)
    if (model === undefined) return
    for (const { key: target, value, at } of knownItems(workload.settings.mounts)) {
      if (value.readOnly || (value.kind !== 'bind' && value.kind !== 'volume' && value.kind !== 'cluster')) continue
      const folder = target.replace(/\/+$/, '')
      if (folder === '' || (model !== folder && !model.startsWith(`${folder}/`))) continue
      // That one is told by the rule about the user's cache.
      if (value.source !== null && isUsersModelCache(value.source)) continue
      const ofHost = value.kind === 'bind'
      report({
        at,
        key: `mounts[${target}]`,
        label: 'writable',
        message: `${atStart(workload.label)} serves ${model}, and may write to ${target}`,
        ...(ofHost ? {} : { severity: 'low', because: 'it is a volume, not a folder of the host' }),
        fix: settingFix(
          workload,
          {
            title: 'Mount models read-only',
            safety: 'review',
            breaks: 'servers that convert models or keep caches beside them: give those a folder of their own',
          },
          { set: `mounts[${target}].readOnly`, value: true },
        ),
      })
    }
  },
})

const FLAGS = [
  '--model',
  '-m',
  '--model-path',
  '--model_path',
  '--model-id',
  '--model_id',
  '--model_dir',
  '--model-store',
  '--model-repository',
  '--model-store-dir',
  '--model_base_path',
] as const

/** They download and change models by design. */
const MANAGES_MODELS: ReadonlySet<string> = new Set(['ollama', 'localai', 'xinference', 'litellm', 'speaches'])

/** The folder or file that its command tells a model server to serve; a name on a hub is none. */
function modelPath(workload: WorkloadFact, view: View): string | undefined {
  const servers = roleFactsOf(workload, view).filter(
    ({ role, product }) => role === 'model-server' && !MANAGES_MODELS.has(product),
  )
  if (servers.length === 0) return undefined
  for (const { words } of programsOf(workload)) {
    const serve = words.findIndex(({ value }) => value === 'serve')
    const value = flagOf(words, FLAGS)?.value ?? (serve === -1 ? undefined : words[serve + 1]?.value)
    if (typeof value === 'string' && value.startsWith('/') && value.length > 1) return value.replace(/(.)\/+$/, '$1')
  }
  return undefined
}
