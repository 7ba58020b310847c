/** Images that a kustomization of the target gives another name, tag or digest before they are run. */
import type { View } from '../core/fact.ts'
import type { ImageReference, WorkloadFact } from '../core/facts/workload.ts'
import { asList, asString, get, treeContext } from '../formats/yaml/tree.ts'

/** True where some kustomization's `images:` sets the tag, digest or name of this one. */
export function isSetByKustomize(workload: WorkloadFact, image: ImageReference, view: View): boolean {
  if (workload.dialect !== 'kubernetes') return false
  const name = image.text.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
  return view.in('kubernetes-object', workload.target).some((object) => {
    if (object.objectKind !== 'Kustomization' && object.objectKind !== 'Component') return false
    const context = treeContext(object.tree)
    return (asList(get(object.tree, 'images', context), context) ?? []).some(
      (item) =>
        asString(get(item, 'name', context), context) === name &&
        ['newTag', 'digest', 'newName'].some((key) => get(item, key, context) !== undefined),
    )
  })
}
