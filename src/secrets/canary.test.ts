/** Every kind in every carrier: the mask hides the secret, and nothing else changes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KINDS, newScanner } from './kinds.testing.ts'
import { seededRandom } from './samples.ts'

/** The name under which each kind's value would stand; those with a shape of their own need none. */
const NAMES: Readonly<Record<string, string>> = {
  'wandb-api-key': 'WANDB_API_KEY',
  'aws-secret-access-key': 'AWS_SECRET_ACCESS_KEY',
  'generic-password': 'SMTP_PASSWORD',
  'generic-key': 'SERVICE_API_KEY',
  'weak-password': 'SMTP_PASSWORD',
  'vendor-default-password': 'MINIO_ROOT_PASSWORD',
  'json-web-token': 'SERVICE_TOKEN',
  'docker-registry-auth': 'auth',
}

const CARRIERS: readonly (readonly [string, (name: string, value: string) => string])[] = [
  ['Dockerfile', (name, value) => `FROM python:3.12\nENV ${name}=${value}\nRUN pip install .\n`],
  ['YAML', (name, value) => `services:\n  api:\n    environment:\n      ${name}: "${value}"\n      LOG_LEVEL: info\n`],
  ['JSON', (name, value) => `{ "id": 7, "${name}": "${value}", "model": "bert-base" }`],
  ['URL', (name, value) => `https://example.org/path?user=ann&${name}=${value}&page=2`],
  ['shell', (name, value) => `set -e\nexport ${name}='${value}' && python train.py --epochs 3\n`],
]

/** Values that are whole lines or URLs of their own cannot stand in a query string. */
const NOT_IN_URL = new Set([
  'private-key',
  'url-password',
  'conda-token',
  'authorization-header',
  'command-line-password',
  'slack-token',
])

for (const kind of KINDS) {
  const name = NAMES[kind.id] ?? 'VALUE'
  test(`${kind.id}: samples are found, and hidden in every carrier`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const sample = kind.sample(seededRandom(seed)).replaceAll('\n', '\\n')
      assert.ok(sample.length <= kind.longest * 2)
      for (const [carrier, write] of CARRIERS) {
        if (carrier === 'URL' && NOT_IN_URL.has(kind.id)) continue
        if (carrier !== 'shell' && carrier !== 'Dockerfile' && sample.includes('"')) continue
        // In a Dockerfile and a shell, `auth` is nobody's login.
        if (kind.id === 'docker-registry-auth' && carrier !== 'JSON' && carrier !== 'YAML') continue
        const text = write(name, sample)
        const scanner = newScanner()
        const found = scanner.find(text).find((one) => one.secret === kind.id)
        assert.ok(
          found,
          `${carrier}: ${JSON.stringify(scanner.find(text).map(({ secret }) => secret))} instead of ${kind.id}`,
        )
        assert.notEqual(found.grade, 'fake')
        const secret = text.slice(found.start, found.end)
        assert.ok(sample.includes(secret) && secret.length * 3 >= sample.length * 0.4)
        const masked = scanner.mask(text)
        assert.equal(masked.slice(0, found.start), text.slice(0, found.start), `${carrier}: nothing before changes`)
        assert.equal(masked.slice(found.end), text.slice(found.end), `${carrier}: nothing after changes`)
        assert.match(masked.slice(found.start, found.end), /^.{0,4}\*+$/)
        assert.ok(!masked.includes(secret))
      }
    }
  })
}

for (const keyword of new Set(KINDS.flatMap(({ keywords }) => keywords))) {
  test(`thousands of repetitions of ${JSON.stringify(keyword)} are gone through`, () => {
    for (const filler of ['', ' ', '=', ':a@', '"', 'A1'.repeat(20)]) {
      const unit = `${keyword.toUpperCase()}${filler}${keyword}${filler}`
      const text = unit.repeat(Math.ceil(200_000 / unit.length))
      const scanner = newScanner()
      assert.ok(Array.isArray(scanner.find(text)))
      assert.equal(scanner.mask(text).length, text.length)
    }
  })
}

test('kinds are told apart by id, keywords are lower case, patterns never look for their place', () => {
  assert.equal(new Set(KINDS.map(({ id }) => id)).size, KINDS.length)
  assert.ok(KINDS.length >= 20)
  for (const { id, keywords, pattern } of KINDS) {
    assert.ok(
      keywords.every((keyword) => keyword === keyword.toLowerCase()),
      id,
    )
    assert.ok(!/[gy]/.test(pattern.flags), id)
    assert.doesNotMatch(
      pattern.source.replace(/\[[^\]]*\]/g, ''),
      /(?<!\^\[\^\\s\])[*+](?!\$)/,
      `${id}: an unbounded repetition`,
    )
  }
})
