/** What a service runs and as whom: image, build, user, command, health, restart, hooks. */
import type { BuildReference, CommandWord, ImageReference, Setting, Settings } from '../../core/facts/workload.ts'
import { imageBeforeVariable, parseImageReference } from '../../knowledge/image-reference.ts'
import { splitCommand } from './commands.ts'
import { buildToMapping, toMapping } from './merge.ts'
import { hasHole, type ServiceReader, shown } from './reader.ts'
import {
  asBoolean,
  asMarked,
  asText,
  isNull,
  type Mapping,
  partOf,
  present,
  scalarsOf,
  unknownWhy,
  type Value,
} from './value.ts'
import { resolvePath } from './volumes.ts'

export function readImage(reader: ServiceReader): Setting<ImageReference> {
  const setting = reader.scalar(
    ['image'],
    (text) => (text === '' || text.includes('{{') ? undefined : parseImageReference(text)),
    () => {
      // Compose names what it builds itself: nothing to judge.
      if (reader.value('build') !== undefined) return { is: 'open' }
      if (reader.value('provider') !== undefined)
        return reader.unknown('a provider runs the service, not an image', reader.value('provider'), 'image')
      return reader.unknown(reader.input.incomplete ?? 'the service has neither image nor build', undefined, 'image')
    },
  )
  const value = reader.value('image')
  const partly = setting.is === 'unknown' && value?.kind === 'scalar' ? imageBeforeVariable(shown(value)) : undefined
  return setting.is !== 'unknown' || partly === undefined ? setting : { ...setting, partly }
}

/** Paths relative to the target; `open` for a service that builds nothing. */
export function readBuild(reader: ServiceReader): Setting<BuildReference> {
  const value = reader.value('build')
  if (value === undefined)
    return reader.input.incomplete === undefined
      ? { is: 'open' }
      : reader.unknown(reader.input.incomplete, undefined, 'build')
  const build = buildToMapping(value)
  const context = present(build, 'context')
  const dockerfile = present(build, 'dockerfile')
  const target = present(build, 'target')
  for (const part of [context, dockerfile, target]) {
    const why = part === undefined ? undefined : unknownWhy(part)
    if (why !== undefined) return reader.unknown(why, part, 'build')
  }
  const contextText = asText(context) ?? '.'
  const local = !isRemoteContext(contextText)
  const folder = local ? resolvePath(contextText.startsWith('/') ? '' : (context?.home ?? build.home), contextText) : ''
  const file = asText(dockerfile) ?? 'Dockerfile'
  const targetText = asText(target)
  return reader.set(
    context ?? value,
    {
      context: !local ? null : contextText.startsWith('/') ? contextText : folder === '' ? '.' : folder,
      dockerfile: local && !file.startsWith('/') ? resolvePath(folder, file) : file,
      ...(targetText === undefined ? {} : { target: targetText }),
      args: readBuildArguments(reader, build),
      ...(present(build, 'dockerfile_inline') === undefined ? {} : { inline: true }),
      privileged: asBoolean(present(build, 'privileged')) === true,
      entitlements: scalarsOf(present(build, 'entitlements')).map((item) => asText(item) ?? ''),
    },
    'build',
    context === undefined || value.kind === 'scalar' ? 'build' : 'build.context',
  )
}

function readBuildArguments(reader: ServiceReader, build: Mapping): Record<string, string | null> {
  const value = present(build, 'args')
  if (value === undefined) return {}
  const items: [string, string | null][] = []
  for (const [name, entry] of toMapping(value).entries) {
    if (hasHole(name)) continue
    const text = isNull(entry.value) ? reader.input.environment.lookup(name)?.marked : asMarked(entry.value)
    items.push([name, text === undefined || hasHole(text) ? null : text])
  }
  return Object.fromEntries(items)
}

function isRemoteContext(context: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/|git@|github\.com\/)/i.test(context)
}

/** A number as the engine takes it: `00`, `+0` and `-0` are 0; undefined: a name, or what no process can have. */
function identityOf(text: string): number | undefined {
  if (!/^[+-]?\d{1,10}$/.test(text)) return undefined
  const value = Math.abs(Number(text))
  return value <= 0x7fffffff && (value === 0 || !text.startsWith('-')) ? value : undefined
}

export function readUser(reader: ServiceReader): Settings['user'] {
  const key = 'user'
  const value = reader.value(key)
  const groups = reader.texts('group_add', () => reader.absent('group_add', []))
  const rest = { mustBeNonRoot: { is: 'open' } as const, groups }
  const why =
    value?.kind === 'scalar' ? unknownWhy(value) : value === undefined ? undefined : 'Compose refuses the value'
  if (why !== undefined) {
    const unknown = reader.unknown(why, value, key)
    return { uid: unknown, gid: unknown, name: unknown, ...rest }
  }
  if (value === undefined || asText(value) === '') {
    const open = reader.fromImage(key)
    return { uid: open, gid: open, name: open, ...rest }
  }
  const [user = '', group] = (asText(value) ?? '').split(':', 2)
  const uid = user === '' || user === 'root' ? 0 : identityOf(user)
  const gid = group === undefined || group === '' ? undefined : group === 'root' ? 0 : (identityOf(group) ?? null)
  return {
    uid:
      uid === undefined
        ? reader.unknown(`which uid "${user}" has is written in the image`, value, key)
        : reader.set(value, uid, key),
    gid:
      typeof gid === 'number'
        ? reader.set(value, gid, key)
        : gid === null
          ? reader.unknown(`which gid "${group}" has is written in the image`, value, key)
          : uid === 0
            ? { is: 'default', value: 0, by: { who: 'default', because: 'root’s group' }, slot: reader.slot(key) }
            : reader.unknown('the image’s passwd file decides about the group', value, key),
    name: /^(?:[+-]?\d+)?$/.test(user) ? { is: 'open' } : reader.set(value, user, key),
    ...rest,
  }
}

/** `command` or `entrypoint`; null where it is cleared; `open` where the image decides. */
export function readCommand(
  reader: ServiceReader,
  key: 'command' | 'entrypoint',
): Setting<readonly CommandWord[] | null> {
  const value = reader.value(key)
  if (value === undefined) return reader.fromImage(key)
  const words = commandWords(reader, value, key)
  if (typeof words === 'string') return reader.unknown(words, value, key)
  return reader.set(value, words.length === 0 ? null : words, key)
}

/** The words of a command in list or string form; a text says why they can't be told. */
function commandWords(reader: ServiceReader, value: Value, key: string): readonly CommandWord[] | string {
  if (value.kind === 'list') {
    const items = scalarsOf(value)
    const broken = items.find((item) => item.error !== undefined)
    if (broken?.error !== undefined) return broken.error
    return items.map((item, index) => ({ value: shown(item), at: reader.place(item, `${key}[${index}]`) }))
  }
  if (value.kind !== 'scalar') return 'Compose refuses the value'
  if (value.error !== undefined) return value.error
  const text = asMarked(value) ?? ''
  // A variable that is the whole command hides all of it; one among words is shown as it is written.
  if (hasHole(text) && /^[\uFDD0\s]*$/.test(text)) return unknownWhy(value) ?? 'a variable decides'
  const reading = splitCommand(hasHole(text) ? shown(value) : text)
  if (!reading.ok) return 'Compose refuses the command: a quote or parenthesis has no end'
  return reading.words.map((word, index) => ({
    value: word.value,
    at: partOf(value, word.start, word.end, reader.address(`${key}[${index}]`)),
  }))
}

export function readWorkdir(reader: ServiceReader): Setting<string> {
  return reader.scalar(
    ['working_dir'],
    (text) => text,
    () => reader.fromImage('working_dir'),
  )
}

export function readHealth(reader: ServiceReader): Settings['health'] {
  const value = reader.value('healthcheck')
  if (value === undefined) return reader.fromImage('healthcheck')
  const disabled = asBoolean(present(value, 'disable')) === true
  const test = present(value, 'test')
  if (disabled)
    return reader.set(present(value, 'disable') ?? value, { test: ['NONE'], disabled: true }, 'healthcheck.disable')
  if (test === undefined) return reader.fromImage('healthcheck')
  const words = test.kind === 'scalar' ? ['CMD-SHELL', shown(test)] : scalarsOf(test).map(shown)
  return reader.set(test, { test: words, disabled: words[0] === 'NONE' }, 'healthcheck.test')
}

/** `deploy.restart_policy` wins over `restart`. */
export function readRestart(reader: ServiceReader): Setting<string> {
  if (reader.value('deploy', 'restart_policy') !== undefined) {
    const policies: Readonly<Record<string, string>> = { any: 'always', none: 'no', 'on-failure': 'on-failure' }
    return reader.scalar(
      ['deploy', 'restart_policy', 'condition'],
      (text) => policies[text],
      () => reader.absent('deploy.restart_policy.condition', 'always', 'a restart policy without a condition: any'),
    )
  }
  return reader.scalar(
    ['restart'],
    (text, value) => (value.value === false ? 'no' : text),
    () => reader.absent('restart', 'no'),
  )
}

export function readLogging(reader: ServiceReader): Setting<{ readonly driver: string }> {
  return reader.scalar(
    ['logging', 'driver'],
    (driver) => ({ driver }),
    () => reader.absent('logging.driver', { driver: 'json-file' }),
  )
}

export function readPullPolicy(reader: ServiceReader): Setting<string> {
  return reader.scalar(
    ['pull_policy'],
    (text) => text,
    () => reader.absent('pull_policy', 'missing'),
  )
}

/** `pre_start`, `post_start`, `pre_stop`: each hook has its own user and may be privileged. */
export function readHooks(reader: ServiceReader): Settings['hooks'] {
  const hooks: {
    when: string
    command: readonly string[]
    privileged: boolean
    user?: string
    at?: ReturnType<ServiceReader['place']>
  }[] = []
  let first: Value | undefined
  for (const when of ['pre_start', 'post_start', 'pre_stop']) {
    const list = reader.value(when)
    if (list?.kind !== 'list') continue
    first ??= list
    for (const [index, hook] of list.items.entries()) {
      const command = present(hook, 'command')
      const words = command === undefined ? [] : commandWords(reader, command, `${when}[${index}].command`)
      const user = asMarked(present(hook, 'user'))
      hooks.push({
        when,
        command: typeof words === 'string' ? [] : words.map((word) => word.value),
        privileged: asBoolean(present(hook, 'privileged')) === true,
        ...(user === undefined || hasHole(user) ? {} : { user }),
        at: reader.place(hook, `${when}[${index}]`),
      })
    }
  }
  return first === undefined ? reader.absent('post_start', []) : reader.set(first, hooks, 'post_start')
}

/** Words of a hook's command with their places, for scripts. */
export function hookCommands(
  reader: ServiceReader,
): { readonly words: readonly CommandWord[]; readonly value: Value }[] {
  const found: { words: readonly CommandWord[]; value: Value }[] = []
  for (const when of ['pre_start', 'post_start', 'pre_stop']) {
    const list = reader.value(when)
    if (list?.kind !== 'list') continue
    for (const [index, hook] of list.items.entries()) {
      const command = present(hook, 'command')
      const words = command === undefined ? 'none' : commandWords(reader, command, `${when}[${index}].command`)
      if (command !== undefined && typeof words !== 'string') found.push({ words, value: command })
    }
  }
  return found
}
