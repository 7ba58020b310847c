/** What a service may do to its host: privilege, capabilities, security options, namespaces. */
import type { NamespaceMode, Profile, Setting, Settings } from '../../core/facts/workload.ts'
import { hasHole, type ServiceReader } from './reader.ts'
import { asMarked, type Scalar, scalarsOf, unknownWhy } from './value.ts'

type Privileges = Pick<
  Settings,
  | 'privileged'
  | 'capabilities'
  | 'noNewPrivileges'
  | 'seccomp'
  | 'apparmor'
  | 'selinux'
  | 'maskedPaths'
  | 'namespaces'
  | 'readOnlyRoot'
  | 'engineSocket'
  | 'deviceRules'
  | 'init'
>

export function readPrivileges(reader: ServiceReader): Privileges {
  return {
    privileged: reader.boolean(['privileged'], false),
    capabilities: {
      add: reader.texts('cap_add', () => reader.absent('cap_add', [])),
      drop: reader.texts('cap_drop', () => reader.absent('cap_drop', [])),
    },
    ...readSecurityOptions(reader),
    namespaces: readNamespaces(reader),
    readOnlyRoot: reader.boolean(['read_only'], false),
    engineSocket: reader.boolean(['use_api_socket'], false),
    deviceRules: reader.texts('device_cgroup_rules', () => reader.absent('device_cgroup_rules', [])),
    init: reader.boolean(['init'], false),
  }
}

interface SecurityOption {
  readonly name: string
  readonly value: string | undefined
  readonly from: Scalar
}

function readSecurityOptions(
  reader: ServiceReader,
): Pick<Privileges, 'noNewPrivileges' | 'seccomp' | 'apparmor' | 'selinux' | 'maskedPaths'> {
  const key = 'security_opt'
  const items = scalarsOf(reader.value(key))
  const unclear = items.find((item) => unknownWhy(item) !== undefined)
  const options = items.flatMap((item) => splitOption(item) ?? [])
  // The last option of a name wins. An entry that a variable decides may be any of them.
  const last = <T>(
    name: string,
    read: (value: string | undefined) => T | undefined,
    absent: T,
    because?: string,
  ): Setting<T> => {
    const option = options.findLast((one) => one.name === name)
    if (option !== undefined) {
      const value = read(option.value)
      const address = `${key}[${name}]`
      if (value === undefined) return reader.unknown('Docker refuses the value', option.from, address)
      return reader.set(option.from, value, key, address)
    }
    if (unclear !== undefined) return reader.unknown(unknownWhy(unclear) as string, unclear, key)
    return reader.absent(key, absent, because)
  }
  const selinux = options.filter((option) => option.name === 'label')
  return {
    noNewPrivileges: last('no-new-privileges', (value) => (value === undefined ? true : parseGoBoolean(value)), false),
    seccomp: last<Profile>(
      'seccomp',
      (value) => profile(value, 'builtin'),
      { mode: 'default' },
      'Docker’s built-in profile',
    ),
    apparmor: last<Profile>(
      'apparmor',
      (value) => profile(value, 'docker-default'),
      { mode: 'default' },
      'docker-default, where AppArmor is on',
    ),
    selinux: last<Profile>(
      'label',
      (value) =>
        value === 'disable'
          ? { mode: 'unconfined' }
          : { mode: 'custom', name: selinux.map((option) => option.value ?? '').join(',') },
      { mode: 'default' },
    ),
    maskedPaths: last('systempaths', (value) => (value === 'unconfined' ? false : undefined), true),
  }
}

/** `NAME`, `NAME=VALUE` or the older `NAME:VALUE`. */
function splitOption(item: Scalar): SecurityOption | undefined {
  const text = asMarked(item)
  if (text === undefined || hasHole(text)) return undefined
  const at = text.includes('=') ? text.indexOf('=') : text.indexOf(':')
  return at === -1
    ? { name: text, value: undefined, from: item }
    : { name: text.slice(0, at), value: text.slice(at + 1), from: item }
}

function profile(value: string | undefined, builtIn: string): Profile | undefined {
  if (value === undefined || value === '') return undefined
  if (value === 'unconfined') return { mode: 'unconfined' }
  return value === builtIn ? { mode: 'default' } : { mode: 'custom', name: value }
}

function parseGoBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : undefined
}

function readNamespaces(reader: ServiceReader): Settings['namespaces'] {
  const mode = (key: string, absent: NamespaceMode, because?: string) =>
    reader.scalar<NamespaceMode>([key], parseMode, () => reader.absent(key, absent, because))
  return {
    network: mode('network_mode', { mode: 'private' }, 'Compose’s own network for the project'),
    pid: mode('pid', { mode: 'private' }),
    ipc: mode('ipc', { mode: 'private' }),
    uts: mode('uts', { mode: 'private' }),
    user: mode('userns_mode', { mode: 'host' }, 'Docker’s default: users are not remapped'),
    cgroup: mode('cgroup', { mode: 'private' }, 'Docker’s default on cgroup v2'),
  }
}

function parseMode(text: string): NamespaceMode {
  const of = text.slice(text.indexOf(':') + 1)
  if (text.startsWith('service:')) return { mode: 'service', of }
  if (text.startsWith('container:')) return { mode: 'container', of }
  if (text === 'host' || text === 'none' || text === 'private' || text === 'shareable') return { mode: text }
  if (text === '' || text === 'default' || text === 'bridge') return { mode: 'private' }
  return { mode: 'named', of: text }
}
