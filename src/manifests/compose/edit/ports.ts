/** The host address of published ports. */
import type { PortBinding } from '../../../core/facts/workload.ts'
import type { YamlValue } from '../../../formats/yaml/render.ts'
import { type Change, setValueOf } from './change.ts'
import type { ServiceEditor } from './service-editor.ts'
import { CannotEdit, plainValue, type ServiceFile } from './session.ts'
import { withHostIp } from './texts.ts'

const KEY = 'ports'

/** Every binding of the port that is open to more than the loopback gets the address. */
export function changePort(editor: ServiceEditor, change: Change, manual: string) {
  const ip = setValueOf(change)
  if (change.field !== 'hostIp' || typeof ip !== 'string' || change.item === undefined) {
    throw new CannotEdit('only the host address of a port can be written', manual)
  }
  const setting = editor.workload.settings.ports.items[change.item]
  if (setting?.is !== 'set') throw new CannotEdit('how the port is published is not known', manual)
  const open = setting.value.bindings.filter((binding) => !isLoopback(binding.hostIp) && binding.hostIp !== ip)
  if (open.length === 0) throw new CannotEdit('the port has that address already', manual)
  for (const binding of open) changeBinding(editor, binding, ip, manual)
}

function changeBinding(editor: ServiceEditor, binding: PortBinding, ip: string, manual: string) {
  const { file, index, written, node } = editor.ownItem(KEY, binding.at, manual)
  const held = file.held(KEY)
  const own = held.how === 'own' && held.node?.id === undefined
  if (node.type === 'map') {
    if (own && written.type === 'map' && written.id === undefined) return file.set([KEY, index, 'host_ip'], ip, manual)
    const copy = plainValue(node, file.context)
    if (copy === undefined || typeof copy !== 'object' || copy === null)
      throw new CannotEdit('the entry cannot be copied', manual)
    return replaceIn(file, index, { ...(copy as Record<string, YamlValue>), host_ip: ip }, manual)
  }
  if (node.type !== 'scalar') throw new CannotEdit('the entry is no port', manual)
  const text = withHostIp(node.text, ip)
  if (text === undefined) throw new CannotEdit(`a variable may hold the address: ${node.text}`, manual)
  if (own && (written.type === 'alias' || written.id === undefined)) return file.replace(written, text, node, manual)
  replaceIn(file, index, text, manual)
}

/** A borrowed list: the service gets a copy of its own with the one item changed. */
function replaceIn(file: ServiceFile, index: number, item: YamlValue, manual: string) {
  const list = file.held(KEY).node
  const items = list?.type === 'list' ? list.items.map((one) => plainValue(one, file.context)) : []
  if (items.length === 0 || items.some((one) => one === undefined))
    throw new CannotEdit('the list that an anchor brings cannot be copied', manual)
  file.set([KEY], items.map((one, at) => (at === index ? item : one)) as YamlValue[], manual)
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1'
}
