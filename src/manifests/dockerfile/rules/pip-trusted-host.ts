import type { DockerfileFact, Instruction } from '../../../core/facts/dockerfile.ts'
import type { ShellWord } from '../../../core/facts/script.ts'
import type { FixDraft, TextEdit } from '../../../core/fix.ts'
import type { Place } from '../../../core/place.ts'
import { defineRule } from '../../../core/rule.ts'
import { editFix, manualFix } from '../../../core/setting.ts'
import { compareSeverity, type Severity } from '../../../core/severity.ts'
import type { Span } from '../../../core/span.ts'
import { programOf, textOf } from '../../../formats/shell/meaning.ts'
import { type BuildCommand, type BuildStage, buildOf, supplySeverity } from '../build.ts'
import { isWritten, merged, withoutSpan, withoutWords } from '../command-edits.ts'
import { isLoopback, isPrivateHost, shown } from '../urls.ts'
import { variablesSet } from '../variables.ts'
import { filesWritten } from '../written-files.ts'

export default defineRule({
  id: 'dockerfile/pip-trusted-host',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['pip-trusted-host'],
  title: 'pip trusts a host without verifying its certificate',
  why: 'pip takes packages from such a host whatever its certificate, or over plain HTTP: whoever answers in its place hands out the code that runs at installation and at every import.',
  how: 'Take the option away and use an `https://` index. Where a private authority signs it, hand pip its certificate: `--cert`, `PIP_CERT`, or `pip install truststore` with the system’s store.',
  fine: 'An index on the machine itself.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.2.1'],
  refs: ['CWE-295'],
  peers: ['checkov:CKV2_DOCKER_4', 'checkov:CKV2_DOCKER_16'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip install --no-cache-dir --trusted-host pypi.org --trusted-host files.pythonhosted.org torch\n',
        good: 'FROM python:3.12\nRUN pip install --no-cache-dir torch\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nENV PIP_NO_CACHE_DIR=1 \\\n    PIP_TRUSTED_HOST=mirrors.example.com\nRUN pip install torch\n',
        good: 'FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install torch\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip config set global.trusted-host mirrors.example.com && uv pip install --allow-insecure-host x.example.com torch\n',
        good: 'FROM python:3.12\nRUN pip config set global.index-url https://mirrors.example.com/simple && uv pip install --trusted-host localhost torch && echo --trusted-host\n',
      },
    },
    {
      // One host, one finding, however many commands name it.
      Dockerfile: {
        bad: 'FROM python:3.12\nARG HOST=mirrors.example.com\nRUN pip install --trusted-host ${HOST} wheel && \\\n    pip install torch --trusted-host ${HOST}\nRUN pip install --trusted-host "$HOST" numpy\n',
        good: 'FROM python:3.12\nARG HOST=mirrors.example.com\nRUN pip install wheel && \\\n    pip install torch\nRUN pip install numpy\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    const all = buildOf(dockerfile, view).stages.flatMap((stage) =>
      trustedHosts(stage).flatMap((found): Told[] => {
        const hosts = found.hosts.filter((host) => !isLoopback(bare(host)))
        if (hosts.length === 0) return []
        return [{ ...found, stage, hosts, judged: supplySeverity(stage, 'high', judge(hosts, found.always)) }]
      }),
    )
    for (const same of Map.groupBy(all, ({ hosts }) => [...new Set(hosts)].sort().join(' ')).values()) {
      const [worst] = same.toSorted((one, other) =>
        compareSeverity(one.judged.severity ?? 'high', other.judged.severity ?? 'high'),
      )
      if (worst === undefined) continue
      report({
        at: placeOf(worst, dockerfile),
        message: `${worst.tool} trusts ${worst.hosts.map(shown).join(', ')} whatever certificate it shows, even over plain HTTP`,
        subject: worst.stage.subject,
        key: `host[${worst.hosts.join(' ')}]`,
        label: 'whoever answers for this host is believed',
        related: same
          .filter((one) => one !== worst)
          .map((one) => ({ at: placeOf(one, dockerfile), label: 'and trusted here' })),
        ...worst.judged,
        fix: fixOf(same, dockerfile),
      })
    }
  },
})

interface Told extends TrustedHosts {
  readonly stage: BuildStage
  readonly judged: ReturnType<typeof supplySeverity>
}

function placeOf({ span, instruction }: TrustedHosts, { path }: DockerfileFact): Place {
  return { path, span, key: instruction.keyword }
}

interface TrustedHosts {
  readonly tool: string
  readonly hosts: readonly string[]
  readonly span: Span
  readonly instruction: Instruction
  readonly always: boolean
  readonly edits: () => readonly TextEdit[] | undefined
}

const VARIABLES: Readonly<Record<string, string>> = {
  PIP_TRUSTED_HOST: 'pip',
  UV_INSECURE_HOST: 'uv',
}

function trustedHosts(stage: BuildStage): TrustedHosts[] {
  const set = variablesSet(stage, (name) => Object.hasOwn(VARIABLES, name)).flatMap((setting): TrustedHosts[] => {
    const hosts = setting.value === null ? ['a host that a build argument names'] : split(setting.value)
    const { span, instruction } = setting
    return [{ tool: VARIABLES[setting.name] ?? 'pip', hosts, span, instruction, always: true, edits: setting.remove }]
  })
  const files = filesWritten(stage).flatMap(({ path, text, span, instruction, always }): TrustedHosts[] => {
    const host = /(?:^|\/)pip\.(?:conf|ini)$/.test(path)
      ? /(?:^|\\n|\s)trusted-host\s*=\s*([^\s\\'"]+)/i.exec(text)?.[1]
      : undefined
    return host === undefined ? [] : [{ tool: 'pip', hosts: [host], span, instruction, always, edits: () => undefined }]
  })
  return [...set, ...files, ...stage.commands.flatMap(ofCommand)]
}

function ofCommand(run: BuildCommand): TrustedHosts[] {
  const { command, instruction } = run
  const { words } = command
  const tool = toolOf(run)
  if (tool === undefined) return []
  const found: { host: string; at: number; length: number }[] = []
  for (let at = 1; at < words.length; at++) {
    const text = textOf(words[at] as (typeof words)[number])
    const [name, ...value] = text.split('=')
    if (name !== '--trusted-host' && name !== '--allow-insecure-host') continue
    const next = words[at + 1]
    if (value.length > 0) found.push({ host: value.join('='), at, length: 1 })
    else if (next !== undefined) found.push({ host: textOf(next), at, length: 2 })
  }
  const configured = words.findIndex((word) => /^[\w-]+\.trusted-host$/.test(word.value ?? ''))
  const host = words[configured + 1]
  if (configured > 0 && host !== undefined && words.some(({ value }) => value === 'set')) {
    const span = { start: words[configured]?.span.start ?? 0, end: host.span.end }
    return [{ tool, hosts: split(textOf(host)), span, instruction, always: command.always, edits: () => undefined }]
  }
  if (found.length === 0) return []
  const flags = found.flatMap(({ at, length }) => words.slice(at, at + length))
  return [
    {
      tool,
      hosts: found.flatMap((one) => split(one.host)),
      span: { start: flags[0]?.span.start ?? 0, end: flags.at(-1)?.span.end ?? 0 },
      instruction,
      always: command.always,
      edits: () => withoutOptions(run, flags),
    },
  ]
}

/** The value may be a variable, as long as the whole word is one: it goes with its option. */
function withoutOptions(run: BuildCommand, words: readonly ShellWord[]): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = []
  for (const word of words) {
    const isVariable = /^"?\$(?:\w+|\{\w+\})"?$/.test(word.raw)
    const shares = run.command.words.some((other) => other !== word && other.span.start === word.span.start)
    const edit = isWritten(word)
      ? withoutWords(run, [word])?.[0]
      : isVariable && !shares
        ? withoutSpan(run.instruction, word.span)
        : undefined
    if (edit === undefined) return undefined
    edits.push(edit)
  }
  return merged(edits)
}

function toolOf({ command }: BuildCommand): string | undefined {
  const name = programOf(command) ?? ''
  if (/^pip(?:\d(?:\.\d+)?)?$/.test(name)) return 'pip'
  if (name === 'uv' || name === 'pipenv' || name === 'poetry') return name
  if (!/^(?:python|pypy)/.test(name)) return undefined
  return command.words.some(({ value }, at) => value === 'pip' && command.words[at - 1]?.value === '-m')
    ? 'pip'
    : undefined
}

function split(hosts: string): string[] {
  return hosts.split(/[\s,]+/).filter((host) => host !== '')
}

function bare(host: string): string {
  return host
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[:/].*$/, '')
    .toLowerCase()
}

function judge(hosts: readonly string[], always: boolean): { severity?: Severity; because?: string } {
  if (!always) return { severity: 'medium', because: 'a condition of the script decides whether it happens' }
  if (!hosts.every((host) => isPrivateHost(bare(host)))) return {}
  return { severity: 'medium', because: 'the host can only be reached inside a private network' }
}

/** All places at once, for the host is trusted as long as one of them says so. */
function fixOf(found: readonly Told[], dockerfile: DockerfileFact): FixDraft {
  const title = 'Verify the package index again'
  const edits = found.map((one) => one.edits())
  if (!edits.every((one) => one !== undefined)) {
    return manualFix(
      title,
      `Take the option away wherever ${dockerfile.path} names the host, and use its https:// index.`,
    )
  }
  const words = {
    title,
    safety: 'review' as const,
    breaks: 'indexes over plain HTTP, or with a certificate that no known authority signed',
    group: 'pip-trusted-host',
  }
  return editFix(dockerfile, dockerfile.path, words, edits.flat())
}
