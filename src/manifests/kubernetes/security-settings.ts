/** What a container may do to its node: users, privilege, capabilities, profiles, namespaces. */
import type { NamespaceMode, Profile, Setting, Settings } from '../../core/facts/workload.ts'
import type { Cursor } from './cursor.ts'
import type { ContainerReader } from './reader.ts'

type Security = Pick<
  Settings,
  | 'user'
  | 'privileged'
  | 'capabilities'
  | 'noNewPrivileges'
  | 'seccomp'
  | 'apparmor'
  | 'selinux'
  | 'maskedPaths'
  | 'namespaces'
  | 'readOnlyRoot'
  | 'sysctls'
>

export function readSecurity(reader: ContainerReader): Security {
  const flag = (key: string, absent: boolean) =>
    reader.field(['securityContext', key], booleanOf, () =>
      reader.absent(absent, reader.slot(`securityContext.${key}`)),
    )
  const list = (key: string) => {
    const keys = ['securityContext', 'capabilities', key]
    return reader.field<readonly string[]>(keys, textsOf, () => reader.absent([], reader.slot(keys.join('.'))))
  }
  const escalation = reader.field(
    ['securityContext', 'allowPrivilegeEscalation'],
    (cursor) => not(booleanOf(cursor)),
    () =>
      reader.absent(
        false,
        reader.slot('securityContext.allowPrivilegeEscalation'),
        'Kubernetes allows escalation by default',
      ),
  )
  return {
    user: readUser(reader),
    privileged: flag('privileged', false),
    capabilities: { add: list('add'), drop: list('drop') },
    noNewPrivileges: escalation,
    seccomp: reader.security('seccompProfile', profileOf, (slot) =>
      reader.absent<Profile>(
        { mode: 'unconfined' },
        slot,
        'Kubernetes’ default, unless the kubelet sets seccompDefault',
      ),
    ),
    apparmor: readAppArmor(reader),
    selinux: reader.security('seLinuxOptions', seLinuxOf, (slot) => reader.absent<Profile>({ mode: 'default' }, slot)),
    maskedPaths: reader.field(
      ['securityContext', 'procMount'],
      (cursor) => not(equals(cursor, 'Unmasked')),
      () => reader.absent(true, reader.slot('securityContext.procMount')),
    ),
    namespaces: readNamespaces(reader),
    readOnlyRoot: flag('readOnlyRootFilesystem', false),
    sysctls: readSysctls(reader),
  }
}

/** The image decides what is `open` here. */
function readUser(reader: ContainerReader): Settings['user'] {
  const uid = reader.security('runAsUser', numberOf, () => ({ is: 'open' }))
  return {
    uid,
    gid: reader.security('runAsGroup', numberOf, (slot) =>
      // A bare number's group comes from the image's passwd file, else it is root's.
      uid.is === 'set' ? { is: 'unknown', why: 'the image’s passwd file decides the group', slot } : { is: 'open' },
    ),
    name: uid.is === 'set' ? reader.absent('', undefined, 'the user is given by number') : { is: 'open' },
    mustBeNonRoot: reader.security('runAsNonRoot', booleanOf, (slot) => reader.absent(false, slot)),
    groups: readGroups(reader),
  }
}

function readGroups(reader: ContainerReader): Settings['user']['groups'] {
  const slot = reader.podSlot('securityContext.supplementalGroups')
  const listed = reader.pod('securityContext', 'supplementalGroups')
  const files = reader.pod('securityContext', 'fsGroup')
  const from = listed ?? files
  if (from === undefined) return reader.absent([], slot)
  const groups = [...(listed?.items() ?? []), ...(files === undefined ? [] : [files])].flatMap(
    (one) => one.number() ?? [],
  )
  return reader.set(from, groups, slot)
}

/** The field since 1.30, the pod's annotation before. */
function readAppArmor(reader: ContainerReader): Setting<Profile> {
  return reader.security<Profile>('appArmorProfile', profileOf, (slot) => {
    const annotation = reader.container.template
      ?.get('metadata', 'annotations')
      ?.child(`container.apparmor.security.beta.kubernetes.io/${reader.container.name}`)
    const text = annotation?.text()
    if (annotation === undefined || text === undefined) {
      return reader.absent({ mode: 'default' }, slot, 'the engine’s own profile, where AppArmor is on')
    }
    if (text === 'unconfined') return reader.set(annotation, { mode: 'unconfined' }, slot)
    if (text === 'runtime/default') return reader.set(annotation, { mode: 'default' }, slot)
    return reader.set(annotation, { mode: 'custom', name: text.replace(/^localhost\//, '') }, slot)
  })
}

function readNamespaces(reader: ContainerReader): Settings['namespaces'] {
  const host = (key: string, absent: NamespaceMode = { mode: 'private' }) =>
    reader.podField<NamespaceMode>(
      [key],
      (cursor) => {
        const value = booleanOf(cursor)
        return value === undefined ? undefined : value ? { mode: 'host' } : { mode: 'private' }
      },
      () => reader.absent(absent, reader.podSlot(key)),
    )
  const shared = reader.pod('shareProcessNamespace')
  const pid = host('hostPID')
  return {
    network: host('hostNetwork'),
    pid:
      pid.is === 'default' && shared?.boolean() === true
        ? reader.set<NamespaceMode>(shared, { mode: 'shareable' }, reader.podSlot('shareProcessNamespace'))
        : pid,
    ipc: host('hostIPC'),
    uts: reader.absent<NamespaceMode>({ mode: 'private' }, undefined),
    user: reader.podField<NamespaceMode>(
      ['hostUsers'],
      (cursor) => {
        const value = booleanOf(cursor)
        return value === undefined ? undefined : value ? { mode: 'host' } : { mode: 'private' }
      },
      () => reader.absent<NamespaceMode>({ mode: 'host' }, reader.podSlot('hostUsers')),
    ),
    cgroup: reader.absent<NamespaceMode>({ mode: 'private' }, undefined, 'the engine’s default on cgroup v2'),
  }
}

function readSysctls(reader: ContainerReader): Settings['sysctls'] {
  const slot = reader.podSlot('securityContext.sysctls')
  const items = (reader.pod('securityContext', 'sysctls')?.items() ?? []).flatMap(
    (item): [string, Setting<string>][] => {
      const name = item.get('name')?.text()
      const value = item.get('value')
      return name === undefined ? [] : [[name, reader.set(value ?? item, value?.text() ?? '', slot)]]
    },
  )
  return { items: Object.fromEntries(items), whole: reader.partial ? 'open' : true, slot }
}

function profileOf(cursor: Cursor): Profile | undefined {
  const type = cursor.get('type')?.text()
  if (type === 'Unconfined') return { mode: 'unconfined' }
  if (type === 'RuntimeDefault') return { mode: 'default' }
  return type === 'Localhost' ? { mode: 'custom', name: cursor.get('localhostProfile')?.text() ?? '' } : undefined
}

function seLinuxOf(cursor: Cursor): Profile | undefined {
  if (cursor.node.type !== 'map') return undefined
  const parts = ['user', 'role', 'type', 'level'].flatMap((key) => {
    const value = cursor.get(key)?.text()
    return value === undefined ? [] : [`${key}:${value}`]
  })
  // spc_t: the "super privileged container" type, which SELinux does not confine.
  return cursor.get('type')?.text() === 'spc_t'
    ? { mode: 'unconfined', name: 'spc_t' }
    : { mode: 'custom', name: parts.join(',') }
}

/** Kubernetes takes no words for booleans; the reader of YAML 1.1 has typed `yes` and `on` already. */
function booleanOf(cursor: Cursor): boolean | undefined {
  return cursor.node.type === 'scalar' && typeof cursor.node.value === 'boolean' ? cursor.node.value : undefined
}

function numberOf(cursor: Cursor): number | undefined {
  const value = cursor.node.type === 'scalar' ? cursor.node.value : undefined
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}

function textsOf(cursor: Cursor): readonly string[] | undefined {
  return cursor.node.type === 'list' ? cursor.texts() : undefined
}

function equals(cursor: Cursor, text: string): boolean | undefined {
  const value = cursor.text()
  return value === undefined ? undefined : value === text
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value
}
