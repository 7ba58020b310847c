/** The objects of a manifest: documents, and the items of lists in them. */
import type { TreeMap, TreeNode } from '../../core/tree.ts'
import { asList, asString, entriesOf, get, resolve, type TreeContext, treeContext } from '../../formats/yaml/tree.ts'
import { HEAD_ONLY } from './kinds.ts'

export interface KubernetesObject {
  readonly document: number
  readonly within: readonly string[]
  readonly apiVersion: string
  readonly objectKind: string
  readonly name: string
  readonly namespace?: string
  readonly labels: Readonly<Record<string, string>>
  readonly tree: TreeMap
  readonly context: TreeContext
}

const DEEPEST_LIST = 5
const MOST_OBJECTS = 10_000

/** `fileKind`: what a `kustomization.yaml` is, which may leave out its kind. */
export function objectsOf(documents: readonly (TreeNode | null)[], fileKind?: 'Kustomization'): KubernetesObject[] {
  const objects: KubernetesObject[] = []
  for (const [document, root] of documents.entries()) {
    if (root === null) continue
    collect(root, { document, within: [], context: treeContext(root), fileKind }, objects, 0)
  }
  return objects
}

interface Where {
  readonly document: number
  readonly within: readonly string[]
  readonly context: TreeContext
  readonly fileKind: 'Kustomization' | undefined
}

function collect(node: TreeNode, where: Where, objects: KubernetesObject[], depth: number): void {
  const { context, document, within } = where
  const tree = resolve(node, context)
  if (tree?.type !== 'map' || objects.length >= MOST_OBJECTS) return
  const apiVersion =
    asString(get(tree, 'apiVersion', context)) ??
    (where.fileKind === undefined ? undefined : 'kustomize.config.k8s.io/v1beta1')
  const objectKind = asString(get(tree, 'kind', context)) ?? where.fileKind
  if (apiVersion === undefined || objectKind === undefined || objectKind === '') return
  const items = /List$/.test(objectKind) ? asList(get(tree, 'items', context), context) : undefined
  if (items !== undefined && depth < DEEPEST_LIST) {
    for (const [index, item] of items.entries())
      collect(item, { ...where, within: [...within, 'items', String(index)] }, objects, depth + 1)
    return
  }
  const metadata = get(tree, 'metadata', context)
  const namespace = asString(get(metadata, 'namespace', context))
  objects.push({
    document,
    within,
    apiVersion,
    objectKind,
    name: asString(get(metadata, 'name', context)) ?? asString(get(metadata, 'generateName', context)) ?? '',
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    labels: textsOf(get(metadata, 'labels', context), context),
    tree: HEAD_ONLY.has(objectKind) ? headOf(tree) : tree,
    context,
  })
}

/** A mapping's scalars as text, whatever their keys are called. */
export function textsOf(node: TreeNode | undefined, context: TreeContext): Record<string, string> {
  return Object.fromEntries(
    entriesOf(node, context).flatMap(({ key, value }) =>
      value.type === 'scalar' ? [[key, asString(value) ?? '']] : [],
    ),
  )
}

function headOf(tree: TreeMap): TreeMap {
  return { ...tree, entries: tree.entries.filter((entry) => ['apiVersion', 'kind', 'metadata'].includes(entry.key)) }
}
