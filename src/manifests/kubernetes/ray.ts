/** What KubeRay makes of a Ray group: the `ray start` command of its first container, and the head's service. */
import type { CommandWord, PortBinding } from '../../core/facts/workload.ts'
import type { PodContainer } from './containers.ts'
import type { Cursor } from './cursor.ts'
import { declaredPorts, type OuterBinding } from './network-settings.ts'
import type { Process } from './process-settings.ts'
import type { ContainerReader } from './reader.ts'

/** Ports of a head that declares none: GCS, dashboard, client. */
const HEAD_PORTS = [6379, 8265, 10001]

interface Group {
  readonly group: Cursor
  readonly isHead: boolean
  /** The cluster's spec, which holds the group. */
  readonly cluster: Cursor | undefined
}

/** The group (`headGroupSpec`, an item of `workerGroupSpecs`) that the container's pod belongs to. */
function groupOf(container: PodContainer): Group | undefined {
  const { pod, root, object } = container
  if (!/^Ray(Cluster|Job|Service|CronJob)$/.test(object.objectKind)) return undefined
  const steps = pod.steps.slice(0, -2)
  const isHead = steps.at(-1) === 'headGroupSpec'
  if (!isHead && steps.at(-2) !== 'workerGroupSpecs') return undefined
  const group = root.get(...steps)
  const cluster = root.get(...steps.slice(0, isHead ? -1 : -2))
  return group === undefined ? undefined : { group, isHead, cluster }
}

function isFirst(container: PodContainer): boolean {
  return container.part === 'main' && container.cursor.steps.at(-1) === '0'
}

/** KubeRay runs `ray start` with the group's parameters, unless a container's command is told to replace it. */
export function withRayStart(reader: ContainerReader, plain: Process): Process {
  const { container } = reader
  const found = groupOf(container)
  const process = withRayAuthentication(reader, found?.cluster?.get('authOptions', 'mode'), plain)
  const parameters = found?.group.get('rayStartParams')
  if (found === undefined || parameters === undefined || !isFirst(container) || process.entrypoint.is !== 'open')
    return process
  const words: CommandWord[] = ['ray', 'start', ...(found.isHead ? ['--head'] : [])].map((value) => ({
    value,
    at: parameters.place,
  }))
  for (const [name, value] of parameters.entries())
    words.push({ value: `--${name}=${value.text() ?? ''}`, at: value.place })
  return {
    ...process,
    entrypoint: reader.set<readonly CommandWord[] | null>(parameters, words, reader.slot('command')),
  }
}

/** `authOptions.mode: token` becomes RAY_AUTH_MODE in every container of the cluster, unless it sets that itself. */
function withRayAuthentication(reader: ContainerReader, mode: Cursor | undefined, process: Process): Process {
  const value = mode?.text()
  if (mode === undefined || value === undefined || process.env.items.RAY_AUTH_MODE !== undefined) return process
  const slot = reader.slot('env')
  const RAY_AUTH_MODE = { is: 'set', value, by: reader.origin(mode), slot } as const
  return { ...process, env: { ...process.env, items: { ...process.env.items, RAY_AUTH_MODE } } }
}

/** The head's Service is of the type that the group (or `headService`) names. */
export function rayServiceBindings(container: PodContainer, pod: readonly PodContainer[]): OuterBinding[] {
  const found = groupOf(container)
  if (found?.isHead !== true || !isFirst(container) || pod[0] !== container) return []
  const type = found.group.get('headService', 'spec', 'type') ?? found.group.get('serviceType')
  const text = type?.text()
  if (type === undefined || (text !== 'LoadBalancer' && text !== 'NodePort')) return []
  const declared = declaredPorts(container.cursor).map(({ port }) => port)
  return (declared.length > 0 ? declared : HEAD_PORTS).map((port) => {
    const binding: PortBinding =
      text === 'LoadBalancer'
        ? { hostIp: '', hostPort: port, by: 'load-balancer', at: type.place }
        : { hostIp: '', hostPort: null, by: 'node-port', at: type.place }
    return { port, protocol: 'tcp', binding }
  })
}
