/** Where a container listens, and who can reach it. */
import type { Keyed, Port, PortBinding, Setting, Settings } from '../../core/facts/workload.ts'
import type { Cursor } from './cursor.ts'
import { type ContainerReader, record } from './reader.ts'

/** A binding that another object (a Service, an Ingress) gives to a container's port. */
export interface OuterBinding {
  readonly port: number
  readonly protocol: Port['protocol']
  readonly binding: PortBinding
}

/** A container port as it is declared. */
export interface DeclaredPort {
  readonly port: number
  readonly protocol: Port['protocol']
  readonly name: string | undefined
  readonly cursor: Cursor
}

export function declaredPorts(container: Cursor): DeclaredPort[] {
  return (container.get('ports')?.items() ?? []).flatMap((cursor) => {
    const port = cursor.get('containerPort')?.number()
    if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65535) return []
    return [{ port, protocol: protocolOf(cursor.get('protocol')?.text()), name: cursor.get('name')?.text(), cursor }]
  })
}

export function protocolOf(text: string | undefined): Port['protocol'] {
  const lower = (text ?? 'TCP').toLowerCase()
  return lower === 'udp' || lower === 'sctp' ? lower : 'tcp'
}

/** `containerPort` alone opens nothing: bindings come from hostPort, hostNetwork and the objects in front. */
export function readNetwork(
  reader: ContainerReader,
  outer: readonly OuterBinding[],
): Pick<Settings, 'ports' | 'exposed' | 'extraHosts'> {
  const declared = declaredPorts(reader.container.cursor)
  const onHost = reader.pod('hostNetwork')?.boolean() === true ? reader.pod('hostNetwork') : undefined
  const ports = new Map<string, { port: Port; from: Setting<Port> }>()
  const add = (port: number, protocol: Port['protocol'], binding: PortBinding, from: Cursor | undefined) => {
    const key = `${port}/${protocol}`
    const known = ports.get(key)
    const value: Port = { container: port, protocol, bindings: [...(known?.port.bindings ?? []), binding] }
    const slot = reader.slot(`ports[${key}]`)
    const by =
      from === undefined
        ? { who: 'pod' as const, ...(binding.at === undefined ? {} : { at: binding.at }) }
        : reader.origin(from)
    ports.set(key, { port: value, from: { is: 'set', value, by: known?.from.is === 'set' ? known.from.by : by, slot } })
  }
  for (const { port, protocol, cursor } of declared) {
    const hostPort = cursor.get('hostPort')?.number()
    const at = cursor.place
    const hostIp = cursor.get('hostIP')?.text() ?? ''
    if (onHost !== undefined)
      add(port, protocol, { hostIp, hostPort: hostPort ?? port, by: 'host-network', at: onHost.place }, cursor)
    else if (hostPort !== undefined && hostPort > 0)
      add(port, protocol, { hostIp, hostPort, by: 'host-port', at }, cursor)
  }
  for (const { port, protocol, binding } of outer) add(port, protocol, binding, undefined)
  const list = reader.own('ports')
  const exposed = declared.map(({ port, protocol }) => `${port}/${protocol}`)
  return {
    ports: {
      items: record([...ports].map(([key, { from }]) => [key, from])),
      ...wholePorts(reader, onHost),
      slot: reader.slot('ports'),
    },
    exposed: list === undefined ? { is: 'open' } : reader.set(list, exposed, reader.slot('ports')),
    extraHosts: readHostAliases(reader),
  }
}

/** On the node's own network every port that the process opens is the node's, declared or not. */
function wholePorts(reader: ContainerReader, onHost: Cursor | undefined): Pick<Keyed<Port>, 'whole' | 'why'> {
  if (onHost !== undefined)
    return { whole: false, why: 'on the host’s network it may listen on ports that it does not declare' }
  return { whole: reader.partial ? 'open' : true }
}

function readHostAliases(reader: ContainerReader): Settings['extraHosts'] {
  const slot = reader.podSlot('hostAliases')
  const aliases = reader.pod('hostAliases')
  if (aliases === undefined) return reader.absent([], slot)
  const hosts = aliases.items().flatMap((item) => {
    const ip = item.get('ip')?.text() ?? ''
    return (item.get('hostnames')?.texts() ?? []).map((name) => `${name}:${ip}`)
  })
  return reader.set(aliases, hosts, slot)
}
