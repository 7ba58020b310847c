/** Entries of `security_opt`. */
import type { Setting } from '../../../core/facts/workload.ts'
import { type Change, removalOf, setValueOf } from './change.ts'
import type { ServiceEditor } from './service-editor.ts'
import { CannotEdit, hasVariable } from './session.ts'

const KEY = 'security_opt'

export function changeNoNewPrivileges(editor: ServiceEditor, change: Change, manual: string) {
  const setting = editor.workload.settings.noNewPrivileges
  if (removalOf(change)) return removeSecurityOption(editor, 'no-new-privileges', setting, manual)
  if (setValueOf(change) !== true) throw new CannotEdit('only true can be written', manual)
  const file = editor.home(setting, manual)
  const list = file.held(KEY)
  const items = list.node?.type === 'list' ? file.items(list.node) : []
  const standing = items.filter(({ node }) => node?.type === 'scalar' && optionName(node.text) === 'no-new-privileges')
  const last = standing.at(-1)
  // The last one wins: it becomes the one that is true; earlier ones do no harm.
  if (last?.node?.type === 'scalar' && list.how === 'own' && list.node?.id === undefined) {
    if (hasVariable(last.node)) throw new CannotEdit('a variable decides', manual)
    return file.replace(last.written, 'no-new-privileges:true', last.node, manual)
  }
  editor.appendItem(file, KEY, 'no-new-privileges:true', manual)
}

/** Removes every entry of that name; Docker's default is right. */
export function removeSecurityOption(editor: ServiceEditor, name: string, setting: Setting<unknown>, manual: string) {
  const file = editor.home(setting, manual)
  const list = file.held(KEY).node
  if (list?.type !== 'list') throw new CannotEdit(`"${KEY}" is not written as a list in ${file.path}`, manual)
  const meant = file.items(list).filter(({ node }) => node?.type === 'scalar' && optionName(node.text) === name)
  if (meant.length === 0) throw new CannotEdit(`no entry "${name}" is written in ${file.path}`, manual)
  const via = setting.is === 'set' ? setting.by.at?.via : undefined
  editor.removeItems(
    KEY,
    meant.map(({ written, node }) => ({
      path: file.path,
      span: (node ?? written).span,
      ...(via === 'extends' ? { via } : {}),
    })),
    manual,
  )
}

function optionName(text: string): string {
  return /^[^=:]*/.exec(text)?.[0] ?? ''
}
