/** Everything in a build that switches the verification of package signatures off. */
import type { Instruction } from '../../core/facts/dockerfile.ts'
import type { ShellWord } from '../../core/facts/script.ts'
import type { TextEdit } from '../../core/fix.ts'
import type { Severity } from '../../core/severity.ts'
import type { Span } from '../../core/span.ts'
import { programOf, textOf } from '../../formats/shell/meaning.ts'
import type { BuildCommand, BuildStage } from './build.ts'
import { withoutWords } from './command-edits.ts'
import { filesWritten } from './written-files.ts'

export interface SignatureSwitch {
  readonly concept: string
  readonly message: string
  readonly key: string
  readonly span: Span
  readonly instruction: Instruction
  readonly judged: { readonly severity?: Severity; readonly because?: string }
  readonly edits: () => readonly TextEdit[] | undefined
}

export function signatureSwitches(stage: BuildStage): SignatureSwitch[] {
  const flow = stage.flow()
  const ofCommands = stage.runs.flatMap((run, index) => ofCommand(run, (file) => flow.verifiedBetween(-1, index, file)))
  return [...ofCommands, ...ofFiles(stage)].sort((one, other) => one.span.start - other.span.start)
}

const RPM_TOOLS = new Set(['yum', 'dnf', 'dnf5', 'microdnf', 'tdnf', 'zypper', 'yum-config-manager'])
const APT_TOOLS = new Set(['apt', 'apt-get', 'aptitude'])

interface Flag {
  readonly concept: string
  readonly is: (text: string) => boolean
  readonly message: (tool: string) => string
}

const APT_FLAGS: readonly Flag[] = [
  {
    concept: 'apt-force-yes',
    is: (text) => text === '--force-yes',
    message: (tool) => `${tool} is told by --force-yes to install packages whose signature does not hold`,
  },
  {
    concept: 'apt-unauthenticated',
    is: (text) =>
      text === '--allow-unauthenticated' ||
      text === '--allow-insecure-repositories' ||
      /^(?:-o=?|--option=)?(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories)=(?:"?(?:true|yes|1)"?)$/i.test(
        text,
      ),
    message: (tool) => `${tool} is told to take packages that nobody has signed`,
  },
]
const RPM_FLAGS: readonly Flag[] = [
  {
    concept: 'rpm-nogpgcheck',
    is: (text) =>
      ['--nogpgcheck', '--no-gpgchecks', '--no-gpg-checks', '--allow-unsigned-rpm'].includes(text) ||
      /^(?:--setopt=)?(?:[\w*.-]+\.)?gpgcheck=(?:0|false|no|off)$/i.test(text),
    message: (tool) => `${tool} is told to install packages without checking their signature`,
  },
]
const FLAGS: Readonly<Record<string, readonly Flag[]>> = {
  apk: [
    {
      concept: 'apk-allow-untrusted',
      is: (text) => text === '--allow-untrusted',
      message: () => 'apk is told to install packages that no known key has signed',
    },
  ],
  rpm: [
    {
      concept: 'rpm-no-signature',
      is: (text) => text === '--nosignature',
      message: () => 'rpm is told to install packages without checking their signature',
    },
  ],
}

function flagsOf(tool: string): readonly Flag[] {
  if (APT_TOOLS.has(tool)) return APT_FLAGS
  if (RPM_TOOLS.has(tool)) return RPM_FLAGS
  return Object.hasOwn(FLAGS, tool) ? (FLAGS[tool] ?? []) : []
}

function ofCommand(run: BuildCommand, verified: (file: string) => boolean): SignatureSwitch[] {
  const { command, instruction } = run
  const tool = programOf(command) ?? ''
  const { words } = command
  return flagsOf(tool).flatMap(({ concept, is, message }) => {
    const index = words.findIndex((word, at) => at > 0 && is(textOf(word)))
    const word = words[index]
    if (word === undefined) return []
    const option = ['-o', '--option', '--setopt'].includes(words[index - 1]?.value ?? '')
    const flag = option ? words.slice(index - 1, index + 1) : [word]
    return [
      {
        concept,
        message: `${message(tool)}${namesOf(words)}`,
        key: `${tool}[${textOf(word)}]`,
        span: { start: flag[0]?.span.start ?? 0, end: word.span.end },
        instruction,
        judged: judge(words, verified),
        edits: () => withoutWords(run, flag),
      },
    ]
  })
}

function judge(words: readonly ShellWord[], verified: (file: string) => boolean): SignatureSwitch['judged'] {
  const files = words
    .slice(1)
    .map(textOf)
    .filter((text) => !text.startsWith('-') && !text.includes('://') && /\.(?:rpm|deb|apk)$/.test(text))
  if (files.length === 0) return {}
  if (files.every(verified)) return { severity: 'low', because: 'a checksum of the package is compared before' }
  return { severity: 'medium', because: 'the package is a local file: where it came from decides' }
}

/** What is installed, as far as the words say. */
function namesOf(words: readonly ShellWord[]): string {
  const verb = words.findIndex(({ value }) => /^(?:install|add|update|upgrade|in|localinstall)$/.test(value ?? ''))
  if (verb === -1) return ''
  const names = words
    .slice(verb + 1)
    .map(textOf)
    .filter((text) => /^[\w@][\w@.+:=~*-]*$/.test(text))
  if (names.length === 0) return ''
  return `: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
}

function ofFiles(stage: BuildStage): SignatureSwitch[] {
  return filesWritten(stage).flatMap(({ path, text, span, instruction }) => {
    const switched = (concept: string, message: string): SignatureSwitch[] => [
      { concept, message, key: `file[${path}]`, span, instruction, judged: {}, edits: () => undefined },
    ]
    if (/\/apt\/(?:sources\.list|apt\.conf)/.test(path)) {
      const local = /trusted=yes[^\]]*\]\s*(?:file|copy|cdrom):/i.test(text)
      if (/\[[^\]]*\b(?:trusted|allow-insecure)=yes\b[^\]]*\]|^\s*Trusted:\s*yes\b/im.test(text) && !local) {
        return switched('apt-unauthenticated', `${path} declares a repository trusted whose packages nobody has signed`)
      }
      if (/\b(?:AllowUnauthenticated|AllowInsecureRepositories)\b["'\s]*(?:true|yes|1)/i.test(text)) {
        return switched('apt-unauthenticated', `${path} is written so that apt takes packages that nobody has signed`)
      }
    }
    if (/\.repo$|(?:^|\/)(?:yum|dnf|zypp)\.conf$/.test(path)) {
      if (/(?:^|\\n|[\s'"/])gpgcheck\s*=\s*(?:0|false|no|off)\b/im.test(text)) {
        return switched(
          'rpm-nogpgcheck',
          `${path} is written so that packages are installed without checking their signature`,
        )
      }
    }
    return []
  })
}
