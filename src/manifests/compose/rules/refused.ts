import type { ComposeProblem, ComposeProjectFact } from '../../../core/facts/compose.ts'
import type { FixDraft } from '../../../core/fix.ts'
import { defineRule } from '../../../core/rule.ts'
import { editFix, manualFix } from '../../../core/setting.ts'

export default defineRule({
  id: 'compose/refused',
  reads: 'compose-project',
  joins: ['compose-file'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['compose-refused', 'coverage-gap'],
  title: 'Compose refuses the project',
  why: 'Nothing of the project starts: what runs is what an older version of the file said, and a protection that was just added (`read_only`, `cap_drop`) is not there. A key that is misspelt protects nothing.',
  how: 'Mend the line as the message says; `docker compose config -q` tells whether Compose takes the project.',
  fine: 'The file is one of several that are given together with `-f`.',
  refs: ['https://docs.docker.com/reference/compose-file/'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: nginx:1.27\n    priviledged: false\n',
        good: 'services:\n  api:\n    image: nginx:1.27\n    privileged: false\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: nginx:1.27\n    volumes:\n      - data:/data\n',
        good: 'services:\n  api:\n    image: nginx:1.27\n    x-note: any\n    volumes:\n      - data:/data\nvolumes:\n  data:\nx-more: {}\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: nginx:1.27\n    read_only: true\n    read_only: false\n',
        good: 'services:\n  api:\n    image: nginx:1.27\n    read_only: true\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: nginx:1.27\n    ports: 8080\n',
        good: 'services:\n  api:\n    image: nginx:1.27\n    ports: ["127.0.0.1:8080:80"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: nginx:1.27\n    depends_on: [databse]\n  database:\n    image: postgres:17\n',
        good: 'services:\n  api:\n    image: nginx:1.27\n    depends_on: [database]\n  database:\n    image: postgres:17\n',
      },
    },
  ],
  check(project, report) {
    for (const problem of project.problems) {
      if (problem.level !== 'error') continue
      const { at, code, message, suggestion } = problem
      const hint =
        suggestion === undefined || message.includes('did you mean') ? '' : `; "${suggestion}" is likely meant`
      report({
        at,
        message: `Compose refuses the project: ${message}${hint}`,
        key: `${code}[${at.key ?? message}]`,
        label: suggestion === undefined ? 'refused' : `likely "${suggestion}"`,
        concepts: [LOADING.has(code) ? 'coverage-gap' : 'compose-refused'],
        ...(problem.severity === undefined
          ? {}
          : { severity: problem.severity, because: 'the key is one that protects the host' }),
        ...fixOf(problem, project),
      })
    }
  },
})

/** What keeps parts of the project from being read. */
const LOADING = new Set(['circular-extends', 'circular-include', 'unknown-service', 'bad-alias', 'bad-interpolation'])

function fixOf(problem: ComposeProblem, project: ComposeProjectFact): { fix?: FixDraft } {
  const { at, code, suggestion } = problem
  if (suggestion === undefined) return {}
  if (code !== 'unknown-key' || at.span === undefined) {
    return { fix: manualFix(`Write "${suggestion}"`, `Write "${suggestion}" instead, or declare what is named here.`) }
  }
  const words = {
    title: `Write the key as "${suggestion}"`,
    safety: 'review' as const,
    breaks: 'what relies on the setting having no effect so far',
  }
  return { fix: editFix(project, at.path, words, [{ span: at.span, text: suggestion }]) }
}
