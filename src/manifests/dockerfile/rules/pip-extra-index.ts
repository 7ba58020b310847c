import type { DockerfileFact, Instruction } from '../../../core/facts/dockerfile.ts'
import type { ShellWord } from '../../../core/facts/script.ts'
import type { FixDraft, TextEdit } from '../../../core/fix.ts'
import { defineRule } from '../../../core/rule.ts'
import { editFix, manualFix } from '../../../core/setting.ts'
import type { Confidence, Severity } from '../../../core/severity.ts'
import type { Span } from '../../../core/span.ts'
import { type PackageInstall, packageInstalls, textOf } from '../../../formats/shell/meaning.ts'
import { type BuildCommand, type BuildStage, buildOf, supplySeverity } from '../build.ts'
import { isWritten } from '../command-edits.ts'
import { isPublicMirror, isTorchFamily, isVendorIndex } from '../package-indexes.ts'
import { hostOf, shown } from '../urls.ts'
import { variablesSet } from '../variables.ts'
import { filesWritten } from '../written-files.ts'

export default defineRule({
  id: 'dockerfile/pip-extra-index',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['pip-extra-index-url'],
  title: 'pip may take a package from either of two indexes',
  why: 'pip asks all indexes and takes the highest version, wherever it is: whoever registers the name of an internal package on the public index, with a higher version, gets their code installed. PyTorch’s nightly builds were poisoned this way in 2022.',
  how: 'Give one `--index-url`: a proxy that serves both, or the vendor’s index when it holds everything that is installed. uv ties packages to an index: `[tool.uv.sources]` with `explicit = true`. Hashes (`--require-hashes`) end it as well.',
  fine: 'Every package is locked by hash, or both indexes serve the same public packages.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.1.5'],
  refs: ['CWE-427', 'CWE-829', 'https://pytorch.org/blog/compromised-nightly-dependency/'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip install --extra-index-url https://pypi.acme.dev/simple acme-models fastapi\n',
        good: 'FROM python:3.12\nRUN pip install --index-url https://pypi.acme.dev/simple acme-models fastapi\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip3 install --no-cache-dir torch torchvision --extra-index-url https://download.pytorch.org/whl/cu124\n',
        good: 'FROM python:3.12\nRUN pip3 install --no-cache-dir torch torchvision --index-url https://download.pytorch.org/whl/cu124\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nENV PIP_EXTRA_INDEX_URL=https://pypi.acme.dev/simple\nRUN pip install -r requirements.txt\n',
        good: 'FROM python:3.12\nENV PIP_INDEX_URL=https://pypi.acme.dev/simple\nRUN pip install -r requirements.txt\n',
      },
    },
    {
      // Locked by hash; two doors to the same public packages; uv asks the extra index first, and only then another.
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip config set global.extra-index-url https://pypi.acme.dev/simple && pip install acme\n',
        good: 'FROM python:3.12\nRUN pip install --require-hashes --extra-index-url https://pypi.acme.dev/simple -r requirements.txt\nRUN pip install -i https://mirrors.aliyun.com/pypi/simple/ --extra-index-url https://pypi.org/simple flask\nRUN uv pip install --extra-index-url https://download.pytorch.org/whl/cu124 torch\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nCOPY <<EOF /etc/pip.conf\n[global]\nextra-index-url = https://pypi.acme.dev/simple\nEOF\n',
        good: 'FROM python:3.12\nCOPY <<EOF /etc/pip.conf\n[global]\nindex-url = https://pypi.acme.dev/simple\nEOF\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nENV UV_INDEX_STRATEGY=unsafe-best-match\nRUN uv pip install --extra-index-url https://pypi.acme.dev/simple acme-models\n',
        good: 'FROM python:3.12\nRUN uv pip install --index-url https://pypi.acme.dev/simple acme-models\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      for (const found of extraIndexes(stage)) {
        const judged = judge(found)
        if (judged === undefined) continue
        const { confidence, severity, because } = judged
        report({
          at: { path: dockerfile.path, span: found.span, key: found.instruction.keyword },
          message: `${found.tool} may take ${packagesIn(found)} from ${shown(found.url ?? found.written)} or from ${found.main === undefined ? 'PyPI' : shown(found.main)}, whichever has the higher version`,
          subject: stage.subject,
          key: `index[${found.written}]`,
          label: 'asked beside the main index, not instead of it',
          ...(confidence === undefined ? {} : { confidence }),
          ...supplySeverity(stage, 'high', severity === undefined ? {} : { severity, because: because ?? '' }),
          ...fixOf(found, dockerfile),
        })
      }
    }
  },
})

interface ExtraIndex {
  readonly tool: 'pip' | 'uv'
  readonly url: string | null
  readonly written: string
  /** The main index, where another than PyPI is given. */
  readonly main: string | undefined
  /** What is installed by this command; undefined for a setting that holds for all. */
  readonly install: PackageInstall | undefined
  /** uv is told to take the best of all indexes, as pip does. */
  readonly bestMatch: boolean
  readonly span: Span
  readonly instruction: Instruction
  readonly edits: () => readonly TextEdit[] | undefined
}

const EXTRA = ['--extra-index-url', '--index']
const MAIN = ['--index-url', '-i', '--default-index']
const VARIABLES = ['PIP_EXTRA_INDEX_URL', 'UV_EXTRA_INDEX_URL', 'UV_INDEX']

function extraIndexes(stage: BuildStage): ExtraIndex[] {
  const commands = stage.commands.map(({ command }) => command)
  const variables = new Map(
    variablesSet(stage, (name) => MAIN_VARIABLES.has(name)).map(({ name, value }) => [name, value]),
  )
  const bestMatch = /^unsafe-/.test(variables.get('UV_INDEX_STRATEGY') ?? '')
  const main = (tool: string) =>
    variables.get(tool === 'uv' ? 'UV_INDEX_URL' : 'PIP_INDEX_URL') ??
    (tool === 'uv' ? variables.get('UV_DEFAULT_INDEX') : undefined) ??
    undefined
  const settings = variablesSet(stage, (name) => VARIABLES.includes(name)).flatMap((setting): ExtraIndex[] => {
    const { name, value, span, instruction } = setting
    if (value !== null && value.trim() === '') return []
    const tool = name.startsWith('UV_') ? 'uv' : 'pip'
    const written = value ?? `$${name}`
    return [
      {
        tool,
        url: value,
        written,
        main: main(tool),
        install: undefined,
        bestMatch,
        span,
        instruction,
        edits: () => undefined,
      },
    ]
  })
  const configured = stage.commands.flatMap(({ command, instruction }): ExtraIndex[] => {
    const key = command.words.findIndex(({ value }) => /^[\w-]+\.extra-index-url$/.test(value ?? ''))
    const word = command.words[key + 1]
    if (key < 2 || word === undefined || command.words[key - 1]?.value === 'unset') return []
    const span = { start: command.words[key]?.span.start ?? 0, end: word.span.end }
    const index = { url: word.value, written: textOf(word), main: main('pip'), install: undefined }
    return [{ tool: 'pip', ...index, bestMatch, span, instruction, edits: () => undefined }]
  })
  const files = filesWritten(stage).flatMap(({ path, text, span, instruction }): ExtraIndex[] => {
    if (!/(?:^|\/)pip\.(?:conf|ini)$/.test(path)) return []
    const url = /(?:^|\\n|\s)extra-index-url\s*=\s*([^\s\\'"]+)/i.exec(text)?.[1]
    const index = /(?:^|\\n|\s)index-url\s*=\s*([^\s\\'"]+)/i.exec(text)?.[1]
    if (url === undefined) return []
    const known = url.includes('$') ? null : url
    const one = { url: known, written: url, main: index ?? main('pip'), install: undefined }
    return [{ tool: 'pip', ...one, bestMatch, span, instruction, edits: () => undefined }]
  })
  const installs = packageInstalls(commands).flatMap((install): ExtraIndex[] => {
    const run = stage.commands[install.command]
    const tool = toolOf(install)
    if (run === undefined || tool === undefined) return []
    const given = install.indexes.find(({ option }) => MAIN.includes(option))
    return install.indexes
      .filter(({ option, word }) => EXTRA.includes(option) && textOf(word) !== '')
      .map(({ option, word }) => ({
        tool,
        url: word.value,
        written: textOf(word),
        main: given === undefined ? main(tool) : textOf(given.word),
        install,
        bestMatch: bestMatch || install.flags.get('--index-strategy')?.value?.startsWith('unsafe-') === true,
        span: spanOf(run, option, word),
        instruction: run.instruction,
        edits: () => (given === undefined ? asMainIndex(run, option, word) : undefined),
      }))
  })
  return [...settings, ...configured, ...files, ...installs].sort((one, other) => one.span.start - other.span.start)
}

const MAIN_VARIABLES = new Set(['PIP_INDEX_URL', 'UV_INDEX_URL', 'UV_DEFAULT_INDEX', 'UV_INDEX_STRATEGY'])

function toolOf({ manager }: PackageInstall): 'pip' | 'uv' | undefined {
  if (manager === 'pip') return 'pip'
  return manager === 'uv' || manager === 'uv pip' ? 'uv' : undefined
}

/** The option's word, and the value's where that is another. */
function optionWord({ command }: BuildCommand, option: string, value: ShellWord): ShellWord | undefined {
  const index = command.words.findIndex(({ span }) => span.start === value.span.start && span.end === value.span.end)
  const own = command.words[index]
  if (own !== undefined && textOf(own).startsWith(option)) return own
  const before = command.words[index - 1]
  return before !== undefined && textOf(before) === option ? before : undefined
}

function spanOf(run: BuildCommand, option: string, value: ShellWord): Span {
  return { start: optionWord(run, option, value)?.span.start ?? value.span.start, end: value.span.end }
}

/** `--extra-index-url` becomes `--index-url`. */
function asMainIndex(run: BuildCommand, option: string, value: ShellWord): TextEdit[] | undefined {
  const word = optionWord(run, option, value)
  if (option !== '--extra-index-url' || word === undefined || !word.raw.startsWith(option) || !isWritten(word))
    return undefined
  return [{ span: { start: word.span.start, end: word.span.start + option.length }, text: '--index-url' }]
}

interface Judged {
  readonly severity?: Severity
  readonly because?: string
  readonly confidence?: Confidence
}

/** Undefined where the two indexes can't be played off against each other. */
function judge(found: ExtraIndex): Judged | undefined {
  const { install, url } = found
  if (install?.flags.has('--require-hashes') === true) return undefined
  // uv stops at the first index that knows a package, and asks the extra ones first.
  if (found.tool === 'uv' && !found.bestMatch) return undefined
  if (url === null) {
    const because = 'which index it is, is decided by a variable that is not known here'
    return { severity: 'medium', because, confidence: 'medium' }
  }
  const all = url.split(/\s+/).filter((one) => one !== '')
  if (all.every(isPublicMirror) && (found.main === undefined || isPublicMirror(found.main))) return undefined
  if (!all.every((one) => isVendorIndex(one) || isPublicMirror(one))) return {}
  const packages = install?.packages ?? []
  if (packages.length > 0 && install?.requirements.length === 0) {
    if (packages.every(({ name }) => name !== null && isTorchFamily(name))) {
      return {
        severity: 'low',
        because: 'all that is installed is the vendor’s own, whose names are taken on PyPI too',
      }
    }
    if (packages.every(({ version }) => version?.includes('+') === true)) {
      return { severity: 'low', because: 'the versions asked for are local builds, which PyPI does not accept' }
    }
  }
  return { severity: 'medium', because: `${hostOf(all[0] ?? '') ?? 'the index'} is a well-known vendor’s public index` }
}

function packagesIn({ install }: ExtraIndex): string {
  const names = (install?.packages ?? []).flatMap(({ name }) => (name === null ? [] : [name]))
  if (names.length === 0) return 'every package'
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}

function fixOf(found: ExtraIndex, dockerfile: DockerfileFact): { fix: FixDraft } {
  const packages = found.install?.packages ?? []
  const onlyTorch =
    found.url !== null &&
    hostOf(found.url) === 'download.pytorch.org' &&
    packages.length > 0 &&
    found.install?.requirements.length === 0 &&
    packages.every(({ name }) => name !== null && isTorchFamily(name))
  const edits = onlyTorch && found.tool === 'pip' ? found.edits() : undefined
  if (edits === undefined) {
    return {
      fix: manualFix(
        'Tie packages to one index',
        'Install what comes from the extra index in a command of its own with --index-url, or serve both through one proxy, or lock all packages with hashes (pip-compile --generate-hashes, uv export).',
        'pip-extra-index',
      ),
    }
  }
  const words = {
    title: 'Take PyTorch’s packages from PyTorch’s index alone',
    safety: 'review' as const,
    breaks: 'dependencies that download.pytorch.org does not hold: install them in a command of their own',
  }
  return { fix: editFix(dockerfile, dockerfile.path, words, edits) }
}
