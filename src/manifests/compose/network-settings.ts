/** Who can reach a service: published and exposed ports, networks, extra hosts. */
import type { Keyed, Port, PortBinding, Setting, Settings } from '../../core/facts/workload.ts'
import { namesToMapping } from './merge.ts'
import { type PortReading, readLongPort, readShortPort } from './ports.ts'
import { hasHole, record, type ServiceReader } from './reader.ts'
import {
  asBoolean,
  asMarked,
  asText,
  get,
  isNull,
  listOf,
  present,
  scalarsOf,
  unknownWhy,
  type Value,
} from './value.ts'

const HOST_BINDING = 'com.docker.network.bridge.host_binding_ipv4'

const MAX_BINDINGS = 5000

interface Found {
  readonly container: number
  readonly protocol: Port['protocol']
  readonly bindings: { readonly binding: PortBinding; readonly from: Value }[]
  /** Addresses and ports of the bindings: an entry that says the same again adds nothing. */
  readonly seen: Set<string>
  unclear?: { readonly from: Value; readonly why: string }
}

/** A port stands once, with all its bindings; its origin is the binding that is open to most. */
export function readPorts(reader: ServiceReader): Keyed<Port> {
  const found = new Map<string, Found>()
  const defaultIp = defaultHostIp(reader)
  let why: string | undefined
  let count = 0
  for (const value of listOf(reader.value('ports'))) {
    if (count > MAX_BINDINGS) {
      why ??= `more than ${MAX_BINDINGS} ports are published`
      break
    }
    const reading = readPort(value)
    if (reading === undefined || !reading.ok) {
      why ??= reading === undefined ? 'Compose refuses a port' : reading.why
      continue
    }
    count += reading.ports.length
    for (const port of reading.ports) {
      const key = `${port.container}/${port.protocol}`
      const { container, protocol } = port
      const entry: Found = found.get(key) ?? { container, protocol, bindings: [], seen: new Set() }
      found.set(key, entry)
      if (port.hostIp === null) {
        entry.unclear ??= { from: value, why: firstWhy(value) ?? 'a variable decides about the address' }
        continue
      }
      const hostIp = port.hostIp === '' ? defaultIp : port.hostIp
      const same = `${hostIp === '0.0.0.0' ? '' : hostIp} ${port.hostPort}`
      if (port.hostPort !== null && entry.seen.has(same)) continue
      entry.seen.add(same)
      const at = reader.place(value, `ports[${key}]`)
      entry.bindings.push({ binding: { hostIp, hostPort: port.hostPort, by: 'publish', at }, from: value })
    }
  }
  const items = [...found].map(([key, entry]) => [key, portSetting(reader, key, entry)] as const)
  return { items: record(items), ...reader.whole(why === undefined, why), slot: reader.slot('ports') }
}

function portSetting(reader: ServiceReader, key: string, entry: Found): Setting<Port> {
  const widest = entry.bindings.find(({ binding }) => !isLoopback(binding.hostIp)) ?? entry.bindings[0]
  const address = `ports[${key}]`
  // What a variable decides can only add to a binding that is open anyway.
  const decided = widest !== undefined && (entry.unclear === undefined || !isLoopback(widest.binding.hostIp))
  if (!decided) return reader.unknown(entry.unclear?.why ?? 'no binding', entry.unclear?.from, address)
  const port: Port = {
    container: entry.container,
    protocol: entry.protocol,
    bindings: entry.bindings.map(({ binding }) => binding),
  }
  return reader.set(widest.from, port, 'ports', address)
}

function readPort(value: Value): PortReading | undefined {
  if (value.kind === 'map') return readLongPort(value)
  const text = asMarked(value)
  return text === undefined ? undefined : readShortPort(text)
}

function firstWhy(value: Value): string | undefined {
  if (value.kind === 'scalar') return unknownWhy(value)
  const host = present(value, 'host_ip')
  return host === undefined ? undefined : unknownWhy(host)
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1'
}

/** A network option may move the address of ports that name none; with several networks it can't be told which counts. */
function defaultHostIp(reader: ServiceReader): string {
  const networks = networkNames(reader)
  const only = networks.length === 1 ? networks[0] : undefined
  return only === undefined
    ? ''
    : (asText(present(reader.input.model, 'networks', only, 'driver_opts', HOST_BINDING)) ?? '')
}

export function networkNames(reader: ServiceReader): string[] {
  if (reader.value('network_mode') !== undefined) return []
  const networks = reader.value('networks')
  const names =
    networks === undefined ? [] : [...namesToMapping(networks).entries.keys()].filter((name) => !hasHole(name))
  return names.length === 0 ? ['default'] : names
}

export function readNetworks(reader: ServiceReader): Settings['networks'] {
  const value = reader.value('networks')
  const own = value === undefined ? undefined : namesToMapping(value)
  const items: [string, Setting<{ aliases: readonly string[]; internal: boolean | null }>][] = []
  for (const name of networkNames(reader)) {
    const entry = own?.entries.get(name)?.value
    const aliases =
      entry === undefined || isNull(entry) ? [] : scalarsOf(get(entry, 'aliases')).map((alias) => asText(alias) ?? '')
    const network = { aliases, internal: isInternal(reader, name) }
    items.push([
      name,
      entry === undefined
        ? reader.absent('networks', network, 'Compose’s default network')
        : reader.set(entry, network, 'networks', `networks[${name}]`),
    ])
  }
  const unclear =
    value === undefined ? undefined : listOf(value).find((item) => item.kind === 'scalar' && item.unset.length > 0)
  const why = unclear === undefined ? undefined : unknownWhy(unclear)
  return { items: record(items), ...reader.whole(why === undefined, why), slot: reader.slot('networks') }
}

/** null: an external network, or a variable decides. */
function isInternal(reader: ServiceReader, name: string): boolean | null {
  const network = present(reader.input.model, 'networks', name)
  const external = present(network, 'external')
  if (external !== undefined && asBoolean(external) !== false) return null
  const internal = present(network, 'internal')
  return internal === undefined ? false : (asBoolean(internal) ?? null)
}

/** `expose` only informs; `open` where the image alone says it. */
export function readExposed(reader: ServiceReader): Setting<readonly string[]> {
  return reader.texts('expose', () => reader.fromImage('expose'))
}

export function readExtraHosts(reader: ServiceReader): Setting<readonly string[]> {
  const value = reader.value('extra_hosts')
  if (value?.kind !== 'map') return reader.texts('extra_hosts', () => reader.absent('extra_hosts', []))
  const hosts: string[] = []
  for (const [name, entry] of value.entries) {
    for (const address of scalarsOf(entry.value)) {
      const why = unknownWhy(address)
      if (why !== undefined) return reader.unknown(why, address, 'extra_hosts')
      hosts.push(`${name}=${asText(address) ?? ''}`)
    }
  }
  return reader.set(value, hosts, 'extra_hosts')
}
