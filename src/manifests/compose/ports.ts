/** Published ports: the short syntax (Docker's `[[IP:]HOST:]CONTAINER[/PROTOCOL]`) and the long one. */
import { HOLE } from './interpolate.ts'
import { asMarked, type Mapping, present, unknownWhy } from './value.ts'

export type Protocol = 'tcp' | 'udp' | 'sctp'

export interface PortSpec {
  readonly container: number
  readonly protocol: Protocol
  /** `''`: all addresses; null: a variable without a value decides. */
  readonly hostIp: string | null
  /** null: a random one, one of a range, or a variable decides. */
  readonly hostPort: number | null
}

export type PortReading =
  | { readonly ok: true; readonly ports: readonly PortSpec[] }
  /** `unknown`: a variable decides about the container's port; else Compose refuses the entry. */
  | { readonly ok: false; readonly unknown: boolean; readonly why: string }

/** More ports than this in one range are kept as the range's two ends. */
const MAX_RANGE = 1000

/** `marked`: the entry with a HOLE for each unset variable. */
export function readShortPort(marked: string): PortReading {
  const parts = marked.split(':')
  const containerPart = parts.pop() as string
  const hostPart = parts.pop() ?? ''
  const ip = readAddress(parts.join(':'), parts.length > 0)
  if (ip === undefined) return refuse(`"${shorten(parts.join(':'))}" is not an IP address`)
  const [portText, protocolText] = splitProtocol(containerPart)
  if (portText.includes(HOLE) || protocolText.includes(HOLE)) return unknown
  const protocol = readProtocol(protocolText)
  if (protocol === undefined) return refuse(`"${shorten(protocolText)}" is not a protocol: tcp, udp or sctp`)
  const container = readRange(portText)
  if (container === undefined) return refuse(`"${shorten(portText)}" is not a port between 1 and 65535`)
  return combine(container, hostPart, ip, protocol)
}

/** `target`, `published`, `host_ip`, `protocol`. */
export function readLongPort(port: Mapping): PortReading {
  const target = present(port, 'target')
  const targetText = asMarked(target)
  if (target === undefined || targetText === undefined) return refuse('the port has no "target"')
  if (unknownWhy(target) !== undefined) return unknown
  const container = readRange(targetText)
  if (container === undefined || container.start !== container.end)
    return refuse(`"${shorten(targetText)}" is not a port`)
  const protocolText = asMarked(present(port, 'protocol')) ?? 'tcp'
  if (protocolText.includes(HOLE)) return unknown
  const protocol = readProtocol(protocolText)
  if (protocol === undefined) return refuse(`"${shorten(protocolText)}" is not a protocol: tcp, udp or sctp`)
  const address = asMarked(present(port, 'host_ip')) ?? ''
  const ip = address.includes(HOLE) ? null : address.replace(/^\[(.*)\]$/, '$1')
  return combine(container, asMarked(present(port, 'published')) ?? '', ip, protocol)
}

interface Range {
  readonly start: number
  readonly end: number
}

function combine(container: Range, hostPart: string, hostIp: string | null, protocol: Protocol): PortReading {
  let host: Range | undefined
  let ip = hostIp
  if (hostPart.includes(HOLE)) {
    // A variable in the place of the port alone decides which port, not which address: empty or a number, every
    // address is open. Joined with other text it may bring an address along (`${BIND}8080:8080`).
    if (!/^\uFDD0(-\uFDD0)?$/.test(hostPart)) ip = null
  } else if (hostPart !== '') {
    host = readRange(hostPart)
    if (host === undefined) return refuse(`"${shorten(hostPart)}" is not a port between 1 and 65535`)
    const same = host.end - host.start === container.end - container.start
    if (!same && container.start !== container.end) return refuse('the two port ranges differ in length')
  }
  const ports: PortSpec[] = []
  const single = container.start === container.end
  for (const offset of offsetsOf(container)) {
    const hostPort = host === undefined || (single && host.start !== host.end) ? null : host.start + offset
    ports.push({ container: container.start + offset, protocol, hostIp: ip, hostPort })
  }
  return { ok: true, ports }
}

function offsetsOf(range: Range): number[] {
  const last = range.end - range.start
  if (last >= MAX_RANGE) return [0, last]
  return Array.from({ length: last + 1 }, (_, offset) => offset)
}

/** null: unknown; undefined: refused. An IPv6 address stands in brackets. */
function readAddress(text: string, given: boolean): string | null | undefined {
  if (!given || text === '') return ''
  if (text.includes(HOLE)) return null
  if (text.startsWith('[')) {
    const inner = /^\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]$/.exec(text)?.[1]
    return inner?.includes(':') ? inner : undefined
  }
  const octets = text.split('.')
  return octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)
    ? text
    : undefined
}

function splitProtocol(text: string): [port: string, protocol: string] {
  const slash = text.indexOf('/')
  return slash === -1 ? [text, 'tcp'] : [text.slice(0, slash), text.slice(slash + 1)]
}

function readProtocol(text: string): Protocol | undefined {
  const protocol = text.toLowerCase()
  return protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp' ? protocol : undefined
}

function readRange(text: string): Range | undefined {
  const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text)
  if (match === null) return undefined
  const start = Number(match[1])
  const end = Number(match[2] ?? match[1])
  return start >= 0 && end <= 65535 && start <= end ? { start, end } : undefined
}

const unknown: PortReading = {
  ok: false,
  unknown: true,
  why: 'a variable without a value decides which port is published',
}

function refuse(why: string): PortReading {
  return { ok: false, unknown: false, why }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
