/**
 * Paths of a host that give a container more than files: what whoever is inside gains by writing or by reading there.
 * A path that is not in the table is the service's own business.
 */
import type { Severity } from '../core/severity.ts'
import { CREDENTIALS } from './host-credentials.table.ts'
import { type HostPathRow, ROWS } from './host-paths.table.ts'

export interface HostPathRisk {
  readonly severity: Severity
  /** What it is, for messages: `the host's whole file system`. */
  readonly what: string
  /** What an attacker gains, after "whoever gets into it can". */
  readonly gain: string
  readonly concept:
    | 'host-root-writable'
    | 'sensitive-host-mount'
    | 'home-credential-mount'
    | 'dev-dir-mounted'
    | 'gpu-hostpath-device'
  /** The same mount read-only would be no finding. */
  readonly fineReadOnly: boolean
}

/** `~` stands for any user's home. `/var/run` is written as `/run`. */
export function hostPathRisk(source: string, readOnly: boolean): HostPathRisk | undefined {
  const path = canonicalHostPath(source)
  const inHome = homeRelative(path)
  if (inHome !== undefined) return homeRisk(inHome)
  const row = rowOf(path)
  if (row === undefined) return undefined
  const severity = readOnly ? row.read : row.write
  if (severity === undefined) return undefined
  const isRoot = !readOnly && (row.path === '/' || row.write === 'critical')
  return {
    severity,
    what: row.what,
    gain: readOnly ? (row.peek ?? 'read what is kept there') : row.gain,
    concept: row.concept ?? (isRoot ? 'host-root-writable' : 'sensitive-host-mount'),
    fineReadOnly: row.read === undefined,
  }
}

/** Without a trailing slash; `/var/run` is a link to `/run` everywhere. */
export function canonicalHostPath(source: string): string {
  const path = source.length > 1 ? source.replace(/\/{1,100}$/, '') || '/' : source
  return path === '/var/run' || path.startsWith('/var/run/') ? path.slice('/var'.length) : path
}

function rowOf(path: string): HostPathRow | undefined {
  let best: HostPathRow | undefined
  for (const row of ROWS) {
    const hit = row.path === path || (row.below === true && path.startsWith(row.path === '/' ? '/' : `${row.path}/`))
    if (hit && (best === undefined || row.path.length > best.path.length)) best = row
  }
  return best
}

/** What stands below a home folder (`''`: the home itself); undefined elsewhere. */
function homeRelative(path: string): string | undefined {
  const match = /^(?:~|\/root|(?:\/var)?\/home\/[^/]+|\/Users\/[^/]+)(?:\/(.*))?$/.exec(path)
  return match === null ? undefined : (match[1] ?? '')
}

function homeRisk(path: string): HostPathRisk | undefined {
  const shared = { concept: 'home-credential-mount', fineReadOnly: false } as const
  if (path === '')
    return {
      ...shared,
      severity: 'high',
      what: 'a user’s whole home folder',
      gain: 'take every key and token that the user keeps there, and plant commands in the shell’s start-up files',
    }
  if (/^\.ssh\/(?:known_hosts2?|[^/]+\.pub)$/.test(path)) return undefined
  const found = CREDENTIALS.find(([name]) => path === name || path.startsWith(`${name}/`))
  if (found === undefined) return undefined
  return { ...shared, severity: 'high', what: `${found[1]} of the host’s user (~/${path})`, gain: `take ${found[2]}` }
}
