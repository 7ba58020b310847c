import type { View } from '../../../core/fact.ts'
import type { DockerfileFact, Instruction } from '../../../core/facts/dockerfile.ts'
import { defineRule, type Report } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { type BuildStage, buildOf, placeIn } from '../build.ts'
import { type BuildContext, contextsOf, folderOf, leavesOut } from '../dockerignore.ts'

export default defineRule({
  id: 'dockerfile/copy-everything',
  reads: 'dockerfile',
  joins: ['ignore-file', 'workload', 'script', 'env-file'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'medium',
  concepts: ['copy-whole-context', 'dockerignore-missing'],
  title: 'Whole folder is copied into the image, private files and all',
  why: '`COPY . .` takes what lies in the folder on the day of the build: `.env` files, keys, the history in `.git` with everything that was ever committed. Whoever can pull the image reads it.',
  how: 'Write a `.dockerignore` that leaves out everything (`*`) and lets in what is needed (`!src`), or at least `.git`, `.env*` and `*.pem`; or copy the folders that are needed by name.',
  fine: 'The build’s context is a clean export (`git archive`, a CI checkout of one folder).',
  controls: ['NIST-800-190:4.1.4'],
  refs: ['CWE-538', 'https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  peers: ['hadolint:DL3067', 'dockerfile-roast:DF007'],
  examples: [
    {
      Dockerfile: 'FROM python:3.12\nWORKDIR /app\nCOPY . .\n',
      '.dockerignore': { bad: 'node_modules\n', good: '.git\n.env*\n' },
      '.env': 'MODE=production\n',
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nCOPY ./ /app/\n',
        good: 'FROM python:3.12\nCOPY src /app/src\nCOPY . /app/all\n',
      },
      '.dockerignore': { bad: '# nothing yet\n', good: '*\n!src\n' },
    },
    {
      // A stage that does not ship, and a Dockerfile with an ignore file of its own.
      'docker/api.Dockerfile': {
        bad: 'FROM python:3.12\nADD . /app\n',
        good: 'FROM node:22 AS build\nCOPY . .\nFROM nginx:1.27\nCOPY --from=build . /www\n',
      },
    },
    {
      'docker/api.Dockerfile': { bad: 'FROM python:3.12\nADD . /app\n', good: 'FROM python:3.12\nADD . /app\n' },
      'docker/api.Dockerfile.dockerignore': { bad: 'docs\n', good: '**/.git\n**/.env\n' },
      'compose.yaml': 'services:\n  api:\n    build:\n      context: .\n      dockerfile: docker/api.Dockerfile\n',
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml .\nCOPY .git/ .git/\nRUN pip install .\n',
        good: 'FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml .gitmodules ./\nRUN --mount=type=bind,source=.git,target=.git pip install .\n',
      },
    },
    {
      // Only what is there can leak: no history below the root, no env file in sight.
      'services/api/Dockerfile': 'FROM python:3.12\nCOPY . .\n',
      'services/api/.env': { bad: 'MODE=production\n', good: '' },
      'services/api/.env.example': 'MODE=\n',
      'services/api/.dockerignore': { bad: 'docs\n', good: '.env\n' },
    },
  ],
  check(dockerfile, report, view) {
    // What stands beside a file that was named alone is not known.
    if (dockerfile.named === true) return
    const contexts = contextsOf(dockerfile, view)
    for (const stage of buildOf(dockerfile, view).stages) {
      if (!stage.ships) continue
      for (const instruction of stage.instructions) {
        if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || instruction.onbuild === true) continue
        if (instruction.flags.some(({ name }) => name === 'from' || name === 'exclude')) continue
        checkHistory(stage, instruction, contexts, report)
        const source = instruction.args.slice(0, -1).find(({ value }) => /^(?:\.\/?|\/|\*|\.\/\*)$/.test(value))
        if (source === undefined) continue
        const [leak] = contexts.flatMap((context) => leakOf(context, dockerfile, source.value, view) ?? [])
        if (leak === undefined) continue
        const { files, context } = leak
        const ignored = context.ignoreFile
        report({
          at: placeIn(stage, source.span, instruction),
          message: `${instruction.keyword} ${source.value} puts ${listed(files)} into the image: ${ignored === undefined ? 'there is no .dockerignore' : `${ignored.path} does not leave ${files.length === 1 ? 'it' : 'them'} out`}`,
          subject: stage.subject,
          key: `copy[${source.value}]`,
          label: 'everything in the folder',
          ...(ignored === undefined
            ? {}
            : { related: [{ at: { path: ignored.path }, label: 'leaves other files out' }] }),
          concepts: ignored === undefined ? ['dockerignore-missing', 'copy-whole-context'] : ['copy-whole-context'],
          ...(context.said ? { confidence: 'high' as const } : {}),
          ...(leak.sees
            ? {}
            : {
                severity: 'low' as const,
                because: 'no env file stands in the folder: what leaks is the history in .git',
              }),
          fix: manualFix(
            'Leave private files out of the build',
            `Write into ${ignored?.path ?? (context.folder === '' ? '.dockerignore' : `${context.folder}/.dockerignore`)}: .git, .env*, *.pem, *.key; or * and then ! for each folder that is needed.`,
            'dockerignore',
          ),
        })
      }
    }
  },
})

/** `COPY .git .git`, which tools that read the version from a tag ask for. */
function checkHistory(
  stage: BuildStage,
  instruction: Instruction,
  contexts: readonly BuildContext[],
  report: Report,
): void {
  const source = instruction.args.slice(0, -1).find(({ value }) => /^(?:\.?\/)?\.git\/?$/.test(value))
  if (source === undefined || contexts.every(({ ignoreFile }) => leavesOut(ignoreFile?.patterns ?? [], '.git'))) return
  report({
    at: placeIn(stage, source.span, instruction),
    message: `${instruction.keyword} ${source.value} puts the repository’s history into the image, with everything that was ever committed`,
    subject: stage.subject,
    key: `copy[${source.value}]`,
    label: 'the whole history',
    concepts: ['copy-whole-context'],
    confidence: 'high',
    fix: manualFix(
      'Leave the history out of the image',
      'Mount it for the one command that reads it (RUN --mount=type=bind,source=.git,target=.git …), or hand the version over (ARG SETUPTOOLS_SCM_PRETEND_VERSION).',
    ),
  })
}

interface Leak {
  readonly context: BuildContext
  readonly files: readonly string[]
  /** A file that leaks was seen. */
  readonly sees: boolean
}

/** What would be copied and should not; undefined where nothing is. */
function leakOf(context: BuildContext, dockerfile: DockerfileFact, source: string, view: View): Leak | undefined {
  const patterns = context.ignoreFile?.patterns ?? []
  const names = view
    .in('env-file', dockerfile.target)
    .filter(({ path }) => folderOf(path) === context.folder)
    .map(({ path }) => path.slice(path.lastIndexOf('/') + 1))
    .filter((name) => /^\.env(?:\.|$)/.test(name) && !/(?:example|sample|template|dist|default)/i.test(name))
    .filter((name) => !leavesOut(patterns, name))
  // The history lies at the root of a project.
  const history = context.folder === '' && source !== '*' && !leavesOut(patterns, '.git')
  if (names.length === 0 && !history) return undefined
  return { context, files: [...names.slice(0, 3), ...(history ? ['.git'] : [])], sees: names.length > 0 }
}

function listed(files: readonly string[]): string {
  return files.length === 1 ? (files[0] as string) : `${files.slice(0, -1).join(', ')} and ${files.at(-1)}`
}
