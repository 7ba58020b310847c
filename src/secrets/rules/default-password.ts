import type { View } from '../../core/fact.ts'
import type { SecretFact } from '../../core/facts/secret.ts'
import { defineRule } from '../../core/rule.ts'
import { overlaps } from '../../core/span.ts'
import { leakOf, nameOfPlace, placeOf, placesOf, secretId } from '../places.ts'

export default defineRule({
  id: 'secret/default-password',
  reads: 'credential',
  joins: ['secret', 'dockerfile', 'script', 'kubernetes-object'],
  area: 'secrets',
  severity: 'medium',
  confidence: 'high',
  concepts: [
    'default-credential',
    'secret-default-fallback',
    'secret-in-env-literal',
    'secret-in-connection-string',
    'secret-in-build-arg-env',
    'secret-in-build-args',
    'secret-in-command',
  ],
  title: 'Password is a default that anybody would try',
  why: 'Vendor defaults and dictionary words are the first thing that scanners of the internet try: a service that is reached once is taken over at once.',
  how: 'Generate one (`openssl rand -base64 24`), hand it over as a secret (`secretKeyRef` in Kubernetes), and in a Compose file give the variable no default: `${POSTGRES_PASSWORD:?}`.',
  fine: 'A throw-away service for tests that nothing outside the machine reaches.',
  controls: ['PCI-DSS-4.0:2.2.2', 'NIST-800-190:4.3.3'],
  refs: ['CWE-1392', 'CWE-521'],
  peers: ['compose-lint:CL-0021'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  store:\n    image: minio/minio:RELEASE.2025-04-22T22-12-26Z\n    environment:\n      MINIO_ROOT_PASSWORD: minioadmin\n',
        good: 'services:\n  store:\n    image: minio/minio:RELEASE.2025-04-22T22-12-26Z\n    environment:\n      MINIO_ROOT_PASSWORD: ${MINIO_ROOT_PASSWORD:?set it}\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  db:\n    image: postgres:17\n    environment:\n      - POSTGRES_PASSWORD=${POSTGRES_PASSWORD:-changeme}\n',
        good: 'services:\n  db:\n    image: postgres:17\n    environment:\n      - POSTGRES_PASSWORD_FILE=/run/secrets/db\n    secrets: [db]\nsecrets:\n  db:\n    file: ./db.txt\n',
      },
    },
    {
      'grafana.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: grafana}\nspec:\n  containers:\n    - name: grafana\n      image: grafana/grafana:11.4.0\n      env:\n        - name: GF_SECURITY_ADMIN_PASSWORD\n          value: admin\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: grafana}\nspec:\n  containers:\n    - name: grafana\n      image: grafana/grafana:11.4.0\n      env:\n        - name: GF_SECURITY_ADMIN_PASSWORD\n          valueFrom: {secretKeyRef: {name: grafana, key: password}}\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  langfuse:\n    image: langfuse/langfuse:3\n    environment:\n      SALT: mysalt\n',
        good: 'services:\n  langfuse:\n    image: langfuse/langfuse:3\n    environment:\n      SALT: ${SALT:?set it}\n      SALT_LENGTH: "16"\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  langfuse:\n    image: langfuse/langfuse:3\n    environment:\n      ENCRYPTION_KEY: ${ENCRYPTION_KEY:-0000000000000000000000000000000000000000000000000000000000000000}\n',
        good: 'services:\n  langfuse:\n    image: langfuse/langfuse:3\n    environment:\n      ENCRYPTION_KEY: ${ENCRYPTION_KEY:?openssl rand -hex 32}\n',
      },
    },
    {
      // The password of an account belongs to the rule about those.
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN mysql -h db -padmin123 -e "SELECT 1"\n',
        good: "FROM debian:12-slim\nRUN useradd dev && echo 'dev:letmein' | chpasswd\n",
      },
    },
  ],
  check(credential, report, view) {
    if (credential.grade !== 'weak') return
    const places = placesOf(credential, view).filter((one) => !isAccountPassword(one, view))
    const [place, ...others] = [...places].sort((one, other) => rank(one) - rank(other))
    if (place === undefined) return
    const vendor = credential.secret === 'vendor-default-password'
    const name = nameOfPlace(place)
    const whose = ownerOf(place, name)
    const guessable = whose.startsWith('The password')
      ? 'one that anybody would guess'
      : 'a password that anybody would guess'
    report({
      at: placeOf(place),
      message: `${whose} is ${vendor ? 'the default that its vendor ships' : guessable}${place.carrier === 'environment-default' ? ', used where the variable is not set' : ''}`,
      label: vendor ? 'a vendor’s default' : 'guessable',
      related: others.map((other) => ({ at: placeOf(other), label: 'the same password' })),
      concepts: ['default-credential', ...conceptsOf(place, leakOf(place, view) === 'image-build')],
      ...(vendor ? { severity: 'high', because: 'the value is a known vendor default' } : {}),
      fix: {
        title: 'Replace default passwords by generated ones',
        safety: 'review',
        breaks: 'databases, which keep the password that they were initialised with: change it there too',
        group: `default passwords of ${place.path}`,
        steps: [
          {
            do: 'manual',
            text: `Generate a password (\`openssl rand -base64 24\`) for ${name ?? 'this account'}, ${keptIn(place, name, view)}`,
          },
        ],
      },
    })
  },
})

/** Each dialect has its own way to be given a secret. */
function keptIn(place: SecretFact, name: string | undefined, view: View): string {
  if (view.at('kubernetes-object', place.target, place.path).length > 0) {
    const id = secretId(place).replaceAll('_', '-')
    return `keep it in a Kubernetes Secret and name it: \`valueFrom: { secretKeyRef: { name: ${id}, key: value } }\`.`
  }
  return `keep it in a secret or an ignored .env file, and require it: \`\${${name ?? 'PASSWORD'}:?}\`.`
}

const ACCOUNT_COMMANDS = new Set(['chpasswd', 'passwd', 'useradd', 'usermod'])

/** The password of an account that a build makes: `dockerfile/password-in-build` tells it. */
function isAccountPassword({ carrier, target, path, span }: SecretFact, view: View): boolean {
  if (carrier !== 'run') return false
  return view.at('script', target, path).some(({ commands }) =>
    commands.some((one) => {
      if (!ACCOUNT_COMMANDS.has(one.name ?? '')) return false
      const line = commands.filter(({ pipeline }) => pipeline === one.pipeline)
      return line.some((command) => overlaps(command.span, span))
    }),
  )
}

/** The variable, or what in it is the password: a connection string holds more than that. */
function ownerOf({ secret, carrier }: SecretFact, name: string | undefined): string {
  if (name === undefined) return carrier === 'command' ? 'The password on the command line' : 'The password here'
  const within = secret === 'url-password' || secret === 'docker-registry-auth' || secret === 'command-line-password'
  return within ? `The password in ${name}` : name
}

/** Settings before files: there it is in force. */
function rank({ carrier }: SecretFact): number {
  return carrier === 'file' || carrier === 'config-value' ? 1 : 0
}

function conceptsOf({ carrier, secret }: SecretFact, inImage: boolean): string[] {
  if (carrier === 'environment-default') return ['secret-default-fallback']
  if (inImage) return carrier === 'image-env' || carrier === 'build-arg' ? ['secret-in-build-arg-env'] : []
  if (carrier === 'build-arg') return ['secret-in-build-args']
  if (carrier === 'command') return ['secret-in-command']
  if (carrier === 'environment')
    return [secret === 'url-password' ? 'secret-in-connection-string' : 'secret-in-env-literal']
  return []
}
