import type { View } from '../../core/fact.ts'
import type { SecretFact } from '../../core/facts/secret.ts'
import { defineRule } from '../../core/rule.ts'
import { described, leaking, nameOfPlace, reportCredential, secretId } from '../places.ts'

export default defineRule({
  id: 'secret/credential-in-image-build',
  reads: 'credential',
  joins: ['secret', 'dockerfile', 'script'],
  area: 'secrets',
  severity: 'critical',
  confidence: 'high',
  concepts: ['secret-in-build-arg-env', 'secret-literal-in-run', 'git-credential-url', 'hf-token-login'],
  title: 'Credential is baked into the image',
  why: 'ENV, ARG, LABEL and RUN lines are kept in the image’s configuration and history: everybody who can pull the image reads the value with one command, also when a later instruction deletes it.',
  how: 'Mount it for the one instruction that needs it: `RUN --mount=type=secret,id=hf_token,env=HF_TOKEN …`, and build with `--secret id=hf_token,env=HF_TOKEN`. What the running service needs is handed over when it starts.',
  fine: 'The value is a published example that opens nothing.',
  controls: ['CIS-Docker-1.6:4.10', 'NIST-800-190:4.1.4'],
  refs: ['CWE-798', 'CWE-312', 'https://docs.docker.com/build/building/secrets/'],
  peers: ['hadolint:DL3064', 'trivy:DS-0031'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12-slim\nENV HF_TOKEN={{sample:hugging-face-token}}\nRUN python -m app.download\n',
        good: 'FROM python:3.12-slim\nRUN --mount=type=secret,id=hf_token,env=HF_TOKEN python -m app.download\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12-slim\nRUN huggingface-cli login --token {{sample:hugging-face-token}}\n',
        good: 'FROM python:3.12-slim\nARG HF_TOKEN_FILE=/run/secrets/hf_token\nRUN --mount=type=secret,id=hf_token huggingface-cli login --token "$(cat $HF_TOKEN_FILE)"\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12-slim\nRUN git clone https://builder:{{sample:github-token}}@github.com/acme/model.git\n',
        good: 'FROM python:3.12-slim\nRUN --mount=type=ssh git clone git@github.com:acme/model.git\n',
      },
    },
  ],
  check(credential, report, view) {
    const found = leaking(credential, 'image-build', view)
    if (found === null) return
    const { place } = found
    const id = secretId(place)
    reportCredential(
      found,
      {
        message: `${described(place)} is baked into the image by ${instructionOf(place)}`,
        label: 'anybody who can pull the image can read this',
        concepts: [conceptOf(place, view)],
        handOver: `Mount it where the build needs it: \`RUN --mount=type=secret,id=${id},env=${nameOfPlace(place) ?? id.toUpperCase()} …\`, and build with \`docker build --secret id=${id},env=${nameOfPlace(place) ?? id.toUpperCase()} .\``,
      },
      report,
    )
  },
})

function instructionOf(place: SecretFact): string {
  const name = nameOfPlace(place)
  switch (place.carrier) {
    case 'build-arg':
      return name === undefined ? 'an ARG instruction' : `ARG ${name}`
    case 'image-env':
      return name === undefined ? 'an ENV instruction' : `ENV ${name}`
    case 'label':
      return 'a label'
    case 'command':
      return 'its command'
    default:
      return 'a RUN instruction'
  }
}

function conceptOf(place: SecretFact, view: View): string {
  if (place.carrier !== 'run' && place.carrier !== 'command') return 'secret-in-build-arg-env'
  const command = view
    .at('script', place.target, place.path)
    .flatMap(({ commands }) => commands)
    .filter(({ span }) => span.start <= place.span.start && place.span.end <= span.end)
    .at(-1)
  const words = command?.words.map(({ value }) => value) ?? []
  if (/^(?:hf|huggingface-cli|wandb)$/.test(command?.name ?? '') && words.includes('login')) return 'hf-token-login'
  const inUrl = command?.words.some(
    ({ raw, span }) => span.start <= place.span.start && place.span.end <= span.end && /:\/\/[^/\s]*@/.test(raw),
  )
  return inUrl === true || place.secret === 'url-password' ? 'git-credential-url' : 'secret-literal-in-run'
}
