import type { DockerfileFact, Instruction } from '../../../core/facts/dockerfile.ts'
import type { FixDraft } from '../../../core/fix.ts'
import { defineRule, type Report } from '../../../core/rule.ts'
import { editFix } from '../../../core/setting.ts'
import { packageInstalls, programOf, textOf } from '../../../formats/shell/meaning.ts'
import { type BuildCommand, type BuildStage, buildOf, placeIn } from '../build.ts'
import { isWritten } from '../command-edits.ts'
import { variablesSet } from '../variables.ts'

export default defineRule({
  id: 'dockerfile/package-cache-kept',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'low',
  confidence: 'high',
  concepts: ['pip-cache-kept', 'apt-lists-kept'],
  offByDefault: true,
  title: 'Package manager’s cache stays in the image',
  why: 'Lists and downloaded packages that nobody reads again make the image larger and slower to pull; a later instruction that deletes them saves nothing, since the layer keeps them.',
  how: 'Clean up in the same RUN (`&& rm -rf /var/lib/apt/lists/*`, `pip install --no-cache-dir`), or keep the cache outside of the image: `RUN --mount=type=cache,target=/root/.cache/pip`.',
  controls: ['CIS-Docker-1.6:4.3'],
  peers: ['hadolint:DL3009', 'hadolint:DL3042'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl\n',
        good: 'FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip install -U pip && pip3 install -r requirements.txt\n',
        good: 'FROM python:3.12\nRUN pip install --no-cache-dir -U pip && pip3 install --no-cache-dir -r requirements.txt\n',
      },
    },
    {
      // A mount, a variable, a stage that does not ship: nothing of it is in the image.
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n',
        good: 'FROM debian:12 AS build\nRUN apt-get update && apt-get install -y gcc\nRUN pip install x\nFROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nRUN pip install flask\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      if (!stage.ships) continue
      checkLists(stage, dockerfile, report)
      checkPip(stage, dockerfile, report)
    }
  },
})

function checkLists(stage: BuildStage, dockerfile: DockerfileFact, report: Report): void {
  const byInstruction = Map.groupBy(stage.runs, ({ instruction }) => instruction)
  for (const [instruction, runs] of byInstruction) {
    const update = runs.find((run) => isApt(run, 'update'))
    if (update === undefined || hasMount(instruction, '/var/lib/apt', '/var/cache/apt')) continue
    const last = runs.findLastIndex((run) => isApt(run, 'update') || isApt(run, 'install'))
    const cleaned = runs.slice(last + 1).some(({ command }) => {
      const words = command.words.map(textOf)
      const removes = command.name === 'rm' || (command.name === 'find' && words.includes('-delete'))
      if (words.includes('dist-clean') && /^apt/.test(command.name ?? '')) return true
      return (
        command.always &&
        removes &&
        words.some((word) => /^\/var\/(?:lib(?:\/apt(?:\/lists)?)?)?(?:\/|\*|$)/.test(word))
      )
    })
    if (cleaned) continue
    report({
      at: placeIn(stage, update.command.span, instruction),
      message: 'The lists that apt-get update fetches stay in the image’s layer',
      subject: stage.subject,
      key: 'apt-lists',
      label: 'writes /var/lib/apt/lists',
      concepts: ['apt-lists-kept'],
      ...listsFix(stage, instruction, runs, dockerfile),
    })
  }
}

function isApt({ command }: BuildCommand, verb: string): boolean {
  const name = programOf(command)
  return (name === 'apt-get' || name === 'apt') && command.words.some(({ value }) => value === verb)
}

/** Only where all that is installed from the lists is installed here, and the commands are one chain. */
function listsFix(
  stage: BuildStage,
  instruction: Instruction,
  runs: readonly BuildCommand[],
  dockerfile: DockerfileFact,
): { fix?: FixDraft } {
  const chained = runs.every(
    ({ command }) => command.within !== undefined || (['start', '&&', '|'].includes(command.after) && command.always),
  )
  const plain = instruction.exec === undefined && instruction.heredocs.length === 0
  const open = /[;&|\\(){}]$|(?:^|\s)#/.test(instruction.text)
  if (!plain || open || !chained || !runs.some((run) => isApt(run, 'install'))) return {}
  const later = Map.groupBy(
    stage.build.stages.flatMap((one) => one.runs).filter((run) => run.instruction.index > instruction.index),
    (run) => run.instruction,
  )
  for (const others of later.values()) {
    const install = others.findIndex((run) => isApt(run, 'install'))
    const update = others.findIndex((run) => isApt(run, 'update'))
    if (install !== -1 && (update === -1 || update > install)) return {}
  }
  const at = instruction.textSpan.end
  return {
    fix: editFix(dockerfile, dockerfile.path, { title: 'Delete apt’s lists in the same layer', safety: 'safe' }, [
      { span: { start: at, end: at }, text: ' && rm -rf /var/lib/apt/lists/*' },
    ]),
  }
}

function checkPip(stage: BuildStage, dockerfile: DockerfileFact, report: Report): void {
  const { state } = stage.evaluated
  if (state.env.has('PIP_NO_CACHE_DIR') || state.scope.has('PIP_NO_CACHE_DIR')) return
  if (variablesSet(stage, (name) => name === 'PIP_NO_CACHE_DIR').length > 0) return
  const { runs } = stage
  for (const install of packageInstalls(runs.map(({ command }) => command))) {
    const run = runs[install.command]
    if (run === undefined || install.manager !== 'pip' || install.action === 'download') continue
    if (['--no-cache-dir', '--no-cache', '--cache-dir'].some((flag) => install.flags.has(flag))) continue
    if (hasMount(run.instruction, '.cache', 'pip')) continue
    const cleaned = runs.some(({ command, instruction }, index) => {
      if (instruction !== run.instruction || index <= install.command) return false
      const words = command.words.map(textOf)
      return (command.name === 'rm' && words.some((word) => word.includes('.cache'))) || words.includes('purge')
    })
    if (cleaned) continue
    const verb = run.command.words.find(({ value }) => value === install.action)
    report({
      at: placeIn(stage, run.command.span, run.instruction),
      message: 'pip keeps what it downloads in the image’s layer',
      subject: stage.subject,
      key: 'pip-cache',
      label: 'writes ~/.cache/pip',
      concepts: ['pip-cache-kept'],
      ...(verb === undefined || !isWritten(verb) || run.instruction.exec !== undefined
        ? {}
        : {
            fix: editFix(
              dockerfile,
              dockerfile.path,
              { title: 'Let pip keep no cache', safety: 'safe', group: 'pip-no-cache-dir' },
              [{ span: { start: verb.span.end, end: verb.span.end }, text: ' --no-cache-dir' }],
            ),
          }),
    })
  }
}

function hasMount(instruction: Instruction, ...paths: readonly string[]): boolean {
  return instruction.flags.some(({ name, value }) => {
    if (name !== 'mount' || value === null || !/\btype=(?:cache|tmpfs)\b/.test(value)) return false
    const target = /(?:target|dst|destination)=([^,]*)/.exec(value)?.[1] ?? ''
    return paths.some((path) => target.includes(path))
  })
}
