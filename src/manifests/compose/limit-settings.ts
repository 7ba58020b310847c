/** How much a service may use: memory, processors, processes, shared memory, ulimits. */
import type { Keyed, Setting, Settings } from '../../core/facts/workload.ts'
import { record, type ServiceReader } from './reader.ts'
import { parseBytes } from './units.ts'
import { asNumber, present, type Scalar, unknownWhy } from './value.ts'

const DEFAULT_SHM = 64 * 1024 * 1024

export function readLimits(reader: ServiceReader): Settings['limits'] {
  const unlimited = 'Docker’s default: no limit'
  return {
    memory: firstOf(reader, ['deploy', 'resources', 'limits', 'memory'], 'mem_limit', bytes, unlimited),
    cpus: firstOf(reader, ['deploy', 'resources', 'limits', 'cpus'], 'cpus', number, unlimited),
    pids: firstOf(reader, ['deploy', 'resources', 'limits', 'pids'], 'pids_limit', number, unlimited),
    shm: reader.scalar<number | null>(
      ['shm_size'],
      (text) => parseBytes(text) || undefined,
      () => reader.absent('shm_size', DEFAULT_SHM),
    ),
    ulimits: readUlimits(reader),
  }
}

function firstOf(
  reader: ServiceReader,
  path: readonly string[],
  key: string,
  parse: (text: string, value: Scalar) => number | null | undefined,
  because: string,
): Setting<number | null> {
  return reader.scalar<number | null>(path, parse, () =>
    reader.scalar<number | null>([key], parse, () => reader.absent(key, null, because)),
  )
}

/** 0 is no limit. */
function bytes(text: string): number | null | undefined {
  if (text === '-1') return null
  const parsed = parseBytes(text)
  return parsed === 0 ? null : parsed
}

/** 0 and -1 are no limit. */
function number(_: string, value: Scalar): number | null | undefined {
  const parsed = asNumber(value)
  return parsed !== undefined && parsed <= 0 ? null : parsed
}

function readUlimits(reader: ServiceReader): Keyed<{ readonly soft: number; readonly hard: number }> {
  const value = reader.value('ulimits')
  const items: [string, Setting<{ soft: number; hard: number }>][] = []
  if (value?.kind === 'map') {
    for (const [name, entry] of value.entries) {
      const soft = entry.value.kind === 'map' ? present(entry.value, 'soft') : entry.value
      const hard = entry.value.kind === 'map' ? present(entry.value, 'hard') : entry.value
      const why = [soft, hard]
        .map((part) => (part === undefined ? undefined : unknownWhy(part)))
        .find((one) => one !== undefined)
      const [low, high] = [asNumber(soft), asNumber(hard)]
      const key = `ulimits.${name}`
      if (why !== undefined) items.push([name, reader.unknown(why, entry.value, key)])
      else if (low === undefined || high === undefined)
        items.push([name, reader.unknown('Compose refuses the value', entry.value, key)])
      else items.push([name, reader.set(entry.value, { soft: low, hard: high }, key)])
    }
  }
  return { items: record(items), ...reader.whole(true), slot: reader.slot('ulimits') }
}
