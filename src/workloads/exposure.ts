/**
 * What is wrong with who reaches a workload: one answer per workload, so that one open port is one finding, whichever
 * of the rules about exposure tells it.
 */
import type { View } from '../core/fact.ts'
import type { Role, RoleFact } from '../core/facts/role.ts'
import type { WorkloadFact } from '../core/facts/workload.ts'
import type { FixDraft, FixStep, SettingChange } from '../core/fix.ts'
import type { Place } from '../core/place.ts'
import { known, placeOf } from '../core/setting.ts'
import { howOpen, isEveryInterface, listensOnLoopback, type OpenPort, openPorts } from './reach.ts'

export type Exposure =
  | ({
      readonly is: 'unauthenticated' | 'notebook-token-off' | 'notebook' | 'data-store'
      readonly role: RoleFact
    } & Reached)
  | ({ readonly is: 'port'; readonly role: RoleFact | undefined } & Reached)

interface Reached {
  /** The open ports that it is about; empty on the host's network, where no port is published. */
  readonly ports: readonly OpenPort[]
  /** The first open port, or the switch that shares the host's network. */
  readonly at: Place | undefined
  /** `on every interface`. */
  readonly how: string
}

const DATA_STORES: ReadonlySet<Role> = new Set(['database', 'cache', 'queue', 'object-store', 'vector-database'])
const WORST = ['run-code', 'change', 'use', 'read'] as const

/** Undefined where nothing outside the host reaches it, or nothing says so. */
export function exposureOf(workload: WorkloadFact, view: View): Exposure | undefined {
  if (workload.part === 'init' || workload.part === 'ephemeral' || listensOnLoopback(workload)) return undefined
  const open = openPorts(workload)
  const roles = roleFactsOf(workload, view).flatMap((role) => {
    const reached = reachedOf(role, open, workload)
    return reached === undefined ? [] : [{ role, reached }]
  })
  const off = roles
    .filter(({ role }) => role.authentication === 'off')
    .sort((one, other) => worst(one.role) - worst(other.role))[0]
  if (off !== undefined) {
    const isSwitched = off.role.role === 'notebook' && off.role.authenticationAt !== undefined
    return { is: isSwitched ? 'notebook-token-off' : 'unauthenticated', role: off.role, ...off.reached }
  }
  const notebook = roles.find(({ role }) => role.role === 'notebook')
  if (notebook !== undefined) return { is: 'notebook', role: notebook.role, ...notebook.reached }
  const store = roles.find(({ role }) => DATA_STORES.has(role.role))
  if (store !== undefined) return { is: 'data-store', role: store.role, ...store.reached }
  const everywhere = open.filter(({ bindings }) =>
    bindings.some((one) => one.by === 'publish' && isEveryInterface(one)),
  )
  if (everywhere.length === 0) return undefined
  return { is: 'port', role: roleFactsOf(workload, view)[0], ...reachedBy(everywhere) }
}

export function roleFactsOf(workload: WorkloadFact, view: View): RoleFact[] {
  return view.at('role', workload.target, workload.path).filter((role) => role.workload === workload.id)
}

function reachedOf(role: RoleFact, open: readonly OpenPort[], workload: WorkloadFact): Reached | undefined {
  const served = open.filter(({ port }) => port.protocol === 'tcp' && role.ports.includes(port.container))
  if (served.length > 0) return reachedBy(served)
  const { network } = workload.settings.namespaces
  // On the host's network every port that the process opens is the host's.
  if (known(network)?.mode !== 'host') return undefined
  return { ports: [], at: placeOf(network), how: 'on the host’s own network' }
}

function reachedBy(ports: readonly OpenPort[]): Reached {
  return { ports, at: ports[0]?.at, how: howOpen(ports.flatMap(({ bindings }) => bindings)) }
}

function worst({ callerCan }: RoleFact): number {
  return callerCan === undefined ? WORST.length : WORST.indexOf(callerCan)
}

/** `port 8000`, `ports 8080 (8000 inside) and 9090`. */
export function portsInWords(ports: readonly OpenPort[]): string {
  const texts = ports.map(({ port, bindings }) => {
    const outer = bindings.find(({ hostPort }) => hostPort !== null)?.hostPort
    return outer === undefined || outer === null || outer === port.container
      ? `${port.container}`
      : `${outer} (${port.container} inside)`
  })
  if (texts.length === 1) return `port ${texts[0]}`
  if (texts.length <= 5) return `ports ${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
  return `${texts.length} ports, ${texts.slice(0, 4).join(', ')} and more`
}

/** All of a project's ports are bound by one fix. */
export function loopbackFix(workload: WorkloadFact, exposure: Exposure): FixDraft {
  const open = openPorts(workload)
  const changes = open
    .filter(({ bindings }) => bindings.every(({ by }) => by === 'publish' || by === 'host-port'))
    .map(({ key }): SettingChange => ({ set: `ports[${key}].hostIp`, value: '127.0.0.1' }))
  const steps: FixStep[] =
    changes.length === 0 ? [] : [{ do: 'set', target: workload.target, workload: workload.id, changes }]
  if (changes.length === 0) steps.push({ do: 'manual', text: byHand(workload, exposure) })
  return {
    title: changes.length === 0 ? `Keep ${workload.label} inside its network` : 'Bind published ports to 127.0.0.1',
    safety: 'review',
    breaks: 'clients on other machines, which then need an authenticating proxy or an SSH tunnel',
    group: changes.length === 0 ? `inside ${workload.subject}` : `loopback ${workload.path}`,
    steps,
  }
}

function byHand({ label }: WorkloadFact, { how, ports }: Exposure): string {
  if (ports.length === 0)
    return `Take ${label} off the host’s network and publish what is needed on 127.0.0.1 only, or have it listen there.`
  return `${label} is reached ${how}: make its Service a ClusterIP, and put a proxy that asks for a login in front.`
}
