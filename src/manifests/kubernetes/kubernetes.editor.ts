/**
 * "This setting should be that" → byte-exact edits of the manifest: on the container's own fields, which win over the
 * pod's, and on the pod only where there is no other field.
 */
import type { EditOutcome, Editor } from '../../core/editor.ts'
import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange } from '../../core/fix.ts'
import type { SourceText } from '../../core/span.ts'
import { applyChange } from './changes.ts'
import { CannotEdit, ManifestEdit } from './manifest-edit.ts'

const kubernetesEditor: Editor = { dialect: 'kubernetes', edit }
export default kubernetesEditor

function edit(
  workload: WorkloadFact,
  changes: readonly SettingChange[],
  read: (path: string) => SourceText | undefined,
  view: View,
): EditOutcome {
  const manual = changes.map((change) => manualText(workload, change)).join(' ')
  const source = read(workload.path)
  if (source === undefined) return { ok: false, why: `${workload.path} could not be read`, manual }
  try {
    const manifest = new ManifestEdit(workload, source, view)
    for (const change of changes) applyChange(manifest, change)
    const edits = manifest.edits()
    if (edits.length === 0) return { ok: false, why: 'the manifest says it already', manual }
    const { shared } = manifest
    return { ok: true, files: [{ path: workload.path, edits }], ...(shared === undefined ? {} : { shared }) }
  } catch (error) {
    if (error instanceof CannotEdit) return { ok: false, why: error.message, manual }
    throw error
  }
}

/** What a person would do. */
function manualText(workload: WorkloadFact, change: SettingChange): string {
  const where = `${workload.label} (${workload.path})`
  if ('remove' in change) return `Take ${change.remove} out of ${where}.`
  if ('removeItem' in change) return `Take ${change.item} out of ${change.removeItem} in ${where}.`
  const value = typeof change.value === 'object' ? JSON.stringify(change.value) : String(change.value)
  return `Set ${change.set} to ${value} in ${where}.`
}
