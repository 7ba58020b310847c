import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { look } from './files.testing.ts'
import { KINDS } from './kinds.testing.ts'
import { seededRandom } from './samples.ts'
import analyzer from './text-files.analyzer.ts'

const sample = (id: string) => KINDS.find((kind) => kind.id === id)?.sample(seededRandom(8)) ?? assert.fail(id)
const token = sample('hugging-face-token')
const password = sample('generic-password')

const CASES: readonly (readonly [path: string, text: string, expected: readonly string[]])[] = [
  [
    'a.py',
    `HF_TOKEN = "${token}"\n`,
    [`hugging-face-token file HF_TOKEN ${token}`, `hugging-face-token file - ${token}`],
  ],
  ['a.py', `# old: ${token}\n`, [`hugging-face-token file - ${token}`]],
  [
    'a.py',
    `password = "${password}"\n`,
    [`generic-password file password ${password}`, `generic-password file - ${password}`],
  ],
  ['a.py', 'password = "admin"\n', ['weak-password file password admin', 'weak-password file - admin']],
  ['a.py', 'token_kind = "bearer"; password_field = "input"\n', []],
  ['a.py', 'password = config.password\n', []],
  [
    'b.ini',
    `[db]\npassword = ${password}\n`,
    [`generic-password config-value password ${password}`, `generic-password file - ${password}`],
  ],
  ['b.ini', `[db]\npassword = changeme\n`, ['weak-password config-value password changeme']],
  ['b.ini', `[db]\n; password = changeme\n`, []],
  [
    'c.json',
    `{"smtp": {"password": "${password}"}}`,
    [`generic-password config-value password ${password}`, `generic-password file - ${password}`],
  ],
  [
    '.netrc',
    `machine api.wandb.ai\n  login user\n  password ${password}\n`,
    [`generic-password config-value password ${password}`, `generic-password file - ${password}`],
  ],
  ['.pgpass', `db:5432:app:app:${password}\n`, [`generic-password config-value password ${password}`]],
  ['package-lock.json', `{"password": "${password}"}`, []],
  ['é.yaml', `é: ${token}\n`, [`hugging-face-token file - é: ${token}\n`]],
]

for (const [path, text, expected] of CASES) {
  test(`${path}: ${JSON.stringify(text.replaceAll(token, 'TOKEN').replaceAll(password, 'PASSWORD'))}`, () => {
    const { facts, source } = look(analyzer, path, text)
    assert.deepEqual(
      facts.map(({ secret, carrier, key, span }) => `${secret} ${carrier} ${key ?? '-'} ${source.slice(span)}`),
      expected,
    )
  })
}

test('a large file is searched for shapes only, and many names are not all looked at', () => {
  const filler = '# nothing here\n'.repeat(80_000)
  assert.deepEqual(
    look(analyzer, 'a.yaml', `${filler}password: changeme\ntoken: ${token}\n`).facts.map(({ secret }) => secret),
    ['hugging-face-token'],
  )
  assert.deepEqual(look(analyzer, 'a.yaml', 'password: x\n'.repeat(3000)).skipped, ['too-many-assignments'])
})

test('any bytes: never throws, every string handed over stands where it says', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .array(fc.constantFrom('password', ' = ', '"', "'", '\n', 'é', token, ':', '#', '\\', 'x'), { maxLength: 20 })
      .map((parts) => Buffer.from(parts.join(''))),
  )
  fc.assert(
    fc.property(bytes, fc.constantFrom('a.py', 'a.yaml', '.pgpass', '.netrc'), (content, path) => {
      const { handed, source } = look(analyzer, path, content)
      for (const { text, origin } of handed) assert.equal(source.slice(origin.span), text)
    }),
    { seed: 1, numRuns: 300 },
  )
})
