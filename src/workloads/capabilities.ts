/** Linux capabilities: which ones a container gets beyond the engine's default, and what each gives. */
import type { WorkloadFact } from '../core/facts/workload.ts'
import { known } from '../core/setting.ts'
import type { Severity } from '../core/severity.ts'

/** `CAP_NET_ADMIN`, `net_admin` → `NET_ADMIN`. */
export function bareCapability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '')
}

/**
 * Capabilities that the workload adds to the default ones, bare names in the order written. Docker lets an added one win
 * over a dropped one; on Kubernetes (containerd) it is the other way round, but for `drop: [ALL]`, over which named ones
 * win. A privileged container has all of them whatever is written: nothing is "added" then.
 */
export function addedCapabilities(workload: WorkloadFact): readonly string[] {
  const { capabilities, privileged } = workload.settings
  if (known(privileged) === true) return []
  const added = [...new Set((known(capabilities.add) ?? []).map(bareCapability))]
  const isKubernetes = workload.dialect === 'kubernetes'
  // The runtime puts CAP_ before what is written here: `CAP_X` drops nothing.
  const dropped = new Set(isKubernetes ? (known(capabilities.drop) ?? []).map((name) => name.toUpperCase()) : [])
  return added.filter((name) => !DEFAULT.has(name) && !dropped.has(name))
}

/** True where every default capability is dropped; undefined where that could not be told. */
export function dropsAll(workload: WorkloadFact): boolean | undefined {
  const { drop } = workload.settings.capabilities
  const list = known(drop)
  if (list === undefined) return undefined
  const isKubernetes = workload.dialect === 'kubernetes'
  const names = new Set(list.map((name) => (isKubernetes ? name.toUpperCase() : bareCapability(name))))
  return names.has('ALL') || [...DEFAULT].every((name) => names.has(name))
}

/** What Docker and containerd give every container. */
const DEFAULT: ReadonlySet<string> = new Set(
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'.split(
    ' ',
  ),
)

export interface CapabilityRisk {
  readonly severity: Severity
  /** What it lets the container do, after "lets it". */
  readonly gives: string
}

/** undefined: no capability of that name is known. */
export function capabilityRisk(name: string): CapabilityRisk | undefined {
  const row = RISKS.get(name)
  return row === undefined ? undefined : { severity: row[0], gives: row[1] }
}

const RISKS: ReadonlyMap<string, readonly [Severity, string]> = new Map<string, readonly [Severity, string]>([
  ['ALL', ['critical', 'do everything that root on the host may do']],
  ['SYS_ADMIN', ['critical', 'mount file systems and change kernel settings: little less than root on the host']],
  ['SYS_MODULE', ['critical', 'load code into the host’s kernel']],
  ['SYS_RAWIO', ['critical', 'read and write the host’s memory and disks directly']],
  ['DAC_READ_SEARCH', ['high', 'open any file of the host by its handle, whatever its permissions']],
  ['BPF', ['high', 'load BPF programs that see what the whole host does']],
  ['MAC_ADMIN', ['high', 'change the rules of AppArmor or SELinux']],
  ['MAC_OVERRIDE', ['high', 'pass over the rules of AppArmor or SELinux']],
  ['SYS_BOOT', ['high', 'restart the host or start another kernel']],
  ['PERFMON', ['medium', 'watch the kernel and other programs through its performance counters']],
  ['CHECKPOINT_RESTORE', ['medium', 'restore processes with ids and files of its choice']],
  ['SYS_PTRACE', ['medium', 'read and change the memory of the processes that it sees']],
  ['NET_ADMIN', ['medium', 'change addresses, routes and firewall rules of its network']],
  ['SYSLOG', ['medium', 'read kernel messages and addresses, which exploits need']],
  ['SYS_TIME', ['medium', 'set the host’s clock, on which certificates and logs depend']],
  ['AUDIT_CONTROL', ['medium', 'switch the kernel’s audit log off']],
  ['AUDIT_READ', ['low', 'read the kernel’s audit log']],
  ['SYS_RESOURCE', ['low', 'lift its own limits and disk quotas']],
  ['SYS_NICE', ['low', 'take processor time from other programs']],
  ['IPC_LOCK', ['low', 'lock memory beyond its limit']],
  ['IPC_OWNER', ['low', 'use shared memory that belongs to others']],
  ['LINUX_IMMUTABLE', ['low', 'change the immutable flag of files']],
  ['NET_BROADCAST', ['low', 'send to broadcast addresses']],
  ['SYS_TTY_CONFIG', ['low', 'change the host’s terminals']],
  ['SYS_PACCT', ['low', 'switch process accounting']],
  ['LEASE', ['low', 'take leases on files']],
  ['WAKE_ALARM', ['low', 'wake the host']],
  ['BLOCK_SUSPEND', ['low', 'keep the host from sleeping']],
])
