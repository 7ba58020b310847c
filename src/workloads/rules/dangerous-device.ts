import { defineRule } from '../../core/rule.ts'
import { known, knownItems, placeOf, settingFix } from '../../core/setting.ts'
import type { Severity } from '../../core/severity.ts'
import { isGpuDevice } from '../kind-of-work.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/dangerous-device',
  reads: 'workload',
  area: 'configuration',
  severity: 'critical',
  confidence: 'high',
  concepts: ['dangerous-device', 'device-cgroup-rule', 'dev-dir-mounted'],
  title: 'Container is given a device that opens the host',
  why: 'A disk, the kernel’s memory or all devices at once: through them the container reads and writes the host past every permission, whatever user it runs as on the inside.',
  how: 'Name the devices that are needed: `/dev/kfd` and `/dev/dri` for ROCm, a reservation for NVIDIA, a by-id path for a serial port. Give files by volumes, never by the disk that holds them.',
  fine: 'A disk tool of the host itself, or a disk that is given over to the service whole.',
  controls: ['CIS-Docker-1.6:5.18', 'NIST-800-190:4.4.3'],
  refs: ['CWE-250'],
  peers: ['compose-lint:CL-0016'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    devices:
      - /dev/sda:/dev/xvda:rwm
      - /dev/kfd
    device_cgroup_rules:
      - "a *:* rwm"
      - "c 189:* rmw"
`,
        good: `services:
  api:
    image: acme/api:1.4
    devices:
      - /dev/kfd
    device_cgroup_rules:
      - "c 189:* rmw"
`,
      },
    },
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    devices: ["/dev:/dev"]
`,
        good: `services:
  api:
    image: acme/api:1.4
    devices: ["/dev/dri:/dev/dri", "/dev/nvidia0", "/dev/net/tun", "/dev/ttyUSB0", "nvidia.com/gpu=all", "/dev/snd", "/dev/kvm"]
`,
      },
    },
  ],
  check(workload, report) {
    const { devices, deviceRules, privileged } = workload.settings
    // A privileged container has every device already.
    if (known(privileged) === true) return
    for (const { key, value, at } of knownItems(devices)) {
      const risk = deviceRisk(value.source)
      if (risk === undefined) continue
      const isRead = !value.permissions.includes('w') && !value.permissions.includes('m')
      const milder = isRead && risk.severity === 'critical'
      report({
        at,
        key: `devices[${key}]`,
        message: `${atStart(workload.label)} is given ${risk.what} (${value.source}): whoever gets into it can ${risk.gain}`,
        label: risk.what,
        concepts: [value.source === '/dev' ? 'dev-dir-mounted' : 'dangerous-device'],
        ...(milder
          ? { severity: 'high', because: 'it may only read from it' }
          : risk.severity === 'critical'
            ? {}
            : { severity: risk.severity, because: risk.because ?? risk.what }),
        fix: settingFix(
          workload,
          {
            title: `Take ${value.source} from ${workload.label}`,
            safety: 'review',
            breaks: 'what the program does with it',
          },
          { remove: `devices[${key}]` },
        ),
      })
    }
    const open = (known(deviceRules) ?? []).filter(isOpenRule)
    if (open.length === 0) return
    report({
      at: placeOf(deviceRules),
      key: 'deviceRules',
      message: `${atStart(workload.label)} may use every device of the host (device rule "${open[0]}"): as root it makes a device file of the host’s disk and opens it`,
      label: 'all devices',
      concepts: ['device-cgroup-rule'],
      fix: settingFix(
        workload,
        {
          title: `Take the rule for all devices from ${workload.label}`,
          safety: 'review',
          breaks: 'devices that appear later: name their major numbers instead (`c 189:* rwm` is USB)',
        },
        ...open.map((item) => ({ removeItem: 'deviceRules', item })),
      ),
    })
  },
})

interface DeviceRisk {
  readonly severity: Severity
  readonly what: string
  readonly gain: string
  readonly because?: string
}

function deviceRisk(source: string): DeviceRisk | undefined {
  const path = source.replace(/\/{1,20}$/, '')
  if (isGpuDevice(path)) return undefined
  return RISKS.find(([pattern]) => pattern.test(path))?.[1]
}

const DISK: DeviceRisk = {
  severity: 'critical',
  what: 'a disk of the host',
  gain: 'read and change every file on it, past all permissions',
}
const MEMORY: DeviceRisk = {
  severity: 'critical',
  what: 'the host’s memory',
  gain: 'read keys from the kernel and every program, and change them',
}

const RISKS: readonly (readonly [RegExp, DeviceRisk])[] = [
  [/^\/dev$/, { severity: 'critical', what: 'all devices of the host', gain: 'read and change its disks and memory' }],
  [/^\/dev\/(?:mem|kmem|port)$/, MEMORY],
  [
    /^\/dev\/(?:sd[a-z]|vd[a-z]|xvd[a-z]|hd[a-z]|nvme\d|mmcblk\d|md\d|dm-\d|loop\d|loop-control|nbd\d|mapper\/|disk\/)/,
    DISK,
  ],
  [
    /^\/dev\/fuse$/,
    {
      severity: 'low',
      what: 'the device for file systems of its own',
      gain: 'use kernel code that few containers reach; mounting needs SYS_ADMIN as well',
      because: 'without SYS_ADMIN it does little',
    },
  ],
]

/** `a *:* rwm`, `b *:* rwm`: any block device. Character devices of one major number are somebody's choice. */
function isOpenRule(rule: string): boolean {
  return /^\s*(?:a(?:\s+\*:\*)?(?:\s+[rwm]{1,3})?|b\s+(?:\*|8|259):\*\s+[rwm]{1,3})\s*$/.test(rule)
}
