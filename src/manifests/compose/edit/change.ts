/** One wanted change with its address taken apart. */
import type { WorkloadFact } from '../../../core/facts/workload.ts'
import type { SettingChange, SettingValue } from '../../../core/fix.ts'

export interface Change {
  readonly written: SettingChange
  /** `ports[8888/tcp].hostIp`. */
  readonly address: string
  /** `ports`, `limits.memory`. */
  readonly name: string
  /** `8888/tcp`. */
  readonly item?: string
  /** `hostIp`. */
  readonly field?: string
}

export function addressOf(written: SettingChange): Change {
  const address = 'set' in written ? written.set : 'remove' in written ? written.remove : written.removeItem
  const open = address.indexOf('[')
  const close = address.lastIndexOf(']')
  if (open === -1 || close < open) return { written, address, name: address }
  const field = address.slice(close + 1).replace(/^\./, '')
  return {
    written,
    address,
    name: address.slice(0, open),
    item: address.slice(open + 1, close),
    ...(field === '' ? {} : { field }),
  }
}

export function setValueOf(change: Change): SettingValue | undefined {
  return 'set' in change.written ? change.written.value : undefined
}

export function removalOf(change: Change): boolean {
  return 'remove' in change.written
}

/** What a person would do. */
export function manualText(workload: WorkloadFact, written: SettingChange): string {
  const where = `service "${workload.name}" of ${workload.path}`
  if ('remove' in written) return `Take ${written.remove} out of ${where}.`
  if ('removeItem' in written) return `Take ${written.item} out of ${written.removeItem} in ${where}.`
  const value = typeof written.value === 'object' ? JSON.stringify(written.value) : String(written.value)
  return `Set ${written.set} to ${value} in ${where}.`
}
