/** The document of one container while it is being edited: changes by path below the container or its pod. */
import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { TextEdit } from '../../core/fix.ts'
import type { SourceText } from '../../core/span.ts'
import type { TreeNode } from '../../core/tree.ts'
import { YamlEdit, type YamlPath } from '../../formats/yaml/edit.ts'
import type { YamlValue } from '../../formats/yaml/render.ts'
import { containersOf, type PodContainer } from './containers.ts'

/** Why no byte-exact edit can be written. */
export class CannotEdit extends Error {}

export class ManifestEdit {
  readonly workload: WorkloadFact
  readonly container: PodContainer
  readonly #edit: YamlEdit
  readonly #containerPath: YamlPath
  readonly #podPath: YamlPath
  #touchedPod = false

  constructor(workload: WorkloadFact, source: SourceText, view: View) {
    this.workload = workload
    this.container = findContainer(workload, view)
    const { object, cursor, pod } = this.container
    if (cursor.via !== undefined || pod.via !== undefined)
      throw new CannotEdit('an anchor or merge key owns the container')
    this.#edit = new YamlEdit(source, '1.1', object.document)
    this.#containerPath = this.#pathOf([...(object.within ?? []), ...cursor.steps])
    this.#podPath = this.#pathOf([...(object.within ?? []), ...pod.steps])
  }

  edits(): readonly TextEdit[] {
    return this.#edit.edits()
  }

  /** Who else is changed with this container. */
  get shared(): string | undefined {
    const { siblings } = this.container
    return this.#touchedPod && siblings > 1
      ? `it is a setting of the pod: all of its ${siblings} containers get it`
      : undefined
  }

  set(keys: YamlPath, value: YamlValue): void {
    this.#set(this.#containerPath, keys, value)
  }

  setPod(keys: YamlPath, value: YamlValue): void {
    this.#touchedPod = true
    this.#set(this.#podPath, keys, value)
  }

  append(keys: YamlPath, value: YamlValue): void {
    this.#guard(this.#containerPath, keys)
    this.#check(this.#edit.append([...this.#containerPath, ...keys], value))
  }

  /** Adds to a list of the pod that only this container uses. */
  appendPod(keys: YamlPath, value: YamlValue): void {
    this.#guard(this.#podPath, keys)
    this.#check(this.#edit.append([...this.#podPath, ...keys], value))
  }

  /** Removes the entry or item; false where it is not there. */
  remove(keys: YamlPath): boolean {
    return this.#remove([...this.#containerPath, ...keys])
  }

  removePod(keys: YamlPath): boolean {
    const removed = this.#remove([...this.#podPath, ...keys])
    this.#touchedPod ||= removed
    return removed
  }

  /** Removes what nobody else looks at: the pod's other containers do not change. */
  removeUnusedFromPod(keys: YamlPath): void {
    this.#remove([...this.#podPath, ...keys])
  }

  /** Removes an entry of the pod template's metadata. */
  removeFromTemplate(keys: YamlPath): boolean {
    const { template, object } = this.container
    return (
      template !== undefined && this.#remove([...this.#pathOf([...(object.within ?? []), ...template.steps]), ...keys])
    )
  }

  node(keys: YamlPath): TreeNode | undefined {
    return this.#edit.node([...this.#containerPath, ...keys])
  }

  podNode(keys: YamlPath): TreeNode | undefined {
    return this.#edit.node([...this.#podPath, ...keys])
  }

  /** Index of the container's (or pod's) list item for which `is` holds. */
  indexOf(node: TreeNode | undefined, is: (field: (key: string) => string | undefined) => boolean): number {
    if (node?.type !== 'list') return -1
    return node.items.findIndex((item) => {
      if (item.type !== 'map') return false
      return is((key) => {
        const value = item.entries.findLast((entry) => entry.key === key)?.value
        return value?.type === 'scalar' ? value.text : undefined
      })
    })
  }

  #set(base: YamlPath, keys: YamlPath, value: YamlValue): void {
    this.#guard(base, keys)
    this.#check(this.#edit.set([...base, ...keys], value))
  }

  #remove(path: YamlPath): boolean {
    if (this.#edit.node(path) === undefined) return false
    this.#check(this.#edit.remove(path, { prune: true }))
    return true
  }

  /** An own mapping would hide the merged one whole, so nothing is written below one that a merge key brings. */
  #guard(base: YamlPath, keys: YamlPath): void {
    for (let length = 0; length < keys.length - 1; length++) {
      const node = this.#edit.node([...base, ...keys.slice(0, length)])
      if (node?.type !== 'map') return
      const next = String(keys[length])
      const merges = node.entries.some((entry) => entry.key === '<<')
      if (merges && !node.entries.some((entry) => entry.key === next))
        throw new CannotEdit(`a merge key may own "${next}"`)
    }
  }

  #check(refusal: string | undefined): void {
    if (refusal !== undefined) throw new CannotEdit(refusal)
  }

  /** List indexes are numbers, keys of digits are keys: the document tells which is which. */
  #pathOf(steps: readonly string[]): YamlPath {
    const path: (string | number)[] = []
    for (const step of steps) path.push(this.#edit.node(path)?.type === 'list' ? Number(step) : step)
    if (this.#edit.node(path) === undefined) throw new CannotEdit('the container is not where it was')
    return path
  }
}

function findContainer(workload: WorkloadFact, view: View): PodContainer {
  for (const object of view.at('kubernetes-object', workload.target, workload.path)) {
    if (object.layer !== workload.layer) continue
    const found = containersOf(object).find(
      ({ subject, cursor }) => subject === workload.subject && cursor.head.start === workload.span?.start,
    )
    if (found !== undefined) return found
  }
  throw new CannotEdit('its manifest is not among the files that were read')
}
