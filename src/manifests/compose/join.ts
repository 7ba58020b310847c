/**
 * A service over its image: the rules by which the engine fills what the service leaves open (moby, `merge`): command
 * and entrypoint, user, working directory, health check; environment, labels, ports and volumes are united.
 */
import type { Keyed, Setting, Settings } from '../../core/facts/workload.ts'
import type { ImageSettings } from '../dockerfile/effective-image.ts'

/** `image`: the image's settings, or why they are not known. */
export function overImage(own: Settings, image: ImageSettings | string): Settings {
  if (typeof image === 'string') return overUnknownImage(own, image)
  const why = 'the image’s settings are not known'
  const entrypoint = decided(or(own.entrypoint, image.entrypoint), why)
  return {
    ...own,
    user: {
      ...own.user,
      uid: decided(named(own, image, 'uid') ?? or(own.user.uid, image.user.uid), why),
      gid: decided(named(own, image, 'gid') ?? or(own.user.gid, image.user.gid), why),
      name: own.user.uid.is === 'open' ? image.user.name : own.user.name,
    },
    entrypoint,
    command: commandOver(own, image, why),
    workdir: decided(or(own.workdir, image.workdir), why),
    health: or(own.health, image.health),
    env: unite(own.env, image.env, 'the image’s own environment was not read'),
    labels: unite(own.labels, image.labels, 'the image’s own labels were not read'),
    mounts: { ...own.mounts, items: { ...image.mounts.items, ...own.mounts.items } },
    exposed: uniteLists(own.exposed, image.exposed),
  }
}

/** A user given by the name that the image starts as has the image's numbers. */
function named(own: Settings, image: ImageSettings, which: 'uid' | 'gid'): Setting<number> | undefined {
  const { name } = own.user
  const same = name.is === 'set' && image.user.name.is === 'set' && name.value === image.user.name.value
  const number = image.user[which]
  if (!same || own.user[which].is !== 'unknown' || (number.is !== 'set' && number.is !== 'default')) return undefined
  return { is: 'set', value: number.value, by: name.by, ...(name.slot === undefined ? {} : { slot: name.slot }) }
}

function overUnknownImage(own: Settings, why: string): Settings {
  return {
    ...own,
    user: {
      ...own.user,
      uid: decided(own.user.uid, why),
      gid: decided(own.user.gid, why),
      name: own.user.uid.is === 'open' ? { is: 'unknown', why } : own.user.name,
    },
    entrypoint: decided(own.entrypoint, why),
    command: dropsImageCommand(own) ? droppedCommand(own) : decided(own.command, why),
    workdir: decided(own.workdir, why),
    health: decided(own.health, why),
    env: opened(own.env, why),
    labels: opened(own.labels, why),
    exposed: own.exposed.is === 'open' ? { is: 'unknown', why } : own.exposed,
  }
}

/** A non-empty entrypoint drops the image's command; a cleared one keeps it, and so does a cleared command. */
function commandOver(own: Settings, image: ImageSettings, why: string): Settings['command'] {
  if (dropsImageCommand(own)) return droppedCommand(own)
  const isCleared = own.command.is === 'set' && own.command.value === null
  return decided(own.command.is === 'open' || isCleared ? image.command : own.command, why)
}

function dropsImageCommand(own: Settings): boolean {
  const given = own.entrypoint.is === 'set' && own.entrypoint.value !== null
  return given && (own.command.is === 'open' || (own.command.is === 'set' && own.command.value === null))
}

function droppedCommand(own: Settings): Settings['command'] {
  if (own.entrypoint.is !== 'set') return own.command
  return {
    is: 'set',
    value: null,
    by: { ...own.entrypoint.by, because: 'an entrypoint of its own drops the image’s command' },
  }
}

function or<T>(own: Setting<T>, image: Setting<T>): Setting<T> {
  if (own.is !== 'open') return own
  return image
}

function decided<T>(setting: Setting<T>, why: string): Setting<T> {
  return setting.is === 'open' ? { is: 'unknown', why } : setting
}

function unite<T>(own: Keyed<T>, image: Keyed<T>, why: string): Keyed<T> {
  // A Map: `__proto__` is a name like any other.
  const items = new Map<string, Setting<T>>(Object.entries(image.items))
  for (const [name, setting] of Object.entries(own.items)) {
    const below = Object.hasOwn(image.items, name) ? image.items[name] : undefined
    const hides = below !== undefined && 'by' in below && below.by !== undefined && setting.is === 'set'
    items.set(
      name,
      hides ? { ...setting, hides: [...(setting.hides ?? []), below.by as NonNullable<typeof below.by>] } : setting,
    )
  }
  const united: Keyed<T> = { ...own, items: Object.fromEntries(items) }
  return image.whole === true ? united : opened(united, image.why ?? why)
}

/** Whole as far as the service goes; the rest is the image's. */
function opened<T>(keyed: Keyed<T>, why: string): Keyed<T> {
  return keyed.whole === true ? { ...keyed, whole: 'open', why } : keyed
}

function uniteLists(own: Setting<readonly string[]>, image: Setting<readonly string[]>): Setting<readonly string[]> {
  if (own.is === 'open')
    return image.is === 'open' ? { is: 'unknown', why: 'the image’s settings are not known' } : image
  if (own.is !== 'set' || (image.is !== 'set' && image.is !== 'default')) return own
  return { ...own, value: [...new Set([...image.value, ...own.value])] }
}
