import type { FactId } from './fact.ts'
import type { Fingerprint } from './finding.ts'
import type { Span } from './span.ts'

/** Grouping key: findings cured by one change share it. */
export type FixId = string

/** A fix as data. `safe` cannot break what the files show the service doing; everything else is `review`. */
export interface Fix {
  readonly id: FixId
  readonly action: 'edit' | 'upgrade' | 'command' | 'manual'
  readonly title: string
  readonly safety: 'safe' | 'review'
  /** What to look at before accepting a `review` fix: what may break. */
  readonly breaks?: string
  readonly steps: readonly FixStep[]
  readonly resolves: readonly Fingerprint[]
  readonly conflicts: readonly FixId[]
}

export type FixStep =
  | { readonly do: 'edit'; readonly target: string; readonly path: string; readonly edits: readonly TextEdit[] }
  /** "This setting should be that": the editor of the dialect that owns the place turns it into edits. */
  | {
      readonly do: 'set'
      readonly target: string
      readonly workload: FactId
      readonly changes: readonly SettingChange[]
    }
  | { readonly do: 'upgrade'; readonly package: string; readonly from: string; readonly to: string }
  | { readonly do: 'command'; readonly command: string }
  | { readonly do: 'manual'; readonly text: string }

/** Replaces `span` (empty: inserts) by `text`, in bytes of the file as it is. */
export interface TextEdit {
  readonly span: Span
  readonly text: string
}

/**
 * One change of a workload's setting. The addresses are those of workload settings:
 * `privileged`, `noNewPrivileges`, `readOnlyRoot`, `user`, `capabilities.drop`, `capabilities.add`, `seccomp`,
 * `apparmor`, `namespaces.network|pid|ipc|uts|user|cgroup`, `limits.memory|cpus|pids|shm`, `ports[8888/tcp].hostIp`,
 * `mounts[/path]`, `mounts[/path].readOnly`, `env[NAME]`, `devices[/dev/x]`, `command`, `image`.
 */
export type SettingChange =
  /** The setting should have this value. A list replaces the list. */
  | { readonly set: string; readonly value: SettingValue }
  /** The setting should not be written any more (its default is right). */
  | { readonly remove: string }
  /** A list should no longer hold this item. */
  | { readonly removeItem: string; readonly item: string }

export type SettingValue = string | number | boolean | readonly string[] | { readonly [key: string]: string | number }

/** What a rule hands to `report`: the engine adds ids and what it resolves. */
export interface FixDraft {
  readonly title: string
  readonly safety: 'safe' | 'review'
  readonly breaks?: string
  readonly steps: readonly FixStep[]
  /** Findings whose fixes have the same group (within a target) share one fix; default: the steps themselves. */
  readonly group?: string
}
