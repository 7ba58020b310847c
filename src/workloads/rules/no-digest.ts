import { defineRule } from '../../core/rule.ts'
import { isSet, known, manualFix, placeOf } from '../../core/setting.ts'
import { pinningOf } from '../../knowledge/image-pinning.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/no-digest',
  reads: 'workload',
  area: 'configuration',
  severity: 'low',
  confidence: 'high',
  concepts: ['image-no-digest'],
  offByDefault: true,
  title: 'Image is named by a tag, not by its digest',
  why: 'A tag is a name that its publisher, or whoever took the account over, can put on another image. Only a digest names the bytes.',
  how: 'Write the digest behind the tag: `NAME:1.4.2@sha256:…`, and let Renovate raise both.',
  fine: 'A registry that forbids to overwrite tags.',
  controls: ['CIS-Docker-1.6:4.2', 'NIST-800-190:4.2.2'],
  refs: ['CWE-829'],
  peers: ['compose-lint:CL-0019', 'checkov:CKV_K8S_43'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  db:
    image: qdrant/qdrant:v1.12.4
`,
        good: `services:
  db:
    image: qdrant/qdrant:v1.12.4@sha256:4bc2b3f1a1e4cfe1a0be9bd4e4cd53d2b2f6a0b6cf7a6f3b8e0b7a7f3cbb5b57
`,
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nUSER 1000\n',
        good: 'FROM debian:12-slim@sha256:4bc2b3f1a1e4cfe1a0be9bd4e4cd53d2b2f6a0b6cf7a6f3b8e0b7a7f3cbb5b57\nUSER 1000\n',
      },
    },
    {
      'pod.yaml': {
        bad: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: ollama/ollama:0.5.4
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: ollama/ollama:0.5.4@sha256:4bc2b3f1a1e4cfe1a0be9bd4e4cd53d2b2f6a0b6cf7a6f3b8e0b7a7f3cbb5b57
`,
      },
    },
  ],
  check(workload, report) {
    const { image, build, pullPolicy } = workload.settings
    if (!isSet(image) || build.is === 'set' || build.is === 'unknown') return
    const policy = known(pullPolicy)?.toLowerCase()
    if (policy === 'never' || policy === 'build' || pinningOf(image.value) !== 'tag') return
    const { text } = image.value
    const isBuilt = workload.phase === 'built'
    report({
      at: placeOf(image),
      key: 'image',
      message: `${atStart(workload.label)} ${isBuilt ? 'is built on' : 'runs'} ${text} by its tag only`,
      label: 'no digest',
      fix: manualFix(
        `Write the digest of ${text}`,
        `Append the digest that \`docker buildx imagetools inspect ${text}\` prints: \`${text}@sha256:…\` in ${workload.path}.`,
      ),
    })
  },
})
