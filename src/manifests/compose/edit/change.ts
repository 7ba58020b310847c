/** One wanted change with its address taken apart. */
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
