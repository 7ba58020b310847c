/** Variables of `environment`, as a mapping or a list. */
import type { TreeList } from '../../../core/tree.ts'
import { type Change, removalOf, setValueOf } from './change.ts'
import type { ServiceEditor } from './service-editor.ts'
import { CannotEdit, type ServiceFile } from './session.ts'

const KEY = 'environment'

export function changeEnv(editor: ServiceEditor, change: Change, manual: string) {
  const name = change.item
  if (name === undefined) throw new CannotEdit('which variable is not said', manual)
  const setting = editor.workload.settings.env.items[name]
  if (removalOf(change)) return removeVariable(editor, name, manual)
  const value = setValueOf(change)
  if (typeof value === 'object' || value === undefined) throw new CannotEdit('a single value belongs there', manual)
  const { slot } = editor.workload.settings.env
  // A value that an image or env_file brings is hidden by one of the service.
  const isOwn =
    setting?.is === 'set' && setting.by.who === 'compose' && setting.by.at?.key?.includes(`.${KEY}`) === true
  const file = isOwn ? editor.home(setting, manual) : editor.file(slot?.path ?? editor.workload.path, manual)
  setVariable(file, name, value, manual)
}

function setVariable(file: ServiceFile, name: string, value: string | number | boolean, manual: string) {
  const held = file.held(KEY)
  if (held.how === 'merged' || held.how === 'alias')
    throw new CannotEdit(`"${KEY}" comes from an anchor: an own one would hide all of it`, manual)
  if (held.node?.type === 'list') {
    const index = indexOf(held.node, name)
    const item = index === -1 ? undefined : held.node.items[index]
    if (item === undefined) return file.append([KEY], `${name}=${value}`, manual)
    if (item.type !== 'scalar') throw new CannotEdit('an alias stands there', manual)
    return file.replace(item, `${name}=${value}`, item, manual)
  }
  file.set([KEY, name], typeof value === 'string' ? value : String(value), manual)
}

function removeVariable(editor: ServiceEditor, name: string, manual: string) {
  const setting = editor.workload.settings.env.items[name]
  const place = setting !== undefined && 'by' in setting ? setting.by?.at : undefined
  if (setting === undefined || place === undefined) throw new CannotEdit(`${name} is not set`, manual)
  if (place.key?.includes(`.${KEY}`) !== true) throw new CannotEdit(`${place.path} sets it, not the service`, manual)
  if (setting.is === 'set' && (setting.hides?.length ?? 0) > 0)
    throw new CannotEdit('what it hides (an image, an env_file or another file) would show again', manual)
  if (place.via === 'extends') throw new CannotEdit(`${place.path} says it, for other services too`, manual)
  const file = place.via === 'include' ? editor.included(place.path, manual) : editor.file(place.path, manual)
  const held = file.held(KEY)
  if (held.how !== 'own' || held.node?.id !== undefined) throw new CannotEdit(`"${KEY}" comes from an anchor`, manual)
  if (held.node?.type === 'list') {
    const index = indexOf(held.node, name)
    if (index === -1) throw new CannotEdit('the file has changed since it was read', manual)
    return file.remove([KEY, index], manual)
  }
  if (file.held(KEY, name).how !== 'own') throw new CannotEdit('an anchor brings it', manual)
  file.remove([KEY, name], manual)
}

function indexOf(list: TreeList, name: string): number {
  return list.items.findLastIndex(
    (item) => item.type === 'scalar' && (item.text === name || item.text.startsWith(`${name}=`)),
  )
}
