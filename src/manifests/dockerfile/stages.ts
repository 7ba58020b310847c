/**
 * The stage graph and each stage's image configuration, as BuildKit works them out: FROM chains, ARG scopes, ONBUILD,
 * the shipped stage and what reaches it. Three-valued: what a build argument or an unread base image decides is unknown.
 */
import type { DockerfileFact, DockerfileProblem, Instruction, Stage } from '../../core/facts/dockerfile.ts'
import type { Place } from '../../core/place.ts'
import { parseImageReference } from '../../knowledge/image-reference.ts'
import { applyInstruction, type Scope } from './apply.ts'
import { expandWord } from './expand.ts'
import type { Variable } from './lexer.ts'
import { type Base, childState, knownBase, type StageState, sizeOf, startingState } from './stage-state.ts'

export type { Base, HealthCheck, StageState } from './stage-state.ts'

export interface EvaluateOptions {
  /** Name of the stage to ship, any case; default: the last. */
  readonly target?: string
  /**
   * Build arguments; null: taken from the environment, so not known. Where this is given, an ARG that is not in it and
   * has no default is unset; where it is not, such an ARG is undecided.
   */
  readonly args?: Readonly<Record<string, string | null>>
  /** Called before each instruction of a stage with the state as it stands then; the state may not be kept. */
  readonly visit?: (instruction: Instruction, state: StageState, stage: number) => void
}

export interface EvaluatedStage {
  readonly index: number
  readonly name?: string
  readonly from: Instruction
  /** The FROM's image or stage after substitution; null: not known. */
  readonly baseText: string | null
  readonly base: Base
  /** The shipped stage, or one that it is FROM: its instructions are in the image. */
  readonly ships: boolean
  /** Only files of it (or of a stage that it feeds) reach the shipped image. */
  readonly copied: boolean
  /** At the end of the stage. */
  readonly state: StageState
}

export interface StageGraph {
  readonly stages: readonly EvaluatedStage[]
  readonly shipped: EvaluatedStage | undefined
  /** Of the graph; those of single instructions are on the fact. */
  readonly problems: readonly DockerfileProblem[]
}

export type StagedDockerfile = Pick<DockerfileFact, 'path' | 'instructions' | 'stages' | 'escape'> &
  Partial<Pick<DockerfileFact, 'problems'>>

/** Copies of states are bounded: stages × variables may not grow quadratic. */
const MAX_COPIED = 2_000_000
/** Problems that are kept of one stage. */
const MAX_REFUSED = 100

export function evaluateStages(dockerfile: StagedDockerfile, options: EvaluateOptions = {}): StageGraph {
  const known = evaluated.get(dockerfile.instructions) ?? new Map<string, StageGraph>()
  evaluated.set(dockerfile.instructions, known)
  const key = JSON.stringify([options.target, options.args])
  const graph = options.visit === undefined ? known.get(key) : undefined
  if (graph !== undefined) return graph
  const fresh = new Evaluation(dockerfile, options).run()
  known.set(key, fresh)
  return fresh
}

/**
 * Graphs of files that were evaluated: the analyzer, a resolver and several rules ask for the same one. Pure, so only
 * time is saved. By their instructions, which a parsed file and the fact made of it share.
 */
const evaluated = new WeakMap<StagedDockerfile['instructions'], Map<string, StageGraph>>()

class Evaluation {
  readonly #file: StagedDockerfile
  readonly #options: EvaluateOptions
  readonly #problems: DockerfileProblem[] = []
  /** By stage: of instructions that run only where the stage is built. */
  readonly #refused = new Map<number, DockerfileProblem[]>()
  readonly #global = new Map<string, Variable>()
  readonly #byName = new Map<string, number>()
  readonly #done: Omit<EvaluatedStage, 'ships' | 'copied'>[] = []
  /** Problems of ONBUILD instructions, by where these start. */
  #inTriggers: ReadonlyMap<number, readonly DockerfileProblem[]> | undefined
  #copied = 0

  constructor(file: StagedDockerfile, options: EvaluateOptions) {
    this.#file = file
    this.#options = options
  }

  run(): StageGraph {
    for (const [name, value] of PLATFORM) this.#global.set(name, { is: 'value', value })
    for (const instruction of this.#file.instructions) {
      if (instruction.stage !== -1) break
      if (instruction.keyword === 'ARG' && !instruction.onbuild) this.#globalArgument(instruction)
    }
    for (const stage of this.#file.stages) this.#evaluate(stage)
    const shipped = this.#target()
    const { ships, copied } = shipped === undefined ? NOTHING : this.#reach(shipped)
    for (const [stage, problems] of this.#refused) {
      if (ships.has(stage) || copied.has(stage)) this.#problems.push(...problems)
    }
    const stages = this.#done.map((stage) => ({
      ...stage,
      ships: ships.has(stage.index),
      copied: copied.has(stage.index),
    }))
    return { stages, shipped: shipped === undefined ? undefined : stages[shipped], problems: this.#problems }
  }

  #globalArgument(instruction: Instruction): void {
    for (const pair of instruction.pairs ?? []) {
      const given = this.#given(pair.key)
      if (given !== undefined) this.#global.set(pair.key, given)
      else if (pair.raw !== null) {
        const expanded = expandWord(pair.raw, (name) => this.#global.get(name) ?? UNSET, this.#file.escape)
        if (expanded.error !== undefined) this.#problem('bad-substitution', expanded.error, instruction)
        this.#global.set(pair.key, variableFrom(expanded.value, expanded.why))
      } else if (!this.#global.has(pair.key)) this.#global.set(pair.key, this.#withoutDefault(pair.key))
    }
  }

  #given(name: string): Variable | undefined {
    const { args } = this.#options
    if (args === undefined || !Object.hasOwn(args, name)) return undefined
    const value = args[name]
    if (typeof value === 'string') return { is: 'value', value }
    return { is: 'unknown', why: `build argument ${name} comes from the environment` }
  }

  #withoutDefault(name: string): Variable {
    if (this.#options.args !== undefined) return UNSET
    return { is: 'undecided', why: `build argument ${name} has no default` }
  }

  #evaluate(stage: Stage): void {
    const at = this.#place(stage.from)
    const { base, text } = this.#base(stage)
    const parent = base.is === 'stage' ? this.#done[base.index] : undefined
    let state: StageState
    if (parent === undefined) state = startingState(base as Exclude<Base, { is: 'stage' }>, at)
    else {
      this.#copied += sizeOf(parent.state)
      if (this.#copied <= MAX_COPIED) state = childState(parent.state)
      else
        state = startingState(
          { is: 'unknown', text: text ?? '', why: 'the file has too many stages and variables' },
          at,
        )
    }
    const scope: Scope = {
      path: this.#file.path,
      escape: this.#file.escape,
      argument: (name) => this.#given(name),
      inherited: (name) => this.#global.get(name),
      withoutDefault: (name) => this.#withoutDefault(name),
      state,
      commandSet: false,
      refuse: (code, message, instruction) => this.#refuse(stage.index, code, message, instruction),
    }
    if (parent !== undefined && this.#copied <= MAX_COPIED) {
      for (const trigger of parent.state.onbuild) this.#trigger(trigger, scope)
    }
    for (const index of stage.instructions) {
      const instruction = this.#file.instructions[index]
      if (instruction === undefined || instruction === stage.from) continue
      this.#options.visit?.(instruction, state, stage.index)
      if (instruction.onbuild) state.onbuild.push(instruction)
      else applyInstruction(instruction, scope)
    }
    const { index, name, from } = stage
    this.#done.push({ index, ...(name === undefined ? {} : { name }), from, baseText: text, base, state })
    if (name === undefined) return
    if (this.#byName.has(name)) {
      this.#problem('duplicate-stage', `a stage before is named "${name}" too`, from, 'warning')
    }
    this.#byName.set(name, index)
  }

  /** Runs an ONBUILD instruction: what is wrong with it is refused only now. */
  #trigger(instruction: Instruction, scope: Scope): void {
    this.#inTriggers ??= problemsByStart(this.#file)
    for (const { code, message } of this.#inTriggers.get(instruction.span.start) ?? []) {
      scope.refuse(code, message, instruction)
    }
    applyInstruction(instruction, scope)
  }

  #base(stage: Stage): { base: Base; text: string | null } {
    const written = stage.from.text.split(/[\t\v\f\r ]+/, 1)[0] ?? ''
    const expanded = expandWord(written, (name) => this.#global.get(name) ?? UNSET, this.#file.escape)
    if (expanded.error !== undefined) this.#problem('bad-substitution', expanded.error, stage.from)
    if (expanded.value === null) {
      return { base: { is: 'unknown', text: written, why: expanded.why ?? 'its base is not known' }, text: null }
    }
    const text = expanded.value
    const earlier = this.#byName.get(text)
    if (earlier !== undefined) return { base: { is: 'stage', index: earlier }, text }
    if (text === 'scratch') return { base: { is: 'scratch' }, text }
    const reference = parseImageReference(text)
    if (reference !== undefined) return { base: knownBase(reference), text }
    const why = text === '' ? 'the base is empty' : `"${text.slice(0, 128)}" is not an image's name`
    this.#problem(text === '' ? 'empty-base' : 'invalid-reference', why, stage.from)
    return { base: { is: 'unknown', text, why }, text }
  }

  #target(): number | undefined {
    const last = this.#done.length - 1
    if (this.#options.target === undefined) return last < 0 ? undefined : last
    const found = this.#byName.get(this.#options.target.toLowerCase())
    if (found === undefined && this.#file.stages[0] !== undefined) {
      const name = this.#options.target.slice(0, 128)
      this.#problem('unknown-target', `there is no stage named "${name}"`, this.#file.stages[0].from)
    }
    return found
  }

  /** Stages whose instructions are in the shipped image, and those that only give files to it. */
  #reach(shipped: number): { ships: Set<number>; copied: Set<number> } {
    const ships = new Set<number>()
    for (let at: number | undefined = shipped; at !== undefined; ) {
      ships.add(at)
      const base: Base | undefined = this.#done[at]?.base
      at = base?.is === 'stage' ? base.index : undefined
    }
    const sources = this.#copySources()
    const copied = new Set<number>()
    const waiting = [...ships]
    const seen = new Set(ships)
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const base = this.#done[at]?.base
      const next = [...(sources.get(at) ?? []), ...(base?.is === 'stage' ? [base.index] : [])]
      for (const source of next) {
        if (seen.has(source)) continue
        seen.add(source)
        copied.add(source)
        waiting.push(source)
      }
    }
    return { ships, copied }
  }

  /** By stage: the stages that its COPY --from and RUN --mount=from name. */
  #copySources(): Map<number, Set<number>> {
    const sources = new Map<number, Set<number>>()
    for (const instruction of this.#file.instructions) {
      for (const flag of instruction.flags) {
        const from = fromOf(instruction, flag.name, flag.value)
        if (from === undefined) continue
        const source = this.#sourceStage(instruction, from)
        if (source === undefined) continue
        const known = sources.get(instruction.stage)
        if (known === undefined) sources.set(instruction.stage, new Set([source]))
        else known.add(source)
      }
    }
    return sources
  }

  /** A stage of any position by name in any case (the last so named), or by number for COPY; else it is an image. */
  #sourceStage(instruction: Instruction, from: string): number | undefined {
    const isNumber = instruction.keyword === 'COPY' && /^[0-9]{1,9}$/.test(from)
    const source = isNumber ? Number(from) : this.#byName.get(from.toLowerCase())
    if (source === undefined) {
      if (from.includes('$')) this.#problem('from-variable', '--from takes no variables', instruction)
      else if (from !== '' && parseImageReference(from) === undefined) {
        const why = `"${from.slice(0, 128)}" is neither a stage nor an image's name`
        this.#problem('invalid-reference', why, instruction)
      }
      return undefined
    }
    if (source >= this.#done.length) {
      this.#problem('unknown-stage', `there is no stage ${source}`, instruction)
      return undefined
    }
    if (source === instruction.stage) {
      this.#problem('unknown-stage', 'a stage can not copy from itself', instruction)
      return undefined
    }
    if (source > instruction.stage) {
      this.#refuse(instruction.stage, 'unknown-stage', 'that stage is defined later', instruction)
      return undefined
    }
    return source
  }

  #place(instruction: Instruction): Place {
    return { path: this.#file.path, span: instruction.span, key: instruction.keyword }
  }

  #refuse(stage: number, code: string, message: string, instruction: Instruction): void {
    const known = this.#refused.get(stage) ?? []
    if (known.length >= MAX_REFUSED) return
    known.push({ code, message, span: instruction.span, level: 'error' })
    this.#refused.set(stage, known)
  }

  #problem(code: string, message: string, instruction: Instruction, level: 'error' | 'warning' = 'error'): void {
    this.#problems.push({ code, message, span: instruction.span, level })
  }
}

function problemsByStart(file: StagedDockerfile): Map<number, DockerfileProblem[]> {
  const found = new Map<number, DockerfileProblem[]>()
  const problems = (file.problems ?? []).filter((problem) => problem.code !== 'empty-continuation')
  let next = 0
  // Both are in source order.
  for (const { span, onbuild } of file.instructions) {
    while (next < problems.length && (problems[next] as DockerfileProblem).span.start < span.start) next++
    const own: DockerfileProblem[] = []
    for (; next < problems.length && (problems[next] as DockerfileProblem).span.start < span.end; next++) {
      own.push(problems[next] as DockerfileProblem)
    }
    if (onbuild === true && own.length > 0) found.set(span.start, own)
  }
  return found
}

const NOTHING = { ships: new Set<number>(), copied: new Set<number>() }
const UNSET: Variable = { is: 'unset' }

/**
 * Arguments that BuildKit sets itself. They name the platform that is built for; where nobody says, this is taken to be
 * linux/amd64, so that `FROM base-${TARGETARCH}` finds its stage.
 */
const PLATFORM: ReadonlyMap<string, string> = new Map([
  ['BUILDPLATFORM', 'linux/amd64'],
  ['BUILDOS', 'linux'],
  ['BUILDOSVERSION', ''],
  ['BUILDARCH', 'amd64'],
  ['BUILDVARIANT', ''],
  ['TARGETPLATFORM', 'linux/amd64'],
  ['TARGETOS', 'linux'],
  ['TARGETOSVERSION', ''],
  ['TARGETARCH', 'amd64'],
  ['TARGETVARIANT', ''],
])

function variableFrom(value: string | null, why: string | undefined): Variable {
  return value === null ? { is: 'unknown', why: why ?? 'its value is not known' } : { is: 'value', value }
}

/** What `--from=X` or `--mount=…,from=X` names. */
function fromOf(instruction: Instruction, flag: string, value: string | null): string | undefined {
  if (value === null || instruction.onbuild) return undefined
  if (flag === 'from' && instruction.keyword === 'COPY') return value
  if (flag !== 'mount' || instruction.keyword !== 'RUN') return undefined
  return /(?:^|,)from=([^,]*)/.exec(value)?.[1]
}
