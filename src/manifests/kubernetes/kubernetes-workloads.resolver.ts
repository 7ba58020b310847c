/** Kubernetes objects of a target → one workload per container of their pods, and what its commands run. */
import { defineResolver, type ResolverEmit } from '../../core/analyzer.ts'
import type { View } from '../../core/fact.ts'
import type { KubernetesObjectFact } from '../../core/facts/kubernetes.ts'
import type { Settings } from '../../core/facts/workload.ts'
import { overImage } from '../compose/join.ts'
import { settingsOfImage } from '../dockerfile/effective-image.ts'
import { openSettings } from '../open-settings.ts'
import { containersOf, type PodContainer } from './containers.ts'
import { isBuiltIn } from './kinds.ts'
import { patchFiles } from './kustomize.ts'
import { readMounts } from './mount-settings.ts'
import { type OuterBinding, readNetwork } from './network-settings.ts'
import { type ConfigMap, dataOf, type FindConfigMap, readProcess } from './process-settings.ts'
import { rayServiceBindings, withRayStart } from './ray.ts'
import { ContainerReader } from './reader.ts'
import { readGpus, readLimits } from './resource-settings.ts'
import { scriptsOf } from './scripts.ts'
import { readSecurity } from './security-settings.ts'
import { readToken } from './service-account.ts'
import { Fronts } from './services.ts'

export default defineResolver({
  id: 'kubernetes-workloads',
  reads: ['kubernetes-object'],
  emits: ['workload', 'script'],
  resolve(view, emit) {
    const targets = new Set(view.all('kubernetes-object').map((object) => object.target))
    for (const target of targets) resolveTarget(target, view, emit)
  },
})

function resolveTarget(target: string, view: View, emit: ResolverEmit): void {
  const objects = view.in('kubernetes-object', target)
  const patches = patchFiles(objects)
  const fronts = new Fronts(objects)
  const maps = named(objects, 'ConfigMap')
  const accounts = named(objects, 'ServiceAccount')
  const read = new Map<KubernetesObjectFact, ConfigMap>()
  const configMapOf = (fact: KubernetesObjectFact | undefined): ConfigMap | undefined => {
    if (fact === undefined) return undefined
    const known = read.get(fact) ?? { fact, data: dataOf(fact) }
    read.set(fact, known)
    return known
  }
  for (const object of objects) {
    const containers = containersOf(object)
    const pods = Map.groupBy(containers, (container) => container.pod)
    for (const container of containers) {
      const partial = isPartial(container, patches)
      const reader = new ContainerReader(container, partial)
      const pod = pods.get(container.pod) ?? []
      const context: Context = {
        configMap: (name) => configMapOf(maps(name, object.namespace)),
        serviceAccount: (name) => accounts(name, object.namespace),
        outer: [...fronts.of(container, pod), ...rayServiceBindings(container, pod)],
      }
      write(reader, readSettings(reader, context), emit)
    }
  }
}

interface Context {
  readonly configMap: FindConfigMap
  readonly serviceAccount: (name: string) => KubernetesObjectFact | undefined
  readonly outer: readonly OuterBinding[]
}

function readSettings(reader: ContainerReader, context: Context): Settings {
  const process = withRayStart(reader, readProcess(reader, context.configMap))
  const { shm, ...mounts } = readMounts(reader)
  const own: Settings = {
    ...openSettings(),
    ...readSecurity(reader),
    ...process,
    ...mounts,
    ...readNetwork(reader, context.outer),
    limits: readLimits(reader, shm),
    gpus: readGpus(reader, process.env),
    serviceAccountToken: readToken(reader, context.serviceAccount),
  }
  if (reader.partial) return own
  const { image } = own
  if (image.is !== 'set') return overImage(own, image.is === 'unknown' ? image.why : 'its image is not known')
  return overImage(own, settingsOfImage(image.value, image.by.at ?? reader.container.cursor.place))
}

function write(reader: ContainerReader, settings: Settings, emit: ResolverEmit): void {
  const { container, partial } = reader
  const { object, cursor, name, part, subject } = container
  const owner = `${object.objectKind} "${object.name}"`
  const conditional = conditionOf(container, partial)
  const workload = emit.fact(
    {
      kind: 'workload',
      subject,
      path: object.path,
      span: cursor.head,
      confidence: partial ? 'medium' : object.confidence,
      phase: 'declared',
      dialect: 'kubernetes',
      name,
      label: `${PARTS[part]} "${name}" of ${owner}`,
      group: [object.objectKind, object.namespace ?? 'default', object.name, container.podName]
        .filter((one) => one !== '')
        .join('/'),
      part,
      ...(conditional === undefined ? {} : { conditional }),
      settings,
    },
    { target: object.target, ...(object.layer === undefined ? {} : { layer: object.layer }) },
  )
  for (const script of scriptsOf(cursor, settings, workload.id, subject)) emit.fact(script, { target: object.target })
}

const PARTS = {
  main: 'container',
  init: 'init container',
  sidecar: 'sidecar container',
  ephemeral: 'ephemeral container',
} as const

function conditionOf(container: PodContainer, partial: boolean): string | undefined {
  const { root, object } = container
  // Custom kinds may leave the image to their controller: that is no patch.
  if (partial && isBuiltIn(object.apiVersion)) return 'it is a patch, laid over an object elsewhere'
  if (root.get('spec', 'replicas')?.number() === 0 && object.objectKind !== 'Service') return 'replicas: 0'
  return root.get('spec', 'suspend')?.boolean() === true ? 'suspend: true' : undefined
}

/** A patch says only what it changes; a container without an image is completed by something else (a controller, a base). */
function isPartial(container: PodContainer, patches: ReadonlySet<string>): boolean {
  return patches.has(container.object.path) || container.cursor.get('image') === undefined
}

/** Finds an object of a kind by name, in the namespace or in none. */
function named(objects: readonly KubernetesObjectFact[], objectKind: string) {
  const byName = new Map<string, KubernetesObjectFact[]>()
  for (const object of objects) {
    if (object.objectKind !== objectKind) continue
    const known = byName.get(object.name)
    if (known === undefined) byName.set(object.name, [object])
    else known.push(object)
  }
  return (name: string, namespace: string | undefined): KubernetesObjectFact | undefined => {
    const found = byName
      .get(name)
      ?.filter((one) => one.namespace === undefined || namespace === undefined || one.namespace === namespace)
    // Several of one name (base and overlay) leave open which one it is.
    return found?.length === 1 ? found[0] : undefined
  }
}
