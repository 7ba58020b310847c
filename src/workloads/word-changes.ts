/** Taking words out of a workload's command, as changes that the dialect which owns the command can write. */
import type { View } from '../core/fact.ts'
import type { WorkloadFact } from '../core/facts/workload.ts'
import type { SettingChange } from '../core/fix.ts'
import type { Place } from '../core/place.ts'
import { known } from '../core/setting.ts'
import type { ProgramWord } from './programs.ts'

/** The workload whose file says it: the service, or the image that it is built from. */
export function ownerOf(workload: WorkloadFact, view: View, at: Place | undefined): WorkloadFact {
  const built = workload.builtFrom === undefined ? undefined : view.byId('workload', workload.builtFrom)
  return built !== undefined && at?.path === built.path && at.path !== workload.path ? built : workload
}

/** Undefined where a word is not one of its own in the command: a script inside a word is edited by hand. */
export function wordsRemoved(
  workload: WorkloadFact,
  view: View,
  words: readonly ProgramWord[],
): SettingChange[] | undefined {
  const changes: SettingChange[] = []
  for (const word of words) {
    const change = wordRemoved(workload, view, word)
    if (change === undefined) return undefined
    changes.push(change)
  }
  return changes
}

function wordRemoved(workload: WorkloadFact, view: View, { value, at }: ProgramWord): SettingChange | undefined {
  if (value === null) return undefined
  for (const removeItem of ['command', 'entrypoint'] as const) {
    const own = known(workload.settings[removeItem]) ?? []
    if (own.filter((word) => word.value === value).length === 1) return { removeItem, item: value }
  }
  // A Dockerfile's shell form is one word here, but its editor knows the words as they are written.
  if (workload.dialect !== 'dockerfile' || at?.span === undefined) return undefined
  const { start, end } = at.span
  for (const { span, commands, origin } of view.at('script', workload.target, at.path)) {
    if (origin.in !== 'dockerfile' || span.start > start || span.end < end) continue
    const written = commands
      .flatMap((command) => command.words)
      .filter((word) => word.value === value && word.span.start >= start && word.span.end <= end)
    const [only] = written
    if (only === undefined || written.length > 1) return undefined
    return { removeItem: origin.as === 'entrypoint' ? 'entrypoint' : 'command', item: only.raw }
  }
  return undefined
}
