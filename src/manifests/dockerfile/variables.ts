/** The environment variables that a Dockerfile sets: by ENV, by ARG, or inside a RUN. */
import type { Instruction, Pair } from '../../core/facts/dockerfile.ts'
import type { TextEdit } from '../../core/fix.ts'
import type { Span } from '../../core/span.ts'
import type { BuildCommand, BuildStage } from './build.ts'
import { withoutPairs, withoutSpan } from './command-edits.ts'

export interface VariableSetting {
  readonly name: string
  /** Null where a variable or a substitution is part of it. */
  readonly value: string | null
  readonly span: Span
  readonly stage: BuildStage
  readonly instruction: Instruction
  /** `ENV` stays in the image; the others hold while it is built. */
  readonly by: 'ENV' | 'ARG' | 'RUN'
  /** Takes the setting out; undefined where that takes more than deleting it. */
  readonly remove: () => TextEdit[] | undefined
}

/** Every setting of a variable that `wanted` takes by its name, in source order. */
export function variablesSet(stage: BuildStage, wanted: (name: string) => boolean): VariableSetting[] {
  const settings: VariableSetting[] = []
  for (const instruction of stage.instructions) {
    if (instruction.onbuild === true || (instruction.keyword !== 'ENV' && instruction.keyword !== 'ARG')) continue
    for (const pair of instruction.pairs ?? []) {
      if (wanted(pair.key) && pair.value !== null) settings.push(ofPair(stage, instruction, pair))
    }
  }
  for (const run of stage.commands) {
    const { command, instruction } = run
    for (const { name, value, span } of command.assignments) {
      if (!wanted(name)) continue
      const remove = () => (command.words.length === 0 ? undefined : edits(withoutSpan(instruction, span)))
      settings.push({ name, value, span, stage, instruction, by: 'RUN', remove })
    }
    for (const exported of exportedBy(run)) {
      if (wanted(exported.name)) {
        settings.push({ ...exported, stage, instruction, by: 'RUN', remove: () => undefined })
      }
    }
  }
  return settings.sort((one, other) => one.span.start - other.span.start)
}

function ofPair(stage: BuildStage, instruction: Instruction, pair: Pair): VariableSetting {
  return {
    name: pair.key,
    value: pair.value?.includes('$') === true ? null : pair.value,
    span: pair.span,
    stage,
    instruction,
    by: instruction.keyword === 'ENV' ? 'ENV' : 'ARG',
    remove: () => withoutPairs(stage.build.dockerfile, instruction, [pair]),
  }
}

function exportedBy({ command }: BuildCommand): { name: string; value: string | null; span: Span }[] {
  if (command.name !== 'export' && command.name !== 'declare') return []
  return command.words.slice(1).flatMap(({ value, raw, span }) => {
    const match = /^([A-Za-z_]\w*)=/.exec(raw)
    if (match === null) return []
    const name = match[1] as string
    return [{ name, value: value === null ? null : value.slice(name.length + 1), span }]
  })
}

function edits(edit: TextEdit | undefined): TextEdit[] | undefined {
  return edit === undefined ? undefined : [edit]
}
