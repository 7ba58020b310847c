/** Devices of a service: `HOST[:CONTAINER[:PERMISSIONS]]`, the long syntax, and CDI names (`nvidia.com/gpu=all`). */
import { HOLE } from './interpolate.ts'
import { asMarked, asText, type Mapping, present } from './value.ts'

export interface DeviceReading {
  /** Path in the container, or the CDI name. */
  readonly target: string
  /** Undefined: a variable without a value decides. */
  readonly device: { readonly source: string; readonly permissions: string } | undefined
}

/** Undefined where Compose refuses it, or a variable decides about the path in the container. */
export function readShortDevice(marked: string): DeviceReading | undefined {
  if (isCdiName(marked)) return { target: marked, device: { source: marked, permissions: 'rwm' } }
  const [source = '', second, third, ...more] = marked.split(':')
  if (source === '' || more.length > 0) return undefined
  const secondIsMode = third === undefined && second !== undefined && /^[rwm]{1,3}$/.test(second)
  const target = second === undefined || second === '' || secondIsMode ? source : second
  const permissions = third ?? (secondIsMode ? (second as string) : 'rwm')
  if (target.includes(HOLE)) return undefined
  if (source.includes(HOLE) || permissions.includes(HOLE)) return { target, device: undefined }
  return { target, device: { source, permissions } }
}

/** `source`, `target`, `permissions`. */
export function readLongDevice(device: Mapping): DeviceReading | undefined {
  const source = asMarked(present(device, 'source'))
  const target = asMarked(present(device, 'target')) ?? source
  if (source === undefined || target === undefined || target.includes(HOLE)) return undefined
  const permissions = asText(present(device, 'permissions')) ?? 'rwm'
  return { target, device: source.includes(HOLE) ? undefined : { source, permissions } }
}

/** Container Device Interface: `vendor/class=name`. */
export function isCdiName(text: string): boolean {
  return /^[a-zA-Z0-9][\w.-]{0,200}\/[a-zA-Z0-9][\w-]{0,200}=[\w.:-]{1,200}$/.test(text)
}
