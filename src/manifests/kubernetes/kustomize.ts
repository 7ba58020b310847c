/** What kustomizations of a target say about its files: which are patches, laid over other objects. */
import type { KubernetesObjectFact } from '../../core/facts/kubernetes.ts'
import { asString, at, get, treeContext } from '../../formats/yaml/tree.ts'

/** Paths of files that a kustomization uses as patches, without those that it also lists as resources. */
export function patchFiles(objects: readonly KubernetesObjectFact[]): ReadonlySet<string> {
  const patches = new Set<string>()
  const resources = new Set<string>()
  for (const object of objects) {
    if (object.objectKind !== 'Kustomization' && object.objectKind !== 'Component') continue
    if (!object.apiVersion.startsWith('kustomize.config.k8s.io/')) continue
    const context = treeContext(object.tree)
    const folder = object.path.includes('/') ? object.path.slice(0, object.path.lastIndexOf('/')) : ''
    const paths = (key: string, field?: string): string[] => {
      const list = at(object.tree, [key], context)
      if (list?.type !== 'list') return []
      return list.items.flatMap(
        (item) => asString(field === undefined ? item : get(item, field, context), context) ?? [],
      )
    }
    for (const path of [
      ...paths('patchesStrategicMerge'),
      ...paths('patches', 'path'),
      ...paths('patchesJson6902', 'path'),
    ])
      patches.add(join(folder, path))
    for (const path of paths('resources')) resources.add(join(folder, path))
  }
  for (const path of resources) patches.delete(path)
  return patches
}

/** `..` never leaves the target: such a path names nothing in it. */
function join(folder: string, path: string): string {
  if (path.length > 1000 || path.includes('\n')) return ''
  const parts = folder === '' ? [] : folder.split('/')
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return ''
  }
  return parts.join('/')
}
