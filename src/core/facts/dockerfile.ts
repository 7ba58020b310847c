import type { FactBase } from '../fact.ts'
import type { Span } from '../span.ts'

/** A Dockerfile as written: instructions and stages, before any base image or build argument is known. */
export interface DockerfileFact extends FactBase {
  readonly kind: 'dockerfile'
  readonly path: string
  readonly directives: readonly DockerfileDirective[]
  /** The escape character: `\` or `` ` ``. */
  readonly escape: string
  /** All instructions in source order, those before the first FROM included. */
  readonly instructions: readonly Instruction[]
  readonly stages: readonly Stage[]
  /** What BuildKit would refuse or warn about, in source order. */
  readonly problems: readonly DockerfileProblem[]
  /** Set where the `# syntax=` frontend is not docker/dockerfile: what the file means could not be told. */
  readonly foreignFrontend?: string
  readonly newline: '\n' | '\r\n'
  /** Characters that an editor does not show, by line; absent where there are none. */
  readonly hidden?: readonly HiddenCharacters[]
  /** The user named this very file: what stands beside it was not read. */
  readonly named?: true
}

/** Unicode characters that change what a reader sees, or that nobody sees. */
export interface HiddenCharacters {
  /** From the first to the last of the line. */
  readonly span: Span
  /** Their code points, the first 16, each once. */
  readonly codes: readonly number[]
  readonly count: number
}

export interface DockerfileDirective {
  readonly name: 'syntax' | 'escape' | 'check'
  readonly value: string
  readonly span: Span
  readonly valueSpan: Span
}

export interface DockerfileProblem {
  readonly code: string
  readonly message: string
  readonly span: Span
  /** `error`: BuildKit refuses the file. */
  readonly level: 'error' | 'warning'
}

export interface Stage {
  readonly index: number
  /** Lower-cased name after AS. */
  readonly name?: string
  readonly from: Instruction
  /** Indexes into `instructions`, the FROM included. */
  readonly instructions: readonly number[]
}

/** One instruction. `args` are masked. */
export interface Instruction {
  readonly index: number
  /** Upper-case keyword, the inner one for ONBUILD. */
  readonly keyword: string
  /** Set for ONBUILD instructions: they run in the child's build, not here. */
  readonly onbuild?: true
  /** Whole instruction with here-docs, without the final line break. */
  readonly span: Span
  readonly keywordSpan: Span
  /** Index of its stage; -1 before the first FROM. */
  readonly stage: number
  readonly flags: readonly InstructionFlag[]
  /** Everything after keyword and flags, continuations joined and comments removed. */
  readonly text: string
  /** Where `text` stands. */
  readonly textSpan: Span
  /**
   * Offsets that map `text` (UTF-16 units) to the file (bytes): sorted [unit, byte] pairs, linear in between. Where two
   * lines were joined a unit stands twice, with the end of one and the start of the next. See {@link spanInText}.
   */
  readonly map: readonly (readonly [number, number])[]
  /** JSON (exec) form's strings. */
  readonly exec?: readonly Argument[]
  /** Words by the instruction's own rules (FROM, COPY sources and destination, USER, EXPOSE, VOLUME …). */
  readonly args: readonly Argument[]
  /** `KEY=value` pairs of ENV, ARG, LABEL; an ARG without default has no value. */
  readonly pairs?: readonly Pair[]
  readonly heredocs: readonly Heredoc[]
  /** Comments between its continued lines. */
  readonly comments?: readonly Span[]
}

export interface InstructionFlag {
  readonly name: string
  readonly value: string | null
  readonly span: Span
}

export interface Argument {
  /** After quote removal by the instruction's rules, variables unexpanded. */
  readonly value: string
  readonly span: Span
}

export interface Pair {
  readonly key: string
  /** The key as written, where that is not the same. */
  readonly rawKey?: string
  readonly keySpan: Span
  readonly value: string | null
  readonly valueSpan?: Span
  /** As written, quotes kept (variables in single quotes stay literal). */
  readonly raw: string | null
  readonly span: Span
}

export interface Heredoc {
  readonly name: string
  /** False where the word is quoted: the body is not expanded. */
  readonly expands: boolean
  readonly stripTabs: boolean
  readonly span: Span
  readonly bodySpan: Span
  readonly body: string
}

/** Where the units `[start, end)` of an instruction's `text` stand in the file. */
export function spanInText(instruction: Pick<Instruction, 'map'>, start: number, end: number): Span {
  const from = byteAt(instruction.map, start, start)
  return { start: from, end: end <= start ? from : byteAt(instruction.map, end - 1, end) }
}

/** The byte of `unit`, on the stretch that holds the unit `on`. */
function byteAt(map: Instruction['map'], on: number, unit: number): number {
  let low = 0
  let high = map.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((map[middle]?.[0] ?? 0) <= on) low = middle
    else high = middle - 1
  }
  const mark = map[low]
  if (mark === undefined) return 0
  const next = map[low + 1]
  if (next === undefined || next[0] === mark[0]) return mark[1]
  return mark[1] + Math.round(((unit - mark[0]) * (next[1] - mark[1])) / (next[0] - mark[0]))
}
