import type { View } from '../../core/fact.ts'
import type { SecretFact } from '../../core/facts/secret.ts'
import { defineRule } from '../../core/rule.ts'
import type { CredentialReport } from '../places.ts'
import { described, leaking, nameOfPlace, reportCredential, secretId } from '../places.ts'

export default defineRule({
  id: 'secret/credential-in-file',
  reads: 'credential',
  joins: ['secret', 'dockerfile', 'kubernetes-object'],
  area: 'secrets',
  severity: 'high',
  confidence: 'high',
  concepts: [
    'secret-file',
    'secret-file-copied',
    'env-file-tracked',
    'npmrc-token',
    'hf-token-file',
    'cloud-credential',
    'configmap-secret',
  ],
  title: 'Credential is written into a file of the project',
  why: 'Everybody with a copy of the project, its history or its build context has the value, and so has every image that copies the folder.',
  how: 'Read it from the environment or a secret store at run time, keep the file out of git and of the build context (`.gitignore`, `.dockerignore`), and rotate the value.',
  fine: 'A `.env` file on a developer’s own machine that git and the build ignore.',
  controls: ['CIS-Docker-1.6:4.10', 'NIST-800-190:4.1.4'],
  refs: ['CWE-798', 'CWE-540'],
  peers: ['trivy:secret', 'gitleaks'],
  examples: [
    {
      'settings.py': {
        bad: 'import os\n\nHF_TOKEN = "{{sample:hugging-face-token}}"\n',
        good: 'import os\n\nHF_TOKEN = os.environ["HF_TOKEN"]\n',
      },
    },
    {
      'config/app.yaml': {
        bad: 'database:\n  url: {{sample:url-password}}\n',
        good: 'database:\n  url_file: /run/secrets/database_url\n',
      },
    },
  ],
  check(credential, report, view) {
    const found = leaking(credential, 'file', view)
    if (found === null) return
    const { place } = found
    const name = nameOfPlace(place)
    const id = secretId(place)
    reportCredential(
      found,
      {
        message: `${described(place)} stands in ${place.path}${name === undefined ? '' : ` under ${name}`}`,
        label: 'a working credential, by its shape',
        handOver: `Read it at run time from the environment or from \`/run/secrets/${id}\`, and keep this file free of values.`,
        ...judged(place, view),
      },
      report,
    )
  },
})

function judged(place: SecretFact, view: View): Pick<CredentialReport, 'concepts' | 'severity' | 'because'> {
  if (isCopied(place, view)) {
    return {
      concepts: ['secret-file-copied'],
      severity: 'critical',
      because: 'a Dockerfile copies this very file into the image',
    }
  }
  if (place.carrier === 'env-file' && isLocalEnvFile(place.path)) {
    return {
      concepts: ['env-file-tracked'],
      severity: 'medium',
      because: 'an env file is where such values live on a developer’s machine, as long as git and the build ignore it',
    }
  }
  return { concepts: [conceptOf(place, view)] }
}

function conceptOf(place: SecretFact, view: View): string {
  const name = baseName(place.path)
  if (place.carrier === 'env-file') return 'env-file-tracked'
  if (name === '.npmrc') return 'npmrc-token'
  if (place.path.toLowerCase().endsWith('.cache/huggingface/token')) return 'hf-token-file'
  if (place.secret.startsWith('aws-') || place.secret === 'google-api-key') return 'cloud-credential'
  const object = view
    .at('kubernetes-object', place.target, place.path)
    .find(({ span }) => span.start <= place.span.start && place.span.end <= span.end)
  return object?.objectKind === 'ConfigMap' ? 'configmap-secret' : 'secret-file'
}

/** COPY or ADD names the file itself, relative to the Dockerfile's folder or to the target. */
function isCopied({ target, path }: SecretFact, view: View): boolean {
  return view.in('dockerfile', target).some((dockerfile) => {
    const folder = dockerfile.path.includes('/') ? dockerfile.path.slice(0, dockerfile.path.lastIndexOf('/') + 1) : ''
    return dockerfile.instructions.some(
      ({ keyword, args, flags }) =>
        (keyword === 'COPY' || keyword === 'ADD') &&
        !flags.some(({ name }) => name === 'from') &&
        args.slice(0, -1).some(({ value }) => {
          const source = value.replace(/^(?:\.?\/)+/, '')
          return source === path || folder + source === path
        }),
    )
  })
}

/** `.env` and its local variants; not `.env.example` or `production.env`, which are made to be shared. */
function isLocalEnvFile(path: string): boolean {
  return /^\.env(?:\.(?:local|dev|development))?$/.test(baseName(path))
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase()
}
