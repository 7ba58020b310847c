/** A service's environment and labels: `env_file` (the last file wins) below `environment`; labels and `label_file`. */
import type { Keyed, Setting } from '../../core/facts/workload.ts'
import { isOptional } from './assemble.ts'
import type { Interpolated } from './interpolate.ts'
import { toMapping } from './merge.ts'
import { hasHole, record, type ServiceReader } from './reader.ts'
import { asMarked, asText, isNull, listOf, present, unknownWhy, unsetWhy, type Value } from './value.ts'
import { inTurn, readEnvironment } from './variables.ts'
import { resolvePath } from './volumes.ts'

export function readEnv(reader: ServiceReader): Keyed<string | null> {
  const items = new Map<string, Setting<string | null>>()
  const files = readEnvFiles(reader, items)
  const environment = reader.value('environment')
  let namesUnknown = false
  if (environment !== undefined) {
    for (const [name, entry] of toMapping(environment).entries) {
      if (hasHole(name)) namesUnknown = true
      else items.set(name, withHidden(readVariable(reader, name, entry.value), items.get(name)))
    }
  }
  const why = files ?? (namesUnknown ? 'a variable without a value decides about a name' : undefined)
  return { items: record(items), ...reader.whole(why === undefined, why), slot: reader.slot('environment') }
}

/** `by.at.path`s of overridden `env_file` values are kept as hidden origins. */
function withHidden(
  setting: Setting<string | null>,
  before: Setting<string | null> | undefined,
): Setting<string | null> {
  if (setting.is !== 'set' || before?.is !== 'set') return setting
  return { ...setting, hides: [...(setting.hides ?? []), before.by] }
}

function readVariable(reader: ServiceReader, name: string, value: Value): Setting<string | null> {
  const key = `environment.${name}`
  if (isNull(value)) {
    const outer = reader.input.environment.lookup(name)
    if (outer === undefined) return reader.unknown(`${name} is taken from the shell that starts Compose`, value, key)
    if (outer.unset.length > 0) return reader.unknown(unsetWhy(outer.unset), value, key)
    return reader.set(value, outer.text, key)
  }
  const why = unknownWhy(value)
  if (why !== undefined) return reader.unknown(why, value, key)
  const text = asText(value)
  return text === undefined ? reader.unknown('Compose refuses the value', value, key) : reader.set(value, text, key)
}

/** Fills `items`; gives back why some may be missing. */
function readEnvFiles(reader: ServiceReader, items: Map<string, Setting<string | null>>): string | undefined {
  let why: string | undefined
  let known = inTurn(reader.input.environment.lookup)
  for (const entry of listOf(reader.value('env_file'))) {
    const pathValue = entry.kind === 'map' ? present(entry, 'path') : entry
    const text = asMarked(pathValue)
    if (text === undefined || hasHole(text)) {
      why ??= pathValue === undefined ? 'an env_file has no path' : (unknownWhy(pathValue) ?? 'an env_file has no path')
      reader.input.skipped('compose-env-file', reader.address('env_file'), why)
      continue
    }
    const path = text.startsWith('/') ? text : resolvePath(pathValue?.home ?? '', text)
    const fact = reader.input.envFile(path)
    if (fact === undefined) {
      const optional = isOptional(entry) ? ' (it may be absent)' : ''
      why ??= `the env_file "${path}" was not found or could not be read${optional}`
      reader.input.skipped(
        'compose-env-file',
        path,
        `"${entry.at.path}" names it as an env_file${optional}, but it was not found or could not be read`,
      )
      continue
    }
    const raw = asText(present(entry, 'format')) === 'raw'
    const read = readEnvironment(fact, known, raw)
    for (const variable of fact.entries) {
      const value = read.lookup(variable.name)
      const at = { path, key: variable.name, span: variable.valueSpan ?? variable.span }
      items.set(variable.name, fileSetting(reader, variable.name, value, at))
    }
    known = inTurn(known, read.lookup)
  }
  return why
}

function fileSetting(
  reader: ServiceReader,
  name: string,
  value: Interpolated | undefined,
  at: { path: string; key: string; span: { start: number; end: number } },
): Setting<string | null> {
  const slot = reader.slot(`environment.${name}`)
  const by = { who: 'compose', at } as const
  if (value === undefined)
    return { is: 'unknown', why: `${name} is taken from the shell that starts Compose`, by, slot }
  if (value.unset.length > 0) return { is: 'unknown', why: unsetWhy(value.unset), by, slot }
  return { is: 'set', value: value.text, by, slot }
}

export function readLabels(reader: ServiceReader): Keyed<string> {
  const items = new Map<string, Setting<string>>()
  const labels = reader.value('labels')
  let whole = true
  if (labels !== undefined) {
    for (const [name, entry] of toMapping(labels).entries) {
      const key = `labels.${name}`
      if (hasHole(name)) whole = false
      const why = unknownWhy(entry.value)
      items.set(
        name,
        why === undefined
          ? reader.set(entry.value, asText(entry.value) ?? '', key)
          : reader.unknown(why, entry.value, key),
      )
    }
  }
  const files = reader.value('label_file') !== undefined
  return {
    items: record(items),
    ...reader.whole(whole && !files, files ? 'a label_file is not read' : undefined),
    slot: reader.slot('labels'),
  }
}

/** Any mapping or list of pairs of texts (`sysctls`). */
export function readPairs(reader: ServiceReader, key: string): Keyed<string> {
  const value = reader.value(key)
  const items = new Map<string, Setting<string>>()
  let whole = true
  if (value !== undefined) {
    for (const [name, entry] of toMapping(value).entries) {
      if (hasHole(name)) {
        whole = false
        continue
      }
      const why = unknownWhy(entry.value)
      const address = `${key}.${name}`
      items.set(
        name,
        why === undefined
          ? reader.set(entry.value, asText(entry.value) ?? '', address)
          : reader.unknown(why, entry.value, address),
      )
    }
  }
  return { items: record(items), ...reader.whole(whole), slot: reader.slot(key) }
}
