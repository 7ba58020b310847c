import type { DockerfileFact, Instruction } from '../../../core/facts/dockerfile.ts'
import type { ImageReference } from '../../../core/facts/workload.ts'
import { defineRule, type Report } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import type { Span } from '../../../core/span.ts'
import { baseImage } from '../../../knowledge/base-images.ts'
import { pinningOf } from '../../../knowledge/image-pinning.ts'
import { parseImageReference } from '../../../knowledge/image-reference.ts'
import { type EvaluatedStage, evaluateStages } from '../stages.ts'

export default defineRule({
  id: 'dockerfile/base-image-unpinned',
  reads: 'dockerfile',
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['base-image-untagged', 'base-image-latest'],
  title: 'Base image without a version',
  why: 'Without a tag, or with one like `latest`, the next build may stand on another base: it breaks without a change on your side, or brings what somebody put into a publisher’s stolen account, and nobody can build the old image again.',
  how: 'Name the version, best with its digest: `FROM python:3.12-slim@sha256:…`. Renovate and Dependabot raise both.',
  fine: 'A throw-away image on a developer’s machine.',
  controls: ['CIS-Docker-1.6:4.2', 'NIST-800-190:4.2.2'],
  refs: ['CWE-829', 'CWE-1357'],
  peers: ['hadolint:DL3006', 'hadolint:DL3007', 'trivy:DS-0001', 'checkov:CKV_DOCKER_7', 'dockle:DKL-DI-0006'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python\nUSER 1000\n',
        good: 'FROM python:3.12-slim\nUSER 1000\n',
      },
    },
    {
      // Stages, scratch, digests, and what a build argument without default decides are no matter here.
      Dockerfile: {
        bad: 'ARG TAG=latest\nFROM node:${TAG} AS web\nFROM python:3.12-slim\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv\nUSER 1000\n',
        good: 'ARG TAG\nARG BASE=non-existing\nFROM ${BASE} AS base\nFROM node:${TAG} AS web\nFROM web AS latest\nFROM python@sha256:4bc2b3f1a1e4cfe1a0be9bd4e4cd53d2b2f6a0b6cf7a6f3b8e0b7a7f3cbb5b57 AS build\nFROM scratch\nCOPY --from=latest /x /x\nCOPY --from=0 /x /y\nCOPY --from=assets /x /z\nUSER 1000\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12-slim\nRUN --mount=type=bind,from=acme/dependencies:latest,source=/,target=/deps cp -r /deps/models /models\nUSER 1000\n',
        good: 'FROM python:3.12-slim AS tools\nFROM python:3.12-slim\nRUN --mount=type=bind,from=acme/dependencies:2.1,source=/,target=/deps --mount=type=bind,from=tools,target=/tools cp -r /deps/models /models\nUSER 1000\n',
      },
    },
  ],
  check(dockerfile, report) {
    const uses: Use[] = []
    for (const stage of evaluateStages(dockerfile).stages) {
      const { base, from } = stage
      if (base.is === 'image' && !isPlaceholder(stage))
        uses.push({ reference: base.reference, instruction: from, span: from.args[0]?.span, does: 'is built on' })
    }
    const names = new Set(dockerfile.stages.map(({ name }) => name))
    for (const instruction of dockerfile.instructions) {
      if (instruction.onbuild) continue
      for (const { source, span, does } of sourcesOf(instruction)) {
        if (source.includes('$') || /^[0-9]*$/.test(source) || names.has(source.toLowerCase())) continue
        // A bare name may be a build context that `docker buildx bake` names.
        const reference = /[/:]/.test(source) ? parseImageReference(source) : undefined
        if (reference !== undefined) uses.push({ reference, instruction, span, does })
      }
    }
    // One image, one finding, however many stages and steps use it.
    for (const same of Map.groupBy(uses, ({ reference }) => reference.text).values()) tell(dockerfile, report, same)
  },
})

interface Use {
  readonly reference: ImageReference
  readonly instruction: Instruction
  readonly span: Span | undefined
  /** After "The image". */
  readonly does: string
}

/** `FROM ${BASE}` after `ARG BASE=base`: the default stands for an image that is named or built before. */
function isPlaceholder({ base, from }: EvaluatedStage): boolean {
  if (base.is !== 'image' || !from.text.includes('$')) return false
  const { text, tag, digest } = base.reference
  return !text.includes('/') && tag === undefined && digest === undefined && baseImage(base.reference) === undefined
}

/** What `COPY --from=X` and `RUN --mount=…,from=X` name: a stage, an image, or a build context. */
function sourcesOf({ keyword, flags }: Instruction): { source: string; span: Span; does: string }[] {
  return flags.flatMap(({ name, value, span }) => {
    if (keyword === 'COPY' && name === 'from') return [{ source: value ?? '', span, does: 'copies from' }]
    if (keyword !== 'RUN' || name !== 'mount') return []
    const source = /(?:^|,)from=([^,]*)/i.exec(value ?? '')?.[1]
    return source === undefined ? [] : [{ source, span, does: 'is built with files of' }]
  })
}

function tell(dockerfile: DockerfileFact, report: Report, [first, ...others]: readonly Use[]): void {
  if (first === undefined) return
  const { reference, instruction, does } = first
  const placeOf = (use: Use) => ({
    path: dockerfile.path,
    span: use.span ?? use.instruction.span,
    key: use.instruction.keyword,
  })
  const pinning = pinningOf(reference)
  if (pinning !== 'no-tag' && pinning !== 'moving-tag') return
  const { text, tag } = reference
  const mayBeLocal = reference.repository.startsWith('library/') && baseImage(reference) === undefined
  report({
    at: placeOf(first),
    key: `${instruction.keyword}[${text}]`,
    message:
      pinning === 'no-tag'
        ? `The image ${does} ${text} without a tag: whatever is the latest on the day of the build`
        : `The image ${does} ${text}, and "${tag}" may be another image tomorrow`,
    label: pinning === 'no-tag' ? 'no tag' : 'the tag moves',
    related: others.map((use) => ({ at: placeOf(use), label: 'and here' })),
    concepts: [pinning === 'no-tag' ? 'base-image-untagged' : 'base-image-latest'],
    ...(mayBeLocal
      ? {
          severity: 'low',
          confidence: 'low',
          because: 'no public image of that name is known: it may be built before, or be a named build context',
        }
      : {}),
    fix: manualFix(
      `Name the versions of the images that ${dockerfile.path} builds on`,
      `Look up the version that you build on (\`docker buildx imagetools inspect ${text}\`), and write \`${text.replace(/:[^:/]*$/, '')}:VERSION@sha256:…\` in ${dockerfile.path}.`,
      `pin ${dockerfile.path}`,
    ),
  })
}
