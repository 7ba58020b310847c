import type { View } from './fact.ts'
import type { Dialect, WorkloadFact } from './facts/workload.ts'
import type { SettingChange, TextEdit } from './fix.ts'
import type { SourceText } from './span.ts'

/**
 * The way back: turns "this setting should be that" into byte-exact text edits in the file that owns the setting, and
 * keeps comments, order, quoting and anchors.
 */
export interface Editor {
  readonly dialect: Dialect
  /** `read` gives the source of a file of the workload's target. */
  edit(
    workload: WorkloadFact,
    changes: readonly SettingChange[],
    read: (path: string) => SourceText | undefined,
    view: View,
  ): EditOutcome
}

export type EditOutcome =
  | {
      readonly ok: true
      readonly files: readonly { readonly path: string; readonly edits: readonly TextEdit[] }[]
      readonly shared?: string
    }
  /** Why no byte-exact edit can be written (an anchor or variable owns it …), and what to do by hand. */
  | { readonly ok: false; readonly why: string; readonly manual: string }
