/** Services, Ingresses and routes of a target: which ports of which pods they open, and to whom. */
import type { KubernetesObjectFact } from '../../core/facts/kubernetes.ts'
import type { PortBinding } from '../../core/facts/workload.ts'
import { treeContext } from '../../formats/yaml/tree.ts'
import type { PodContainer } from './containers.ts'
import { Cursor } from './cursor.ts'
import { declaredPorts, type OuterBinding, protocolOf } from './network-settings.ts'

interface ServicePort {
  readonly cursor: Cursor
  readonly port: number | undefined
  readonly name: string | undefined
  /** Number or name. */
  readonly target: number | string | undefined
  readonly protocol: OuterBinding['protocol']
  readonly bindings: readonly PortBinding[]
}

interface Front {
  readonly namespace: string | undefined
  readonly name: string
  readonly selector: readonly (readonly [string, string])[]
  readonly ports: readonly ServicePort[]
}

/** Annotations by which clouds keep a load balancer inside the network. */
const INTERNAL = [
  ['service.beta.kubernetes.io/aws-load-balancer-internal', /^(true|0\.0\.0\.0\/0)$/],
  ['service.beta.kubernetes.io/aws-load-balancer-scheme', /^internal$/],
  ['service.beta.kubernetes.io/azure-load-balancer-internal', /^true$/],
  ['networking.gke.io/load-balancer-type', /^Internal$/],
  ['cloud.google.com/load-balancer-type', /^Internal$/],
  ['service.beta.kubernetes.io/oci-load-balancer-internal', /^true$/],
] as const

/** More Services than these for one label, or ports of one, are no cluster's. */
const MOST_FRONTS = 200
const MOST_PORTS = 200
const MOST_BINDINGS = 1000

/** Finds, for a container, what is in front of its ports. */
export class Fronts {
  /** By one of their selector's pairs, so that a pod asks few of them. */
  readonly #byPair = new Map<string, Front[]>()

  constructor(objects: readonly KubernetesObjectFact[]) {
    const backends = ingressBackends(objects)
    for (const object of objects) {
      if (object.objectKind !== 'Service' || object.apiVersion !== 'v1') continue
      const front = frontOf(object, backends)
      const first = front?.selector[0]
      if (front === undefined || first === undefined) continue
      const key = pairKey(first)
      const known = this.#byPair.get(key)
      if (known === undefined) this.#byPair.set(key, [front])
      else if (known.length < MOST_FRONTS) known.push(front)
    }
  }

  /** `pod`: all containers of the pod, which share its ports. */
  of(container: PodContainer, pod: readonly PodContainer[]): OuterBinding[] {
    if (container.part === 'init') return []
    const labels = labelsOf(container)
    const found: OuterBinding[] = []
    for (const [key, value] of labels) {
      for (const front of this.#byPair.get(pairKey([key, value])) ?? []) {
        if (!sameNamespace(front.namespace, container.object.namespace)) continue
        if (!front.selector.every(([name, wanted]) => labels.get(name) === wanted)) continue
        if (found.length > MOST_BINDINGS) return found.slice(0, MOST_BINDINGS)
        for (const port of front.ports) found.push(...bindingsOf(port, container, pod))
      }
    }
    return found
  }
}

function bindingsOf(port: ServicePort, container: PodContainer, pod: readonly PodContainer[]): OuterBinding[] {
  const target = port.target ?? port.port
  const owner = ownerOf(target, pod)
  if (owner?.container !== container) return []
  return port.bindings.map((binding) => ({ port: owner.port, protocol: port.protocol, binding }))
}

/** The container that declares the port; a port that none declares is the first one's. */
function ownerOf(
  target: number | string | undefined,
  pod: readonly PodContainer[],
): { container: PodContainer; port: number } | undefined {
  if (target === undefined) return undefined
  const running = pod.filter((one) => one.part !== 'init' && one.part !== 'ephemeral')
  for (const container of running) {
    const found = declaredPorts(container.cursor).find(({ port, name }) => port === target || name === target)
    if (found !== undefined) return { container, port: found.port }
  }
  const first = running[0]
  return first !== undefined && typeof target === 'number' ? { container: first, port: target } : undefined
}

/** Labels of the container's pod. */
function labelsOf(container: PodContainer): Map<string, string> {
  const entries = (container.template ?? container.root).get('metadata', 'labels')?.entries() ?? []
  return new Map(
    entries.flatMap(([key, value]) => (value.text() === undefined ? [] : [[key, value.text() ?? ''] as const])),
  )
}

function frontOf(object: KubernetesObjectFact, backends: Backends): Front | undefined {
  const root = rootOf(object)
  const spec = root.get('spec')
  const selector = (spec?.get('selector')?.entries() ?? []).flatMap(([key, value]) => {
    const text = value.text()
    return text === undefined ? [] : [[key, text] as const]
  })
  if (spec === undefined || selector.length === 0) return undefined
  const ports = (spec.get('ports')?.items() ?? []).slice(0, MOST_PORTS).map((cursor): ServicePort => {
    const targetCursor = cursor.get('targetPort')
    const port = cursor.get('port')?.number()
    const name = cursor.get('name')?.text()
    const ingress = backends.of(object, port, name)
    return {
      cursor,
      port,
      name,
      target: targetCursor?.number() ?? targetCursor?.text(),
      protocol: protocolOf(cursor.get('protocol')?.text()),
      bindings: [...ownBindings(spec, root, cursor, port), ...ingress],
    }
  })
  return { namespace: object.namespace, name: object.name, selector, ports }
}

function ownBindings(spec: Cursor, root: Cursor, port: Cursor, number: number | undefined): PortBinding[] {
  const type = spec.get('type')
  const bindings: PortBinding[] = []
  const at = (type ?? port).place
  const nodePort = port.get('nodePort')?.number() ?? null
  if (type?.text() === 'LoadBalancer' && !isInternal(root))
    bindings.push({ hostIp: '', hostPort: number ?? null, by: 'load-balancer', at })
  // A load balancer has node ports too, unless it says otherwise.
  const alsoNodes = isInternal(root) && spec.get('allocateLoadBalancerNodePorts')?.boolean() !== false
  if (type?.text() === 'NodePort' || (type?.text() === 'LoadBalancer' && alsoNodes))
    bindings.push({ hostIp: '', hostPort: nodePort, by: 'node-port', at })
  for (const address of spec.get('externalIPs')?.items() ?? []) {
    bindings.push({ hostIp: address.text() ?? '', hostPort: number ?? null, by: 'external-ip', at: address.place })
  }
  return bindings
}

function isInternal(root: Cursor): boolean {
  const annotations = root.get('metadata', 'annotations')
  return INTERNAL.some(([key, pattern]) => pattern.test(annotations?.child(key)?.text() ?? ''))
}

interface Backends {
  of(service: KubernetesObjectFact, port: number | undefined, portName: string | undefined): readonly PortBinding[]
}

interface Backend {
  readonly namespace: string | undefined
  readonly port: number | string | undefined
  readonly binding: PortBinding
}

function ingressBackends(objects: readonly KubernetesObjectFact[]): Backends {
  const byService = new Map<string, Backend[]>()
  const add = (object: KubernetesObjectFact, service: string | undefined, backend: Omit<Backend, 'namespace'>) => {
    if (service === undefined) return
    const known = byService.get(service) ?? []
    known.push({ ...backend, namespace: object.namespace })
    byService.set(service, known)
  }
  for (const object of objects) {
    const spec = rootOf(object).get('spec')
    if (spec === undefined) continue
    if (object.objectKind === 'Ingress') {
      const hostPort = spec.get('tls') === undefined ? 80 : 443
      for (const backend of ingressServices(spec)) {
        const named = backend.get('service', 'name') ?? backend.get('serviceName')
        const port =
          backend.get('service', 'port', 'number') ??
          backend.get('service', 'port', 'name') ??
          backend.get('servicePort')
        add(object, named?.text(), {
          port: port?.number() ?? port?.text(),
          binding: { hostIp: '', hostPort, by: 'ingress', at: (named ?? backend).place },
        })
      }
    }
    if (/^(HTTP|GRPC|TCP|TLS)Route$/.test(object.objectKind)) {
      for (const backend of (spec.get('rules')?.items() ?? []).flatMap(
        (rule) => rule.get('backendRefs')?.items() ?? [],
      )) {
        add(object, backend.get('name')?.text(), {
          port: backend.get('port')?.number(),
          binding: { hostIp: '', hostPort: null, by: 'ingress', at: backend.place },
        })
      }
    }
    if (object.objectKind === 'Route' && object.apiVersion.startsWith('route.openshift.io/')) {
      const to = spec.get('to', 'name')
      const port = spec.get('port', 'targetPort')
      if (to !== undefined)
        add(object, to.text(), {
          port: port?.number() ?? port?.text(),
          binding: { hostIp: '', hostPort: 443, by: 'ingress', at: to.place },
        })
    }
  }
  return {
    of: (service, port, portName) =>
      (byService.get(service.name) ?? [])
        .filter((backend) => sameNamespace(backend.namespace, service.namespace))
        .filter((backend) => backend.port === undefined || backend.port === port || backend.port === portName)
        .map((backend) => backend.binding),
  }
}

function ingressServices(spec: Cursor): Cursor[] {
  const rules = spec.get('rules')?.items() ?? []
  const backends = rules.flatMap((rule) =>
    (rule.get('http', 'paths')?.items() ?? []).flatMap((path) => path.get('backend') ?? []),
  )
  return [...backends, ...[spec.get('defaultBackend'), spec.get('backend')].flatMap((one) => one ?? [])]
}

/** One that is not given is decided where the manifest is applied: the same for both, as far as the files tell. */
function sameNamespace(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other
}

function pairKey(pair: readonly [string, string]): string {
  return `${pair[0]}\n${pair[1]}`
}

function rootOf(object: KubernetesObjectFact): Cursor {
  return new Cursor(object.tree, {
    context: treeContext(object.tree),
    path: object.path,
    key: '',
    steps: [],
    span: object.tree.span,
  })
}
