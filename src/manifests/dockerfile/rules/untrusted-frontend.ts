import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import type { Severity } from '../../../core/severity.ts'
import { shown } from '../urls.ts'

export default defineRule({
  id: 'dockerfile/untrusted-frontend',
  reads: 'dockerfile',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['untrusted-frontend'],
  title: 'Dockerfile is read by a frontend that is not Docker’s',
  why: 'The image named by `# syntax=` is pulled and run at the start of every build: it decides what the instructions mean, and may add steps that nobody sees in the file.',
  how: 'Name `docker/dockerfile:1`, pinned by digest where builds must be the same, or leave the line away.',
  fine: 'A frontend that your own organisation builds, pinned by digest.',
  controls: ['NIST-800-190:4.1.5'],
  refs: ['CWE-829', 'https://docs.docker.com/build/buildkit/frontend/'],
  examples: [
    {
      Dockerfile: {
        bad: '# syntax=acme/dockerfile-plus:latest\nFROM python:3.12\n',
        good: '# syntax=docker/dockerfile:1.10\nFROM python:3.12\n',
      },
    },
    {
      // Behind another comment it is no directive; the labs channel is Docker’s own.
      Dockerfile: {
        bad: '# syntax=registry.acme.dev/tools/frontend@sha256:4c5d7a1f9a6f0a8b0d3e2c1b4a5968778695a4b3c2d1e0f0a1b2c3d4e5f60718\nFROM python:3.12\n',
        good: '# syntax=docker.io/docker/dockerfile:1-labs\n# An own one: syntax=acme/dockerfile-plus\nFROM python:3.12\n',
      },
    },
  ],
  check(dockerfile, report) {
    const { foreignFrontend } = dockerfile
    if (foreignFrontend === undefined) return
    const directive = dockerfile.directives.find(({ name }) => name === 'syntax')
    const image = foreignFrontend.split(/[ \t]/, 1)[0] ?? ''
    report({
      at: { path: dockerfile.path, span: directive?.valueSpan ?? { start: 0, end: 0 } },
      message: `The image ${shown(image)} decides what this Dockerfile means, and is run at every build`,
      subject: dockerfile.path,
      key: `syntax[${image.replace(/[:@].*$/, '')}]`,
      label: 'not docker/dockerfile',
      ...judge(image),
      fix: manualFix('Use Docker’s own frontend', 'Write `# syntax=docker/dockerfile:1`, or leave the line away.'),
    })
  },
})

function judge(image: string): { severity?: Severity; because?: string } {
  const path = image.replace(/[:@][^/]*$/, '')
  if (/^[^/]*[.:][^/]*\/(?:.*\/)?docker\/dockerfile(?:-upstream)?$/.test(path)) {
    return { severity: 'low', because: 'by its name it is a mirror of docker/dockerfile' }
  }
  if (/@sha256:[0-9a-f]{64}$/.test(image)) {
    return { severity: 'medium', because: 'a digest pins it: it can not change unseen' }
  }
  return {}
}
