/** Settings in which nothing is decided: what a translator starts from. */
import type { Keyed, Settings } from '../core/facts/workload.ts'

const OPEN = { is: 'open' } as const
const OPEN_KEYED: Keyed<never> = { items: {}, whole: 'open' }

export function openSettings(): Settings {
  return {
    image: OPEN,
    build: OPEN,
    pullPolicy: OPEN,
    user: { uid: OPEN, gid: OPEN, name: OPEN, mustBeNonRoot: OPEN, groups: OPEN },
    entrypoint: OPEN,
    command: OPEN,
    workdir: OPEN,
    env: OPEN_KEYED,
    labels: OPEN_KEYED,
    secrets: OPEN_KEYED,
    configs: OPEN_KEYED,
    init: OPEN,
    privileged: OPEN,
    capabilities: { add: OPEN, drop: OPEN },
    noNewPrivileges: OPEN,
    seccomp: OPEN,
    apparmor: OPEN,
    selinux: OPEN,
    maskedPaths: OPEN,
    namespaces: { network: OPEN, pid: OPEN, ipc: OPEN, uts: OPEN, user: OPEN, cgroup: OPEN },
    readOnlyRoot: OPEN,
    mounts: OPEN_KEYED,
    engineSocket: OPEN,
    ports: OPEN_KEYED,
    exposed: OPEN,
    networks: OPEN_KEYED,
    extraHosts: OPEN,
    devices: OPEN_KEYED,
    deviceRules: OPEN,
    gpus: OPEN,
    limits: { memory: OPEN, cpus: OPEN, pids: OPEN, shm: OPEN, ulimits: OPEN_KEYED },
    sysctls: OPEN_KEYED,
    health: OPEN,
    restart: OPEN,
    logging: OPEN,
    hooks: OPEN,
    serviceAccountToken: OPEN,
  }
}
