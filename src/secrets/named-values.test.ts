import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newScanner } from './kinds.testing.ts'
import { isEnvironmentName, nameMeaning } from './names.ts'
import { ALPHANUMERIC, HEX, LOWER, pick, seededRandom } from './samples.ts'
import { isSequence } from './values.ts'
import { isWordy } from './words.ts'

const NAMES: readonly (readonly [string, 'password' | 'key' | null])[] = [
  ['POSTGRES_PASSWORD', 'password'],
  ['dbPassword', 'password'],
  ['--password', 'password'],
  ['spring.datasource.password', 'password'],
  ['DB_PASS', 'password'],
  ['MYSQL_PWD', 'password'],
  ['POSTGRESPASSWORD', 'password'],
  ['requirepass', 'password'],
  ['SSH_KEY_PASSPHRASE', 'password'],
  ['PASSWORD_DEFAULT', 'password'],
  ['HF_TOKEN', 'key'],
  ['_authToken', 'key'],
  ['OPENAI_API_KEYS', 'key'],
  ['x-api-key', 'key'],
  ['apiKey', 'key'],
  ['AWS_SECRET_ACCESS_KEY', 'key'],
  ['LITELLM_MASTER_KEY', 'key'],
  ['NEXTAUTH_SECRET', 'key'],
  ['SECRET_KEY_BASE64', 'key'],
  ['client_secret', 'key'],
  ['N8N_ENCRYPTION_KEY', 'key'],
  ['PASSWORD_FILE', null],
  ['SECRET_NAME', null],
  ['secretKeyRef', null],
  ['MAX_TOKENS', null],
  ['tokens', null],
  ['tokenizer', null],
  ['TOKENIZERS_PARALLELISM', null],
  ['eos_token', null],
  ['AUTH_TYPE', null],
  ['AWS_ACCESS_KEY_ID', null],
  ['PUBLIC_KEY', null],
  ['password_hash', null],
  ['imagePullSecret', null],
  ['PWD', null],
  ['pwd', 'password'],
  ['OLDPWD', null],
  ['monkey', null],
  ['bypass', null],
  ['key', null],
  ['', null],
]

for (const [name, meaning] of NAMES) {
  test(`a value called ${name} is ${meaning ?? 'nothing special'}`, () => assert.equal(nameMeaning(name), meaning))
}

const VALUES: readonly (readonly [name: string, value: string, grade: string | undefined])[] = [
  ['POSTGRES_PASSWORD', 'postgres', 'vendor-default-password'],
  ['MINIO_ROOT_PASSWORD', 'minioadmin', 'vendor-default-password'],
  ['LITELLM_MASTER_KEY', 'sk-1234', 'vendor-default-password'],
  ['POSTGRES_PASSWORD', 'changeme', 'weak-password'],
  ['POSTGRES_PASSWORD', 'Passw0rd!', 'weak-password'],
  ['POSTGRES_PASSWORD', 'admin123', 'weak-password'],
  ['POSTGRES_PASSWORD', '12345678', 'weak-password'],
  ['POSTGRES_PASSWORD', 'localrecall', 'weak-password'],
  ['POSTGRES_PASSWORD', 'example', 'weak-password'],
  ['SECRET_KEY', 'super-secret-key', 'weak-password'],
  ['password', 'bitnami', 'vendor-default-password'],
  ['POSTGRES_PASSWORD', 'T9#kd!', 'generic-password'],
  ['POSTGRES_PASSWORD', 'kq7Lz2Wm', 'generic-password'],
  ['POSTGRES_PASSWORD', '${POSTGRES_PASSWORD:-kq7Lz2Wm}', 'generic-password'],
  ['password', 'xqkzvwpjtr', 'generic-password'],
  ['SECRET_KEY', 'f3b1c9d27e5a48c6b0d1', 'generic-key'],
  ['API_KEY', 'local', 'weak-password'],
  ['token', 'user', undefined],
  ['HF_TOKEN', 'none', undefined],
  ['OPENAI_API_KEY', 'test', undefined],
  ['POSTGRES_PASSWORD', '', undefined],
  ['POSTGRES_PASSWORD', 'ab', undefined],
]

for (const [name, value, kind] of VALUES) {
  test(`${name}=${value} is ${kind ?? 'nothing'}`, () => {
    assert.equal(newScanner().find(value, name)[0]?.secret, kind)
  })
}

test('words are told from random letters', () => {
  const words =
    'minioadmin raycluster_secret my-service-v2 githubToken INFINI_RAG_FLOW localrecall openai-compatible correct-horse'.split(
      ' ',
    )
  for (const word of words) assert.ok(isWordy(word), word)
  const random = seededRandom(4)
  for (const [alphabet, length] of [
    [ALPHANUMERIC, 20],
    [HEX, 32],
    [LOWER, 24],
  ] as const) {
    let wordy = 0
    for (let count = 0; count < 500; count++) wordy += Number(isWordy(pick(random, alphabet, length)))
    assert.ok(wordy <= 2, `${wordy} of 500`)
  }
})

test('sequences and environment names', () => {
  assert.ok(isSequence('0123456789abcdef') && isSequence('abcdefgh') && !isSequence('a1b9c3f7'))
  assert.ok(isEnvironmentName('HF_TOKEN') && !isEnvironmentName('hf_token') && !isEnvironmentName('A'))
})
