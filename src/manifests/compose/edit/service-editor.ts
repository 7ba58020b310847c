/** The basic moves of an edit: where a setting is written, scalars, and items of lists. */
import type { Setting, WorkloadFact } from '../../../core/facts/workload.ts'
import type { Place } from '../../../core/place.ts'
import type { SourceText } from '../../../core/span.ts'
import type { TreeList, TreeNode } from '../../../core/tree.ts'
import type { YamlValue } from '../../../formats/yaml/render.ts'
import { CannotEdit, hasVariable, plainValue, ServiceFile } from './session.ts'

export class ServiceEditor {
  readonly workload: WorkloadFact
  readonly #read: (path: string) => SourceText | undefined
  readonly #files = new Map<string, ServiceFile>()

  constructor(workload: WorkloadFact, read: (path: string) => SourceText | undefined) {
    this.workload = workload
    this.#read = read
  }

  get files(): readonly ServiceFile[] {
    return [...this.#files.values()]
  }

  file(path: string, manual: string): ServiceFile {
    const open = this.#files.get(path) ?? ServiceFile.open(path, this.#read(path), this.workload.name, manual)
    this.#files.set(path, open)
    return open
  }

  /** The file where an own key of the service goes: where its value stands now, else where the service stands. */
  home(setting: Setting<unknown>, manual: string): ServiceFile {
    const place = placeOf(setting)
    const own = 'by' in setting && setting.by?.who === 'compose' && place !== undefined && place.via !== 'extends'
    if (own && place.via === 'include') return this.included(place.path, manual)
    // What an image says is hidden by a key of the service: its own slot is in another file.
    const slot = this.workload.settings.privileged.is === 'open' ? undefined : this.workload.settings.privileged.slot
    const path = own ? place.path : (slot?.path ?? this.workload.path)
    const file = this.file(path, manual)
    if (slot?.shared === true && slot.path === path) file.shared ??= partOfOthers(path)
    return file
  }

  /** A file that another one includes: Compose lets nobody else say the service, so it is mended where it stands. */
  included(path: string, manual: string): ServiceFile {
    const file = this.file(path, manual)
    file.shared ??= partOfOthers(path)
    return file
  }

  /** Writes `key: value`, an own key of the service: it hides what an anchor, merge key or base says. */
  setScalar(setting: Setting<unknown>, keys: readonly string[], value: string | number | boolean, manual: string) {
    const file = this.home(setting, manual)
    const top = file.held(keys[0] as string)
    // Own keys below a borrowed mapping would hide all of it.
    if (keys.length > 1 && (top.how === 'merged' || top.how === 'alias')) {
      throw new CannotEdit(`"${keys[0]}" comes from an anchor, and an own one would hide the rest of it`, manual)
    }
    const held = file.held(...keys)
    if (held.how === 'own' && hasVariable(held.node))
      throw new CannotEdit(`a variable decides: ${textOf(held.node)}`, manual)
    file.set(keys, value, manual)
  }

  /** Removes a key whose default is right; `explicit` is written instead where something below would show again. */
  removeKey(setting: Setting<unknown>, key: string, explicit: string | boolean | undefined, manual: string) {
    if (setting.is !== 'set') return
    const file = this.home(setting, manual)
    const held = file.held(key)
    const below = (setting.hides?.length ?? 0) > 0 || file.mergeBrings(key)
    if (held.how === 'own' && hasVariable(held.node))
      throw new CannotEdit(`a variable decides: ${textOf(held.node)}`, manual)
    if ((held.how === 'own' || held.how === 'alias') && !below) return file.remove([key], manual)
    if (explicit === undefined)
      throw new CannotEdit(`"${key}" also stands in an anchor, an extended service or another file`, manual)
    file.set([key], explicit, manual)
  }

  /** Replaces a whole list by another. What a base or another file appends to can't be taken out. */
  setList(setting: Setting<readonly string[]>, key: string, value: readonly string[], manual: string) {
    const file = this.home(setting, manual)
    const held = file.held(key)
    const current = setting.is === 'set' ? setting.value : []
    const kept = held.node?.type === 'list' ? held.node.items.map((item) => plainValue(item, file.context)) : []
    const foreign = current.filter((item) => !kept.includes(item) && !value.includes(item))
    if (foreign.length > 0) throw new CannotEdit(`"${key}" is put together from several places`, manual)
    file.set([key], [...value], manual)
  }

  /** Removes the list's items that `isMeant` picks, in the file where they stand. */
  removeItems(key: string, places: readonly (Place | undefined)[], manual: string) {
    for (const place of places) {
      if (place === undefined) throw new CannotEdit('its place is not known', manual)
      const file = this.#itemFile(place, manual)
      const held = file.held(key)
      const list = held.node
      if (list?.type === 'scalar' && held.how === 'own') {
        file.remove([key], manual)
        continue
      }
      if (list?.type !== 'list') throw new CannotEdit(`"${key}" is no list there`, manual)
      const index = file.itemAt(list, place)
      if (index === undefined) throw new CannotEdit('the file has changed since it was read', manual)
      if (held.how === 'own' && list.id === undefined) {
        file.remove([key, index], manual)
      } else {
        // A borrowed list is replaced whole: the others are copied.
        file.set([key], this.copyWithout(file, list, index, manual), manual)
      }
    }
  }

  copyWithout(file: ServiceFile, list: TreeList, index: number, manual: string): YamlValue {
    const items = list.items.filter((_, at) => at !== index).map((item) => plainValue(item, file.context))
    if (items.some((item) => item === undefined))
      throw new CannotEdit('the list that an anchor brings cannot be copied', manual)
    return items as YamlValue[]
  }

  /** Appends to a list of the service; a borrowed one is copied, for an own list replaces it. */
  appendItem(file: ServiceFile, key: string, item: YamlValue, manual: string) {
    const held = file.held(key)
    if (held.how === 'absent' || (held.how === 'own' && held.node?.type === 'list' && held.node.id === undefined)) {
      file.append([key], item, manual)
      return
    }
    const copied = plainValue(held.node, file.context)
    if (copied === undefined) throw new CannotEdit(`"${key}" cannot be copied`, manual)
    file.set([key], [...(Array.isArray(copied) ? copied : [copied]), item], manual)
  }

  /** The item's list in the file where it stands, with its index; a borrowed list is refused. */
  ownItem(
    key: string,
    place: Place | undefined,
    manual: string,
  ): { file: ServiceFile; index: number; written: TreeNode; node: TreeNode } {
    if (place === undefined) throw new CannotEdit('its place is not known', manual)
    const file = this.#itemFile(place, manual)
    const held = file.held(key)
    if (held.node?.type !== 'list') throw new CannotEdit(`"${key}" is no list there`, manual)
    const index = file.itemAt(held.node, place)
    const item = index === undefined ? undefined : file.items(held.node)[index]
    if (index === undefined || item?.node === undefined)
      throw new CannotEdit('the file has changed since it was read', manual)
    return { file, index, written: item.written, node: item.node }
  }

  #itemFile(place: Place, manual: string): ServiceFile {
    if (place.via === 'include') return this.included(place.path, manual)
    if (place.via === 'extends')
      throw new CannotEdit('the service that it extends says it, and lists of the two are joined', manual)
    return this.file(place.path, manual)
  }
}

export function placeOf(setting: object): Place | undefined {
  return 'by' in setting ? (setting.by as { at?: Place } | undefined)?.at : undefined
}

function partOfOthers(path: string): string {
  return `${path} may be a part of other projects too`
}

function textOf(node: TreeNode | undefined): string {
  return node?.type === 'scalar' ? node.text.slice(0, 80) : ''
}
