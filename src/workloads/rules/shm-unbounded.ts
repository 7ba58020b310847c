import { defineRule } from '../../core/rule.ts'
import { known, placeOf, settingFix } from '../../core/setting.ts'
import { atStart } from '../wording.ts'

const SHARED_MEMORY = 8 * 1024 ** 3

export default defineRule({
  id: 'workload/shm-unbounded',
  reads: 'workload',
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['shm-emptydir-unbounded'],
  title: 'Shared memory of a pod has no limit',
  why: 'A memory-backed emptyDir without `sizeLimit` grows until half of the node’s memory is gone: a leaking data loader starves, or gets killed, every other pod of the node.',
  how: 'Set `sizeLimit` on the emptyDir (8Gi is plenty for most), and a memory limit on the container: what is written there counts against it.',
  controls: ['CIS-Docker-1.6:5.11', 'NIST-800-190:4.4.3'],
  refs: ['CWE-770'],
  examples: [
    {
      'pod.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: train}
spec:
  containers:
    - name: train
      image: acme/train:1.4
      volumeMounts:
        - name: dshm
          mountPath: /dev/shm
  volumes:
    - name: dshm
      emptyDir:
        medium: Memory
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: train}
spec:
  containers:
    - name: train
      image: acme/train:1.4
      volumeMounts:
        - name: dshm
          mountPath: /dev/shm
  volumes:
    - name: dshm
      emptyDir:
        medium: Memory
        sizeLimit: 8Gi
`,
      },
    },
  ],
  check(workload, report) {
    if (workload.dialect !== 'kubernetes') return
    const setting = workload.settings.mounts.items['/dev/shm']
    const mount = known(setting)
    if (mount?.kind !== 'tmpfs' || mount.size !== null) return
    const limit = known(workload.settings.limits.memory)
    report({
      at: placeOf(setting),
      key: 'limits.shm',
      message: `${atStart(workload.label)} has shared memory without a size limit${typeof limit === 'number' ? '' : ', and no memory limit either: it can fill the memory of its node'}`,
      label: 'an emptyDir of medium Memory without sizeLimit',
      ...(typeof limit === 'number'
        ? { severity: 'low', because: 'the container’s memory limit bounds it' }
        : limit === undefined
          ? { severity: 'low', because: 'whether the container has a memory limit could not be told' }
          : {}),
      fix: settingFix(
        workload,
        {
          title: `Limit the shared memory of ${workload.label} to 8 GiB`,
          safety: 'review',
          breaks: 'a training job that needs more shared memory than that',
        },
        { set: 'limits.shm', value: SHARED_MEMORY },
      ),
    })
  },
})
