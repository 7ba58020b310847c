/** What a person does where no edit can be written: in the words of the file's own keys, never in our addresses. */
import type { SettingChange, SettingValue } from '../core/fix.ts'
import { addressOf, type Change } from './compose/edit/change.ts'

/** The dialect's key of a setting, and what it says instead of true where the key means the opposite. */
export type Keys = Readonly<
  Record<string, string | { readonly key: string; readonly value: (value: unknown) => string }>
>

/** One sentence; `where` is the service or container and its file. */
export function byHand(written: SettingChange, where: string, keys: Keys): string {
  const change = addressOf(written)
  const own = sentenceOf(change, where)
  if (own !== undefined) return own
  const known = Object.hasOwn(keys, change.name) ? keys[change.name] : undefined
  const key = known === undefined ? change.name : typeof known === 'string' ? known : known.key
  if ('remove' in written) return `Delete \`${key}\` from ${where}.`
  if ('removeItem' in written) return `Take ${written.item} out of \`${key}\` of ${where}.`
  const value = typeof known === 'object' ? known.value(written.value) : textOf(written.value)
  return `Set \`${key}\` to ${value} for ${where}.`
}

/** Ports, mounts, variables and devices are named by what they are. */
function sentenceOf({ written, name, item, field }: Change, where: string): string | undefined {
  if (item === undefined) return undefined
  const value = 'set' in written ? textOf(written.value) : undefined
  switch (name) {
    case 'ports': {
      const port = item.replace(/\/tcp$/, '')
      if (field === 'hostIp' && value !== undefined) return `Publish port ${port} of ${where} on ${value} only.`
      return value === undefined ? `Do not publish port ${port} of ${where}.` : undefined
    }
    case 'mounts':
      if (field === 'readOnly') return `Mount ${item} read-only in ${where}.`
      return value === undefined ? `Take the mount at ${item} out of ${where}.` : `Add a mount at ${item} to ${where}.`
    case 'devices':
      return value === undefined ? `Take the device ${item} out of ${where}.` : undefined
    case 'env':
      if ('removeItem' in written) return undefined
      return value === undefined
        ? `Take the variable ${item} out of ${where}.`
        : `Set the variable ${item} to ${value} in ${where}.`
    default:
      return undefined
  }
}

function textOf(value: SettingValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
