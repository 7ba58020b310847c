import { defineRule, type Report, type Reported } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { compareSeverity } from '../../../core/severity.ts'
import { programOf, textOf } from '../../../formats/shell/meaning.ts'
import { type BuildCommand, type BuildStage, buildOf, placeIn, supplySeverity } from '../build.ts'
import { hostOf, shown } from '../urls.ts'
import { filesWritten, type WrittenFile } from '../written-files.ts'

export default defineRule({
  id: 'dockerfile/add-trusted-key',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['apt-key-used', 'third-party-repo-unsigned'],
  title: 'A third party’s key may sign every package',
  why: 'A key that is trusted for all repositories lets its owner, or whoever steals it, replace any package of the distribution, `openssl` and `bash` included.',
  how: 'Keep the key in a file of its own (`curl … | gpg --dearmor -o /usr/share/keyrings/vendor.gpg`) and bind the repository to it: `deb [signed-by=/usr/share/keyrings/vendor.gpg] https://… stable main`.',
  fine: 'A base image so old that its apt knows no `signed-by` (before 1.1).',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.1.5'],
  refs: ['CWE-347', 'https://wiki.debian.org/DebianRepository/UseThirdParty'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN curl -fsSL https://packages.example.org/key.asc | apt-key add -\n',
        good: 'FROM ubuntu:22.04\nRUN curl -fsSL https://packages.example.org/key.asc | gpg --dearmor -o /usr/share/keyrings/example.gpg && apt-key del 7fa2af80\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN echo "deb https://packages.example.org/apt stable main" > /etc/apt/sources.list.d/example.list\n',
        good: 'FROM ubuntu:22.04\nRUN echo "deb [arch=amd64 signed-by=/usr/share/keyrings/example.gpg] https://packages.example.org/apt stable main" > /etc/apt/sources.list.d/example.list\nRUN echo "deb http://mirrors.example.org/ubuntu/ jammy main" > /etc/apt/sources.list\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN add-apt-repository -y ppa:deadsnakes/ppa\n',
        good: 'FROM ubuntu:22.04\nRUN add-apt-repository -y universe\n',
      },
    },
    {
      // The key and the repository that it is for are one finding.
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN echo "deb https://packages.example.org/apt jammy main" > /etc/apt/sources.list.d/example.list\nRUN wget -qO - https://packages.example.org/key.asc | apt-key add -\n',
        good: 'FROM ubuntu:22.04\nRUN echo "deb [signed-by=/usr/share/keyrings/example.gpg] https://packages.example.org/apt jammy main" > /etc/apt/sources.list.d/example.list\nRUN wget -qO - https://packages.example.org/key.asc | gpg --dearmor -o /usr/share/keyrings/example.gpg\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    const { stages } = buildOf(dockerfile, view)
    const keys = stages.flatMap((stage) => stage.runs.flatMap((run) => keyAdded(stage, run) ?? []))
    const archives = stages.flatMap((stage) => stage.runs.flatMap((run) => archiveAdded(stage, run) ?? []))
    const unsigned = stages.flatMap((stage) => filesWritten(stage).flatMap((file) => sourceAdded(stage, file) ?? []))
    // A repository without signed-by stands on the key that apt-key adds beside it: one cause.
    const alone = unsigned.filter(({ stage }) => !keys.some((key) => key.stage === stage))
    for (const group of [keys, archives, alone]) {
      for (const same of Map.groupBy(group, ({ reported }) => reported.key).values()) {
        const beside =
          group === keys ? unsigned.filter(({ stage }) => stage === same[0]?.stage && isFirst(same, keys)) : []
        tell(same, beside, report)
      }
    }
  },
})

interface Trusted {
  readonly stage: BuildStage
  readonly reported: Reported
}

/** Of several keys in a stage the first one tells of its repositories. */
function isFirst([one]: readonly Trusted[], keys: readonly Trusted[]): boolean {
  return one === keys.find(({ stage }) => stage === one?.stage)
}

/** The same in several stages is one finding, told at the worst of them. */
function tell(same: readonly Trusted[], beside: readonly Trusted[], report: Report): void {
  const severityOf = ({ reported }: Trusted) => reported.severity ?? 'medium'
  const [worst] = same.toSorted((one, other) => compareSeverity(severityOf(one), severityOf(other)))
  if (worst === undefined) return
  const again = same.filter((one) => one !== worst).map(({ reported }) => ({ at: reported.at, label: 'and here' }))
  report({
    ...worst.reported,
    related: [...again, ...beside.map(({ reported }) => ({ at: reported.at, label: 'no signed-by' }))],
    ...(beside.length === 0 ? {} : { concepts: ['apt-key-used', 'third-party-repo-unsigned'] }),
  })
}

function keyAdded(stage: BuildStage, { command, instruction }: BuildCommand): Trusted | undefined {
  if (programOf(command) !== 'apt-key') return undefined
  const verb = command.words.find(({ value }, index) => index > 0 && /^(?:add|adv)$/.test(value ?? ''))?.value
  const words = command.words.map(textOf)
  const adds = verb === 'add' || words.some((text) => /^--(?:recv|fetch)/.test(text) || text === '--import')
  if (verb === undefined || !adds) return undefined
  return {
    stage,
    reported: {
      at: placeIn(stage, command.span, instruction),
      message: `apt-key ${verb} makes a key valid for the packages of every repository, the distribution’s own among them`,
      subject: stage.subject,
      key: `apt-key[${words.slice(1).join(' ')}]`,
      label: 'trusted for everything',
      concepts: ['apt-key-used'],
      ...supplySeverity(stage, 'medium'),
      fix: manualFix(
        'Bind the key to its repository',
        'Write the key into /usr/share/keyrings/NAME.gpg (gpg --dearmor -o …), and add [signed-by=/usr/share/keyrings/NAME.gpg] to the repository’s line.',
      ),
    },
  }
}

function archiveAdded(stage: BuildStage, { command, instruction }: BuildCommand): Trusted | undefined {
  const name = programOf(command)
  if (name !== 'add-apt-repository' && name !== 'apt-add-repository') return undefined
  const archive = command.words.find(({ value }) => value?.startsWith('ppa:') === true)
  if (archive === undefined) return undefined
  const owner = textOf(archive)
  return {
    stage,
    reported: {
      at: placeIn(stage, archive.span, instruction),
      message: `${shown(owner)} is an archive of a person or team, whose packages may replace the distribution’s`,
      subject: stage.subject,
      key: `repository[${owner}]`,
      label: 'a personal package archive',
      concepts: ['third-party-repo-unsigned'],
      ...supplySeverity(stage, 'medium', {
        severity: 'low',
        because: 'add-apt-repository fetches the archive’s own key and checks its packages with it',
      }),
      fix: manualFix(
        'Prefer another source',
        `Take the packages of ${shown(owner)} from an official image (COPY --from) or the vendor’s repository with signed-by.`,
      ),
    },
  }
}

function sourceAdded(stage: BuildStage, { path, text, span, instruction }: WrittenFile): Trusted | undefined {
  if (!/^\/etc\/apt\/sources\.list/.test(path)) return undefined
  for (const line of text.split(/\n|\\n/).slice(0, 200)) {
    const match = /^[\s'"]*deb(?:-src)?[ \t]+(?:\[([^\]]*)\][ \t]+)?(\S+)/.exec(line)
    const [, options = '', url = ''] = match ?? []
    if (match === null || /signed-by=|trusted=yes/.test(options) || !/^https?:\/\//i.test(url) || isDistribution(url))
      continue
    return {
      stage,
      reported: {
        at: placeIn(stage, span, instruction),
        message: `The repository ${shown(url)} is added without saying which key signs it: any trusted key will do, and its key is trusted for all others`,
        subject: stage.subject,
        key: `repository[${url}]`,
        label: 'no signed-by',
        concepts: ['third-party-repo-unsigned'],
        ...supplySeverity(stage, 'medium'),
        fix: manualFix(
          'Bind the repository to its key',
          `Write the key into /usr/share/keyrings/NAME.gpg, and say so: deb [signed-by=/usr/share/keyrings/NAME.gpg] ${shown(url)} …`,
        ),
      },
    }
  }
  return undefined
}

/** The distribution's archive or a mirror of it: its key is there already. */
function isDistribution(url: string): boolean {
  const host = hostOf(url) ?? ''
  if (/(?:^|\.)(?:debian\.org|ubuntu\.com|kali\.org|raspbian\.org)$/.test(host) || host.includes('$')) return true
  return /\/(?:debian|ubuntu|debian-security|ubuntu-ports|raspbian)(?:-\w+)?\/?$/i.test(url)
}
