/**
 * From fixes as rules state them ("this setting should be that") to text edits. All changes of one workload go through
 * its dialect's editor together, so that two fixes which both need a new `deploy:` block write one.
 */
import type { EditOutcome, Editor } from '../core/editor.ts'
import type { View } from '../core/fact.ts'
import type { Dialect } from '../core/facts/workload.ts'
import type { Fix, FixId, FixStep, SettingChange, TextEdit } from '../core/fix.ts'
import type { SourceText } from '../core/span.ts'
import { EditConflict, orderEdits } from './edits.ts'

export interface Planning {
  readonly facts: View
  readonly editors: ReadonlyMap<Dialect, Editor>
  read(target: string, path: string): SourceText | undefined
}

/** Edits of one file. */
export interface FileEdits {
  readonly target: string
  readonly path: string
  readonly edits: readonly TextEdit[]
}

export interface Plan {
  readonly files: readonly FileEdits[]
  /** Fixes that could not take part, and why. */
  readonly left: readonly { readonly fix: FixId; readonly title: string; readonly why: string }[]
}

/** Each fix on its own, with its settings written as edits; what no editor can write becomes a manual step. */
export function writeFixes(fixes: readonly Fix[], planning: Planning): Fix[] {
  return fixes.map((fix) => {
    if (!fix.steps.some((step) => step.do === 'set')) return fix
    const written = writeFix(fix, planning)
    if ('why' in written) {
      const steps: FixStep[] = [
        ...fix.steps.filter((step) => step.do !== 'set'),
        { do: 'manual', text: written.manual },
      ]
      return { ...fix, action: 'manual', safety: 'review', steps }
    }
    const others: FixStep[] = [
      ...fix.steps.filter((step) => step.do !== 'set' && step.do !== 'edit'),
      ...written.byHand.map((text): FixStep => ({ do: 'manual', text })),
    ]
    const edits = written.files.map((file): FixStep => ({ do: 'edit', ...file }))
    const breaks = [fix.breaks, ...written.shared].filter((text) => text !== undefined).join('; ')
    return {
      ...fix,
      safety: written.shared.length > 0 ? 'review' : fix.safety,
      steps: [...edits, ...others],
      ...(breaks === '' ? {} : { breaks }),
    }
  })
}

/** All given fixes together, as one set of edits; a fix that would write over an earlier one is left out, and said. */
export function planEdits(fixes: readonly Fix[], planning: Planning): Plan {
  const left: { fix: FixId; title: string; why: string }[] = []
  let taken: Fix[] = []
  for (const fix of fixes) {
    if (!fix.steps.some((step) => step.do === 'set' || step.do === 'edit')) continue
    const { fix: writable, refused } = withoutRefused(fix, planning)
    for (const { why } of refused) left.push({ fix: fix.id, title: fix.title, why })
    const alone = writeFix(writable, planning)
    if (!('why' in alone)) taken.push(writable)
    else if (refused.length === 0) left.push({ fix: fix.id, title: fix.title, why: alone.why })
  }
  for (;;) {
    const together = writeTogether(taken, planning)
    if (!('blame' in together)) return { files: together.files, left }
    const { blame, why } = together
    const fix = taken.find(({ id }) => id === blame)
    if (fix === undefined)
      return { files: [], left: [...left, ...taken.map(({ id, title }) => ({ fix: id, title, why }))] }
    left.push({ fix: fix.id, title: fix.title, why })
    taken = taken.filter((other) => other !== fix)
  }
}

type Written =
  | {
      readonly files: readonly FileEdits[]
      readonly shared: readonly string[]
      /** What a person does at the workloads that could not be written. */
      readonly byHand: readonly string[]
    }
  | { readonly why: string; readonly manual: string }

function writeFix(fix: Fix, planning: Planning): Written {
  const byFile = new Map<string, { target: string; path: string; edits: TextEdit[] }>()
  const shared: string[] = []
  const { fix: writable, refused } = withoutRefused(fix, planning)
  for (const [workload, { target, changes }] of changesByWorkload([writable])) {
    const outcome = editWorkload(workload, target, changes, planning)
    if (!outcome.ok) return { why: outcome.why, manual: outcome.manual }
    if (outcome.shared !== undefined) shared.push(outcome.shared)
    for (const { path, edits } of outcome.files) addEdits(byFile, target, path, edits)
  }
  for (const step of fix.steps) if (step.do === 'edit') addEdits(byFile, step.target, step.path, step.edits)
  const byHand = refused.map(({ manual }) => manual)
  try {
    return { files: [...byFile.values()].map((file) => ({ ...file, edits: orderEdits(file.edits) })), shared, byHand }
  } catch (error) {
    if (!(error instanceof EditConflict)) throw error
    return { why: error.message, manual: fix.title }
  }
}

/**
 * A fix of a whole project without the workloads that no editor can write: one service whose settings an anchor owns
 * does not keep the others from being mended. Where nothing would be left the fix stays as it is.
 */
function withoutRefused(
  fix: Fix,
  planning: Planning,
): { readonly fix: Fix; readonly refused: readonly { readonly why: string; readonly manual: string }[] } {
  const workloads = changesByWorkload([fix])
  if (workloads.size < 2) return { fix, refused: [] }
  const refused = new Map<string, { why: string; manual: string }>()
  for (const [workload, { target, changes }] of workloads) {
    const outcome = editWorkload(workload, target, changes, planning)
    if (!outcome.ok) refused.set(workload, { why: outcome.why, manual: outcome.manual })
  }
  if (refused.size === 0 || refused.size === workloads.size) return { fix, refused: [] }
  const steps = fix.steps.filter((step) => step.do !== 'set' || !refused.has(step.workload))
  return { fix: { ...fix, steps }, refused: [...refused.values()] }
}

function writeTogether(
  fixes: readonly Fix[],
  planning: Planning,
): { files: FileEdits[] } | { blame: FixId; why: string } {
  const pieces: { target: string; path: string; edits: readonly TextEdit[]; blame: FixId }[] = []
  const changes = changesByWorkload(fixes)
  for (const [workload, { target, changes: wanted, last }] of changes) {
    const outcome = editWorkload(workload, target, wanted, planning)
    if (!outcome.ok) return { blame: last, why: outcome.why }
    for (const { path, edits } of outcome.files) pieces.push({ target, path, edits, blame: last })
  }
  for (const fix of fixes) {
    for (const step of fix.steps) if (step.do === 'edit') pieces.push({ ...step, blame: fix.id })
  }
  const byFile = new Map<string, { target: string; path: string; edits: TextEdit[] }>()
  for (const { target, path, edits, blame } of pieces) {
    const file = addEdits(byFile, target, path, edits)
    try {
      file.edits = orderEdits(file.edits)
    } catch (error) {
      if (!(error instanceof EditConflict)) throw error
      return { blame, why: 'it would change the same text as another fix; apply that one, and scan again' }
    }
  }
  return { files: [...byFile.values()].sort((one, other) => (one.path < other.path ? -1 : 1)) }
}

function changesByWorkload(fixes: readonly Fix[]) {
  const byWorkload = new Map<string, { target: string; changes: SettingChange[]; last: FixId }>()
  for (const fix of fixes) {
    for (const step of fix.steps) {
      if (step.do !== 'set') continue
      const known = byWorkload.get(step.workload) ?? { target: step.target, changes: [], last: fix.id }
      byWorkload.set(step.workload, known)
      known.last = fix.id
      for (const change of step.changes) {
        if (!known.changes.some((other) => JSON.stringify(other) === JSON.stringify(change))) known.changes.push(change)
      }
    }
  }
  return byWorkload
}

/**
 * Editors are pure, and the same changes are tried often: to see who refuses, to write the fix, to show its diff in a
 * report, and to write all fixes together. So what came of it is remembered as long as the planning lives.
 */
const outcomes = new WeakMap<Planning, Map<string, EditOutcome>>()

function editWorkload(id: string, target: string, changes: readonly SettingChange[], planning: Planning): EditOutcome {
  const known = outcomes.get(planning) ?? new Map<string, EditOutcome>()
  outcomes.set(planning, known)
  const key = `${id}\n${JSON.stringify(changes)}`
  const outcome = known.get(key) ?? tryChanges(id, target, changes, planning)
  known.set(key, outcome)
  return outcome
}

function tryChanges(id: string, target: string, changes: readonly SettingChange[], planning: Planning): EditOutcome {
  const workload = planning.facts.byId('workload', id)
  const editor = workload === undefined ? undefined : planning.editors.get(workload.dialect)
  if (workload === undefined || editor === undefined) {
    return {
      ok: false,
      why: 'nothing here can write it',
      manual: 'change the setting where the container is declared',
    }
  }
  return editor.edit(workload, changes, (path) => planning.read(target, path), planning.facts)
}

function addEdits(
  byFile: Map<string, { target: string; path: string; edits: TextEdit[] }>,
  target: string,
  path: string,
  edits: readonly TextEdit[],
) {
  const key = `${target}\n${path}`
  const file = byFile.get(key) ?? { target, path, edits: [] }
  byFile.set(key, file)
  file.edits = [...file.edits, ...edits]
  return file
}
