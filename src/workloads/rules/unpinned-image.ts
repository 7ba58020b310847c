import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { isSet, known, manualFix, placeOf } from '../../core/setting.ts'
import { baseImage } from '../../knowledge/base-images.ts'
import { pinningOf } from '../../knowledge/image-pinning.ts'
import { isSetByKustomize } from '../kustomized-images.ts'
import { projectOf } from '../project.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/unpinned-image',
  reads: 'workload',
  joins: ['kubernetes-object'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['image-tag-mutable'],
  title: 'Image without a version',
  why: 'Without a tag, or with one like `latest`, each pull may bring another program: a broken release, or one from a publisher’s stolen account, arrives without a change on your side, and nobody can say what ran last week.',
  how: 'Name the version, best with its digest: `image: NAME:1.4.2@sha256:…`. Renovate and Dependabot raise both.',
  fine: 'A throw-away stack on a developer’s machine.',
  controls: ['CIS-Docker-1.6:5.28', 'NIST-800-190:4.2.2'],
  refs: ['CWE-829', 'CWE-1357'],
  peers: ['compose-lint:CL-0004', 'trivy:KSV-0013', 'checkov:CKV_K8S_14', 'kubescape:C-0075'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  db:
    image: qdrant/qdrant
  llm:
    image: vllm/vllm-openai:latest
`,
        good: `services:
  db:
    image: qdrant/qdrant:v1.12.4
  llm:
    image: vllm/vllm-openai@sha256:4bc2b3f1a1e4cfe1a0be9bd4e4cd53d2b2f6a0b6cf7a6f3b8e0b7a7f3cbb5b57
`,
      },
    },
    {
      // What the project builds itself has no other version; so has what is never pulled.
      Dockerfile: 'FROM debian:12-slim\nUSER 1000\nCMD ["true"]\n',
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:nightly
`,
        good: `services:
  api:
    image: acme/api
    build: .
  worker:
    image: acme/api
  local:
    image: acme/local:latest
    pull_policy: never
  chosen:
    image: acme/chosen:\${TAG}
`,
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
      image: ollama/ollama
`,
        good: `apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: ollama/ollama:0.5.4
`,
      },
    },
    {
      // A kustomization names the version.
      'deploy.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      containers:
        - name: api
          image: ghcr.io/acme/api
`,
      'kustomization.yaml': {
        bad: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [deploy.yaml]
`,
        good: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [deploy.yaml]
images:
  - name: ghcr.io/acme/api
    newTag: v1.4.2
`,
      },
    },
  ],
  check(workload, report, view) {
    const { image, build, pullPolicy } = workload.settings
    if (workload.phase !== 'declared' || !isSet(image) || build.is === 'set' || build.is === 'unknown') return
    const policy = known(pullPolicy)?.toLowerCase()
    if (policy === 'never' || policy === 'build') return
    const pinning = pinningOf(image.value)
    if (pinning !== 'no-tag' && pinning !== 'moving-tag') return
    if (isBuiltHere(workload, image.value.text, view) || isSetByKustomize(workload, image.value, view)) return
    const mayBeLocal = image.value.repository.startsWith('library/') && baseImage(image.value) === undefined
    const { text, tag } = image.value
    report({
      at: placeOf(image),
      key: 'image',
      message:
        pinning === 'no-tag'
          ? `${atStart(workload.label)} runs ${text} without a tag: it gets whatever is the latest on the day of the pull`
          : `${atStart(workload.label)} runs ${text}, and "${tag}" may be another image tomorrow`,
      label: pinning === 'no-tag' ? 'no tag' : 'the tag moves',
      ...(mayBeLocal
        ? {
            severity: 'low',
            confidence: 'low',
            because: 'no public image of that name is known: it may be built on the machine',
          }
        : {}),
      fix: manualFix(
        `Name the versions of the images in ${projectOf(workload)}`,
        `Look up the version that you run (\`docker image inspect ${text}\`), and write \`${text.replace(/:[^:/]*$/, '')}:VERSION@sha256:…\` for ${workload.label} in ${workload.path}.`,
        `pin ${projectOf(workload)}`,
      ),
    })
  },
})

/** Another service of the file builds an image of that name. */
function isBuiltHere(workload: WorkloadFact, text: string, view: View): boolean {
  return view
    .at('workload', workload.target, workload.path)
    .some(({ settings }) => settings.build.is === 'set' && known(settings.image)?.text === text)
}
