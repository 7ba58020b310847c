/** Everything in a build that switches the verification of TLS certificates off. */
import type { Instruction } from '../../core/facts/dockerfile.ts'
import type { ShellWord } from '../../core/facts/script.ts'
import type { TextEdit } from '../../core/fix.ts'
import type { Confidence } from '../../core/severity.ts'
import type { Span } from '../../core/span.ts'
import { type Download, downloads, programOf } from '../../formats/shell/meaning.ts'
import type { BuildCommand, BuildStage } from './build.ts'
import { isWritten, withoutFlag, withoutWords } from './command-edits.ts'
import { hostOf, isLoopback, shown } from './urls.ts'
import { variablesSet } from './variables.ts'
import { filesWritten } from './written-files.ts'

export interface TlsSwitch {
  readonly concept: string
  readonly message: string
  readonly key: string
  readonly span: Span
  readonly instruction: Instruction
  readonly confidence?: Confidence
  /** A checksum of the downloaded file is compared afterwards. */
  readonly checked: boolean
  readonly edits: () => readonly TextEdit[] | undefined
}

export function tlsSwitches(stage: BuildStage): TlsSwitch[] {
  const found = [...ofVariables(stage), ...ofDownloads(stage), ...ofFiles(stage)]
  for (const run of stage.commands) found.push(...ofCommand(run))
  return found.sort((one, other) => one.span.start - other.span.start)
}

const OFF = /^(?:0|false|no|off)$/i

interface VariableSwitch {
  readonly concept: string
  readonly whom: string
  readonly isOff: (value: string) => boolean
}

const VARIABLES: Readonly<Record<string, VariableSwitch>> = {
  NODE_TLS_REJECT_UNAUTHORIZED: {
    concept: 'tls-verify-off-node',
    whom: 'every Node.js program',
    isOff: (value) => value === '0',
  },
  // git asks only whether it is set.
  GIT_SSL_NO_VERIFY: { concept: 'tls-verify-off-git', whom: 'git', isOff: () => true },
  PYTHONHTTPSVERIFY: { concept: 'tls-verify-off-python', whom: 'Python', isOff: (value) => value === '0' },
  CONDA_SSL_VERIFY: { concept: 'tls-verify-off-python', whom: 'conda', isOff: (value) => OFF.test(value) },
  NPM_CONFIG_STRICT_SSL: { concept: 'tls-verify-off-npm', whom: 'npm', isOff: (value) => OFF.test(value) },
  YARN_ENABLE_STRICT_SSL: { concept: 'tls-verify-off-npm', whom: 'Yarn', isOff: (value) => OFF.test(value) },
}

/** npm reads its variables in any case. */
function variableSwitch(name: string): VariableSwitch | undefined {
  const upper = /^npm_config_/i.test(name) ? name.toUpperCase() : name
  return Object.hasOwn(VARIABLES, upper) ? VARIABLES[upper] : undefined
}

function ofVariables(stage: BuildStage): TlsSwitch[] {
  return variablesSet(stage, (name) => variableSwitch(name) !== undefined).flatMap((setting) => {
    const { name, value, span, instruction, by } = setting
    const meaning = variableSwitch(name)
    if (meaning === undefined || value === null || !meaning.isOff(value)) return []
    const lasting = by === 'ENV' && stage.ships ? ', in the build and in every container' : ''
    return [
      {
        concept: meaning.concept,
        message: `${name}=${shown(value)} tells ${meaning.whom} to accept any TLS certificate${lasting}`,
        key: `env[${name}]`,
        span,
        instruction,
        checked: false,
        ...(name === 'GIT_SSL_NO_VERIFY' && (value === '' || OFF.test(value)) ? { confidence: 'medium' as const } : {}),
        edits: setting.remove,
      },
    ]
  })
}

const DOWNLOADERS: Partial<Record<Download['tool'], { concept: string; long: readonly string[]; letter?: string }>> = {
  curl: { concept: 'curl-insecure', long: ['--insecure'], letter: 'k' },
  wget: { concept: 'wget-insecure', long: ['--no-check-certificate'] },
  python: { concept: 'tls-verify-off-python', long: [] },
}

function ofDownloads(stage: BuildStage): TlsSwitch[] {
  const flow = stage.flow()
  const runs = stage.runs
  // What runs when the container starts stands in scripts of its own; a probe asks the container itself.
  const starts = stage.commands.filter(({ as }) => as === 'cmd' || as === 'entrypoint')
  const built = downloads(flow.commands).map((download) => ({ download, run: runs[download.command] }))
  const started = downloads(starts.map(({ command }) => command)).map((download) => {
    return { download, run: starts[download.command] }
  })
  return [...built, ...started].flatMap(({ download, run }): TlsSwitch[] => {
    const meaning = DOWNLOADERS[download.tool]
    if (meaning === undefined || run === undefined || !download.insecure) return []
    const hosts = download.urls.map(({ written }) => hostOf(written) ?? '')
    if (hosts.length > 0 && hosts.every(isLoopback)) return []
    const address = download.urls[0]?.written ?? ''
    const file = download.file ?? undefined
    const checked =
      run.as === 'run' && file !== undefined && flow.verifiedBetween(download.command, flow.commands.length, file)
    const flag = run.command.words.find((word) => isFlag(word, meaning))
    return [
      {
        concept: meaning.concept,
        message: `${download.tool} fetches ${address === '' ? 'a file' : shown(address)} without verifying the server’s certificate`,
        key: `fetch[${address}]`,
        span: flag?.span ?? run.command.span,
        instruction: run.instruction,
        checked,
        edits: () => withoutFlag(run, meaning),
      },
    ]
  })
}

function isFlag(word: ShellWord, { long, letter }: { long: readonly string[]; letter?: string }): boolean {
  const text = word.value ?? ''
  return long.includes(text) || (letter !== undefined && /^-[A-Za-z]+$/.test(text) && text.includes(letter))
}

function ofCommand(run: BuildCommand): TlsSwitch[] {
  const { command, instruction } = run
  const name = programOf(command) ?? ''
  const found = (concept: string, message: string, words: readonly ShellWord[], edits: TlsSwitch['edits']) => [
    {
      concept,
      message,
      key: `${name}[${words.map(({ raw }) => raw).join(' ')}]`,
      span: { start: words[0]?.span.start ?? 0, end: words.at(-1)?.span.end ?? 0 },
      instruction,
      checked: false,
      edits,
    },
  ]
  const words = command.words
  const at = (index: number) => words[index]?.value ?? ''
  switch (name) {
    case 'git': {
      const inline = words.findIndex(
        ({ value }, index) =>
          at(index - 1) === '-c' && /^http\.(?:.*\.)?sslverify=(?:0|false|no|off)$/i.test(value ?? ''),
      )
      if (inline > 0) {
        const pair = words.slice(inline - 1, inline + 1)
        return found('tls-verify-off-git', 'git is told for this command to accept any TLS certificate', pair, () =>
          withoutWords(run, pair),
        )
      }
      const key = words.findIndex(({ value }) => /^http\.(?:.*\.)?sslverify$/i.test(value ?? ''))
      if (key < 1 || !words.some(({ value }) => value === 'config') || !OFF.test(at(key + 1))) return []
      return found(
        'tls-verify-off-git',
        'git is configured to accept any TLS certificate, in this build and in the image',
        words.slice(key, key + 2),
        () => replaced(words[key + 1], 'true'),
      )
    }
    case 'npm':
    case 'pnpm':
    case 'yarn': {
      const flag = words.find(({ value }) => /^--(?:strict-ssl=(?:false|0|no)|no-strict-ssl)$/i.test(value ?? ''))
      if (flag !== undefined) {
        return found('tls-verify-off-npm', `${name} is told to accept any TLS certificate`, [flag], () =>
          withoutWords(run, [flag]),
        )
      }
      const key = words.findIndex(({ value }) => /^(?:strict-ssl|enableStrictSsl)(?:=|$)/i.test(value ?? ''))
      if (key < 1 || !words.some(({ value }) => value === 'set' || value === 'config')) return []
      const joined = /=(.*)$/.exec(at(key))?.[1]
      if (!OFF.test(joined ?? at(key + 1))) return []
      return found(
        'tls-verify-off-npm',
        `${name} is configured to accept any TLS certificate from the registry`,
        words.slice(key, joined === undefined ? key + 2 : key + 1),
        () =>
          joined === undefined
            ? replaced(words[key + 1], 'true')
            : replaced(words[key], `${at(key).slice(0, -joined.length)}true`),
      )
    }
    case 'conda':
    case 'mamba':
    case 'micromamba': {
      const insecure = words.find(({ value }) => value === '--insecure' || value === '-k')
      if (insecure !== undefined) {
        return found('tls-verify-off-python', `${name} is told to accept any TLS certificate`, [insecure], () =>
          withoutWords(run, [insecure]),
        )
      }
      const key = words.findIndex(({ value }) => value === 'ssl_verify')
      if (key < 1 || !words.some(({ value }) => value === 'config') || !OFF.test(at(key + 1))) return []
      return found(
        'tls-verify-off-python',
        `${name} is configured to accept any TLS certificate from its channels`,
        words.slice(key, key + 2),
        () => replaced(words[key + 1], 'true'),
      )
    }
    case 'yum':
    case 'dnf':
    case 'microdnf':
    case 'tdnf':
    case 'yum-config-manager': {
      const index = words.findIndex(({ value }, at) => {
        const text = at > 0 && words[at - 1]?.value === '--setopt' ? `--setopt=${value}` : (value ?? '')
        return /^--setopt=(?:[^=]*\.)?sslverify=(?:0|false|no|off)$/i.test(text)
      })
      const word = words[index]
      if (word === undefined) return []
      const flag = word.value?.startsWith('--') === true ? [word] : words.slice(index - 1, index + 1)
      return found(
        'yum-sslverify-off',
        `${name} is told to accept any TLS certificate from its repositories`,
        flag,
        () => withoutWords(run, flag),
      )
    }
  }
  return []
}

function replaced(word: ShellWord | undefined, text: string): readonly TextEdit[] | undefined {
  return word === undefined || !isWritten(word) ? undefined : [{ span: word.span, text }]
}

/** Configuration files of the tools, by how their path ends. */
const FILES: readonly { path: RegExp; line: RegExp; concept: string; whom: string }[] = [
  { path: /(?:^|\/)[._]?curlrc$/, line: /^\s*-?-?insecure\b/im, concept: 'curl-insecure', whom: 'curl' },
  {
    path: /(?:^|\/)\.?wgetrc$/,
    line: /^\s*check[_-]?certificate\s*=\s*(?:off|0|no)/im,
    concept: 'wget-insecure',
    whom: 'wget',
  },
  {
    path: /(?:^|\/)\.?npmrc$/,
    line: /^\s*strict-ssl\s*=\s*(?:false|0)/im,
    concept: 'tls-verify-off-npm',
    whom: 'npm',
  },
  {
    path: /(?:^|\/)\.?condarc$/,
    line: /^\s*ssl_verify\s*:\s*(?:false|no|0)/im,
    concept: 'tls-verify-off-python',
    whom: 'conda',
  },
  {
    path: /(?:^|\/)(?:\.gitconfig|gitconfig)$/,
    line: /^\s*sslverify\s*=\s*(?:false|0|no|off)/im,
    concept: 'tls-verify-off-git',
    whom: 'git',
  },
  {
    path: /\.repo$|(?:^|\/)(?:yum|dnf)\.conf$/,
    line: /(?:^|\\n|[\s/'"])sslverify\s*=\s*(?:0|false|no)/im,
    concept: 'yum-sslverify-off',
    whom: 'the package manager',
  },
]

function ofFiles(stage: BuildStage): TlsSwitch[] {
  return filesWritten(stage).flatMap(({ path, text, span, instruction }) => {
    const meaning = FILES.find((one) => one.path.test(path) && one.line.test(text))
    if (meaning === undefined) return []
    return [
      {
        concept: meaning.concept,
        message: `${path} is written so that ${meaning.whom} accepts any TLS certificate`,
        key: `file[${path}]`,
        span,
        instruction,
        checked: false,
        edits: () => undefined,
      },
    ]
  })
}
