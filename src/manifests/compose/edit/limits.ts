/** Limits go where the service says limits already; the two spellings must not differ. */
import { type Change, removalOf, setValueOf } from './change.ts'
import type { ServiceEditor } from './service-editor.ts'
import { CannotEdit } from './session.ts'
import { sizeText } from './texts.ts'

const KEYS: Readonly<Record<string, { readonly own: string; readonly deploy?: string }>> = {
  'limits.memory': { own: 'mem_limit', deploy: 'memory' },
  'limits.cpus': { own: 'cpus', deploy: 'cpus' },
  'limits.pids': { own: 'pids_limit', deploy: 'pids' },
  'limits.shm': { own: 'shm_size' },
}

export function changeLimit(editor: ServiceEditor, change: Change, manual: string) {
  const { own, deploy } = KEYS[change.name] as { own: string; deploy?: string }
  const setting =
    editor.workload.settings.limits[change.name.slice('limits.'.length) as 'memory' | 'cpus' | 'pids' | 'shm']
  if (removalOf(change)) return editor.removeKey(setting, own, undefined, manual)
  const value = setValueOf(change)
  if (typeof value !== 'number' && typeof value !== 'string') throw new CannotEdit('a number belongs there', manual)
  const isSize = change.name === 'limits.memory' || change.name === 'limits.shm'
  const file = editor.home(setting, manual)
  const block = file.held('deploy', 'resources', 'limits')
  if (deploy === undefined || !hasLimitsBlock(editor, block.how !== 'absent')) {
    return editor.setScalar(setting, [own], isSize && typeof value === 'number' ? sizeText(value) : value, manual)
  }
  const text = isSize
    ? typeof value === 'number'
      ? sizeText(value)
      : value
    : deploy === 'cpus'
      ? String(value)
      : value
  editor.setScalar(setting, ['deploy', 'resources', 'limits', deploy], text, manual)
  // The older spelling beside it must say the same, or Compose refuses the project.
  if (file.held(own).how === 'own') file.remove([own], manual)
}

/** True where any file of the service has a `deploy.resources.limits`. */
function hasLimitsBlock(editor: ServiceEditor, here: boolean): boolean {
  if (here) return true
  const { memory, cpus, pids } = editor.workload.settings.limits
  return [memory, cpus, pids].some(
    (limit) => 'by' in limit && limit.by?.at?.key?.includes('.deploy.resources.limits') === true,
  )
}
