/** What a container sees of the node and of others: volumes, devices, shared memory. */
import type { Keyed, Mount, Setting, Settings } from '../../core/facts/workload.ts'
import type { Cursor } from './cursor.ts'
import { parseQuantity } from './quantity.ts'
import { type ContainerReader, record } from './reader.ts'

type Mounts = Pick<Settings, 'mounts' | 'secrets' | 'configs' | 'devices'>

export function readMounts(reader: ContainerReader): Mounts & { readonly shm: Setting<number | null> } {
  const volumes = volumesOf(reader)
  const mounts = new Map<string, Setting<Mount>>()
  for (const item of reader.own('volumeMounts')?.items() ?? []) {
    const target = item.get('mountPath')?.text()
    if (target === undefined) continue
    const path = cleanPath(target)
    mounts.set(path, reader.set(item, mountOf(item, volumes), reader.slot(`volumeMounts[${path}]`)))
  }
  const whole = reader.partial ? ('open' as const) : true
  const slot = reader.slot('volumeMounts')
  const ofKind = (kind: Mount['kind']): Keyed<Mount> => {
    const found = [...mounts].flatMap(([path, setting]): [string, Setting<Mount>][] =>
      setting.is === 'set' && setting.value.kind === kind ? [[setting.value.source ?? path, setting]] : [],
    )
    return { items: record(found), whole, slot }
  }
  return {
    mounts: { items: record(mounts), whole, slot },
    secrets: ofKind('secret'),
    configs: ofKind('config'),
    devices: readDevices(reader, volumes),
    shm: readSharedMemory(reader, mounts.get('/dev/shm')),
  }
}

interface Volume {
  readonly kind: Mount['kind']
  readonly source: string | null
  readonly readOnly: boolean
  readonly size?: number | null
}

/** Volumes of the pod by name, and a StatefulSet's or ephemeral claims. */
function volumesOf(reader: ContainerReader): ReadonlyMap<string, Volume> {
  const volumes = new Map<string, Volume>()
  const { object } = reader.container
  for (const cursor of claimTemplates(reader)) {
    const name = cursor.get('metadata', 'name')?.text()
    if (name !== undefined) volumes.set(name, { kind: 'volume', source: name, readOnly: false })
  }
  // Argo keeps a workflow's volumes above its templates.
  const lists = [
    reader.pod('volumes'),
    object.objectKind.includes('Workflow') ? reader.container.root.get('spec', 'volumes') : undefined,
  ]
  for (const item of lists.flatMap((list) => list?.items() ?? [])) {
    const name = item.get('name')?.text()
    if (name !== undefined) volumes.set(name, volumeOf(item, name))
  }
  return volumes
}

function claimTemplates(reader: ContainerReader): Cursor[] {
  return reader.container.root.get('spec', 'volumeClaimTemplates')?.items() ?? []
}

function volumeOf(item: Cursor, name: string): Volume {
  const text = (...keys: string[]) => item.get(...keys)?.text() ?? null
  if (item.get('hostPath') !== undefined) return { kind: 'bind', source: text('hostPath', 'path'), readOnly: false }
  const emptyDir = item.child('emptyDir')
  if (emptyDir !== undefined) {
    const inMemory = emptyDir.get('medium')?.text() === 'Memory'
    const limit = parseQuantity(emptyDir.get('sizeLimit')?.text() ?? '') ?? null
    return { kind: inMemory ? 'tmpfs' : 'empty-dir', source: null, readOnly: false, size: limit }
  }
  if (item.get('secret') !== undefined) return { kind: 'secret', source: text('secret', 'secretName'), readOnly: true }
  if (item.get('configMap') !== undefined) return { kind: 'config', source: text('configMap', 'name'), readOnly: true }
  if (item.get('downwardAPI') !== undefined) return { kind: 'config', source: null, readOnly: true }
  if (item.get('projected') !== undefined) {
    const sources = item.get('projected', 'sources')?.items() ?? []
    const isSecret = sources.some(
      (source) => source.get('secret') !== undefined || source.get('serviceAccountToken') !== undefined,
    )
    return { kind: isSecret ? 'secret' : 'config', source: name, readOnly: true }
  }
  if (item.get('persistentVolumeClaim') !== undefined) {
    const readOnly = item.get('persistentVolumeClaim', 'readOnly')?.boolean() === true
    return { kind: 'volume', source: text('persistentVolumeClaim', 'claimName'), readOnly }
  }
  if (item.get('ephemeral') !== undefined) return { kind: 'volume', source: name, readOnly: false }
  if (item.get('image') !== undefined) return { kind: 'image', source: text('image', 'reference'), readOnly: true }
  // `emptyDir:` without anything below is a null, and means an empty one.
  if (item.node.type === 'map' && item.node.entries.some((entry) => entry.key === 'emptyDir'))
    return { kind: 'empty-dir', source: null, readOnly: false, size: null }
  return {
    kind: 'other',
    source: name,
    readOnly: item.entries().some(([, value]) => value.get('readOnly')?.boolean() === true),
  }
}

function mountOf(item: Cursor, volumes: ReadonlyMap<string, Volume>): Mount {
  const name = item.get('name')?.text() ?? ''
  const volume = volumes.get(name) ?? { kind: 'other', source: name, readOnly: false }
  const subpath = item.get('subPath')?.text() ?? item.get('subPathExpr')?.text()
  const propagation = item.get('mountPropagation')?.text()
  return {
    kind: volume.kind,
    source: volume.source,
    readOnly: volume.readOnly || item.get('readOnly')?.boolean() === true,
    ...(propagation === undefined ? {} : { propagation: PROPAGATIONS[propagation] ?? 'rprivate' }),
    ...(subpath === undefined ? {} : { subpath }),
    ...(volume.size === undefined ? {} : { size: volume.size }),
  }
}

const PROPAGATIONS: Readonly<Record<string, string>> = { Bidirectional: 'rshared', HostToContainer: 'rslave' }

/** `/models/` is `/models`; nothing else is changed, because links decide what `..` means. */
function cleanPath(path: string): string {
  return path.length > 1 ? path.replace(/\/{1,100}$/, '') || '/' : path
}

function readDevices(reader: ContainerReader, volumes: ReadonlyMap<string, Volume>): Settings['devices'] {
  const slot = reader.slot('volumeDevices')
  const items = (reader.own('volumeDevices')?.items() ?? []).flatMap((item) => {
    const target = item.get('devicePath')?.text()
    const source = volumes.get(item.get('name')?.text() ?? '')?.source ?? ''
    return target === undefined ? [] : [[target, reader.set(item, { source, permissions: 'rwm' }, slot)] as const]
  })
  return { items: record(items), whole: reader.partial ? 'open' : true, slot }
}

const DEFAULT_SHM = 64 * 1024 * 1024

function readSharedMemory(reader: ContainerReader, mount: Setting<Mount> | undefined): Setting<number | null> {
  const slot = reader.slot('volumeMounts[/dev/shm]')
  if (mount?.is === 'set') return { is: 'set', value: mount.value.size ?? null, by: mount.by, slot }
  return reader.absent<number | null>(DEFAULT_SHM, slot, 'the engine’s default of 64 MiB')
}
