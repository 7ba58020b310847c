import type { ImageReference } from '../../../core/facts/workload.ts'
import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { packageInstalls } from '../../../formats/shell/meaning.ts'
import { type Build, buildOf, placeIn } from '../build.ts'

export default defineRule({
  id: 'dockerfile/cuda-devel-ships',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'medium',
  concepts: ['cuda-devel-final'],
  title: 'Image ships the GPU toolkit’s compilers',
  why: 'Compilers, headers and static libraries are gigabytes that a serving container never uses: more to patch, slower to start, and tools at hand for whoever gets in.',
  how: 'Build in a stage from the `-devel` image, and copy what was built into a second one from `-runtime` (or `-base`) of the same version.',
  fine: 'Kernels are compiled when the service runs (DeepSpeed, some of vLLM, CUDA extensions built on demand), or people develop in the container.',
  controls: ['CIS-Docker-1.6:4.3', 'NIST-800-190:4.1.2'],
  refs: ['CWE-1104', 'https://hub.docker.com/r/nvidia/cuda'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nCOPY app /app\nCMD ["python3", "/app/serve.py"]\n',
        good: 'FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS build\nRUN make\nFROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nCOPY --from=build /app /app\nCMD ["python3", "/app/serve.py"]\n',
      },
    },
    {
      Dockerfile: {
        bad: 'ARG CUDA=12.4.1\nFROM nvcr.io/nvidia/cuda:${CUDA}-cudnn-devel-ubuntu22.04 AS base\nFROM base\nCOPY app /app\n',
        good: 'ARG CUDA=12.4.1\nFROM nvcr.io/nvidia/cuda:${CUDA}-cudnn-runtime-ubuntu22.04 AS base\nFROM base\nCOPY app /app\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM pytorch/pytorch:2.5.1-cuda12.4-cudnn9-devel\nRUN pip install fastapi\n',
        good: 'FROM acme/developers:devel\nRUN pip install fastapi\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM intel/oneapi-basekit:2025.1.3-0-devel-ubuntu22.04\nCOPY app /app\n',
        good: 'FROM intel/oneapi-basekit:2025.1.3-0-devel-ubuntu22.04 AS build\nRUN make\nFROM debian:12-slim\nCOPY --from=build /app /app\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    const build = buildOf(dockerfile, view)
    for (const stage of build.stages) {
      const { base, from } = stage.evaluated
      if (!stage.ships || base.is !== 'image' || !isToolkit(base.reference)) continue
      const compiler = compiledAtRunTime(build)
      report({
        at: placeIn(stage, from.args[0]?.span ?? from.span, from),
        message: `The image that ships starts from ${base.reference.text}, with all compilers and headers of the GPU toolkit`,
        subject: stage.subject,
        key: `base[${base.reference.repository}]`,
        label: 'made for building, not for running',
        ...(compiler === undefined
          ? {}
          : { severity: 'low' as const, because: `${compiler} is installed, which may compile kernels when it runs` }),
        fix: manualFix(
          'Build in one stage, ship another',
          `Keep ${base.reference.text} for the stage that compiles, and start the last stage FROM ${runtimeOf(base.reference)}, with COPY --from for what was built.`,
        ),
      })
    }
  },
})

function isToolkit({ repository, tag = '' }: ImageReference): boolean {
  if (hasRuntimeTags(repository)) return /(?:^|-)devel(?:-|$)/.test(tag)
  return /^rocm\/dev-/.test(repository) || /^intel\/oneapi-(?:base|hpc|ai)kit$/.test(repository)
}

/** Repositories that publish a `-runtime` beside every `-devel`. */
function hasRuntimeTags(repository: string): boolean {
  return /(?:^|\/)nvidia\/cuda$/.test(repository) || repository === 'pytorch/pytorch'
}

/** Never a tag that was not seen: of the others only the repository, if any, is known to exist. */
function runtimeOf({ repository, text, tag = '' }: ImageReference): string {
  if (hasRuntimeTags(repository) && tag.includes('-devel') && !text.includes('@')) {
    const end = text.length - tag.length
    return text.slice(0, end) + tag.replace('-devel', '-runtime')
  }
  return repository.startsWith('intel/')
    ? 'intel/oneapi-runtime of the same version'
    : 'an image that holds the libraries of the same version only'
}

const COMPILERS = new Set([
  'deepspeed',
  'vllm',
  'sglang',
  'flash-attn',
  'flashinfer',
  'flashinfer-python',
  'apex',
  'tensorrt-llm',
  'cupy',
  'numba',
  'nerfstudio',
  'gsplat',
])

/** A package that compiles for the GPU at hand when it runs. */
function compiledAtRunTime({ stages }: Build): string | undefined {
  for (const stage of stages) {
    if (!stage.ships) continue
    for (const { packages } of packageInstalls(stage.runs.map(({ command }) => command))) {
      const found = packages.find(({ name }) => name !== null && COMPILERS.has(name.toLowerCase().replaceAll('_', '-')))
      if (found?.name != null) return found.name
    }
  }
  return undefined
}
