import { defineRule } from '../../core/rule.ts'
import { knownItems, settingFix } from '../../core/setting.ts'
import { isUsersModelCache } from '../model-caches.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/model-cache-writable-host',
  reads: 'workload',
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['hf-cache-writable-host'],
  title: 'Service may write to the model cache of a user of the host',
  why: 'The cache is shared: what the container puts there, every notebook and service of that user loads next, pickles and Python files among it. The user’s Hugging Face token lies in the same folder.',
  how: 'Give the service a volume of its own for the cache. To use models that are there already, mount the folder read-only and set HF_HUB_OFFLINE=1.',
  fine: 'One person’s workstation, where the container runs only code that this person would run anyway.',
  controls: ['CIS-Docker-1.6:5.5', 'NIST-800-190:4.1.3'],
  refs: ['CWE-732', 'CWE-502'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    volumes:\n      - ~/.cache/huggingface:/root/.cache/huggingface\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    volumes:\n      - hub:/root/.cache/huggingface\nvolumes:\n  hub:\n',
        fixed:
          'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    volumes:\n      - ~/.cache/huggingface:/root/.cache/huggingface:ro\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    volumes:\n      - type: bind\n        source: /home/ml/.cache/huggingface/hub\n        target: /hub\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    volumes:\n      - type: bind\n        source: /home/ml/.cache/huggingface/hub\n        target: /hub\n        read_only: true\n      - ./data:/root/.cache/huggingface\n',
      },
    },
    {
      'pod.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n    - name: llm\n      image: vllm/vllm-openai:v0.9.1\n      volumeMounts:\n        - {name: hub, mountPath: /root/.cache/huggingface}\n  volumes:\n    - {name: hub, hostPath: {path: /root/.cache/huggingface}}\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n    - name: llm\n      image: vllm/vllm-openai:v0.9.1\n      volumeMounts:\n        - {name: hub, mountPath: /root/.cache/huggingface, readOnly: true}\n  volumes:\n    - {name: hub, hostPath: {path: /root/.cache/huggingface}}\n',
      },
    },
  ],
  check(workload, report) {
    for (const { key: target, value, at } of knownItems(workload.settings.mounts)) {
      if (value.kind !== 'bind' || value.readOnly || value.source === null || !isUsersModelCache(value.source)) continue
      report({
        at,
        key: `mounts[${target}]`,
        label: 'writable',
        message: `${atStart(workload.label)} may write to ${value.source} of the host: what it leaves there, the user’s other programs load`,
        fix: settingFix(
          workload,
          {
            title: 'Mount the user’s model cache read-only',
            safety: 'review',
            breaks: 'downloads of models when the service starts: have them there, and set HF_HUB_OFFLINE=1',
          },
          { set: `mounts[${target}].readOnly`, value: true },
        ),
      })
    }
  },
})
