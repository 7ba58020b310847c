import type { View } from '../../core/fact.ts'
import type { ScriptFact, ShellCommand, ShellWord } from '../../core/facts/script.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { manualFix } from '../../core/setting.ts'
import { roleFactsOf } from '../exposure.ts'
import { flagOf, moduleOf, type ProgramWord } from '../programs.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/model-download-unpinned',
  reads: 'script',
  joins: ['workload', 'role'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['model-download-unpinned', 'model-init-unpinned'],
  title: 'Model is downloaded as it is today, not as it was checked',
  why: 'Without a commit the hub gives whatever the repository holds at that moment. Its owner, or whoever took the account, replaces weights, tokenizer and code, and the next build or start takes them; two replicas may even serve different models.',
  how: 'Name the commit: `hf download ORG/MODEL --revision <40 hex digits>` (it stands on the model’s page under “Files and versions”), or `revision="…"` in Python.',
  fine: 'The repository is your own, and nothing else pushes to it.',
  controls: ['NIST-800-190:4.1.3', 'NIST-800-190:4.1.5', 'OWASP-LLM:LLM03'],
  refs: ['CWE-494', 'CWE-1357'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip install huggingface_hub && huggingface-cli download Qwen/Qwen3-8B --local-dir /models\n',
        good: 'FROM python:3.12\nRUN pip install huggingface_hub && huggingface-cli download Qwen/Qwen3-8B --revision 9c925d64d72725edaf899c6cb9c377fd0709d9c5 --local-dir /models\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN hf download Qwen/Qwen3-8B --revision=main\n',
        good: 'FROM python:3.12\nARG REVISION\nRUN hf download Qwen/Qwen3-8B --revision=$REVISION\nRUN hf download ./local --repo-type model --help\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN python -c "from huggingface_hub import snapshot_download; snapshot_download(\'Qwen/Qwen3-8B\')"\n',
        good: "FROM python:3.12\nRUN python -c \"from huggingface_hub import snapshot_download; snapshot_download('Qwen/Qwen3-8B', revision='9c925d64d72725edaf899c6cb9c377fd0709d9c5')\"\n",
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN <<EOF\npython - <<PY\nfrom transformers import AutoModel\nAutoModel.from_pretrained("org/model")\nPY\nEOF\n',
        good: 'FROM python:3.12\nRUN <<EOF\npython - <<PY\nfrom transformers import AutoModel\nAutoModel.from_pretrained("/models/model")\nPY\nEOF\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN git lfs install && git clone https://huggingface.co/org/model /models\n',
        good: 'FROM python:3.12\nRUN git lfs install && git clone https://huggingface.co/org/model /models && git -C /models checkout 9c925d64d72725edaf899c6cb9c377fd0709d9c5\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    command: ["--model", "Qwen/Qwen3-8B"]\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    command: ["--model", "Qwen/Qwen3-8B", "--revision", "9c925d64d72725edaf899c6cb9c377fd0709d9c5"]\n  local:\n    image: vllm/vllm-openai:v0.9.1\n    command: ["--model", "/models/qwen"]\n',
      },
    },
    {
      'pod.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  initContainers:\n    - name: fetch\n      image: python:3.12\n      command: [sh, -c, "pip install huggingface_hub && hf download Qwen/Qwen3-8B --local-dir /models"]\n  containers:\n    - {name: llm, image: "example/llm:1"}\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  initContainers:\n    - name: fetch\n      image: python:3.12\n      command: [sh, -c, "pip install huggingface_hub && hf download Qwen/Qwen3-8B --revision 9c925d64d72725edaf899c6cb9c377fd0709d9c5 --local-dir /models"]\n  containers:\n    - {name: llm, image: "example/llm:1"}\n',
      },
    },
  ],
  check(script, report, view) {
    const workload = script.origin.in === 'workload' ? view.byId('workload', script.origin.workload) : undefined
    if (script.origin.in === 'workload' && workload === undefined) return
    const isInit = workload?.part === 'init'
    const who = workload === undefined ? whenBuilt(script) : atStart(workload.label)
    for (const command of script.commands) {
      const found = downloadIn(command, script.commands) ?? servedModel(command, script, workload, view)
      if (found === undefined) continue
      const { model, word, revision, serving } = found
      const movable = revision === undefined ? '' : ` at "${revision}", which can be moved`
      const low = serving
        ? 'the server downloads it when it starts, where the cache does not hold it'
        : revision !== undefined && !isBranch(revision)
          ? 'a tag is named, which is seldom moved'
          : undefined
      report({
        at: { path: script.path, span: word.span },
        key: `model[${model}]`,
        subject: workload?.subject ?? script.subject,
        label: 'no commit',
        message: `${who} ${serving ? 'serves' : 'downloads'} ${model}${movable === '' ? ' without naming a commit' : movable}`,
        ...(low === undefined ? {} : { severity: 'low', because: low }),
        concepts: isInit ? ['model-init-unpinned', 'model-download-unpinned'] : ['model-download-unpinned'],
        fix: manualFix(
          'Pin models to the commit that was checked',
          `Add \`--revision <commit>\` (in Python \`revision="<commit>"\`) where ${model} is ${serving ? 'served' : 'downloaded'}: the commit stands on the model’s page under “Files and versions”.`,
          `models of ${script.path}`,
        ),
      })
    }
  },
})

interface Found {
  /** As written, `$MODEL` where a variable names it. */
  readonly model: string
  readonly word: Pick<ShellWord, 'span'>
  /** The branch or tag that is named. */
  readonly revision: string | undefined
  readonly serving: boolean
}

function whenBuilt({ origin }: ScriptFact): string {
  return origin.in === 'dockerfile' && origin.as === 'run' ? 'The build' : 'The image'
}

function downloadIn(command: ShellCommand, commands: readonly ShellCommand[]): Found | undefined {
  const { name, words } = command
  const isHub = name === 'huggingface-cli' || name === 'hf'
  if (isHub && words[1]?.value === 'download') {
    if (words.some(({ value }) => value === '--help' || value === '-h')) return undefined
    return pinned(words, words[2], words, false)
  }
  return clonedModel(command, commands) ?? inPython(command)
}

/** `git clone https://huggingface.co/org/model`, where nothing checks a commit out behind it. */
function clonedModel({ name, words }: ShellCommand, commands: readonly ShellCommand[]): Found | undefined {
  if (name !== 'git' || !words.slice(1, 3).some(({ value }) => value === 'clone')) return undefined
  const word = words.find(({ value, raw }) =>
    /^["']?https:\/\/(?:[^@/\s]{1,200}@)?(?:huggingface\.co|hf\.co)\//.test(value ?? raw),
  )
  if (word === undefined) return undefined
  const isPinned = commands.some(
    (other) =>
      other.name === 'git' &&
      other.words.some(({ value }) => /^(?:checkout|reset|switch|fetch)$/.test(value ?? '')) &&
      other.words.some(({ value, raw }) => (value === null ? raw.includes('$') : /^[0-9a-f]{7,40}$/.test(value))),
  )
  if (isPinned) return undefined
  const branch = flagOf(asProgram(words), ['--branch', '-b', '--revision'])?.value
  if (branch === null || (branch !== undefined && isCommit(branch))) return undefined
  return { model: word.value ?? word.raw, word, revision: branch, serving: false }
}

/** Undefined where the revision is a commit, or a variable names it, or the model is a folder. */
function pinned(
  words: readonly ShellWord[],
  model: ShellWord | undefined,
  options: readonly ShellWord[],
  serving: boolean,
): Found | undefined {
  if (model === undefined || model.raw.startsWith('-')) return undefined
  const text = model.value ?? model.raw.replace(/^(["'])(.*)\1$/, '$2')
  if (model.value !== null && !isHubName(model.value)) return undefined
  // A serving flag may hold a folder in its variable.
  if (serving && model.value === null) return undefined
  const flag = flagOf(asProgram(options), ['--revision'])
  if (flag?.value === null) return undefined
  if (flag?.value !== undefined && (isCommit(flag.value) || flag.value.includes('$'))) return undefined
  return { model: text, word: words.includes(model) ? model : (words[0] ?? model), revision: flag?.value, serving }
}

const CALLS =
  /\b(snapshot_download|hf_hub_download|from_pretrained|SentenceTransformer|CrossEncoder)\s{0,4}\(([^()]{0,2000})/g

/** Calls in `python -c` and here-documents: `snapshot_download("org/model")`. */
function inPython(command: ShellCommand): Found | undefined {
  const candidates = [
    ...command.words.slice(1).map((word) => ({ text: word.value, word })),
    { text: command.stdin ?? null, word: command },
  ]
  for (const { text, word } of candidates) {
    if (text === null || !/^(?:python|pypy|ipython|uv)/.test(command.name ?? '')) continue
    for (const call of text.matchAll(CALLS)) {
      const given = call[2] ?? ''
      const model =
        /(?:^|repo_id\s{0,4}=|pretrained_model_name_or_path\s{0,4}=|model_name_or_path\s{0,4}=)\s{0,20}(["'])([^"']{1,200})\1/.exec(
          given,
        )?.[2]
      if (model === undefined || !isHubName(model)) continue
      const revision = /\brevision\s{0,4}=\s{0,4}(?:(["'])([^"']{1,200})\1|([A-Za-z_][\w.[\]]{0,100}))/.exec(given)
      if (revision?.[3] !== undefined || (revision?.[2] !== undefined && isCommit(revision[2]))) continue
      return { model, word, revision: revision?.[2], serving: false }
    }
  }
  return undefined
}

const SERVED = ['--model', '--model-path', '--model-id', '--model_id', '--model_name_or_path'] as const
const SERVERS: ReadonlySet<string> = new Set([
  'vllm',
  'sglang',
  'text-generation-inference',
  'text-embeddings-inference',
  'aphrodite',
  'lmdeploy',
])

/** The model that a server is told to load from a hub. */
function servedModel(
  command: ShellCommand,
  { origin }: ScriptFact,
  workload: WorkloadFact | undefined,
  view: View,
): Found | undefined {
  const { words, name } = command
  const program = { name: name ?? '', words: asProgram(words), assignments: [] }
  const starts =
    /^(?:vllm|text-generation-launcher|text-embeddings-router|sglang)$/.test(name ?? '') ||
    /^(?:vllm|sglang)\./.test(moduleOf(program) ?? '')
  const isArgument =
    (name ?? '').startsWith('-') &&
    workload !== undefined &&
    roleFactsOf(workload, view).some(({ product }) => SERVERS.has(product))
  if (!starts && !isArgument) return undefined
  if (origin.in === 'dockerfile' && origin.as !== 'cmd' && origin.as !== 'entrypoint') return undefined
  const serve = words.findIndex(({ value }) => value === 'serve')
  const at = words.findLastIndex(({ value }) => SERVED.some((flag) => value === flag || value?.startsWith(`${flag}=`)))
  const word = words[at]
  if (word === undefined) return serve === -1 ? undefined : pinned(words, words[serve + 1], words, true)
  const equals = word.value?.indexOf('=') ?? -1
  if (equals === -1) return pinned(words, words[at + 1], words, true)
  const found = pinned(
    words,
    { ...word, value: word.value?.slice(equals + 1) ?? null, raw: word.raw.slice(equals + 1) },
    words,
    true,
  )
  return found === undefined ? undefined : { ...found, word }
}

function asProgram(words: readonly ShellWord[]): ProgramWord[] {
  return words.map(({ value, raw, span }) => ({ value, at: { path: '', span }, written: raw }))
}

/** `org/model`, or the old names without an owner (`gpt2`); a folder or URL is none. */
function isHubName(text: string): boolean {
  return (
    /^[A-Za-z0-9][\w.-]{0,95}\/[\w.-]{1,96}$/.test(text) && !/\.(?:gguf|bin|pt|pth|safetensors|json|py)$/.test(text)
  )
}

function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text)
}

function isBranch(text: string): boolean {
  return /^(?:main|master|dev|develop|latest|nightly|refs\/pr\/\d+)$/.test(text)
}
