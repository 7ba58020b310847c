/**
 * "This setting should be that" → byte-exact edits of Compose files. What an anchor, merge key, extended service,
 * include or variable owns is hidden by an own key of the service where Compose allows that; else it is told in words.
 */
import type { EditOutcome, Editor } from '../../core/editor.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange } from '../../core/fix.ts'
import type { SourceText } from '../../core/span.ts'
import { byHand, type Keys } from '../by-hand.ts'
import { addressOf, type Change, removalOf, setValueOf } from './edit/change.ts'
import { changeCommand } from './edit/commands.ts'
import { changeEnv } from './edit/environment.ts'
import { changeLimit } from './edit/limits.ts'
import { changeMount } from './edit/mounts.ts'
import { changePort } from './edit/ports.ts'
import { changeNoNewPrivileges, removeSecurityOption } from './edit/security.ts'
import { ServiceEditor } from './edit/service-editor.ts'
import { CannotEdit } from './edit/session.ts'

const composeEditor: Editor = { dialect: 'compose', edit }
export default composeEditor

function edit(
  workload: WorkloadFact,
  changes: readonly SettingChange[],
  read: (path: string) => SourceText | undefined,
): EditOutcome {
  const editor = new ServiceEditor(workload, read)
  let manual = ''
  try {
    for (const written of changes) {
      const change = addressOf(written)
      manual = byHand(written, `service "${workload.name}" of ${workload.path}`, KEYS)
      apply(editor, change, manual)
    }
    const files = editor.files
      .map((file) => ({ path: file.path, edits: file.edits(manual) }))
      .filter((file) => file.edits.length > 0)
    if (files.length === 0) return { ok: false, why: 'the files say it already, or say it nowhere', manual }
    const shared = editor.files.map((file) => file.shared).find((text) => text !== undefined)
    return { ok: true, files, ...(shared === undefined ? {} : { shared }) }
  } catch (error) {
    if (error instanceof CannotEdit) return { ok: false, why: error.message, manual: error.manual }
    throw error
  }
}

/** Keys of settings that are one scalar, and what to write where removing the key would show a value below. */
const SCALARS: Readonly<Record<string, { readonly key: string; readonly off?: string | boolean }>> = {
  privileged: { key: 'privileged', off: false },
  readOnlyRoot: { key: 'read_only' },
  engineSocket: { key: 'use_api_socket', off: false },
  init: { key: 'init' },
  user: { key: 'user' },
  image: { key: 'image' },
  pullPolicy: { key: 'pull_policy' },
  restart: { key: 'restart' },
  workdir: { key: 'working_dir' },
  'namespaces.network': { key: 'network_mode' },
  'namespaces.pid': { key: 'pid' },
  'namespaces.ipc': { key: 'ipc', off: 'private' },
  'namespaces.uts': { key: 'uts' },
  'namespaces.user': { key: 'userns_mode' },
  'namespaces.cgroup': { key: 'cgroup', off: 'private' },
}

const LISTS: Readonly<Record<string, string>> = {
  'capabilities.add': 'cap_add',
  'capabilities.drop': 'cap_drop',
  deviceRules: 'device_cgroup_rules',
  extraHosts: 'extra_hosts',
  'user.groups': 'group_add',
}

const SECURITY_OPTIONS: Readonly<Record<string, string>> = {
  seccomp: 'seccomp',
  apparmor: 'apparmor',
  selinux: 'label',
  maskedPaths: 'systempaths',
}

const option = (name: string) => ({ key: 'security_opt', value: (value: unknown) => `${name}:${String(value)}` })

/** What a person looks for in the file. */
const KEYS: Keys = {
  ...Object.fromEntries(Object.entries(SCALARS).map(([address, { key }]) => [address, key])),
  ...LISTS,
  'limits.memory': 'mem_limit',
  'limits.cpus': 'cpus',
  'limits.pids': 'pids_limit',
  'limits.shm': 'shm_size',
  noNewPrivileges: option('no-new-privileges'),
  ...Object.fromEntries(Object.entries(SECURITY_OPTIONS).map(([address, name]) => [address, `security_opt: ${name}`])),
}

function apply(editor: ServiceEditor, change: Change, manual: string) {
  const { name } = change
  const { settings } = editor.workload
  if (Object.hasOwn(SCALARS, name)) return changeScalar(editor, change, manual)
  if (Object.hasOwn(LISTS, name)) return changeList(editor, change, manual)
  if (Object.hasOwn(SECURITY_OPTIONS, name) && removalOf(change)) {
    return removeSecurityOption(editor, SECURITY_OPTIONS[name] as string, settings[name as 'seccomp'], manual)
  }
  switch (name) {
    case 'noNewPrivileges':
      return changeNoNewPrivileges(editor, change, manual)
    case 'ports':
      return changePort(editor, change, manual)
    case 'mounts':
    case 'devices':
      return changeMount(editor, change, manual)
    case 'env':
      return changeEnv(editor, change, manual)
    case 'command':
    case 'entrypoint':
      return changeCommand(editor, change, manual)
    case 'limits.memory':
    case 'limits.cpus':
    case 'limits.pids':
    case 'limits.shm':
      return changeLimit(editor, change, manual)
    default:
      throw new CannotEdit(`no Compose key is known for "${change.address}"`, manual)
  }
}

function changeScalar(editor: ServiceEditor, change: Change, manual: string) {
  const { key, off } = SCALARS[change.name] as { key: string; off?: string | boolean }
  const setting = settingAt(editor.workload, change.name)
  if (removalOf(change)) return editor.removeKey(setting, key, off, manual)
  const value = setValueOf(change)
  if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') {
    throw new CannotEdit('a single value belongs there', manual)
  }
  editor.setScalar(setting, [key], change.name === 'user' ? String(value) : value, manual)
}

function changeList(editor: ServiceEditor, change: Change, manual: string) {
  const key = LISTS[change.name] as string
  const setting = settingAt(editor.workload, change.name)
  const value = setValueOf(change)
  if (Array.isArray(value))
    return editor.setList(setting as Parameters<ServiceEditor['setList']>[0], key, value as string[], manual)
  if (!('removeItem' in change.written)) {
    if (removalOf(change)) return editor.removeKey(setting, key, undefined, manual)
    throw new CannotEdit('a list belongs there', manual)
  }
  const { item } = change.written
  const file = editor.home(setting, manual)
  const held = file.held(key)
  if (held.node?.type !== 'list') throw new CannotEdit(`"${key}" is not written as a list in ${file.path}`, manual)
  const matching = file.items(held.node).filter(({ node }) => node?.type === 'scalar' && node.text === item)
  if (matching.length === 0) throw new CannotEdit(`"${item}" is not written in ${file.path}`, manual)
  const via = setting.is === 'set' ? setting.by.at?.via : undefined
  editor.removeItems(
    key,
    matching.map(({ written, node }) => ({
      path: file.path,
      span: (node ?? written).span,
      ...(via === 'extends' ? { via } : {}),
    })),
    manual,
  )
}

function settingAt(workload: WorkloadFact, address: string) {
  const { settings } = workload
  if (address === 'user') return settings.user.uid
  const [first = '', second] = address.split('.')
  const value = (settings as unknown as Record<string, unknown>)[first]
  return (second === undefined ? value : (value as Record<string, unknown>)[second]) as typeof settings.privileged
}
