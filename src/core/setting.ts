import type { FactBase } from './fact.ts'
import type { Keyed, Setting, WorkloadFact } from './facts/workload.ts'
import type { FixDraft, SettingChange, TextEdit } from './fix.ts'
import type { Place } from './place.ts'

/** The value where it is known (set or default); undefined where it is unknown or open. */
export function known<T>(setting: Setting<T> | undefined): T | undefined {
  return setting?.is === 'set' || setting?.is === 'default' ? setting.value : undefined
}

/** Where the value is written, if anywhere. */
export function placeOf(setting: Setting<unknown> | undefined): Place | undefined {
  return setting === undefined || setting.is === 'open' ? undefined : setting.by?.at
}

/** True where somebody wrote the setting and its value is known: not a default, not a guess. */
export function isSet<T>(setting: Setting<T> | undefined): setting is Extract<Setting<T>, { is: 'set' }> {
  return setting?.is === 'set'
}

/** Three answers: the value's, or one for what could not be told; an open setting is nobody's business here. */
export function judge<T, R>(
  setting: Setting<T>,
  by: { readonly known: (value: T, isDefault: boolean) => R; readonly unknown?: (why: string) => R },
): R | undefined {
  switch (setting.is) {
    case 'set':
    case 'default':
      return by.known(setting.value, setting.is === 'default')
    case 'unknown':
      return by.unknown?.(setting.why)
    case 'open':
      return undefined
  }
}

/** The known items of a keyed setting, in key order. */
export function knownItems<T>(
  keyed: Keyed<T>,
): { readonly key: string; readonly value: T; readonly at: Place | undefined }[] {
  return Object.keys(keyed.items)
    .sort()
    .flatMap((key) => {
      const setting = keyed.items[key]
      return setting?.is === 'set' || setting?.is === 'default'
        ? [{ key, value: setting.value, at: setting.by.at }]
        : []
    })
}

interface FixWords {
  readonly title: string
  readonly safety: 'safe' | 'review'
  /** What may break: required for `review`. */
  readonly breaks?: string
  /** Findings whose fixes have the same group share one fix. */
  readonly group?: string
}

/** "This setting should be that": written by the dialect that owns it. */
export function settingFix(workload: WorkloadFact, words: FixWords, ...changes: readonly SettingChange[]): FixDraft {
  return { ...words, steps: [{ do: 'set', target: workload.target, workload: workload.id, changes }] }
}

/** Text edits in a file of the fact's target. */
export function editFix(
  fact: Pick<FactBase, 'target'>,
  path: string,
  words: FixWords,
  edits: readonly TextEdit[],
): FixDraft {
  return { ...words, steps: [{ do: 'edit', target: fact.target, path, edits }] }
}

/** A step that only a person can take. */
export function manualFix(title: string, text: string, group?: string): FixDraft {
  return { title, safety: 'review', steps: [{ do: 'manual', text }], ...(group === undefined ? {} : { group }) }
}
