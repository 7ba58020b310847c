/** EXPOSE's words (docker/go-connections, `nat.ParsePortSpec`): `80`, `80/udp`, `80-82/udp`, `127.0.0.1:90:91`. */

const PROTOCOLS = new Set(['tcp', 'udp', 'sctp'])

/** The container's ports as `80/tcp`, at most `limit` of them; undefined: BuildKit refuses the word. */
export function exposedPorts(word: string, limit: number): string[] | undefined {
  const slash = word.indexOf('/')
  const protocol = (slash === -1 ? '' : word.slice(slash + 1)).toLowerCase() || 'tcp'
  if (!PROTOCOLS.has(protocol)) return undefined
  const parts = (slash === -1 ? word : word.slice(0, slash)).split(':')
  const container = rangeOf(parts.at(-1) ?? '')
  if (container === undefined) return undefined
  const host = parts.length < 2 || parts.at(-2) === '' ? undefined : rangeOf(parts.at(-2) as string)
  if (parts.length > 1 && parts.at(-2) !== '' && host === undefined) return undefined
  if (parts.length > 2 && !isAddress(parts.slice(0, -2).join(':'))) return undefined
  const count = container.last - container.first + 1
  // A range of the host may stand for one port of the container, never for another number of them.
  if (host !== undefined && count > 1 && host.last - host.first + 1 !== count) return undefined
  return Array.from({ length: Math.min(count, limit) }, (_, index) => `${container.first + index}/${protocol}`)
}

/** As far as it can be told without reading IPv6. */
function isAddress(text: string): boolean {
  if (text === '' || text.includes(':')) return true
  const octets = text.split('.')
  return octets.length === 4 && octets.every((octet) => /^(?:0|[1-9][0-9]{0,2})$/.test(octet) && Number(octet) < 256)
}

function rangeOf(text: string): { first: number; last: number } | undefined {
  const match = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(text)
  if (match === null) return undefined
  const first = Number(match[1])
  const last = match[2] === undefined ? first : Number(match[2])
  return last < first || last > 65_535 ? undefined : { first, last }
}
