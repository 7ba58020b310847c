import type { View } from '../../core/fact.ts'
import type { SecretFact } from '../../core/facts/secret.ts'
import { defineRule } from '../../core/rule.ts'
import { described, leaking, nameOfPlace, reportCredential, secretId } from '../places.ts'

export default defineRule({
  id: 'secret/credential-in-service-settings',
  reads: 'credential',
  joins: ['secret', 'dockerfile', 'kubernetes-object'],
  area: 'secrets',
  severity: 'high',
  confidence: 'high',
  concepts: [
    'secret-in-env-literal',
    'secret-in-connection-string',
    'secret-in-build-args',
    'secret-in-command',
    'secret-default-fallback',
  ],
  title: 'Credential is written into a service’s settings',
  why: 'The file is shared and versioned, and the value shows in `inspect`, in the process list and in crash reports: whoever sees one of them can use the account.',
  how: 'Keep the value in a Compose or Kubernetes secret and hand over the file: `secrets:` with `X_FILE=/run/secrets/x`, or `valueFrom.secretKeyRef`.',
  fine: 'The value is a published example that opens nothing.',
  controls: ['CIS-Docker-1.6:7.4', 'CIS-Kubernetes-1.8:5.4.1', 'NIST-800-190:4.1.4', 'PCI-DSS-4.0:8.6.2'],
  refs: ['CWE-798', 'CWE-522', 'https://docs.docker.com/compose/how-tos/use-secrets/'],
  peers: ['compose-lint:CL-0020', 'checkov:CKV_K8S_35'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: ghcr.io/acme/api:1.4.2\n    environment:\n      OPENAI_API_KEY: {{sample:openai-api-key}}\n',
        good: 'services:\n  api:\n    image: ghcr.io/acme/api:1.4.2\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY:?set it}\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: ghcr.io/acme/api:1.4.2\n    environment:\n      - DATABASE_URL={{sample:url-password}}\n',
        good: 'services:\n  api:\n    image: ghcr.io/acme/api:1.4.2\n    environment:\n      - DATABASE_URL_FILE=/run/secrets/database_url\n    secrets: [database_url]\nsecrets:\n  database_url:\n    file: ./database_url.txt\n',
      },
    },
    {
      'pod.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n    - name: api\n      image: ghcr.io/acme/api:1.4.2\n      env:\n        - name: HF_TOKEN\n          value: {{sample:hugging-face-token}}\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n    - name: api\n      image: ghcr.io/acme/api:1.4.2\n      env:\n        - name: HF_TOKEN\n          valueFrom:\n            secretKeyRef:\n              name: hub\n              key: token\n',
      },
    },
  ],
  check(credential, report, view) {
    const found = leaking(credential, 'service-settings', view)
    if (found === null) return
    const { place } = found
    reportCredential(
      found,
      {
        message: `${described(place)} is written into ${settingOf(place)}`,
        label: 'readable by everybody who sees this file or inspects the container',
        concepts: [conceptOf(place)],
        handOver: handOver(place, view),
      },
      report,
    )
  },
})

function settingOf(place: SecretFact): string {
  const name = nameOfPlace(place)
  switch (place.carrier) {
    case 'build-arg':
      return name === undefined ? 'a build argument' : `build argument ${name}`
    case 'command':
      return 'the service’s command'
    case 'environment-default':
      return name === undefined ? 'the default of a variable' : `the default of variable ${name}`
    default:
      return name === undefined ? 'an environment variable' : `environment variable ${name}`
  }
}

function conceptOf({ carrier, secret }: SecretFact): string {
  if (carrier === 'build-arg') return 'secret-in-build-args'
  if (carrier === 'command') return 'secret-in-command'
  if (carrier === 'environment-default') return 'secret-default-fallback'
  return secret === 'url-password' ? 'secret-in-connection-string' : 'secret-in-env-literal'
}

function handOver(place: SecretFact, view: View): string {
  const id = secretId(place)
  if (view.at('kubernetes-object', place.target, place.path).length > 0) {
    return `Keep it in a Kubernetes Secret and name it: \`valueFrom: { secretKeyRef: { name: ${id.replaceAll('_', '-')}, key: value } }\`, or mount the Secret as a file.`
  }
  if (place.carrier === 'build-arg') {
    return `Hand it over as a build secret: \`build.secrets: [${id}]\` in the Compose file, \`RUN --mount=type=secret,id=${id}\` in the Dockerfile.`
  }
  return `Declare it under \`secrets:\` of the Compose file, give the service \`secrets: [${id}]\`, and point it at \`/run/secrets/${id}\` (many images read \`${nameOfPlace(place) ?? id.toUpperCase()}_FILE\`).`
}
