import { defineRule } from '../../core/rule.ts'
import { isSet, placeOf, settingFix } from '../../core/setting.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/host-namespace',
  reads: 'workload',
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['host-uts', 'host-userns', 'cgroup-host'],
  title: 'Container shares a namespace of the host',
  why: 'Namespaces are the walls of a container. Without one for users, root inside is root outside; without one for control groups or the host name the container sees, and as root changes, what belongs to the host.',
  how: 'Take the setting out.',
  fine: 'A node agent that measures the host’s control groups; an engine without user-namespace remapping, where `userns_mode: host` says what holds anyway.',
  controls: ['CIS-Docker-1.6:5.21', 'CIS-Docker-1.6:5.25', 'CIS-Docker-1.6:5.31', 'NIST-800-190:4.4.3'],
  refs: ['CWE-653'],
  peers: ['compose-lint:CL-0010'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    uts: host
    userns_mode: host
    cgroup: host
`,
        good: `services:
  api:
    image: acme/api:1.4
`,
      },
    },
  ],
  check(workload, report) {
    for (const row of ROWS) {
      const setting = workload.settings.namespaces[row.namespace]
      if (!isSet(setting) || setting.value.mode !== 'host' || workload.dialect === 'kubernetes') continue
      report({
        at: placeOf(setting),
        key: `namespaces.${row.namespace}`,
        message: `${atStart(workload.label)} ${row.message}`,
        label: 'the host’s namespace',
        concepts: [row.concept],
        fix: settingFix(
          workload,
          { title: `Give ${workload.label} ${row.own}`, safety: 'review', breaks: row.breaks },
          { remove: `namespaces.${row.namespace}` },
        ),
      })
    }
  },
})

const ROWS = [
  {
    namespace: 'uts',
    concept: 'host-uts',
    message: 'shares the host’s name: with SYS_ADMIN it can rename the host, and it always sees its name',
    own: 'a host name of its own',
    breaks: 'programs that need the host’s name: set `hostname` for them',
  },
  {
    namespace: 'user',
    concept: 'host-userns',
    message:
      'opts out of user-namespace remapping: root inside it is root on the host, also where the engine remaps users',
    own: 'the engine’s user namespace',
    breaks: 'files on bind mounts, which belong to other numbers where the engine remaps users',
  },
  {
    namespace: 'cgroup',
    concept: 'cgroup-host',
    message:
      'sees the control groups of the whole host, and as root with them mounted writable changes the limits of others',
    own: 'a control-group namespace of its own',
    breaks: 'programs that manage control groups themselves (systemd, a nested engine)',
  },
] as const
