/** Entries of `volumes`, `tmpfs` and `devices`. */
import type { Place } from '../../../core/place.ts'
import { type Change, removalOf, setValueOf } from './change.ts'
import { placeOf, type ServiceEditor } from './service-editor.ts'
import { CannotEdit } from './session.ts'
import { sizeText, withReadOnly } from './texts.ts'

export function changeMount(editor: ServiceEditor, change: Change, manual: string) {
  const target = change.item
  if (target === undefined) throw new CannotEdit('which one is not said', manual)
  const { settings } = editor.workload
  const setting = change.name === 'devices' ? settings.devices.items[target] : settings.mounts.items[target]
  const value = setValueOf(change)
  if (removalOf(change) && setting !== undefined) {
    const place = placeOf(setting)
    return editor.removeItems(keyOf(place), [place], manual)
  }
  if (change.field === 'readOnly' && value === true && setting !== undefined)
    return makeReadOnly(editor, placeOf(setting), manual)
  const isTmpfs = value === 'tmpfs' || (typeof value === 'object' && 'kind' in value && value.kind === 'tmpfs')
  if (change.name === 'mounts' && change.field === undefined && isTmpfs) {
    if (setting !== undefined) throw new CannotEdit(`something is mounted at ${target} already`, manual)
    const size =
      typeof value === 'object' && 'size' in value && typeof value.size === 'number'
        ? `:size=${sizeText(value.size)}`
        : ''
    return addTmpfs(editor, `${target}${size}`, manual)
  }
  throw new CannotEdit(`"${change.address}" cannot be written`, manual)
}

function addTmpfs(editor: ServiceEditor, entry: string, manual: string) {
  const { slot } = editor.workload.settings.mounts
  const file = editor.file(slot?.path ?? editor.workload.path, manual)
  const held = file.held('tmpfs')
  if (held.node?.type === 'scalar' && held.how === 'own') return file.set(['tmpfs'], [held.node.text, entry], manual)
  editor.appendItem(file, 'tmpfs', entry, manual)
}

function makeReadOnly(editor: ServiceEditor, place: Place | undefined, manual: string) {
  const key = keyOf(place)
  if (key !== 'volumes') throw new CannotEdit(`an entry of "${key}" cannot be made read-only`, manual)
  const { file, index, written, node } = editor.ownItem(key, place, manual)
  const held = file.held(key)
  if (held.how !== 'own' || held.node?.id !== undefined) throw new CannotEdit('an anchor brings the list', manual)
  if (node.type === 'map') {
    if (written.type !== 'map' || written.id !== undefined) throw new CannotEdit('an anchor owns the entry', manual)
    return file.set([key, index, 'read_only'], true, manual)
  }
  if (node.type !== 'scalar') throw new CannotEdit('the entry is no mount', manual)
  const text = withReadOnly(node.text)
  if (text === undefined) throw new CannotEdit(`its mode cannot be written: ${node.text}`, manual)
  file.replace(written, text, node, manual)
}

/** `services.api.volumes[/data]` → `volumes`. */
function keyOf(place: Place | undefined): string {
  return /\.(volumes_from|volumes|tmpfs|devices)\[/.exec(place?.key ?? '')?.[1] ?? 'volumes'
}
