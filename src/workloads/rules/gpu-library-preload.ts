import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { known, manualFix, settingFix } from '../../core/setting.ts'
import type { Severity } from '../../core/severity.ts'
import { worksOnGpu } from '../kind-of-work.ts'
import { variablesOf } from '../switches.ts'
import { ownerOf } from '../word-changes.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/gpu-library-preload',
  reads: 'workload',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['gpu-ld-preload'],
  title: 'GPU container preloads a library from where it can be replaced',
  why: 'LD_PRELOAD and LD_LIBRARY_PATH put a library into every program that starts with them. NVIDIA’s toolkit before 1.17.8 started a program of the host with the container’s variables: a library of the image then ran as root on the host (CVE-2025-23266). Where others can write, they choose that library.',
  how: 'Take the variable out, or name a library in a system folder that the running user cannot write to; set it for the one program that needs it. Keep the NVIDIA Container Toolkit at 1.17.8 or newer.',
  fine: 'An allocator from a system folder (jemalloc, tcmalloc), on hosts whose toolkit is up to date.',
  controls: ['NIST-800-190:4.1.3', 'NIST-800-190:4.4.1'],
  refs: ['CVE-2025-23266', 'CWE-426', 'CWE-427'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nENV LD_PRELOAD=/proc/self/cwd/hook.so\n',
        good: 'FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nENV LD_LIBRARY_PATH=/usr/local/nvidia/lib:/usr/local/nvidia/lib64:/usr/local/cuda/lib64\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nENV LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2\n',
        good: 'FROM python:3.12\nENV LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  train:\n    image: example/train:1\n    gpus: all\n    environment:\n      - LD_LIBRARY_PATH=/workspace/lib:/usr/local/cuda/lib64\n      - SEED=1\n    volumes: ["./work:/workspace"]\n',
        good: 'services:\n  train:\n    image: example/train:1\n    gpus: all\n    environment:\n      - LD_LIBRARY_PATH=/usr/local/cuda/lib64\n      - SEED=1\n    volumes: ["./work:/workspace"]\n',
      },
    },
    {
      'pod.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: train}\nspec:\n  containers:\n    - name: train\n      image: example/train:1\n      env: [{name: LD_PRELOAD, value: /tmp/hook.so}, {name: SEED, value: "1"}]\n      resources: {limits: {nvidia.com/gpu: 1}}\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: train}\nspec:\n  containers:\n    - name: train\n      image: example/train:1\n      env: [{name: SEED, value: "1"}]\n      resources: {limits: {nvidia.com/gpu: 1}}\n',
      },
    },
  ],
  check(workload, report, view) {
    if (!worksOnGpu(workload)) return
    for (const { name, value, at, removal } of variablesOf(workload)) {
      if (name !== 'LD_PRELOAD' && name !== 'LD_LIBRARY_PATH') continue
      const found = name === 'LD_PRELOAD' ? preload(value, workload) : searched(value, workload)
      if (found === undefined) continue
      const title = `Take ${name} out of GPU containers`
      report({
        at,
        key: `env[${name}]`,
        label: found.label,
        message: `${atStart(workload.label)} sets ${name} to ${value}: ${found.what}`,
        ...(found.severity === 'high' ? {} : { severity: found.severity, because: found.because }),
        fix:
          removal === undefined || found.severity === 'low'
            ? manualFix(
                title,
                `Set ${name} only for the program that needs it, and from a folder that only root writes to.`,
                `preload ${workload.subject}`,
              )
            : settingFix(
                ownerOf(workload, view, at),
                { title, safety: 'review', breaks: 'programs that need the library' },
                removal,
              ),
      })
    }
  },
})

interface Judged {
  readonly severity: Severity
  readonly what: string
  readonly label: string
  readonly because: string
}

function preload(value: string, workload: WorkloadFact): Judged | undefined {
  const libraries = value.split(/[:\s]+/).filter((one) => one !== '')
  if (libraries.length === 0) return undefined
  for (const library of libraries) {
    // A bare name is looked up in the system's folders.
    const why = library.includes('/') ? replaceable(library, workload) : undefined
    if (why !== undefined) return { severity: 'high', what: `${library} ${why}`, label: 'can be replaced', because: '' }
  }
  if (
    libraries.every((library) =>
      /(?:^|\/)lib(?:jemalloc|tcmalloc(?:_minimal)?|mimalloc|gomp|iomp5|omp)\b[^/]*$/.test(library),
    )
  )
    return {
      severity: 'low',
      what: 'every program loads it, also those that an outdated NVIDIA toolkit starts for the container',
      label: 'loaded by every program',
      because: 'a well-known allocator or thread library in a system folder',
    }
  return {
    severity: 'medium',
    what: 'every program loads it, also those that an outdated NVIDIA toolkit starts for the container',
    label: 'loaded by every program',
    because: 'it lies where only root can write',
  }
}

function searched(value: string, workload: WorkloadFact): Judged | undefined {
  for (const folder of value.split(/[:;]/)) {
    if (folder === '') continue
    const why = replaceable(folder, workload)
    if (why !== undefined)
      return {
        severity: 'medium',
        what: `${folder} ${why}`,
        label: 'searched for libraries',
        because: 'it is searched, not loaded outright',
      }
  }
  return undefined
}

/** Why others can put a file there. A variable that was not resolved is not told. */
function replaceable(path: string, workload: WorkloadFact): string | undefined {
  if (path.includes('$')) return undefined
  if (!path.startsWith('/')) return 'is relative: the working directory decides what is loaded'
  if (/^\/(?:proc|tmp|var\/tmp|dev\/shm|run\/user)(?:\/|$)/.test(path)) return 'lies where everybody can write'
  for (const [target, setting] of Object.entries(workload.settings.mounts.items)) {
    const mount = known(setting)
    if (mount === undefined || mount.readOnly || target === '/' || (mount.kind !== 'bind' && mount.kind !== 'volume'))
      continue
    if (path === target || path.startsWith(`${target.replace(/\/+$/, '')}/`))
      return `lies in ${target}, which is mounted writable`
  }
  return undefined
}
