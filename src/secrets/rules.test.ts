/** Which rule speaks for a credential, and what it says; the examples of each are tried by the rule harness. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CredentialFact } from '../core/facts/secret.ts'
import type { Reported } from '../core/rule.ts'
import { type SecretDraft, storeOf } from './credentials.testing.ts'
import { KINDS } from './kinds.testing.ts'
import { revocation } from './revocation.ts'
import inFile from './rules/credential-in-file.ts'
import inImage from './rules/credential-in-image-build.ts'
import inNotebook from './rules/credential-in-notebook.ts'
import inSettings from './rules/credential-in-service-settings.ts'
import defaultPassword from './rules/default-password.ts'

const RULES = [inImage, inSettings, inNotebook, inFile, defaultPassword]

interface Said extends Reported {
  readonly rule: string
}

function said(...drafts: SecretDraft[]): Said[] {
  const store = storeOf(drafts)
  const reports: Said[] = []
  for (const rule of RULES) {
    for (const fact of store.all('credential') as readonly CredentialFact[]) {
      rule.check(fact, (reported) => reports.push({ ...reported, rule: rule.id }), store)
    }
  }
  return reports
}

const CASES: readonly (readonly [SecretDraft, rule: string, concept: string, severity?: string])[] = [
  [{ at: 1, carrier: 'image-env', key: 'ENV.HF_TOKEN' }, 'credential-in-image-build', 'secret-in-build-arg-env'],
  [{ at: 1, carrier: 'label', key: 'LABEL.a' }, 'credential-in-image-build', 'secret-in-build-arg-env'],
  [{ at: 1, carrier: 'run', key: 'RUN' }, 'credential-in-image-build', 'secret-literal-in-run'],
  [{ at: 1, carrier: 'run', key: 'RUN', secret: 'url-password' }, 'credential-in-image-build', 'git-credential-url'],
  [
    { at: 1, carrier: 'build-arg', key: 'services.a.build.args.X' },
    'credential-in-service-settings',
    'secret-in-build-args',
  ],
  [
    { at: 1, carrier: 'environment', key: 'services.a.environment.X' },
    'credential-in-service-settings',
    'secret-in-env-literal',
  ],
  [
    { at: 1, carrier: 'environment', secret: 'url-password' },
    'credential-in-service-settings',
    'secret-in-connection-string',
  ],
  [{ at: 1, carrier: 'environment-default' }, 'credential-in-service-settings', 'secret-default-fallback'],
  [{ at: 1, carrier: 'command' }, 'credential-in-service-settings', 'secret-in-command'],
  [{ at: 1, carrier: 'notebook-output', key: 'cells[3].outputs' }, 'credential-in-notebook', 'notebook-output-secret'],
  [{ at: 1, carrier: 'file', path: 'a.py' }, 'credential-in-file', 'secret-file'],
  [{ at: 1, carrier: 'config-value', path: 'x/.npmrc' }, 'credential-in-file', 'npmrc-token'],
  [{ at: 1, carrier: 'file', path: 'a/.cache/huggingface/token' }, 'credential-in-file', 'hf-token-file'],
  [{ at: 1, carrier: 'config-value', secret: 'aws-access-key-id' }, 'credential-in-file', 'cloud-credential'],
  [{ at: 1, carrier: 'env-file', path: 'a/.env' }, 'credential-in-file', 'env-file-tracked', 'medium'],
  [{ at: 1, carrier: 'env-file', path: '.env.example' }, 'credential-in-file', 'env-file-tracked'],
  [{ at: 1, grade: 'weak', secret: 'weak-password' }, 'default-password', 'default-credential'],
  [{ at: 1, grade: 'weak', secret: 'vendor-default-password' }, 'default-password', 'default-credential', 'high'],
]

for (const [draft, rule, concept, severity] of CASES) {
  test(`${draft.carrier ?? 'environment'} ${draft.secret ?? ''} ${draft.path ?? ''}: ${rule}, ${concept}`, () => {
    const [report, ...others] = said(draft)
    assert.deepEqual(others, [])
    assert.equal(report?.rule, `secret/${rule}`)
    assert.equal(report.concepts?.[0], concept)
    assert.equal(report.severity, severity)
    const known = RULES.find(({ id }) => id === report.rule)?.concepts as readonly string[]
    assert.ok(report.concepts?.every((one) => known.includes(one)))
    assert.ok(report.fix?.steps.every((step) => step.do === 'manual'))
    if (severity !== undefined) assert.ok((report.because ?? '').length > 10)
  })
}

test('a credential in several places is one finding, of the worst of them, and names them all', () => {
  const reports = said(
    { at: 1, carrier: 'file', path: 'a.py' },
    { at: 9, carrier: 'environment', path: 'compose.yaml', key: 'services.a.environment.HF_TOKEN' },
    { at: 5, carrier: 'image-env', path: 'z/Dockerfile', key: 'ENV.HF_TOKEN' },
  )
  assert.deepEqual(
    reports.map(({ rule, at, related }) => [rule, at?.path, related?.map((one) => one.at?.path)]),
    [['secret/credential-in-image-build', 'z/Dockerfile', ['a.py', 'compose.yaml']]],
  )
  assert.equal(reports[0]?.message, 'Hugging Face access token (hf_a…) is baked into the image by ENV HF_TOKEN')
})

test('a file that a Dockerfile copies by name is in the image', () => {
  const store = storeOf([{ at: 1, carrier: 'env-file', path: 'app/.env', key: 'HF_TOKEN' }])
  const copy = (source: string) => ({ keyword: 'COPY', flags: [], args: [{ value: source }, { value: '/app/' }] })
  const dockerfile = (source: string) =>
    ({
      kind: 'dockerfile',
      subject: source,
      path: 'app/Dockerfile',
      confidence: 'high',
      instructions: [copy(source)],
    }) as never
  const severities = (): (string | undefined)[] => {
    const found: (string | undefined)[] = []
    for (const fact of store.all('credential')) inFile.check(fact, ({ severity }) => found.push(severity), store)
    return found
  }
  store.place(dockerfile('src/.env'), { target: 't', analyzer: 'dockerfile' })
  assert.deepEqual(severities(), ['medium'])
  store.place(dockerfile('./.env'), { target: 't', analyzer: 'dockerfile' })
  assert.deepEqual(severities(), ['critical'])
})

test('fakes are nobody’s concern', () => {
  assert.deepEqual(said({ at: 1, grade: 'fake' }, { at: 1, grade: 'fake', carrier: 'file', path: 'a.py' }), [])
})

test('every kind that names where to revoke it says the same as the rules do', () => {
  for (const { id, revoke } of KINDS) {
    if (revoke !== undefined && !id.endsWith('private-key')) assert.equal(revoke, revocation(id), id)
  }
  assert.equal(revocation('__proto__'), 'where it was issued')
})
