import type { DockerfileFact } from '../../../core/facts/dockerfile.ts'
import { defineRule } from '../../../core/rule.ts'
import { editFix, manualFix } from '../../../core/setting.ts'
import type { Severity } from '../../../core/severity.ts'
import { textOf } from '../../../formats/shell/meaning.ts'
import { type BuildStage, buildOf, placeIn } from '../build.ts'
import { isWorldWritable, type ModeGiven, modesGiven, withoutWorldWrite } from '../file-modes.ts'

export default defineRule({
  id: 'dockerfile/world-writable',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['world-writable-chmod'],
  title: 'Files are made writable for everybody',
  why: 'A process that was taken over, whatever its user, can change these files: programs, libraries and models that others, root among them, will load.',
  how: 'Give the files to the user that needs them: `COPY --chown=app:app`, `chown -R app:app /data`, or to group 0 with `chmod -R g=u` where the platform chooses the user. Code stays read-only.',
  fine: 'A scratch folder with the sticky bit (`1777`), as `/tmp` has it.',
  controls: ['CIS-Docker-1.6:4.8', 'NIST-800-190:4.1.2'],
  refs: ['CWE-732'],
  peers: ['dockerfile-roast:DF034'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nCOPY src /app\nRUN chmod -R 777 /app\n',
        good: 'FROM python:3.12\nCOPY --chown=app:app src /app\nRUN chmod -R 755 /app && mkdir -p /scratch && chmod 1777 /scratch\n',
        fixed: 'FROM python:3.12\nCOPY src /app\nRUN chmod -R 775 /app\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN mkdir /data && chmod a+rwx /data\n',
        good: 'FROM python:3.12\nRUN mkdir /data && chmod ug+rwx /data && chmod +x /app/run && chmod o-w /x && chmod a+rwxt /y\n',
        fixed: 'FROM python:3.12\nRUN mkdir /data && chmod ug+rwx,o+rx /data\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nCOPY --chmod=0777 entrypoint.sh /\n',
        good: 'FROM python:3.12\nCOPY --chmod=0755 entrypoint.sh /\n',
        fixed: 'FROM python:3.12\nCOPY --chmod=0775 entrypoint.sh /\n',
      },
    },
    {
      // Whoever the container runs as has to keep the right to write: no edit can tell what it writes.
      Dockerfile: {
        bad: 'FROM python:3.12\nARG user=app\nRUN mkdir /workspace && useradd ${user} && chmod -R a+rwx /workspace\nUSER ${user}\n',
        good: 'FROM python:3.12\nARG user=app\nRUN mkdir /workspace && useradd ${user} && chown -R ${user} /workspace\nUSER ${user}\n',
      },
    },
    {
      // Gone before the layer ends.
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN install -m 666 defaults.conf /etc/app.conf\n',
        good: 'FROM python:3.12\nRUN chmod 777 /tmp/setup.sh && /tmp/setup.sh && rm -f /tmp/setup.sh\nRUN chmod 1777 /tmp\n',
        fixed: 'FROM python:3.12\nRUN install -m 664 defaults.conf /etc/app.conf\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      if (!stage.ships && !stage.copied) continue
      const removals = removalsOf(stage)
      for (const given of modesGiven(stage)) {
        if (!isWorldWritable(given.mode) || given.paths.every((path) => isGone(given, path, removals))) continue
        const paths = given.paths.join(' ')
        report({
          at: placeIn(stage, given.span, given.instruction),
          message: `Everybody in the container may write to ${namesOf(given.paths)}${given.recursive && given.run !== undefined ? ' and all below' : ''} (mode ${given.mode})`,
          subject: stage.subject,
          key: `mode[${paths}]`,
          label: 'the last digit, or `o` and `a`, is for everybody',
          ...judge(given, stage),
          ...fixOf(given, stage, dockerfile),
        })
      }
    }
  },
})

function judge(given: ModeGiven, stage: BuildStage): { severity?: Severity; because?: string } {
  if (!stage.ships) {
    return { severity: 'low', because: 'the stage is not in the image; what is copied from it may keep the mode' }
  }
  // Copied into `/` is one file beside the system's folders.
  const system = given.paths.find((path) => SYSTEM.test(path) || (path === '/' && given.run !== undefined))
  return system === undefined
    ? {}
    : { severity: 'high', because: `${system} belongs to the system: root runs and reads what is there` }
}

const SYSTEM = /^\/(?:etc|bin|sbin|lib\w*|boot|root|usr(?!\/(?:src|share)\/|\/local\/(?:src|share)\/))(?:\/|$)/

/** Paths that the stage's commands remove, by the last command that does. */
function removalsOf(stage: BuildStage): ReadonlyMap<string, number> {
  const removals = new Map<string, number>()
  stage.runs.forEach(({ command }, index) => {
    if (command.name !== 'rm') return
    for (const word of command.words.slice(1)) removals.set(textOf(word).replace(/\/\*?$/, ''), index)
  })
  return removals
}

/** A later command of the stage removes it, or a folder above it; devices belong to the engine. */
function isGone(given: ModeGiven, path: string, removals: ReadonlyMap<string, number>): boolean {
  if (path.startsWith('/dev/') || path.startsWith('/proc/')) return true
  if (given.run === undefined) return false
  for (let folder = path.replace(/\/$/, ''); folder !== ''; folder = folder.slice(0, folder.lastIndexOf('/'))) {
    if ((removals.get(folder) ?? -1) > given.run) return true
    if (!folder.includes('/')) return false
  }
  return false
}

function namesOf(paths: readonly string[]): string {
  if (paths.length === 0) return 'files'
  return paths.length <= 3 ? paths.join(', ') : `${paths.slice(0, 2).join(', ')} and ${paths.length - 2} more`
}

/** A program or its text, which its user reads and starts but does not write. */
const PROGRAM = /\.(?:sh|bash|py|pl|rb|js)$/

/** A user without root's rights that is set further down, in this stage or in one built on it. */
function laterUser({ instruction }: ModeGiven, { build }: BuildStage): string | undefined {
  return build.stages
    .flatMap(({ instructions }) => instructions)
    .find(
      ({ keyword, index, onbuild, args }) =>
        keyword === 'USER' &&
        onbuild !== true &&
        index > instruction.index &&
        !/^(?:root|0+)?(?::|$)/.test(args[0]?.value ?? ''),
    )?.args[0]?.value
}

function fixOf(given: ModeGiven, stage: BuildStage, dockerfile: DockerfileFact) {
  const shared = given.paths.length > 0 && given.paths.every((path) => /^\/(?:var\/)?tmp\/?$/.test(path))
  const mode = shared && !given.recursive ? '1777' : withoutWorldWrite(given.mode)
  const edits = mode === undefined ? undefined : given.replace(mode)
  if (mode === undefined || edits === undefined) return {}
  const user = laterUser(given, stage)
  const written = given.run === undefined ? given.instruction.args.slice(0, -1).map(({ value }) => value) : given.paths
  if (user !== undefined && mode !== '1777' && !written.every((path) => PROGRAM.test(path))) {
    const names = namesOf(given.paths)
    const owner =
      given.run === undefined
        ? `write --chown=${user} instead of --chmod=${given.mode}`
        : `write chown${given.recursive ? ' -R' : ''} ${user} ${names} instead of mode ${given.mode}`
    return {
      fix: manualFix(
        'Give files to the user that writes them',
        `The container runs as ${user}, who must be able to write to ${names}: ${owner}.`,
      ),
    }
  }
  const words = {
    title: `Give mode ${mode} instead of ${given.mode}`,
    safety: 'review' as const,
    breaks: 'writes by users who neither own the files nor are in their group: chown the files to them',
  }
  return { fix: editFix(dockerfile, dockerfile.path, words, edits) }
}
