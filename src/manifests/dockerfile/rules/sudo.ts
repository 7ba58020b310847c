import type { DockerfileFact } from '../../../core/facts/dockerfile.ts'
import type { TextEdit } from '../../../core/fix.ts'
import { defineRule, type Report } from '../../../core/rule.ts'
import { editFix, known, manualFix } from '../../../core/setting.ts'
import type { Severity } from '../../../core/severity.ts'
import { type BuildCommand, type BuildStage, buildOf, placeIn } from '../build.ts'
import { replaceText, unitsOf } from '../edits.ts'
import { evaluateStages } from '../stages.ts'
import { filesWritten, type WrittenFile } from '../written-files.ts'

export default defineRule({
  id: 'dockerfile/sudo',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['sudo-used', 'sudoers-nopasswd'],
  title: 'sudo hands out root',
  why: 'An account that may call sudo without a password is root with an extra word: running as a user other than root then protects nothing.',
  how: 'Do what needs root before the `USER` instruction, without sudo, and leave the sudoers entry out. Where something is needed at the start, let the orchestrator do it (an init container, volume permissions).',
  fine: 'A development container in which people are meant to install things, never given to others.',
  controls: ['CIS-Docker-1.6:4.3', 'NIST-800-190:4.1.2'],
  refs: ['CWE-250', 'CWE-269'],
  peers: ['hadolint:DL3004', 'trivy:DS-0010', 'checkov:CKV2_DOCKER_1', 'dockle:DKL-DI-0001'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN useradd -m dev && echo "dev ALL=(ALL) NOPASSWD:ALL" >> /etc/sudoers\nUSER dev\n',
        good: 'FROM ubuntu:22.04\nRUN useradd -m dev && sed -i "s/NOPASSWD:ALL/ALL/" /etc/sudoers\nUSER dev\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN sudo apt-get update && \\\n    sudo -E apt-get install -y curl\n',
        good: 'FROM ubuntu:22.04\nRUN apt-get update && \\\n    apt-get install -y curl\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN adduser --disabled-password dev\nCOPY <<EOF /etc/sudoers.d/dev\n%sudo ALL=(ALL:ALL) NOPASSWD: ALL\nEOF\nUSER dev\n',
        good: 'FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y sudo && useradd -m -G sudo dev && echo "about sudo" > /etc/motd\nUSER dev\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nUSER 1000\nRUN sudo make install\n',
        good: 'FROM ubuntu:22.04\nRUN make install\nUSER 1000\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    const { stages } = buildOf(dockerfile, view)
    const users = usersAt(dockerfile)
    for (const stage of stages) {
      checkUse(stage, users, dockerfile, report)
      if (!stage.ships) continue
      for (const file of filesWritten(stage)) checkSudoers(stage, file, report)
    }
  },
})

/** The uid at each instruction, where it is known. */
function usersAt(dockerfile: DockerfileFact): Map<number, number | undefined> {
  const users = new Map<number, number | undefined>()
  evaluateStages(dockerfile, {
    visit: (instruction, state) => void users.set(instruction.index, known(state.user.uid)),
  })
  return users
}

function checkUse(
  stage: BuildStage,
  users: ReadonlyMap<number, number | undefined>,
  dockerfile: DockerfileFact,
  report: Report,
): void {
  const uses = stage.commands.filter(({ command }) => command.wrappers.includes('sudo'))
  const [first, ...others] = uses
  if (first === undefined) return
  const asRoot = uses.every(({ instruction }) => users.get(instruction.index) === 0)
  const edits = asRoot ? uses.flatMap((use) => withoutSudo(use) ?? []) : []
  const count = uses.length === 1 ? 'A command calls' : `${uses.length} commands call`
  report({
    at: placeIn(stage, { start: first.command.span.start, end: first.command.span.start + 4 }, first.instruction),
    message: asRoot
      ? `${count} sudo as root: it changes nothing, and its setuid program stays in the image`
      : `${count} sudo: the image lets an account become root without being asked`,
    subject: stage.subject,
    key: 'sudo',
    label: asRoot ? 'root already' : 'root without a password',
    related: others
      .slice(0, 5)
      .map(({ command, instruction }) => ({ at: placeIn(stage, command.span, instruction), label: 'and here' })),
    concepts: ['sudo-used'],
    ...(asRoot || !stage.ships
      ? {
          severity: 'low' as const,
          because: asRoot
            ? 'the commands run as root anyway'
            : 'the stage is not in the image that is built by default',
        }
      : { severity: 'medium' as const, because: 'that it is called is seen, not what the image allows' }),
    ...(edits.length === 0
      ? {}
      : {
          fix: editFix(dockerfile, dockerfile.path, { title: 'Call the commands without sudo', safety: 'safe' }, edits),
        }),
  })
}

/** `sudo [-EHn] ` taken from before a command; undefined where it names a user or is part of something else. */
function withoutSudo({ command, instruction }: BuildCommand): TextEdit[] | undefined {
  const first = command.words[0]
  if (first === undefined || command.asUser !== 'root') return undefined
  const units = unitsOf(instruction, { start: command.span.start, end: first.span.start })
  if (units === undefined) return undefined
  const written = instruction.text.slice(units.start, units.end)
  if (!/^sudo(?:[ \t]+-[EHn]+)*[ \t]+$/.test(written)) return undefined
  return [replaceText(instruction, units.start, units.end, '')]
}

function checkSudoers(stage: BuildStage, file: WrittenFile, report: Report): void {
  if (!/^\/etc\/sudoers(?:$|\.d\/)/.test(file.path)) return
  const entry = /^.*\bNOPASSWD:[ \t]*(\S?).*$/m.exec(file.text)
  if (entry === null) return
  const whole = /\bNOPASSWD:(?:[A-Z_]+:)*[ \t]*ALL\b/.test(entry[0])
  const who = /(?:^|[\s"'])(%?[A-Za-z_][\w.-]*)[ \t]+ALL\b/.exec(entry[0])?.[1]
  report({
    at: placeIn(stage, file.span, file.instruction),
    message: `${nameOf(who)} may run ${whole ? 'everything' : 'commands'} as root without a password (${file.path})`,
    subject: stage.subject,
    key: `sudoers[${who ?? file.path}]`,
    label: 'root for the asking',
    concepts: ['sudoers-nopasswd'],
    ...judge(stage, whole),
    fix: manualFix(
      'Take the sudoers entry out',
      'Do what needs root before the USER instruction, and delete the NOPASSWD entry. Run the container with no-new-privileges, which makes sudo useless.',
    ),
  })
}

function nameOf(who: string | undefined): string {
  if (who === undefined) return 'An account of the image'
  if (who === 'ALL') return 'Every account'
  return who.startsWith('%') ? `Every member of the group "${who.slice(1)}"` : `The account "${who}"`
}

function judge(stage: BuildStage, whole: boolean): { severity?: Severity; because?: string } {
  if (known(stage.evaluated.state.user.uid) === 0) {
    return { severity: 'medium', because: 'the container starts as root anyway' }
  }
  return whole ? {} : { severity: 'medium', because: 'only for named commands' }
}
