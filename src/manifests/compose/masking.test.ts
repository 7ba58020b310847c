import assert from 'node:assert/strict'
import test from 'node:test'
import { SourceText } from '../../core/span.ts'
import { readYaml } from '../../formats/yaml/read.ts'
import { composeMask } from './masking.ts'
import { scan } from './testing/harness.ts'

const TEXT = `services:
  api:
    image: a:1
    environment:
      - TOKEN=abc
      - "OTHER=x \${P:-dflt}"
      - BARE
    command: ["serve", "--api-key", "k1"]
    labels: {l: v}
    build: {args: [ARG=b]}
    healthcheck: {test: curl x}
  db:
    environment: {PASSWORD: "\${PW:-changeme}", "with.dot": y}
x-env: &e
  environment: {DEEP: z}
`

test('every scalar is handed over under the name that tells most, with its carrier and place', () => {
  const handed: string[] = []
  const source = SourceText.of(TEXT)
  const mask = composeMask({
    text: (text, origin) => {
      if (origin.exact === true) assert.equal(source.slice(origin.span), text)
      handed.push(`${origin.carrier} ${origin.key ?? '-'} ${text}`)
      return text
    },
  })
  readYaml(source, { version: '1.2', mask })
  for (const expected of [
    'config-value services.api.image a:1',
    'environment services.api.environment.TOKEN abc',
    'environment-default services.api.environment.OTHER.P dflt',
    'environment services.api.environment.OTHER x ${P:-dflt}',
    'environment services.api.environment BARE',
    'command services.api.command.api-key k1',
    'label services.api.labels.l v',
    'build-arg services.api.build.args.ARG b',
    'command services.api.healthcheck.test curl x',
    'environment-default services.db.environment.PASSWORD changeme',
    'environment services.db.environment[with.dot] y',
    'environment x-env.environment.DEEP z',
  ]) {
    assert.ok(handed.includes(expected), `${expected}\n${handed.join('\n')}`)
  }
})

test('a value that is masked is masked wherever it goes: settings, problems, scripts', () => {
  const hide = (text: string) => text.replaceAll(/s3cret\w*/g, (found) => '*'.repeat(found.length))
  const scanned = scan(
    {
      'compose.yaml':
        'services:\n  a:\n    image: a\n    env_file: b.env\n    environment: [K=s3cretA, "L=${X:-s3cretB}", M=$Y]\n    command: run --key s3cretC\n    labels: {l: s3cretD}\n    user: s3cretE\n    zzz: s3cretF\n# bulkhead: ignore[x/y] reason: s3cretG\n',
      '.env': 'Y=s3cretH\n',
      'b.env': 'Z="s3cretI"\nbad name=s3cretJ\n',
    },
    hide,
  )
  assert.equal(JSON.stringify(scanned.facts.everything()).match(/s3cret\w*/g), null)
  const m = scanned.service('a').settings.env.items.M
  assert.equal(m?.is === 'set' && m.value, '*'.repeat('s3cretH'.length))
})

test('files that a Compose file names are read whatever their names', () => {
  const { references } = scan({
    'd/compose.yaml':
      'include: [inc.txt, {path: [a.yml], env_file: e}]\nservices:\n  a: {build: {context: ../x, dockerfile: my.docker}, env_file: [one, {path: two}], extends: {file: base, service: b}}\n  c: {build: "https://example.com/x.git", env_file: "${V}.env"}\n',
  })
  assert.deepEqual(references.filter((path) => !path.includes('override')).sort(), [
    'd/.env',
    'd/a.yml',
    'd/base',
    'd/e',
    'd/inc.txt',
    'd/one',
    'd/two',
    'x/my.docker',
  ])
})

test('ignore comments are facts', () => {
  const { facts } = scan({
    'compose.yaml':
      'services:\n  a:\n    image: a\n    # bulkhead: ignore[workload/privileged] until=2027-01-01 reason: lab only\n    privileged: true\n',
  })
  const [ignore] = facts.all('ignore')
  assert.deepEqual([ignore?.rules, ignore?.until, ignore?.reason], [['workload/privileged'], '2027-01-01', 'lab only'])
})
