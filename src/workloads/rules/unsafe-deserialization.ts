import { defineRule } from '../../core/rule.ts'
import { manualFix, settingFix } from '../../core/setting.ts'
import { flagOf, programsOf } from '../programs.ts'
import { argumentVariables, isYes, variablesOf } from '../switches.ts'
import { ownerOf } from '../word-changes.ts'
import { atStart } from '../wording.ts'

interface UnsafeSwitch {
  readonly name: string
  readonly when: (value: string) => boolean
  readonly concept: 'torch-unsafe-load' | 'insecure-serialization-env'
  readonly means: string
}

const PICKLE = (value: string) => /\bpickle\b/i.test(value)

const VARIABLES: readonly UnsafeSwitch[] = [
  {
    name: 'TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD',
    when: isYes,
    concept: 'torch-unsafe-load',
    means: 'every torch.load runs whatever the checkpoint says, even where the program asks for weights only',
  },
  {
    name: 'VLLM_ALLOW_INSECURE_SERIALIZATION',
    when: isYes,
    concept: 'insecure-serialization-env',
    means: 'vLLM unpickles what its processes are sent',
  },
  {
    name: 'AIRFLOW__CORE__ENABLE_XCOM_PICKLING',
    when: isYes,
    concept: 'insecure-serialization-env',
    means: 'Airflow unpickles what tasks hand to each other',
  },
  {
    name: 'AIRFLOW__CORE__DONOT_PICKLE',
    when: (value) => /^(?:false|0|no)$/i.test(value),
    concept: 'insecure-serialization-env',
    means: 'Airflow ships pickled DAGs to its workers',
  },
  {
    name: 'CELERY_ACCEPT_CONTENT',
    when: PICKLE,
    concept: 'insecure-serialization-env',
    means: 'Celery unpickles the messages of its queue',
  },
  {
    name: 'CELERY_TASK_SERIALIZER',
    when: PICKLE,
    concept: 'insecure-serialization-env',
    means: 'Celery pickles its tasks, and workers unpickle them',
  },
]

const FLAGS: readonly { readonly name: string; readonly means: string }[] = [
  { name: '--disable-safe-unpickle', means: 'checkpoints are loaded without the check for foreign code' },
]

export default defineRule({
  id: 'workload/unsafe-deserialization',
  reads: 'workload',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['torch-unsafe-load', 'insecure-serialization-env'],
  title: 'Protection against code in pickled data is switched off',
  why: 'A pickle is a program: who loads one runs it. The switch takes away the check that a library made before loading, so that a checkpoint from a hub, a message in a queue or a peer on the network runs code in the container.',
  how: 'Take the switch out. Convert old checkpoints to safetensors, or load them once, where they come from, with `weights_only=True` and the classes that they need allowed by name.',
  controls: ['NIST-800-190:4.4.4', 'OWASP-LLM:LLM03'],
  refs: ['CWE-502', 'https://pytorch.org/docs/stable/notes/serialization.html'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM pytorch/pytorch:2.7.1-cuda12.8-cudnn9-runtime\nENV HF_HOME=/models \\\n    TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1\n',
        good: 'FROM pytorch/pytorch:2.7.1-cuda12.8-cudnn9-runtime\nENV HF_HOME=/models \\\n    TORCH_FORCE_WEIGHTS_ONLY_LOAD=1\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM vllm/vllm-openai:v0.9.1\nENV VLLM_ALLOW_INSECURE_SERIALIZATION=1\n',
        good: 'FROM vllm/vllm-openai:v0.9.1\nENV VLLM_ALLOW_INSECURE_SERIALIZATION=0\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    environment:\n      - VLLM_ALLOW_INSECURE_SERIALIZATION=1\n      - HF_HOME=/models\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    environment:\n      - HF_HOME=/models\n',
        fixed: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    environment:\n      - HF_HOME=/models\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  train:\n    image: example/train:1\n    command: sh -c "export TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1 && python train.py"\n',
        good: 'services:\n  train:\n    image: example/train:1\n    command: sh -c "export TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=0 && python train.py"\n',
      },
    },
    {
      'job.yaml': {
        bad: 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: train}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - name: train\n          image: example/train:1\n          env:\n            - {name: TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD, value: "true"}\n            - {name: SEED, value: "1"}\n',
        good: 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: train}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - name: train\n          image: example/train:1\n          env:\n            - {name: SEED, value: "1"}\n',
      },
    },
  ],
  check(workload, report, view) {
    const title = 'Switch the check of pickled data on again'
    for (const { name, value, at, removal } of variablesOf(workload)) {
      const found = VARIABLES.find((one) => one.name === name && one.when(value))
      if (found === undefined) continue
      report({
        at,
        key: `env[${name}]`,
        label: 'loads pickles unchecked',
        message: `${atStart(workload.label)} sets ${name}=${value}: ${found.means}`,
        concepts: [found.concept],
        fix:
          removal === undefined
            ? manualFix(title, `Take ${name} out of the command.`, `pickle ${workload.subject}`)
            : settingFix(
                ownerOf(workload, view, at),
                {
                  title,
                  safety: 'review',
                  breaks: 'old checkpoints or messages that hold pickled objects',
                },
                removal,
              ),
      })
    }
    const lists = [
      ...programsOf(workload).map(({ words }) => ({ words, where: 'its command' })),
      ...argumentVariables(workload).map(({ words, variable }) => ({ words, where: variable.name })),
    ]
    for (const { words, where } of lists) {
      for (const { name, means } of FLAGS) {
        const flag = flagOf(words, [name])
        if (flag === undefined) continue
        report({
          at: flag.at,
          key: `command[${name}]`,
          message: `${atStart(workload.label)} has ${name} in ${where}: ${means}`,
          concepts: ['torch-unsafe-load'],
          fix: manualFix(title, `Take ${name} out of ${where}.`, `pickle ${workload.subject}`),
        })
      }
    }
  },
})
