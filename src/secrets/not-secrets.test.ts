/** What looks like a secret and is none: each line was a false alarm of some scanner. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newScanner } from './kinds.testing.ts'
import { BASE64, HEX, pick, seededRandom } from './samples.ts'

const random = seededRandom(42)
const hex = (length: number) => pick(random, HEX, length)
const base64 = (length: number) => pick(random, BASE64, length)
const uuid = () => [8, 4, 4, 4, 12].map(hex).join('-')

const TEXTS: readonly string[] = [
  // Digests and identifiers
  `commit ${hex(40)}`,
  `git checkout ${hex(40)}`,
  `sha256:${hex(64)}`,
  `FROM python@sha256:${hex(64)}`,
  `image: registry.example/team/app:1.2@sha256:${hex(64)}`,
  `docker://alpine:3.18@sha256:${hex(64)}`,
  `torch==2.3.0 --hash=sha256:${hex(64)}`,
  `"integrity": "sha512-${base64(86)}=="`,
  `<script integrity="sha384-${base64(64)}">`,
  `id: ${uuid()}`,
  `TENANT_ID=${uuid()}`,
  `AWS_ACCOUNT_ID=123456789012`,
  `data:image/png;base64,${base64(400)}`,
  `"image/png": "${base64(400)}"`,
  `password_hash = "$2b$12$${base64(53).replaceAll('+', '.')}"`,
  `PASSWORD_SHA256=${hex(64)}`,
  `ssh-ed25519 ${base64(68)} user@host`,
  `-----BEGIN PUBLIC KEY-----\n${base64(64)}\n-----END PUBLIC KEY-----`,
  `-----BEGIN CERTIFICATE-----\n${base64(64)}\n-----END CERTIFICATE-----`,
  `etag: W/"${hex(32)}"`,
  `revision="${hex(40)}"`,
  `wandb artifact get team/project/model:${hex(40)}`,
  `PUBLIC_KEY=${base64(44)}`,
  `NEXT_PUBLIC_POSTHOG_KEY=phc_${'abc'}`,
  `cache_key: ${hex(32)}`,
  `primary_key = "user_id_2024_v3"`,
  // Names of models, packages, settings
  'sk-learn',
  'pip install scikit-learn sk-learn-extensions',
  'model: sentence-transformers/all-MiniLM-L6-v2',
  'hf_hub_download(repo_id="x")',
  'hf_transfer',
  'hf_xet_high_performance_mode_enabled',
  'HF_HUB_ENABLE_HF_TRANSFER=1',
  'TOKENIZERS_PARALLELISM=false',
  'MAX_TOKENS=4096',
  'max_new_tokens: 2048',
  'tokenizer: meta-llama/Llama-3-8B-Instruct-v2',
  'tokenizer_class: "LlamaTokenizerFast9x1"',
  'eos_token: "<|endoftext|>"',
  'pad_token="[PAD]"',
  'next_token = "abc123xyz789def456"',
  'AUTH_TYPE=basic',
  'SECRET_NAME=db-credentials-v2-x91',
  'secretKeyRef:\n  name: hub-token\n  key: token',
  'secretName: webhook-server-tls-9x2',
  'imagePullSecret: regcred-x92-prod1',
  'existingSecret: postgres-x8d-secret',
  'tokenKey: hub-token-x92a1',
  'password_length = 16',
  'key: value',
  'keyboard_layout: us-intl-v2-a9x',
  'monkey=Xy8z9Qw1Lk2m',
  'bypass: true',
  'compass=Nq8x2Lp9Wz',
  'passwordField: "input-x9-wrapper-2b"',
  'PASSWORD_MIN_LENGTH=12',
  // References
  'HF_TOKEN=${HF_TOKEN}',
  'HF_TOKEN: $HF_TOKEN',
  'PASSWORD=$(cat /run/secrets/x)',
  'POSTGRES_PASSWORD_FILE=/run/secrets/db_password',
  'POSTGRES_PASSWORD=/run/secrets/db_password',
  'token = os.environ["HF_TOKEN"]',
  "api_key = os.getenv('OPENAI_API_KEY')",
  'const token = process.env.GITHUB_TOKEN',
  'password: {{ .Values.postgresql.auth.password }}',
  "password: \"{{ lookup('env', 'DB_PASSWORD') }}\"",
  'token: ${{ secrets.GITHUB_TOKEN }}',
  'password: !vault |',
  'password: ENC[AES256_GCM,data:p673w==,iv:YY=,tag:A=,type:str]',
  'password = getpass.getpass()',
  'token = tokens[0]',
  'password=self.password',
  'secret = arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf',
  'api_key: op://vault/openai/credential',
  'DB_PASSWORD: ref+vault://secret/db#password',
  'valueFrom:\n  secretKeyRef:\n    name: x\n    key: password',
  'private_key_path: ~/.ssh/id_rsa',
  'SSL_KEY=/etc/ssl/private/server.key',
  'postgres://user:${DB_PASSWORD}@db:5432/app',
  'postgres://user:$DB_PASSWORD@db:5432/app',
  'postgres://{user}:{password}@{host}/db',
  'postgresql://USER:PASSWORD@HOST/DB',
  'https://user:<password>@example.com',
  'https://user:***@example.com',
  'git@github.com:acme/model.git',
  'ssh://git@github.com/acme/model.git',
  'https://example.com/a?x=1:2@3',
  'http://[::1]:8000/@vite/client',
  'http://localhost:8080',
  'redis://redis:6379/0',
  // Placeholders
  'OPENAI_API_KEY=sk-...',
  'OPENAI_API_KEY=your-api-key-here',
  'HF_TOKEN=<your-token>',
  'HF_TOKEN=hf_your_token_here',
  'API_KEY="xxxxxxxxxxxxxxxxxxxx"',
  'API_KEY=********************',
  'SECRET_KEY=REPLACE_WITH_A_LONG_RANDOM_STRING',
  'OPENAI_API_KEY=EMPTY',
  'OPENAI_API_KEY=not-needed',
  'OPENAI_API_KEY=ollama',
  'API_KEY=',
  'api_key: null',
  'password: ""',
  'password: string',
  '"password": "Password"',
  '"token": "Invalid or expired token, please sign in again"',
  'authorization: Bearer <token>',
  'Authorization: Bearer $TOKEN',
  'curl -u user:$PASSWORD https://example.com',
  'echo "root:$ROOT_PASSWORD" | chpasswd',
  'mysql -uroot -p$MYSQL_ROOT_PASSWORD',
  'given by the --username and --password options',
]

for (const text of TEXTS) {
  test(`not a secret: ${JSON.stringify(text.length > 70 ? `${text.slice(0, 67)}…` : text)}`, () => {
    const scanner = newScanner()
    const found = scanner.find(text).filter(({ grade }) => grade !== 'fake')
    assert.deepEqual(
      found.map(({ secret, grade, start, end }) => `${secret} ${grade} ${text.slice(start, end)}`),
      [],
    )
  })
}

/** Name and whole value, as analyzers that know the format hand them over. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['HF_TOKEN', '${HF_TOKEN:?}'],
  ['POSTGRES_PASSWORD', '/run/secrets/pg'],
  ['POSTGRES_PASSWORD_FILE', 'Xk29fLq81mZp'],
  ['MAX_TOKENS', '4096'],
  ['TOKENIZERS_PARALLELISM', 'false'],
  ['SECRET_NAME', 'Xk29fLq81mZp'],
  ['secretKeyRef', 'Xk29fLq81mZp'],
  ['tokenizer', 'Xk29fLq81mZp'],
  ['AUTH_TYPE', 'Xk29fLq81mZp'],
  ['API_KEY', 'true'],
  ['API_KEY', '0'],
  ['API_KEY', 'https://keys.example/v1'],
  ['PASSWORD', 'true'],
  ['password', '<password>'],
  ['password', '{{ .Values.password }}'],
  ['existingSecret', 'release-postgresql'],
  ['secret', 'my-release-secret'],
  ['token', 'github-token'],
  ['image', `ghcr.io/acme/app@sha256:${hex(64)}`],
  ['GIT_COMMIT', hex(40)],
  ['WANDB_PROJECT', 'llm-finetune'],
  ['PWD', '/workspace'],
  ['KEY', 'Xk29fLq81mZp'],
  ['SSH_AUTH_SOCK', '/tmp/ssh-X/agent.1'],
]

for (const [name, value] of SETTINGS) {
  test(`not a secret: ${name}=${value}`, () => {
    const found = newScanner().find(value, name)
    assert.deepEqual(
      found.filter(({ grade }) => grade !== 'fake'),
      [],
    )
  })
}
