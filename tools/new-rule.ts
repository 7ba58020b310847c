/** `npm run new:rule -- workload/what-is-wrong`: a rule's one file, with everything that it has to say. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)

/** Where rules of a noun live, and what they read. */
const HOMES: Readonly<Record<string, { folder: string; reads: string; file: string; bad: string; good: string }>> = {
  workload: {
    folder: 'src/workloads/rules',
    reads: 'workload',
    file: 'compose.yaml',
    bad: 'services:\\n  api:\\n    image: example/api:1\\n',
    good: 'services:\\n  api:\\n    image: example/api:1\\n',
  },
  dockerfile: {
    folder: 'src/manifests/dockerfile/rules',
    reads: 'dockerfile',
    file: 'Dockerfile',
    bad: 'FROM python:3.13\\n',
    good: 'FROM python:3.13\\n',
  },
  compose: {
    folder: 'src/manifests/compose/rules',
    reads: 'compose-project',
    file: 'compose.yaml',
    bad: 'services: {}\\n',
    good: 'services: {}\\n',
  },
  kubernetes: {
    folder: 'src/manifests/kubernetes/rules',
    reads: 'kubernetes-object',
    file: 'pod.yaml',
    bad: 'apiVersion: v1\\nkind: Pod\\n',
    good: 'apiVersion: v1\\nkind: Pod\\n',
  },
  secret: {
    folder: 'src/secrets/rules',
    reads: 'credential',
    file: 'settings.py',
    bad: "TOKEN = '{{sample:hugging-face-token}}'\\n",
    good: "TOKEN = os.environ['TOKEN']\\n",
  },
}

const id = process.argv[2] ?? ''
const match = /^([a-z]+)\/([a-z0-9]+(?:-[a-z0-9]+)*)$/.exec(id)
const home = HOMES[match?.[1] ?? '']
if (match === null || home === undefined) {
  process.stderr.write(
    `usage: npm run new:rule -- NOUN/what-is-wrong\n       NOUN is one of ${Object.keys(HOMES).join(', ')}\n`,
  )
  process.exit(2)
}
const path = join(home.folder, `${match[2]}.ts`)
if (existsSync(join(root, path))) {
  process.stderr.write(`${path} exists already\n`)
  process.exit(2)
}
const up = '../'.repeat(home.folder.split('/').length - 1)
mkdirSync(join(root, home.folder), { recursive: true })
writeFileSync(
  join(root, path),
  `import { defineRule } from '${up}core/rule.ts'

export default defineRule({
  id: '${id}',
  reads: '${home.reads}',
  area: '${match[1] === 'secret' ? 'secrets' : 'configuration'}',
  severity: 'medium',
  confidence: 'high',
  concepts: ['${match[2]}'],
  title: '',
  why: '',
  how: '',
  controls: [],
  refs: [],
  peers: [],
  examples: [
    {
      '${home.file}': {
        bad: ${quoted(home.bad)},
        good: ${quoted(home.good)},
      },
    },
  ],
  check(fact, report) {
    void fact
    void report
  },
})
`,
)
process.stderr.write(`${path}\nWrite it, then: npm run generate && npm test -- rules && npm run check\n`)

function quoted(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`
}
