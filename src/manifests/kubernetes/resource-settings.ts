/** Limits and accelerators. */
import type { GpuRequest, Keyed, Setting, Settings } from '../../core/facts/workload.ts'
import type { Cursor } from './cursor.ts'
import { parseQuantity } from './quantity.ts'
import type { ContainerReader } from './reader.ts'

export function readLimits(reader: ContainerReader, shm: Setting<number | null>): Settings['limits'] {
  return {
    memory: limit(reader, 'memory'),
    cpus: limit(reader, 'cpu'),
    // The kubelet's podPidsLimit, on every pod of the node.
    pids: { is: 'open' },
    shm,
    ulimits: { items: {}, whole: 'open' },
  }
}

function limit(reader: ContainerReader, name: 'memory' | 'cpu'): Setting<number | null> {
  const slot = reader.slot(`resources.limits.${name}`)
  const parse = (cursor: Cursor): number | null | undefined => {
    const value = parseQuantity(cursor.text() ?? '')
    return value === 0 ? null : value
  }
  return reader.field<number | null>(['resources', 'limits', name], parse, () =>
    // Since 1.34 a pod may have limits of its own, which its containers share.
    reader.podField<number | null>(['resources', 'limits', name], parse, () =>
      reader.absent<number | null>(null, slot, 'unlimited, unless the namespace has a LimitRange'),
    ),
  )
}

/** Resource names of device plugins: an exact count of whole devices, or of slices. */
const ACCELERATORS: readonly { readonly pattern: RegExp; readonly driver: string }[] = [
  { pattern: /^nvidia\.com\/(gpu|mig-)/, driver: 'nvidia' },
  { pattern: /^amd\.com\/gpu/, driver: 'amd' },
  { pattern: /^gpu\.intel\.com\//, driver: 'intel' },
  { pattern: /^habana\.ai\/gaudi/, driver: 'habana' },
  { pattern: /^aws\.amazon\.com\/neuron/, driver: 'neuron' },
  { pattern: /^google\.com\/tpu/, driver: 'tpu' },
]

export function readGpus(reader: ContainerReader, env: Keyed<string | null>): Settings['gpus'] {
  const slot = reader.slot('resources.limits')
  const requests: GpuRequest[] = []
  const limits = reader.own('resources', 'limits') ?? reader.own('resources', 'requests')
  for (const [name, value] of limits?.entries() ?? []) {
    const driver = ACCELERATORS.find(({ pattern }) => pattern.test(name))?.driver
    const count = parseQuantity(value.text() ?? '')
    if (driver !== undefined && count !== 0) requests.push({ driver, count: count ?? null, ids: [], at: value.place })
  }
  for (const claim of reader.own('resources', 'claims')?.items() ?? []) {
    requests.push({ driver: `claim ${claim.get('name')?.text() ?? ''}`.trim(), count: null, ids: [], at: claim.place })
  }
  const visible = Object.hasOwn(env.items, 'NVIDIA_VISIBLE_DEVICES') ? env.items.NVIDIA_VISIBLE_DEVICES : undefined
  // The toolkit hands over what the variable names, without any request, unless it is told not to trust it.
  if (requests.length === 0 && visible?.is === 'set' && !/^(void|none)?$/.test(visible.value ?? '')) {
    const value = visible.value ?? ''
    const at = visible.by.at
    return {
      is: 'set',
      value: [
        {
          driver: 'nvidia',
          count: value === 'all' ? null : value.split(',').length,
          ids: value === 'all' ? [] : value.split(','),
          ...(at === undefined ? {} : { at }),
        },
      ],
      by: visible.by,
      slot,
    }
  }
  const from = limits ?? reader.own('resources')
  return requests.length === 0 || from === undefined ? reader.absent([], slot) : reader.set(from, requests, slot)
}
