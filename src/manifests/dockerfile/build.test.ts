import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanFiles } from '../../assembly/rule-harness.ts'
import type { Finding } from '../../core/finding.ts'

async function findings(rule: string, files: string | Readonly<Record<string, string>>): Promise<Finding[]> {
  const { report } = await scanFiles(typeof files === 'string' ? { Dockerfile: files } : files)
  return report.findings.filter((finding) => finding.rule === rule)
}

const PIPED = 'RUN curl -sSf https://sh.example.org | sh\n'

test('severity: what tampers with a build weighs less in a stage that nothing is taken from', async () => {
  const cases: readonly [what: string, text: string, severity: string][] = [
    ['the shipped stage', `FROM a\n${PIPED}`, 'high'],
    ['a stage below it', `FROM a AS base\n${PIPED}FROM base\nRUN make\n`, 'high'],
    ['a stage that gives files', `FROM a AS build\n${PIPED}FROM b\nCOPY --from=build /x /x\n`, 'high'],
    ['a stage that a mount reads', `FROM a AS build\n${PIPED}FROM b\nRUN --mount=from=build,target=/x make\n`, 'high'],
    ['a stage that nothing names', `FROM a AS test\n${PIPED}FROM b\nRUN make\n`, 'medium'],
    [
      'the stage of another platform',
      `FROM a AS build-amd64\nRUN make\nFROM a AS build-arm64\n${PIPED}FROM build-\${TARGETARCH} AS build\nFROM b\nCOPY --from=build /x /x\n`,
      'high',
    ],
  ]
  for (const [what, text, severity] of cases) {
    const [found, ...others] = await findings('dockerfile/fetch-and-run', text)
    assert.equal(found?.severity, severity, what)
    assert.equal(found?.severityBecause.length, severity === 'high' ? 0 : 1, what)
    assert.equal(others.length, 0, what)
  }
})

test('ships: the last stage, and those that Compose builds', async () => {
  const Dockerfile =
    'FROM python:3.12 AS dev\nRUN apt-get install -y openssh-server git\nFROM python:3.12 AS prod\nRUN make\n'
  assert.equal((await findings('dockerfile/sshd-installed', Dockerfile)).length, 0)
  const compose = (target: string) => `services:\n  app:\n    build:\n      context: .\n      target: ${target}\n`
  const built = await findings('dockerfile/sshd-installed', { Dockerfile, 'compose.yaml': compose('dev') })
  assert.deepEqual(
    built.map(({ subject }) => subject),
    ['Dockerfile#dev'],
  )
  assert.equal((await findings('dockerfile/sshd-installed', { Dockerfile, 'compose.yaml': compose('prod') })).length, 0)
})

test('a script that is fetched in one RUN and run in another is one finding with two places', async () => {
  const text = 'FROM a\nRUN curl -o /i.sh https://x.org/i.sh\nENV A=b\nRUN chmod +x /i.sh && /i.sh\n'
  const [found, ...others] = await findings('dockerfile/fetch-and-run', text)
  assert.deepEqual(
    found?.locations.map(({ line, role }) => [line, role]),
    [
      [2, 'primary'],
      [4, 'related'],
    ],
  )
  assert.equal(others.length, 0)
})

test('subjects and keys stay when lines move', async () => {
  const before = await findings('dockerfile/tls-verification-off', 'FROM a\nRUN curl -k https://x.org/a -o a\n')
  const after = await findings(
    'dockerfile/tls-verification-off',
    'FROM a\n\n# moved\nENV A=b\nRUN true\nRUN curl -k https://x.org/a -o a\n',
  )
  assert.equal(before[0]?.fingerprint, after[0]?.fingerprint)
})

test('no password is ever told', async () => {
  const text =
    'FROM a\nRUN echo "root:tr0ub4dor-and-3" | chpasswd && useradd -p tr0ub4dor-and-3 x && echo tr0ub4dor-and-3 | passwd --stdin y\n'
  const found = await findings('dockerfile/password-in-build', text)
  assert.equal(found.length, 3)
  for (const { message, locations, evidence } of found) {
    assert.doesNotMatch(JSON.stringify([message, locations.map(({ label }) => label), evidence]), /tr0ub4dor/)
  }
})

test('an ONBUILD instruction runs in another build', async () => {
  const { report } = await scanFiles({
    Dockerfile: 'FROM a\nONBUILD RUN curl -k https://x.org/i | sh\nONBUILD ENV GIT_SSL_NO_VERIFY=1\nONBUILD COPY . .\n',
  })
  const told = report.findings.filter(({ rule }) => /fetch-and-run|tls-|copy-everything/.test(rule))
  assert.deepEqual(told, [])
})
