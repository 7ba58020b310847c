import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { defineSecret } from '../core/secret.ts'
import { KINDS, newScanner, SALT } from './kinds.testing.ts'
import { pick, seededRandom, UPPER } from './samples.ts'
import { createSecretScanner, shownCharacters } from './scanner.ts'

const sampleOf = (id: string, seed = 5): string => {
  const kind = KINDS.find((one) => one.id === id)
  assert.ok(kind, id)
  return kind.sample(seededRandom(seed))
}

test('a find says what, where and how sure, and holds no more of the value than its preview', () => {
  const token = sampleOf('hugging-face-token')
  const text = `login(token="${token}")`
  const [found, ...others] = newScanner().find(text)
  assert.deepEqual(others, [])
  assert.deepEqual(found, {
    secret: 'hugging-face-token',
    label: 'Hugging Face access token',
    grade: 'shaped',
    start: 13,
    end: 13 + token.length,
    preview: `${token.slice(0, 4)}…`,
    hash: createHmac('sha256', SALT).update(token).digest('hex'),
  })
})

test('a checksum that fails makes a token fake, and the mask hides it all the same', () => {
  for (const id of ['github-token', 'npm-token']) {
    const token = sampleOf(id)
    const last = token.at(-1) === 'A' ? 'B' : 'A'
    const wrong = token.slice(0, -1) + last
    const scanner = newScanner()
    assert.equal(scanner.find(token)[0]?.grade, 'proved', id)
    assert.equal(scanner.find(wrong)[0]?.grade, 'fake', id)
    assert.equal(scanner.find(wrong, 'API_TOKEN')[0]?.grade, 'fake', `${id} under a telling name`)
    assert.equal(scanner.mask(wrong).slice(4), '*'.repeat(wrong.length - 4))
  }
})

test('documented examples and filled-in patterns are fake', () => {
  const scanner = newScanner()
  const texts = [
    `AKIA${pick(seededRandom(1), UPPER, 9)}EXAMPLE`,
    `hf_${'x'.repeat(34)}`,
    `sk-ant-api03-${'x'.repeat(93)}AA`,
    `gsk_${'0'.repeat(52)}`,
    `nvapi-${'abcdefghijklmnop'.repeat(4)}`,
  ]
  for (const text of texts.slice(0, 4)) assert.equal(scanner.find(text)[0]?.grade, 'fake', text)
})

test('encrypted and public keys are not secrets; a body that is no key is fake', () => {
  const pem = sampleOf('private-key')
  const scanner = newScanner()
  assert.equal(scanner.find(pem)[0]?.grade, 'proved')
  assert.equal(scanner.find(pem.replaceAll('\n', '\\n'))[0]?.grade, 'proved', 'line breaks written as \\n')
  assert.deepEqual(scanner.find(pem.replaceAll('EC PRIVATE', 'ENCRYPTED PRIVATE')), [])
  assert.deepEqual(scanner.find(pem.replaceAll('EC PRIVATE', 'PUBLIC')), [])
  assert.deepEqual(
    scanner.find(pem.replace('KEY-----\n', 'KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0A\n\n')),
    [],
  )
  const [begin = '', body = ''] = pem.split('\n')
  assert.equal(scanner.find(pem.replace(body, body.slice(4)))[0]?.grade, 'fake')
  assert.ok(begin.startsWith('-----BEGIN'))
  assert.equal(scanner.mask(pem).split('\n').length, pem.split('\n').length, 'line breaks stay')
})

test('what is seen under its key is hidden wherever it stands later', () => {
  const scanner = newScanner()
  const value = pick(seededRandom(9), 'abcdefghjkmnpqrstuvwxyz23456789', 18)
  assert.equal(scanner.mask(`see ${value} here`), `see ${value} here`, 'unknown yet')
  assert.equal(scanner.find(value, 'DB_PASSWORD').length, 1)
  assert.equal(scanner.mask(`see ${value} here`), `see ${value.slice(0, 4)}${'*'.repeat(14)} here`)
  assert.equal(scanner.find('postgres', 'DB_PASSWORD').length, 1)
  assert.equal(
    scanner.mask('image: postgres:17'),
    'image: postgres:17',
    'a guessable word is no value to hide everywhere',
  )
})

test('the number of remembered values is bounded', () => {
  const scanner = createSecretScanner({ kinds: KINDS, salt: SALT, remember: 1 })
  const [one, two] = [1, 2].map((seed) => sampleOf('generic-password', seed)) as [string, string]
  scanner.find(one, 'PASSWORD')
  scanner.find(two, 'PASSWORD')
  assert.notEqual(scanner.mask(one), one)
  assert.equal(scanner.mask(two), two)
})

test('the better grade wins an overlap, then the longer match', () => {
  const kind = (id: string, pattern: RegExp, grade: 'shaped' | 'contextual') =>
    defineSecret({ id, label: id, keywords: ['key'], pattern, longest: 20, grade: () => grade, sample: () => 'key' })
  const kinds = [
    kind('short', /key1/, 'shaped'),
    kind('long', /key123/, 'shaped'),
    kind('longest', /key12345/, 'contextual'),
  ]
  const found = createSecretScanner({ kinds, salt: SALT }).find('key12345')
  assert.deepEqual(
    found.map(({ secret }) => secret),
    ['long'],
  )
})

test('a default of a variable is told as one', () => {
  const scanner = newScanner()
  assert.equal(scanner.find('${X:-minioadmin}', 'MINIO_ROOT_PASSWORD')[0]?.fallback, true)
  assert.equal(scanner.find('minioadmin', 'MINIO_ROOT_PASSWORD')[0]?.fallback, undefined)
  assert.equal(scanner.find('${DB:-postgres://a:b7fQ2xkLp@h/x}', 'DATABASE_URL')[0]?.fallback, true)
})

test('never more than a quarter is shown, nothing of a guessable password', () => {
  assert.deepEqual(
    [1, 3, 4, 8, 12, 16, 40].map((length) => shownCharacters('shaped', length)),
    [0, 0, 1, 2, 3, 4, 4],
  )
  assert.equal(shownCharacters('weak', 40), 0)
  const scanner = newScanner()
  assert.equal(scanner.mask('POSTGRES_PASSWORD=changeme'), 'POSTGRES_PASSWORD=********')
  assert.equal(scanner.mask('changeme', 'POSTGRES_PASSWORD'), '********')
})

test('the version changes with the kinds, not with the salt', () => {
  const one = createSecretScanner({ kinds: KINDS, salt: SALT }).version
  assert.equal(createSecretScanner({ kinds: KINDS, salt: Buffer.from('other') }).version, one)
  assert.notEqual(createSecretScanner({ kinds: KINDS.slice(1), salt: SALT }).version, one)
})

/** Pieces from which texts are made that look like secrets and are not quite. */
const pieces = fc.constantFrom(
  ...'hf_ sk- sk-ant-api03- AKIA ghp_ eyJ . : :// @ / = " \' \n password token API_KEY= ${ :- } -----BEGIN PRIVATE -----END auth Basic bearer wandb * **** é \udc80 \ud83d \0 abcDEF123 0123456789abcdef x'.split(
    ' ',
  ),
  ...KINDS.map((kind) => kind.sample(seededRandom(2))),
)
const hostile = fc.oneof(
  { weight: 3, arbitrary: fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
)

test('any text: never throws, ranges in order, mask keeps the length and is done when done', () => {
  fc.assert(
    fc.property(
      hostile,
      fc.option(fc.constantFrom('DB_PASSWORD', 'HF_TOKEN', 'image', 'auth', 'wandb_key')),
      (text, named) => {
        const scanner = newScanner()
        const name = named ?? undefined
        let at = 0
        for (const { start, end, preview, hash } of scanner.find(text, name)) {
          assert.ok(at <= start && start < end && end <= text.length)
          assert.ok(preview.length <= 5)
          assert.match(hash, /^[0-9a-f]{64}$/)
          at = end
        }
        const masked = scanner.mask(text, name)
        assert.equal(masked.length, text.length)
        assert.equal(scanner.mask(masked, name), masked)
        for (let index = 0; index < text.length; index++) {
          assert.ok(masked[index] === text[index] || masked[index] === '*')
        }
      },
    ),
    { seed: 1, numRuns: 400 },
  )
})
