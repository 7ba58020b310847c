/** What a service sees of its host's files and devices: volumes, tmpfs, secrets, configs, devices, GPUs. */
import type { GpuRequest, Keyed, Mount, Setting, Settings } from '../../core/facts/workload.ts'
import { isCdiName, readLongDevice, readShortDevice } from './devices.ts'
import { HOLE } from './interpolate.ts'
import { toMapping } from './merge.ts'
import { record, ServiceReader } from './reader.ts'
import { asMarked, asNumber, asText, get, listOf, present, scalarsOf, unknownWhy, type Value } from './value.ts'
import { hostPath, type MountReading, readLongVolume, readShortVolume, readTmpfs } from './volumes.ts'

type Items<T> = Map<string, Setting<T>>

export function readMounts(reader: ServiceReader): Keyed<Mount> {
  const items: Items<Mount> = new Map()
  const why = collectMounts(reader, items, new Set([reader.input.name]))
  return { items: record(items), ...reader.whole(why === undefined, why), slot: reader.slot('volumes') }
}

/** Gives back why some may be missing. */
function collectMounts(reader: ServiceReader, items: Items<Mount>, open: Set<string>): string | undefined {
  let why: string | undefined = readMountsFrom(reader, items, open)
  for (const value of listOf(reader.value('volumes'))) {
    why = addMount(reader, items, 'volumes', value, readVolume(value)) ?? why
  }
  for (const value of scalarsOf(reader.value('tmpfs'))) {
    const text = asMarked(value)
    if (text !== undefined) why = addMount(reader, items, 'tmpfs', value, readTmpfs(text)) ?? why
  }
  return why
}

function readVolume(value: Value): MountReading | undefined {
  if (value.kind === 'map') return readLongVolume(value)
  const text = asMarked(value)
  return text === undefined ? undefined : readShortVolume(withHome(text, value), value.home)
}

/** `${HOME}/.ssh` is `~/.ssh`: Compose takes both from the user who runs it. */
function withHome(marked: string, value: Value): string {
  const isHome = value.kind === 'scalar' && value.unset[0] === 'HOME' && marked.startsWith(HOLE)
  return isHome ? `~${marked.slice(HOLE.length)}` : marked
}

function addMount(
  reader: ServiceReader,
  items: Items<Mount>,
  list: string,
  value: Value,
  reading: MountReading | undefined,
): string | undefined {
  if (reading === undefined) return unresolvedEntry(value, list)
  const target = reading.target.length > 1 ? reading.target.replace(/\/{1,8}$/, '') || '/' : reading.target
  const key = `${list}[${target}]`
  items.set(
    target,
    reading.mount === undefined
      ? reader.unknown(firstUnknown(value) ?? 'a variable decides about the source', value, key)
      : reader.set(value, reading.mount, list, key),
  )
  return undefined
}

function unresolvedEntry(value: Value, list: string): string {
  return firstUnknown(value) ?? `Compose refuses an entry of ${list}`
}

/** Why the first unknown scalar in a value is unknown. */
function firstUnknown(value: Value): string | undefined {
  if (value.kind === 'scalar') return unknownWhy(value)
  const parts = value.kind === 'list' ? value.items : [...value.entries.values()].map((entry) => entry.value)
  for (const part of parts) {
    const why = firstUnknown(part)
    if (why !== undefined) return why
  }
  return undefined
}

/** `volumes_from: [SERVICE[:ro]]`: that service's mounts; what another container brings is unknown. */
function readMountsFrom(reader: ServiceReader, items: Items<Mount>, open: Set<string>): string | undefined {
  let why: string | undefined
  for (const value of scalarsOf(reader.value('volumes_from'))) {
    const [first = '', second, third] = (asMarked(value) ?? '').split(':')
    const name = first === 'container' ? undefined : first
    const service = name === undefined ? undefined : get(reader.input.model, 'services', name)
    // Its mounts are there already (or it is the one that asks).
    if (name !== undefined && open.has(name)) continue
    if (name === undefined || service?.kind !== 'map') {
      why ??= `the mounts that volumes_from brings ("${first.replaceAll(HOLE, '…')}${name === undefined ? `:${second ?? ''}` : ''}") are not known`
      continue
    }
    const readOnly = (name === undefined ? third : second) === 'ro'
    const theirs: Items<Mount> = new Map()
    const other = new ServiceReader({ ...reader.input, name, service })
    open.add(name)
    why ??= collectMounts(other, theirs, open)
    for (const [target, setting] of theirs) {
      if (setting.is !== 'set') items.set(target, setting)
      else {
        const mount = { ...setting.value, readOnly: readOnly || setting.value.readOnly }
        items.set(target, reader.set(value, mount, 'volumes_from', `volumes_from[${name}]`))
      }
    }
  }
  return why
}

/** `secrets` or `configs` of a service; the source is the host's file where the project names one. */
export function readFileMounts(reader: ServiceReader, key: 'secrets' | 'configs'): Keyed<Mount> {
  const folder = key === 'secrets' ? '/run/secrets/' : '/'
  const kind = key === 'secrets' ? 'secret' : 'config'
  const items: Items<Mount> = new Map()
  let why: string | undefined
  for (const value of listOf(reader.value(key))) {
    const name = asMarked(value.kind === 'map' ? present(value, 'source') : value)
    const given = asMarked(value.kind === 'map' ? present(value, 'target') : undefined)
    if (name === undefined || name.includes(HOLE) || given?.includes(HOLE)) {
      why ??= unresolvedEntry(value, key)
      continue
    }
    const target = given === undefined ? folder + name : given.startsWith('/') ? given : folder + given
    const file = get(reader.input.model, key, name, 'file')
    const path = asMarked(file)
    const source = path === undefined || path.includes(HOLE) ? null : hostPath(path, file?.home ?? '')
    items.set(target, reader.set(value, { kind, source, readOnly: true }, key, `${key}[${name}]`))
  }
  return { items: record(items), ...reader.whole(why === undefined, why), slot: reader.slot(key) }
}

export function readDevices(reader: ServiceReader): Settings['devices'] {
  const items: Items<{ readonly source: string; readonly permissions: string }> = new Map()
  let why: string | undefined
  for (const value of listOf(reader.value('devices'))) {
    const text = asMarked(value)
    const reading =
      value.kind === 'map' ? readLongDevice(value) : text === undefined ? undefined : readShortDevice(text)
    if (reading === undefined) {
      why ??= unresolvedEntry(value, 'devices')
      continue
    }
    const key = `devices[${reading.target}]`
    items.set(
      reading.target,
      reading.device === undefined
        ? reader.unknown(firstUnknown(value) ?? 'a variable decides about the device', value, key)
        : reader.set(value, reading.device, 'devices', key),
    )
  }
  return { items: record(items), ...reader.whole(why === undefined, why), slot: reader.slot('devices') }
}

/**
 * GPUs by `gpus`, by reserved devices, by a CDI name, or by `runtime: nvidia` (there the variable
 * NVIDIA_VISIBLE_DEVICES decides; CUDA images say "all"). Without a count and ids: all of them.
 */
export function readGpus(reader: ServiceReader): Setting<readonly GpuRequest[]> {
  const requests: GpuRequest[] = []
  const sources: Value[] = []
  const add = (value: Value, request: GpuRequest) => {
    requests.push(request)
    sources.push(value)
  }
  const gpus = reader.value('gpus')
  const why = gpus === undefined ? undefined : firstUnknown(gpus)
  if (why !== undefined) return reader.unknown(why, gpus, 'gpus')
  if (gpus?.kind === 'scalar') {
    const count = asNumber(gpus)
    add(gpus, {
      driver: '',
      count: count === undefined || count < 0 ? null : count,
      ids: [],
      at: reader.place(gpus, 'gpus'),
    })
  }
  for (const [index, item] of (gpus?.kind === 'list' ? gpus.items : []).entries()) {
    add(item, readRequest(reader, item, `gpus[${index}]`))
  }
  const reserved = 'deploy.resources.reservations.devices'
  for (const [index, item] of listOf(reader.value(...reserved.split('.'))).entries()) {
    const capabilities = scalarsOf(get(item, 'capabilities')).map((one) => asText(one) ?? '')
    const driver = asText(present(item, 'driver')) ?? ''
    if (capabilities.includes('gpu') || driver === 'nvidia')
      add(item, readRequest(reader, item, `${reserved}[${index}]`))
  }
  for (const item of scalarsOf(reader.value('devices'))) {
    const text = asMarked(item) ?? ''
    if (!isCdiName(text) || !/gpu/i.test(text)) continue
    const [driver = '', name = ''] = text.split('=')
    add(item, { driver, count: null, ids: name === 'all' ? [] : [name], at: reader.place(item, `devices[${text}]`) })
  }
  const runtime = reader.value('runtime')
  if (runtime !== undefined && asText(runtime) === 'nvidia' && requests.length === 0) {
    const visible = runtimeRequest(reader, runtime)
    if (visible !== undefined) add(runtime, visible)
  }
  const first = sources[0]
  if (first === undefined) return reader.absent('gpus', [])
  return reader.set(first, requests, 'gpus', requests[0]?.at?.key?.slice(reader.address('').length))
}

function readRequest(reader: ServiceReader, item: Value, key: string): GpuRequest {
  const count = present(item, 'count')
  const ids = scalarsOf(get(item, 'device_ids')).map((one) => asText(one) ?? '')
  const number = asNumber(count)
  const at = reader.place(count ?? item, key)
  return {
    driver: asText(present(item, 'driver')) ?? '',
    count: ids.length > 0 ? ids.length : number === undefined || number < 0 ? null : number,
    ids,
    at,
  }
}

function runtimeRequest(reader: ServiceReader, runtime: Value): GpuRequest | undefined {
  const environment = reader.value('environment')
  const visible =
    environment === undefined ? undefined : toMapping(environment).entries.get('NVIDIA_VISIBLE_DEVICES')?.value
  const text = asText(visible)
  if (text === 'none' || text === 'void' || text === '') return undefined
  const ids = text === undefined || text === 'all' ? [] : text.split(',')
  return { driver: 'nvidia', count: ids.length === 0 ? null : ids.length, ids, at: reader.place(runtime, 'runtime') }
}
