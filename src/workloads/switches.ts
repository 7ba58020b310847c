/** Switches that a program reads from its environment or its command, with the places where they are given. */
import type { WorkloadFact } from '../core/facts/workload.ts'
import type { SettingChange } from '../core/fix.ts'
import type { Place } from '../core/place.ts'
import { known, placeOf } from '../core/setting.ts'
import { splitWords } from '../formats/shell/read.ts'
import { type ProgramWord, programsOf } from './programs.ts'

export interface Variable {
  readonly name: string
  readonly value: string
  readonly at: Place | undefined
  /** Undefined where the command sets it, which is edited by hand. */
  readonly removal: SettingChange | undefined
}

/** Variables with a value, from the environment and from the command (`A=1 python app.py`). */
export function variablesOf(workload: WorkloadFact): Variable[] {
  const declared = Object.entries(workload.settings.env.items).flatMap(([name, setting]): Variable[] => {
    const value = known(setting)
    if (value === undefined || value === null) return []
    return [{ name, value, at: placeOf(setting), removal: { remove: `env[${name}]` } }]
  })
  const inCommand = programsOf(workload).flatMap(({ assignments }) =>
    assignments.map((one): Variable => ({ ...one, removal: undefined })),
  )
  return [...declared, ...inCommand]
}

/** Variables by which images take arguments: `VLLM_ARGS`, `CLI_ARGS`, `COMMANDLINE_ARGS`, `EXTRA_LAUNCH_ARGS`. */
export function argumentVariables(
  workload: WorkloadFact,
): { readonly variable: Variable; readonly words: ProgramWord[] }[] {
  return variablesOf(workload)
    .filter(({ name, value }) => /(?:^|_)(?:ARGS|ARGUMENTS|FLAGS|OPTIONS|OPTS)$/.test(name) && value.includes('-'))
    .map((variable) => ({
      variable,
      words: (splitWords(variable.value) ?? []).map(({ value }) => ({ value, at: variable.at })),
    }))
}

/** What programs read as yes. */
export function isYes(value: string): boolean {
  return /^(?:1|true|yes|y|on|t|enabled?)$/i.test(value.trim())
}

export function isNo(value: string): boolean {
  return /^(?:0|false|no|n|off|f|disabled?)$/i.test(value.trim())
}
