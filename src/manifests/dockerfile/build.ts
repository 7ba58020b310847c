/**
 * What rules ask about a build: its stages with what reaches the image, the commands that run in each, the variables that
 * are set. Worked out once per Dockerfile and run.
 */
import type { View } from '../../core/fact.ts'
import type { DockerfileFact, DockerfileProblem, Instruction } from '../../core/facts/dockerfile.ts'
import type { ScriptFact, ShellCommand } from '../../core/facts/script.ts'
import type { Place } from '../../core/place.ts'
import type { Reported } from '../../core/rule.ts'
import type { Severity } from '../../core/severity.ts'
import type { Span } from '../../core/span.ts'
import { ScriptFlow } from '../../formats/shell/flow.ts'
import { joinScripts } from '../../formats/shell/meaning.ts'
import { type EvaluatedStage, evaluateStages } from './stages.ts'

export interface Build {
  readonly dockerfile: DockerfileFact
  readonly stages: readonly BuildStage[]
  /** What BuildKit refuses about the stages and what they hold, beside the problems of single instructions. */
  readonly problems: readonly DockerfileProblem[]
}

export interface BuildStage {
  readonly build: Build
  readonly index: number
  /** `Dockerfile#runtime`: free of line numbers, as a finding's subject should be. */
  readonly subject: string
  /** Its instructions are in a shipped image: the last stage, one that Compose builds, or a stage below those. */
  readonly ships: boolean
  /** Its files may reach a shipped image by COPY --from or a mount. */
  readonly copied: boolean
  readonly evaluated: EvaluatedStage
  readonly instructions: readonly Instruction[]
  /** RUN, and the CMD, ENTRYPOINT and HEALTHCHECK that count, in source order. */
  readonly commands: readonly BuildCommand[]
  /** The commands of all its RUNs as one list, and where their data goes. */
  readonly flow: () => ScriptFlow
  /** The commands of `flow`, each with where it stands. */
  readonly runs: readonly BuildCommand[]
}

export interface BuildCommand {
  readonly command: ShellCommand
  readonly script: ScriptFact
  readonly instruction: Instruction
  readonly as: 'run' | 'cmd' | 'entrypoint' | 'healthcheck'
  readonly stage: BuildStage
}

const builds = new WeakMap<View, Map<string, Build>>()

/** The build that a Dockerfile describes. Remembered as long as the view lives. */
export function buildOf(dockerfile: DockerfileFact, view: View): Build {
  const known = builds.get(view) ?? new Map<string, Build>()
  builds.set(view, known)
  const build = known.get(dockerfile.id) ?? readBuild(dockerfile, view)
  known.set(dockerfile.id, build)
  return build
}

function readBuild(dockerfile: DockerfileFact, view: View): Build {
  const stages: BuildStage[] = []
  const graph = evaluateStages(dockerfile)
  const build: Build = { dockerfile, stages, problems: graph.problems }
  const scripts = scriptsByStage(dockerfile, view)
  const reached = reachedBy(dockerfile, view)
  for (const evaluated of graph.stages) {
    const { index } = evaluated
    const commands: BuildCommand[] = []
    const runs: BuildCommand[] = []
    const stage: BuildStage = {
      build,
      index,
      subject: `${dockerfile.path}#${evaluated.name ?? index}`,
      ships: reached.ships.has(index),
      copied: reached.copied.has(index),
      evaluated,
      instructions: (dockerfile.stages[index]?.instructions ?? []).flatMap((at) => dockerfile.instructions[at] ?? []),
      commands,
      runs,
      flow: once(() => flowOf(scripts.get(index) ?? [])),
    }
    stages.push(stage)
    for (const script of scripts.get(index) ?? []) {
      if (script.origin.in !== 'dockerfile') continue
      const instruction = dockerfile.instructions[script.origin.instruction]
      if (instruction === undefined) continue
      const { as } = script.origin
      for (const command of script.commands) {
        const one: BuildCommand = { command, script, instruction, as, stage }
        commands.push(one)
        if (as === 'run') runs.push(one)
      }
    }
  }
  return build
}

function flowOf(scripts: readonly ScriptFact[]): ScriptFlow {
  const runs = scripts.filter(({ origin }) => origin.in === 'dockerfile' && origin.as === 'run')
  return new ScriptFlow(
    joinScripts(runs.map(({ commands }) => commands)),
    runs.some(({ errexit }) => errexit),
  )
}

function scriptsByStage(dockerfile: DockerfileFact, view: View): Map<number, ScriptFact[]> {
  const scripts = new Map<number, ScriptFact[]>()
  for (const script of view.at('script', dockerfile.target, dockerfile.path)) {
    if (script.origin.in !== 'dockerfile' || script.layer !== dockerfile.layer) continue
    const { stage } = script.origin
    const list = scripts.get(stage)
    if (list === undefined) scripts.set(stage, [script])
    else list.push(script)
  }
  return scripts
}

const pipelines = new WeakMap<ScriptFact, Map<number, ShellCommand[]>>()

/** The commands of a command's pipeline, in order. */
export function pipelineOf({ script, command }: BuildCommand): readonly ShellCommand[] {
  const known = pipelines.get(script) ?? Map.groupBy(script.commands, ({ pipeline }) => pipeline)
  pipelines.set(script, known)
  return known.get(command.pipeline) ?? []
}

/** Most named targets that a Dockerfile is evaluated for. */
const MOST_TARGETS = 20

/** Stages that ship or give files to an image, over all targets that are known to be built. */
function reachedBy(dockerfile: DockerfileFact, view: View): { ships: Set<number>; copied: Set<number> } {
  const targets = new Set<string | undefined>()
  for (const workload of view.at('workload', dockerfile.target, dockerfile.path)) {
    if (workload.dialect === 'dockerfile') targets.add(workload.name)
  }
  for (const { settings } of view.in('workload', dockerfile.target)) {
    const build = settings.build.is === 'set' ? settings.build.value : undefined
    if (build?.dockerfile === dockerfile.path && build.inline !== true) targets.add(build.target)
  }
  const ships = new Set<number>()
  const copied = new Set<number>()
  const named = [...targets].filter((target) => dockerfile.stages.some(({ name }) => name === target?.toLowerCase()))
  const wanted = named.length < targets.size || named.length === 0 ? [undefined, ...named] : named
  for (const target of wanted.slice(0, MOST_TARGETS)) {
    const { stages } = evaluateStages(dockerfile, target === undefined ? {} : { target })
    for (const stage of stages) {
      if (stage.ships) ships.add(stage.index)
      if (stage.copied) copied.add(stage.index)
    }
  }
  for (const siblings of platformSiblings(dockerfile)) {
    for (const reached of [ships, copied]) {
      if (siblings.some((index) => reached.has(index))) for (const index of siblings) reached.add(index)
    }
  }
  return { ships, copied }
}

/** Stages of which the platform that is built for chooses one: those that `FROM build-${TARGETARCH}` may mean. */
function platformSiblings(dockerfile: DockerfileFact): number[][] {
  const patterns = new Set(
    dockerfile.stages.flatMap(({ from }) => {
      const match = /^(\S*?)\$\{?TARGET(?:ARCH|PLATFORM|OS|VARIANT)\b[^}\s]*\}?([^\s$]*)(?:\s|$)/.exec(from.text)
      return match === null ? [] : [`${match[1]} ${match[2]}`.toLowerCase()]
    }),
  )
  return [...patterns].slice(0, MOST_TARGETS).map((pattern) => {
    const [start = '', end = ''] = pattern.split(' ')
    return dockerfile.stages
      .filter(({ name }) => name?.startsWith(start) === true && name.endsWith(end) && `${start}${end}` !== '')
      .map(({ index }) => index)
  })
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const STEPS: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']

/**
 * The severity of what tampers with a build: as `severity` says where the stage or its files reach an image, a step lower
 * in a stage that nothing is taken from.
 */
export function supplySeverity(
  stage: BuildStage,
  base: Severity,
  judged: { readonly severity?: Severity; readonly because?: string } = {},
): Pick<Reported, 'severity' | 'because'> {
  const { severity = base, because } = judged
  const reaches = stage.ships || stage.copied
  const lowered = reaches ? severity : (STEPS[Math.min(STEPS.indexOf(severity) + 1, STEPS.length - 2)] as Severity)
  const reasons = [
    ...(because === undefined ? [] : [because]),
    ...(lowered === severity ? [] : ['nothing of this stage reaches the image that is built by default']),
  ]
  if (lowered === base && because === undefined) return {}
  return { severity: lowered, because: reasons.join('; ') }
}

/** A place in the Dockerfile. */
export function placeIn(stage: BuildStage, span: Span, instruction: Instruction): Place {
  return { path: stage.build.dockerfile.path, span, key: instruction.keyword }
}
