/** Each setting's own way into a manifest. */
import type { SettingChange } from '../../core/fix.ts'
import type { YamlValue } from '../../formats/yaml/render.ts'
import { addressOf, removalOf, setValueOf } from '../compose/edit/change.ts'
import { CannotEdit, type ManifestEdit } from './manifest-edit.ts'
import { formatBytes, parseQuantity } from './quantity.ts'

type Change = ReturnType<typeof addressOf>
type Write = (edit: ManifestEdit, change: Change) => void

export function applyChange(edit: ManifestEdit, written: SettingChange): void {
  const change = addressOf(written)
  const write = Object.hasOwn(WRITERS, change.name) ? WRITERS[change.name] : undefined
  if (write === undefined) throw new CannotEdit(`no field of a pod is known for "${change.address}"`)
  write(edit, change)
}

const WRITERS: Readonly<Record<string, Write>> = {
  privileged: flag('privileged', (value) => value),
  noNewPrivileges: flag('allowPrivilegeEscalation', (value) => !value),
  readOnlyRoot: flag('readOnlyRootFilesystem', (value) => value),
  maskedPaths: (edit, change) => {
    if (!removalOf(change) && setValueOf(change) !== true) throw new CannotEdit('only the default can be written')
    required(edit.remove(['securityContext', 'procMount']))
  },
  'user.mustBeNonRoot': flag('runAsNonRoot', (value) => value),
  user: writeUser,
  'capabilities.add': capabilities('add'),
  'capabilities.drop': capabilities('drop'),
  seccomp: profile('seccompProfile'),
  apparmor: (edit, change) => {
    // The older annotation names the container; the field would not be read beside it.
    const annotation = `container.apparmor.security.beta.kubernetes.io/${edit.workload.name}`
    if (edit.removeFromTemplate(['metadata', 'annotations', annotation])) return
    const isOverPod = edit.podNode(['securityContext', 'appArmorProfile']) !== undefined
    if (removalOf(change) && !isOverPod) required(edit.remove(['securityContext', 'appArmorProfile']))
    else profile('appArmorProfile')(edit, change)
  },
  selinux: (edit, change) => {
    if (!removalOf(change)) throw new CannotEdit('only the default can be written')
    if (!edit.remove(['securityContext', 'seLinuxOptions']))
      required(edit.removePod(['securityContext', 'seLinuxOptions']))
  },
  'namespaces.network': hostNamespace('hostNetwork'),
  'namespaces.pid': hostNamespace('hostPID'),
  'namespaces.ipc': hostNamespace('hostIPC'),
  'namespaces.user': (edit, change) => {
    if (setValueOf(change) !== 'private') throw new CannotEdit('only a user namespace of the pod’s own can be written')
    edit.setPod(['hostUsers'], false)
  },
  'limits.memory': (edit, change) =>
    resource(edit, change, 'memory', (value) => (typeof value === 'number' ? formatBytes(value) : value)),
  'limits.cpus': (edit, change) =>
    resource(edit, change, 'cpu', (value) =>
      typeof value === 'number' && !Number.isInteger(value) ? `${Math.round(value * 1000)}m` : value,
    ),
  'limits.pids': () => {
    throw new CannotEdit('a pod has no such field: the kubelet’s podPidsLimit holds for all pods of a node')
  },
  'limits.shm': writeSharedMemory,
  mounts: writeMount,
  env: writeEnv,
  ports: writePort,
  image: scalar(['image']),
  pullPolicy: scalar(['imagePullPolicy']),
  workdir: scalar(['workingDir']),
  entrypoint: words('command'),
  command: words('args'),
  serviceAccountToken: (edit, change) => {
    const value = setValueOf(change)
    if (typeof value !== 'boolean') throw new CannotEdit('true or false belongs there')
    edit.setPod(['automountServiceAccountToken'], value)
  },
}

function flag(key: string, value: (wanted: boolean) => boolean): Write {
  return (edit, change) => {
    if (removalOf(change)) return required(edit.remove(['securityContext', key]))
    const wanted = setValueOf(change)
    if (typeof wanted !== 'boolean') throw new CannotEdit('true or false belongs there')
    edit.set(['securityContext', key], value(wanted))
  }
}

/** `10001:10001`, `10001` or a number: the container's own, over the pod's. */
function writeUser(edit: ManifestEdit, change: Change) {
  const found = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(String(setValueOf(change) ?? ''))
  if (found === null) throw new CannotEdit('Kubernetes takes users by number only')
  const [, uid, gid] = found
  edit.set(['securityContext', 'runAsUser'], Number(uid))
  if (gid !== undefined) edit.set(['securityContext', 'runAsGroup'], Number(gid))
  if (Number(uid) !== 0) edit.set(['securityContext', 'runAsNonRoot'], true)
}

/** The container runtime prefixes names blindly: `CAP_NET_RAW` would drop nothing. */
function capabilities(list: 'add' | 'drop'): Write {
  const path = ['securityContext', 'capabilities', list]
  return (edit, change) => {
    if (removalOf(change)) return required(edit.remove(path))
    if ('removeItem' in change.written) {
      const wanted = bareCapability(change.written.item)
      const node = edit.node(path)
      const items = node?.type === 'list' ? node.items : []
      const index = items.findIndex((item) => item.type === 'scalar' && bareCapability(item.text) === wanted)
      return required(index >= 0 && edit.remove([...path, index]))
    }
    const value = setValueOf(change)
    if (!Array.isArray(value)) throw new CannotEdit('a list belongs there')
    edit.set(
      path,
      value.map((name) => bareCapability(String(name))),
    )
  }
}

function bareCapability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '')
}

/** Unset means unconfined (seccomp), so to take a profile out is to name the runtime's own. */
function profile(key: string): Write {
  return (edit, change) => {
    const value = setValueOf(change)
    if (!removalOf(change) && !['default', 'builtin', 'RuntimeDefault', 'runtime/default'].includes(String(value))) {
      throw new CannotEdit('only the runtime’s own profile can be written')
    }
    edit.set(['securityContext', key], { type: 'RuntimeDefault' })
  }
}

function hostNamespace(key: string): Write {
  return (edit, change) => {
    if (!removalOf(change) && setValueOf(change) !== 'private')
      throw new CannotEdit('only a namespace of the pod’s own can be written')
    required(edit.removePod([key]))
  }
}

function resource(
  edit: ManifestEdit,
  change: Change,
  name: string,
  format: (value: string | number) => string | number,
) {
  const path = ['resources', 'limits', name]
  if (removalOf(change)) return required(edit.remove(path))
  const value = setValueOf(change)
  if (typeof value !== 'string' && typeof value !== 'number') throw new CannotEdit('a quantity belongs there')
  const text = format(typeof value === 'string' ? dockerSize(value) : value)
  if (parseQuantity(String(text)) === undefined) throw new CannotEdit(`"${text}" is no quantity`)
  edit.set(path, text)
}

/** `4g` and `512MB` as Compose writes them are `4Gi` and `512Mi` here. */
function dockerSize(text: string): string {
  const found = /^(\d+)([kmgt])b?$/i.exec(text)
  return found === null || /^\d+[kMGT]$/.test(text) ? text : `${found[1]}${(found[2] ?? '').toUpperCase()}i`
}

function writeSharedMemory(edit: ManifestEdit, change: Change) {
  const value = setValueOf(change)
  if (typeof value !== 'string' && typeof value !== 'number') throw new CannotEdit('a size belongs there')
  const size = typeof value === 'number' ? formatBytes(value) : dockerSize(value)
  const mount = mountIndex(edit, '/dev/shm')
  if (mount < 0) return addEmptyDir(edit, '/dev/shm', { medium: 'Memory', sizeLimit: size })
  const name = textAt(edit, ['volumeMounts', mount, 'name'])
  const volume = edit.indexOf(edit.podNode(['volumes']), (field) => field('name') === name)
  if (volume < 0 || edit.podNode(['volumes', volume, 'emptyDir']) === undefined)
    throw new CannotEdit('/dev/shm is not an emptyDir of the pod')
  edit.setPod(['volumes', volume, 'emptyDir', 'sizeLimit'], size)
}

function writeMount(edit: ManifestEdit, change: Change) {
  const path = change.item ?? ''
  const index = mountIndex(edit, path)
  if (change.field === 'readOnly') {
    if (index < 0) throw new CannotEdit(`nothing is mounted at ${path} here`)
    const value = setValueOf(change)
    if (typeof value !== 'boolean') throw new CannotEdit('true or false belongs there')
    return edit.set(['volumeMounts', index, 'readOnly'], value)
  }
  if (change.field !== undefined) throw new CannotEdit(`"${change.field}" of a mount cannot be written`)
  if (!removalOf(change)) {
    const value = setValueOf(change)
    const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : value
    if (index >= 0 || (kind !== 'tmpfs' && kind !== 'empty-dir'))
      throw new CannotEdit('only an empty directory can be added')
    return addEmptyDir(edit, path, kind === 'tmpfs' ? { medium: 'Memory' } : {})
  }
  if (index < 0) throw new CannotEdit(`nothing is mounted at ${path} here`)
  const name = textAt(edit, ['volumeMounts', index, 'name'])
  required(edit.remove(['volumeMounts', index]))
  removeUnusedVolume(edit, name)
}

/** A volume that no container mounts any more goes too: a hostPath would stay in the pod otherwise. */
function removeUnusedVolume(edit: ManifestEdit, name: string | undefined) {
  const lists = ['containers', 'initContainers', 'ephemeralContainers', 'sidecars', 'steps'].map((key) =>
    edit.podNode([key]),
  )
  for (const list of lists) {
    if (list?.type !== 'list') continue
    for (const index of list.items.keys()) {
      const container = list.items[index]
      const mounts =
        container?.type === 'map' ? container.entries.find((entry) => entry.key === 'volumeMounts')?.value : undefined
      if (mounts?.type === 'alias') return
      if (edit.indexOf(mounts, (field) => field('name') === name) >= 0) return
    }
  }
  const volume = edit.indexOf(edit.podNode(['volumes']), (field) => field('name') === name)
  if (volume >= 0) edit.removeUnusedFromPod(['volumes', volume])
}

function addEmptyDir(edit: ManifestEdit, path: string, emptyDir: { readonly [key: string]: YamlValue }) {
  if (!path.startsWith('/')) throw new CannotEdit(`"${path}" is no absolute path`)
  const volumes = edit.podNode(['volumes'])
  const wanted =
    path === '/dev/shm'
      ? 'shm'
      : path
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-|-$/g, '')
          .slice(0, 50) || 'scratch'
  let name = wanted
  for (let count = 2; edit.indexOf(volumes, (field) => field('name') === name) >= 0 && count < 100; count++)
    name = `${wanted}-${count}`
  edit.appendPod(['volumes'], { name, emptyDir })
  edit.append(['volumeMounts'], { name, mountPath: path })
}

function mountIndex(edit: ManifestEdit, path: string): number {
  return edit.indexOf(edit.node(['volumeMounts']), (field) => {
    const target = field('mountPath')
    return target === path || target === `${path}/`
  })
}

function writeEnv(edit: ManifestEdit, change: Change) {
  const name = change.item ?? ''
  const index = edit.indexOf(edit.node(['env']), (field) => field('name') === name)
  if (removalOf(change)) return required(index >= 0 && edit.remove(['env', index]))
  const value = setValueOf(change)
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new CannotEdit('a text belongs there')
  if (index < 0) return edit.append(['env'], { name, value: String(value) })
  if (edit.node(['env', index, 'valueFrom']) !== undefined)
    throw new CannotEdit('the variable is taken from elsewhere (valueFrom)')
  edit.set(['env', index, 'value'], String(value))
}

/** What the container itself publishes; a Service, Ingress or the host's network is another object's or the pod's. */
function writePort(edit: ManifestEdit, change: Change) {
  const [port, protocol = 'tcp'] = (change.item ?? '').split('/')
  const setting = edit.workload.settings.ports.items[change.item ?? '']
  const outer = setting?.is === 'set' ? setting.value.bindings.find((binding) => binding.by !== 'host-port') : undefined
  if (outer?.by === 'host-network')
    throw new CannotEdit('the pod is on the host’s network: every port it opens is the host’s')
  if (outer !== undefined)
    throw new CannotEdit(
      `another object publishes the port (${outer.at?.path ?? 'a Service'}): make it a ClusterIP Service behind an authenticating proxy`,
    )
  const index = edit.indexOf(
    edit.node(['ports']),
    (field) =>
      field('containerPort') === port &&
      (field('protocol') ?? 'TCP').toLowerCase() === protocol &&
      field('hostPort') !== undefined,
  )
  if (index < 0) throw new CannotEdit('the port is not published here')
  if (removalOf(change) && change.field === undefined) {
    edit.remove(['ports', index, 'hostIP'])
    return required(edit.remove(['ports', index, 'hostPort']))
  }
  const ip = setValueOf(change)
  if (change.field !== 'hostIp' || typeof ip !== 'string')
    throw new CannotEdit('only the host address of a port can be written')
  edit.set(['ports', index, 'hostIP'], ip)
}

function scalar(path: readonly string[]): Write {
  return (edit, change) => {
    if (removalOf(change)) return required(edit.remove(path))
    const value = setValueOf(change)
    if (typeof value !== 'string') throw new CannotEdit('a text belongs there')
    edit.set(path, value)
  }
}

function words(key: 'command' | 'args'): Write {
  return (edit, change) => {
    if (removalOf(change)) return required(edit.remove([key]))
    if ('removeItem' in change.written) {
      const wanted = change.written.item
      const node = edit.node([key])
      const items = node?.type === 'list' ? node.items : []
      const found = items.flatMap((item, index) => (item.type === 'scalar' && item.text === wanted ? [index] : []))
      const [index] = found
      if (index === undefined || found.length > 1 || items.length === 1)
        throw new CannotEdit('it is no word of its own')
      return required(edit.remove([key, index]))
    }
    const value = setValueOf(change)
    if (!Array.isArray(value)) throw new CannotEdit('a list of words belongs there')
    edit.set([key], value.map(String))
  }
}

function textAt(edit: ManifestEdit, path: readonly (string | number)[]): string | undefined {
  const node = edit.node(path)
  return node?.type === 'scalar' ? node.text : undefined
}

function required(done: boolean): void {
  if (!done) throw new CannotEdit('it is not written here')
}
