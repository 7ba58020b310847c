import type { DockerfileFact, DockerfileProblem } from '../../../core/facts/dockerfile.ts'
import { defineRule, type Report } from '../../../core/rule.ts'
import { editFix } from '../../../core/setting.ts'
import { buildOf } from '../build.ts'

export default defineRule({
  id: 'dockerfile/build-error',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: [
    'build-refused',
    'missing-from',
    'duplicate-stage-name',
    'copy-from-self',
    'copy-from-unnamed-stage',
    'copy-multi-no-slash',
    'onbuild-forbidden',
    'reserved-stage-name',
    'port-out-of-range',
  ],
  title: 'Dockerfile can not be built as it is',
  why: 'The build stops here, so that the image in use is an older one, without the fixes that this file holds; or it goes on with another stage than the one that was meant.',
  how: 'Mend the instruction as the message says; `docker build --check .` tells what BuildKit thinks of the file without building it.',
  refs: ['https://docs.docker.com/reference/dockerfile/'],
  peers: [
    'hadolint:DL3061',
    'hadolint:DL3024',
    'hadolint:DL3023',
    'hadolint:DL3022',
    'hadolint:DL3021',
    'hadolint:DL3043',
  ],
  examples: [
    {
      Dockerfile: {
        bad: 'RUN make\nFROM debian:12-slim\n',
        good: 'ARG VERSION=12\nFROM debian:${VERSION}-slim\nRUN make\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM golang:1.23 AS build\nRUN make\nFROM debian:12-slim AS final\nCOPY --from=final /app /app\n',
        good: 'FROM golang:1.23 AS build\nRUN make\nFROM debian:12-slim AS final\nCOPY --from=build /app /app\nCOPY --from=busybox:1.36 /bin/busybox /bin/\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM golang:1.23 AS builder\nRUN make\nFROM debian:12-slim\nCOPY --from=bulider /app /app\n',
        good: 'FROM golang:1.23 AS builder\nRUN make\nFROM debian:12-slim\nCOPY --from=builder /app /app\nCOPY --from=busybox /bin/busybox /bin/\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim AS base\nFROM debian:12-slim AS base\nRUN make\n',
        good: 'FROM debian:12-slim AS base\nFROM base AS final\nRUN make\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nONBUILD FROM alpine\n',
        good: 'FROM debian:12-slim\nONBUILD RUN make\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nCOPY a.txt b.txt /data\n',
        good: 'FROM debian:12-slim\nCOPY a.txt b.txt /data/\nCOPY a.txt /data/c.txt\nCOPY a.txt b.txt ./\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim AS scratch\nRUN make\n',
        good: 'FROM debian:12-slim AS scratchpad\nRUN make\nEXPOSE 8080 9000-9005/udp\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nEXPOSE 80800\n',
        good: 'FROM debian:12-slim\nEXPOSE 8080\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    // A frontend of its own may know more instructions.
    if (dockerfile.foreignFrontend !== undefined) return
    const problems = [...dockerfile.problems, ...buildOf(dockerfile, view).problems]
    const told = new Set<string>()
    for (const problem of problems) {
      const { span } = problem
      if (problem.level === 'error' && !OURS.has(problem.code) && !told.has(`${problem.code} ${span.start}`)) {
        told.add(`${problem.code} ${span.start}`)
        reportRefusal(problem, dockerfile, report)
      }
    }
    checkNames(dockerfile, report)
    checkCopies(dockerfile, report)
  },
})

/** Limits of this reader, not of BuildKit; coverage tells them. */
const OURS = new Set(['too-many-words', 'too-many-instructions', 'unknown-target'])

const CONCEPTS: Readonly<Record<string, string>> = {
  'no-stage': 'missing-from',
  'no-stage-yet': 'missing-from',
  'empty-base': 'missing-from',
  'onbuild-trigger': 'onbuild-forbidden',
  'unknown-stage': 'copy-from-unnamed-stage',
  'from-variable': 'copy-from-unnamed-stage',
  'stage-name': 'reserved-stage-name',
  'invalid-port': 'port-out-of-range',
}

function reportRefusal(problem: DockerfileProblem, dockerfile: DockerfileFact, report: Report): void {
  const self = problem.code === 'unknown-stage' && problem.message.includes('itself')
  report({
    at: { path: dockerfile.path, span: problem.span },
    message: `The build stops here: ${problem.message}`,
    subject: dockerfile.path,
    key: `${problem.code}[${problem.message}]`,
    label: problem.message,
    concepts: [self ? 'copy-from-self' : (CONCEPTS[problem.code] ?? 'build-refused')],
  })
}

function checkNames(dockerfile: DockerfileFact, report: Report): void {
  const seen = new Set<string>()
  for (const { name, from } of dockerfile.stages) {
    if (name === undefined) continue
    const at = { path: dockerfile.path, span: from.args[2]?.span ?? from.span, key: 'FROM' }
    const about = (concept: string, message: string, because: string) =>
      report({
        at,
        message,
        subject: dockerfile.path,
        key: `${concept}[${name}]`,
        severity: 'medium',
        because,
        concepts: [concept],
      })
    if (seen.has(name)) {
      about(
        'duplicate-stage-name',
        `Two stages are named "${name}": what names it gets the later one`,
        'BuildKit builds it with a warning, other builders refuse it',
      )
    } else if (name === 'scratch' || name === 'context') {
      about(
        'reserved-stage-name',
        `A stage is named "${name}", a word that means something else to the build`,
        'BuildKit builds it with a warning',
      )
    }
    seen.add(name)
  }
}

function checkCopies(dockerfile: DockerfileFact, report: Report): void {
  const names = dockerfile.stages.flatMap(({ name }) => (name === undefined ? [] : [name]))
  for (const instruction of dockerfile.instructions) {
    if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || instruction.onbuild === true) continue
    const from = instruction.flags.find(({ name }) => name === 'from')
    const meant = from?.value == null ? undefined : misspelt(from.value, names)
    if (from !== undefined && meant !== undefined) {
      report({
        at: { path: dockerfile.path, span: from.span, key: instruction.keyword },
        message: `No stage is named "${from.value}", so that an image of this name is pulled: "${meant}" is likely meant`,
        subject: dockerfile.path,
        key: `from[${from.value}]`,
        confidence: 'medium',
        concepts: ['copy-from-unnamed-stage'],
        label: 'pulled from Docker Hub, whoever owns the name there',
        fix: editFix(
          dockerfile,
          dockerfile.path,
          {
            title: `Copy from the stage ${meant}`,
            safety: 'review',
            breaks: 'builds that mean an image of this name: write it with its tag',
          },
          [{ span: from.span, text: `--from=${meant}` }],
        ),
      })
    }
    const destination = instruction.args.at(-1)
    const sources = instruction.args.length - 1 + instruction.heredocs.length
    if (destination === undefined || instruction.args.length < 3 || sources < 2) continue
    if (/(?:[/\\]|^\.{1,2}|\/\.{1,2})$/.test(destination.value) || destination.value.includes('$')) continue
    report({
      at: { path: dockerfile.path, span: destination.span, key: instruction.keyword },
      message: `Several files are copied to ${destination.value}, which does not end with a slash: a folder is meant, and older builders refuse it`,
      subject: dockerfile.path,
      key: `destination[${destination.value}]`,
      severity: 'low',
      because: 'BuildKit takes it where the folder is there already',
      concepts: ['copy-multi-no-slash'],
      ...(instruction.exec === undefined
        ? {
            fix: editFix(dockerfile, dockerfile.path, { title: 'End the folder with a slash', safety: 'safe' }, [
              { span: { start: destination.span.end, end: destination.span.end }, text: '/' },
            ]),
          }
        : {}),
    })
  }
}

/** The stage that a name that is none most likely means: one letter left out, added, changed, or two swapped. */
function misspelt(name: string, stages: readonly string[]): string | undefined {
  const word = name.toLowerCase()
  if (!/^[a-z][a-z0-9_-]{3,}$/.test(word) || stages.includes(word)) return undefined
  return stages.find((stage) => isOneEditAway(word, stage))
}

function isOneEditAway(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || other.length < 4) return false
  let start = 0
  while (start < one.length && one[start] === other[start]) start++
  let end = 0
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end++
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}
