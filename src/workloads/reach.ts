/** Who can reach a workload's ports: everybody, the host alone, or nobody outside its own network. */
import type { Port, PortBinding, WorkloadFact } from '../core/facts/workload.ts'
import type { Place } from '../core/place.ts'
import { known } from '../core/setting.ts'
import { flagOf, programsOf } from './programs.ts'

/** A port that others than the host reach. */
export interface OpenPort {
  /** As in the settings: `8888/tcp`. */
  readonly key: string
  readonly port: Port
  /** Those of its bindings that are open. */
  readonly bindings: readonly PortBinding[]
  readonly at: Place | undefined
}

/**
 * Ports that somebody outside the host reaches: published on an address that is not the loopback, or shown by a
 * Service, an Ingress or a host port. What is not known is not among them.
 */
export function openPorts(workload: WorkloadFact): OpenPort[] {
  if (onInternalNetworksOnly(workload)) return []
  return Object.entries(workload.settings.ports.items).flatMap(([key, setting]): OpenPort[] => {
    const port = known(setting)
    if (port === undefined || port.protocol === 'sctp') return []
    const bindings = port.bindings.filter(({ hostIp }) => !isHostOnly(hostIp))
    const at = bindings[0]?.at ?? ('by' in setting ? setting.by?.at : undefined)
    return bindings.length === 0 ? [] : [{ key, port, bindings, at }]
  })
}

/** Docker publishes nothing for a container whose networks are all internal. */
function onInternalNetworksOnly({ settings: { networks } }: WorkloadFact): boolean {
  const joined = Object.values(networks.items).map(known)
  return networks.whole === true && joined.length > 0 && joined.every((network) => network?.internal === true)
}

/** Loopback, and the address of Docker's own bridge, which containers and the host reach. */
function isHostOnly(ip: string): boolean {
  return /^(?:127\.|172\.17\.0\.1$)/.test(ip) || ip === '::1' || ip === 'localhost'
}

/** True where every address of the host answers, not one that somebody chose. */
export function isEveryInterface({ hostIp }: PortBinding): boolean {
  return hostIp === '' || hostIp === '0.0.0.0' || hostIp === '::'
}

const ADDRESS_FLAGS = [
  '--host',
  '--hostname',
  '--ip',
  '--bind',
  '--bind-addr',
  '--address',
  '--listen-address',
  '--listen',
  '--server_name',
  '--server-name',
  '--ServerApp.ip',
  '--NotebookApp.ip',
  '--server.address',
  '--dashboard-host',
] as const

/** True where its own command binds to the loopback address: nothing that is published reaches it then. */
export function listensOnLoopback(workload: WorkloadFact): boolean {
  return programsOf(workload).some(({ words }) =>
    /^(?:127\.\d|localhost(?::|$)|::1$|\[::1\])/.test(flagOf(words, ADDRESS_FLAGS)?.value ?? ''),
  )
}

/** In words, for one port: `publishes … on every interface`. */
export function howOpen(bindings: readonly PortBinding[]): string {
  const first = bindings[0]
  const addresses = [...new Set(bindings.map(({ hostIp }) => hostIp))]
  switch (first?.by) {
    case 'load-balancer':
      return 'through a load balancer'
    case 'node-port':
      return 'on a port of every node'
    case 'ingress':
      return 'through an Ingress'
    case 'external-ip':
      return 'on an external address'
    case 'host-port':
      return 'on a port of its node'
    case 'host-network':
      return 'on the host’s own network'
    default:
      return bindings.some(isEveryInterface) ? 'on every interface' : `on ${addresses.join(', ')}`
  }
}
