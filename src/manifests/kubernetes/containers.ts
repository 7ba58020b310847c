/** The containers of an object's pods, each with what it is called and where it stands. */
import type { KubernetesObjectFact } from '../../core/facts/kubernetes.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import { treeContext } from '../../formats/yaml/tree.ts'
import { Cursor } from './cursor.ts'
import { kindShape } from './kinds.ts'

export interface PodContainer {
  readonly object: KubernetesObjectFact
  readonly name: string
  readonly part: WorkloadFact['part']
  readonly cursor: Cursor
  /** The whole object. */
  readonly root: Cursor
  readonly pod: Cursor
  /** The mapping that holds the pod spec as its `spec`, with the pod's own metadata; the object for bare pods. */
  readonly template: Cursor | undefined
  /** What tells this pod from the object's others: `head`, `workers`; empty for a single one. */
  readonly podName: string
  /** Unique in the file: `k8s.yaml#Deployment/ml/api/app`. */
  readonly subject: string
  /** How many containers share the pod. */
  readonly siblings: number
}

const MOST_CONTAINERS = 500

export function containersOf(object: KubernetesObjectFact): PodContainer[] {
  const context = treeContext(object.tree)
  const root = new Cursor(object.tree, { context, path: object.path, key: '', steps: [], span: object.tree.span })
  const podSpecs = object.podSpecs ?? []
  const singles = kindShape(object.objectKind, object.apiVersion)?.singles ?? []
  const containers: PodContainer[] = []
  const seen = new Set<string>()
  for (const steps of podSpecs) {
    const pod = root.get(...steps)
    if (pod === undefined) continue
    const template = steps.at(-1) === 'spec' || steps.length === 0 ? root.get(...steps.slice(0, -1)) : undefined
    const podName = podSpecs.length === 1 ? '' : nameOfPod(root, steps)
    const found = inPod(pod, singles).slice(0, MOST_CONTAINERS - containers.length)
    for (const { cursor, part, fallback } of found) {
      const name = cursor.get('name')?.text() ?? fallback
      const subject = subjectOf(object, podName, name, seen)
      containers.push({ object, name, part, cursor, root, pod, template, podName, subject, siblings: found.length })
    }
  }
  return containers
}

interface Found {
  readonly cursor: Cursor
  readonly part: WorkloadFact['part']
  /** Its name where it gives none. */
  readonly fallback: string
}

function inPod(pod: Cursor, singles: readonly string[]): Found[] {
  const list = (key: readonly string[], part: WorkloadFact['part']): Found[] =>
    (pod.get(...key)?.items() ?? [])
      .filter((cursor) => cursor.node.type === 'map')
      .map((cursor, index) => ({ cursor, part, fallback: `${key.at(-1)}[${index}]` }))
  const init = list(['initContainers'], 'init').map((found) => ({
    ...found,
    // An init container that restarts is a sidecar (KEP-753).
    part: found.cursor.get('restartPolicy')?.text() === 'Always' ? ('sidecar' as const) : found.part,
  }))
  const alone = singles.flatMap((key) => {
    const cursor = pod.child(key)
    return cursor?.node.type === 'map'
      ? [{ cursor, part: 'main' as const, fallback: key === 'model' ? 'kserve-container' : key }]
      : []
  })
  return [
    ...list(['containers'], 'main'),
    ...alone,
    ...list(['containerSet', 'containers'], 'main'),
    ...list(['steps'], 'main').filter((found) => found.cursor.get('image') !== undefined),
    ...init,
    ...list(['sidecars'], 'sidecar'),
    ...list(['ephemeralContainers'], 'ephemeral'),
  ]
}

function subjectOf(object: KubernetesObjectFact, podName: string, container: string, seen: Set<string>): string {
  const owner = [object.objectKind, object.namespace, object.name].filter((part) => part !== undefined && part !== '')
  const plain = `${object.path}#${[...owner, container].join('/')}`
  const full = podName === '' ? plain : `${object.path}#${[...owner, podName, container].join('/')}`
  // Most objects name their containers apart; the pod's name is added only where it is needed.
  const subject = seen.has(plain) ? full : plain
  seen.add(subject)
  return subject
}

/** `head` of `headGroupSpec`, the group's own name, `Master` of `pytorchReplicaSpecs.Master`. */
function nameOfPod(root: Cursor, steps: readonly string[]): string {
  const plain = steps.filter((step) => step !== 'spec' && step !== 'template')
  const last = plain.at(-1) ?? ''
  const end = steps.lastIndexOf(last)
  const owner = root.get(...steps.slice(0, end + 1))
  const given = owner?.get('groupName')?.text() ?? (/^\d+$/.test(last) ? owner?.get('name')?.text() : undefined)
  return given ?? (last.replace(/(Group)?(Spec|Template)s?$/, '') || last)
}
