import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { FixDraft, SettingChange } from '../../core/fix.ts'
import type { Place } from '../../core/place.ts'
import { defineRule } from '../../core/rule.ts'
import { manualFix, settingFix } from '../../core/setting.ts'
import { exactPlace, flagOf, type Program, programsOf } from '../programs.ts'
import { argumentVariables, isNo, isYes, variablesOf } from '../switches.ts'
import { ownerOf, wordsRemoved } from '../word-changes.ts'
import { atStart } from '../wording.ts'

const FLAGS = ['--trust-remote-code', '--trust_remote_code'] as const

export default defineRule({
  id: 'workload/trust-remote-code',
  reads: 'workload',
  joins: ['script'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['trust-remote-code', 'kserve-trust-remote-code'],
  title: 'Python code that comes with a model is run',
  why: 'With trust_remote_code the loader downloads Python files from the model’s repository and runs them with all that the server may do. Whoever can push to that repository, or takes its name over, runs code in your container, beside your data and tokens.',
  how: 'Take the switch out: most architectures are part of the libraries by now. Where a model needs its own code, read it, and pin it with `--revision` (and `--code-revision`) to the commit that you read, or ship the model’s folder with the image.',
  fine: 'The model’s code was read, and the revision is pinned to that commit.',
  controls: ['NIST-800-190:4.1.3', 'OWASP-LLM:LLM03'],
  refs: ['CWE-829', 'CWE-94'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.8.5\n    command: --model Qwen/Qwen-7B-Chat --trust-remote-code --max-model-len 4096\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.8.5\n    command: --model Qwen/Qwen-7B-Chat --max-model-len 4096\n',
        fixed:
          'services:\n  llm:\n    image: vllm/vllm-openai:v0.8.5\n    command: --model Qwen/Qwen-7B-Chat --max-model-len 4096\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM vllm/vllm-openai:v0.8.5\nCMD ["--model", "Qwen/Qwen-7B-Chat", "--trust-remote-code"]\n',
        good: 'FROM vllm/vllm-openai:v0.8.5\nCMD ["--model", "Qwen/Qwen-7B-Chat"]\n',
        fixed: 'FROM vllm/vllm-openai:v0.8.5\nCMD ["--model", "Qwen/Qwen-7B-Chat"]\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nENV TRUST_REMOTE_CODE=true\nCMD ["python", "serve.py"]\n',
        good: 'FROM python:3.12\nENV TRUST_REMOTE_CODE=false\nCMD ["python", "serve.py", "--trust-remote-code=false"]\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN python -c "from transformers import AutoModel; AutoModel.from_pretrained(\'org/model\', trust_remote_code=True)"\n',
        good: 'FROM python:3.12\nRUN python -c "from transformers import AutoModel; AutoModel.from_pretrained(\'org/model\')"\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  ui:\n    image: example/webui:1\n    environment:\n      EXTRA_LAUNCH_ARGS: "--listen --trust-remote-code"\n',
        good: 'services:\n  ui:\n    image: example/webui:1\n    environment:\n      EXTRA_LAUNCH_ARGS: "--listen"\n      NOTE: "--trust-remote-code is not needed"\n',
      },
    },
    {
      'isvc.yaml': {
        bad: 'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: llm}\nspec:\n  predictor:\n    model:\n      modelFormat: {name: huggingface}\n      args:\n        - --model_name=llm\n        - --model_id=org/model\n        - --trust_remote_code\n',
        good: 'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: llm}\nspec:\n  predictor:\n    model:\n      modelFormat: {name: huggingface}\n      args:\n        - --model_name=llm\n        - --model_id=org/model\n',
      },
    },
    {
      'deployment.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n    - name: llm\n      image: vllm/vllm-openai:v0.8.5\n      command: ["/bin/sh", "-c"]\n      args: ["vllm serve org/model --trust-remote-code"]\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n    - name: llm\n      image: vllm/vllm-openai:v0.8.5\n      command: ["/bin/sh", "-c"]\n      args: ["vllm serve org/model"]\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM vllm/vllm-openai:v0.8.5\nENTRYPOINT ["vllm", "serve", "org/model", "--trust-remote-code"]\n',
        good: 'FROM vllm/vllm-openai:v0.8.5\nENTRYPOINT ["vllm", "serve", "org/model"]\n',
        fixed: 'FROM vllm/vllm-openai:v0.8.5\nENTRYPOINT ["vllm", "serve", "org/model"]\n',
      },
      'compose.yaml': 'services:\n  llm:\n    build: .\n    command: ["--port", "8000"]\n',
    },
  ],
  check(workload, report, view) {
    const kubernetes = workload.dialect === 'kubernetes'
    const concepts = [
      kubernetes ? 'kserve-trust-remote-code' : 'trust-remote-code',
      ...(kubernetes ? ['trust-remote-code'] : []),
    ]
    for (const { at, key, how, program, changes } of switchesIn(workload, view)) {
      const lowered = program === undefined ? undefined : loweredBecause(program)
      report({
        at,
        key,
        label: 'runs the model’s own code',
        message: `${atStart(workload.label)} runs the Python code that a model brings along: ${how}`,
        ...(lowered === undefined ? {} : { severity: 'medium', because: lowered }),
        concepts,
        fix: fixFor(ownerOf(workload, view, at), how, changes),
      })
    }
    for (const { at, text } of inBuild(workload, view)) {
      report({
        at,
        key: 'build',
        label: 'runs the model’s own code',
        message: `${atStart(workload.label)} runs the Python code that a model brings along while it is built: ${text}`,
        concepts,
        fix: fixFor(workload, text, undefined),
      })
    }
  },
})

interface Switch {
  readonly at: Place | undefined
  readonly key: string
  readonly how: string
  readonly program?: Program
  readonly changes: readonly SettingChange[] | undefined
}

function switchesIn(workload: WorkloadFact, view: View): Switch[] {
  const found: Switch[] = []
  for (const program of programsOf(workload)) {
    const flag = flagOf(program.words, FLAGS)
    if (flag === undefined || (typeof flag.value === 'string' && isNo(flag.value))) continue
    const at = program.words.findLastIndex(
      ({ value }) => value === flag.name || value?.startsWith(`${flag.name}=`) === true,
    )
    const word = program.words[at]
    if (word === undefined) continue
    // `--trust-remote-code true`: the answer goes too.
    const answer = flag.apart && typeof flag.value === 'string' && isYes(flag.value) ? program.words[at + 1] : undefined
    const changes = wordsRemoved(ownerOf(workload, view, word.at), view, answer === undefined ? [word] : [word, answer])
    found.push({ at: exactPlace(view, workload, word), key: 'command', how: flag.name, program, changes })
  }
  for (const { name, value, at, removal } of variablesOf(workload)) {
    if (!/(?:^|_)TRUST_REMOTE_CODE$/.test(name) || !isYes(value)) continue
    found.push({
      at,
      key: `env[${name}]`,
      how: `${name} is ${value}`,
      changes: removal === undefined ? undefined : [removal],
    })
  }
  for (const { variable, words } of argumentVariables(workload)) {
    const flag = flagOf(words, FLAGS)
    if (flag === undefined || (typeof flag.value === 'string' && isNo(flag.value))) continue
    found.push({
      at: variable.at,
      key: `env[${variable.name}]`,
      how: `${flag.name} in ${variable.name}`,
      changes: undefined,
    })
  }
  return found
}

function loweredBecause({ words }: Program): string | undefined {
  const revision = flagOf(words, ['--revision', '--code-revision'])?.value
  if (typeof revision === 'string' && /^[0-9a-f]{40}$/.test(revision)) return 'the revision is pinned to a commit'
  const serve = words.findIndex(({ value }) => value === 'serve')
  const model =
    flagOf(words, ['--model', '--model-path', '--model_path', '--model-id', '--model_id', '--model_dir'])?.value ??
    (serve === -1 ? undefined : words[serve + 1]?.value)
  return typeof model === 'string' && /^\.{0,2}\//.test(model)
    ? `the model is read from a folder (${model}), not from a hub`
    : undefined
}

/** `AutoModel.from_pretrained(…, trust_remote_code=True)` in a RUN. */
function inBuild(workload: WorkloadFact, view: View): { at: Place; text: string }[] {
  if (workload.dialect !== 'dockerfile') return []
  return view.at('script', workload.target, workload.path).flatMap(({ origin, commands }) => {
    if (origin.in !== 'dockerfile' || origin.as !== 'run' || !origin.ships) return []
    return commands.flatMap(({ words, stdin, span }) => {
      const word = words.find(({ value }) => value !== null && IN_PYTHON.test(value))
      if (word === undefined && !(stdin !== undefined && IN_PYTHON.test(stdin))) return []
      return [{ at: { path: workload.path, span: word?.span ?? span }, text: 'trust_remote_code=True' }]
    })
  })
}

const IN_PYTHON = /\btrust_remote_code\s{0,4}=\s{0,4}True\b/

function fixFor(workload: WorkloadFact, how: string, changes: readonly SettingChange[] | undefined): FixDraft {
  const title = 'Stop running code that models bring along'
  if (changes === undefined) return manualFix(title, `Take ${how} out.`, `trust-remote-code ${workload.subject}`)
  const breaks = 'models whose architecture is not part of the library'
  return settingFix(workload, { title, safety: 'review', breaks }, ...changes)
}
