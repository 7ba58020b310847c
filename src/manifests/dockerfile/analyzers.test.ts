import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewFactOf } from '../../core/fact.ts'
import { SourceText } from '../../core/span.ts'
import analyzer from './dockerfile.analyzer.ts'
import ignoreAnalyzer from './dockerignore.analyzer.ts'
import { emitted } from './testing/emitted.ts'

const kinds = (path: string, text: string) => emitted(analyzer, path, text).facts.map((fact) => fact.kind)

for (const [path, text, expected, skipped] of [
  ['Dockerfile', 'FROM a\nRUN x', ['dockerfile', 'script'], []],
  ['a/Dockerfile.gpu', '# c\n\nARG X=1\nFROM $X', ['dockerfile'], []],
  ['train.dockerfile', 'from a as b\n', ['dockerfile'], []],
  ['Dockerfile', 'RUN x', ['dockerfile'], []],
  ['Dockerfile', '', ['dockerfile'], []],
  ['dockerfile.ts', 'import x from "y"', [], []],
  ['dockerfile.py', 'from x import y\n', [], []],
  ['Dockerfile.md', '# Title\n\nText', [], []],
  ['Dockerfile.gpu', 'LABEL a=b', [], ['not-a-dockerfile']],
  ['Dockerfile.dockerignore', 'FROM a', [], []],
  ['anything', 'FROM a', ['dockerfile'], []],
  ['anything', 'hello', [], []],
  ['Dockerfile.jinja', 'FROM a:{{ TAG }}\nRUN x', [], ['not-rendered']],
  ['Dockerfile.j2', '{% if x %}\nFROM a\n{% endif %}', [], ['not-rendered']],
  ['Dockerfile', 'FROM a\n{{ include "x" }}\nRUN y', [], ['not-rendered']],
  ['Dockerfile', "FROM a\nRUN docker inspect --format '{{.Id}}'", ['dockerfile', 'script'], []],
  ['Dockerfile', 'FROM a\0b', [], ['binary']],
  ['Dockerfile', '# syntax=corp.example/front\nFROM a', ['dockerfile'], ['foreign-frontend']],
] as const) {
  test(`Dockerfile analyzer: ${path} ${JSON.stringify(text).slice(0, 50)}`, () => {
    const outcome = emitted(analyzer, path, text)
    assert.deepEqual([outcome.facts.map((fact) => fact.kind), outcome.skipped], [expected, skipped])
  })
}

function scriptsIn(text: string): NewFactOf<'script'>[] {
  return emitted(analyzer, 'Dockerfile', text).facts.filter((fact) => fact.kind === 'script')
}

test('scripts say what they are, whether they ship, and what runs them', () => {
  const scripts = scriptsIn(
    [
      'FROM python AS build',
      'RUN curl x | sh',
      'FROM python',
      'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]',
      'RUN ["pip", "install", "x"]',
      'RUN <<E',
      'apt-get update',
      'E',
      'RUN <<E',
      '#!/usr/bin/env python3',
      'print(1)',
      'E',
      'RUN cat <<E > /f && make it',
      'data',
      'E',
      'HEALTHCHECK CMD curl localhost',
      'CMD first',
      'CMD exec server --port 80',
    ].join('\n'),
  )
  const shown = scripts.map((script) => {
    const { origin } = script
    assert.ok(origin.in === 'dockerfile')
    return [
      origin.as,
      origin.stage,
      origin.ships,
      script.shell,
      script.pipefail,
      script.commands.map((command) => command.name).join(' '),
    ]
  })
  assert.deepEqual(shown, [
    ['run', 0, false, 'sh', false, 'curl sh'],
    ['run', 1, true, 'exec', false, 'pip'],
    ['run', 1, true, 'bash', true, 'apt-get'],
    ['run', 1, true, 'python3', false, 'python3'],
    ['run', 1, true, 'bash', true, 'cat make'],
    ['healthcheck', 1, true, 'bash', true, 'curl'],
    ['cmd', 1, true, 'bash', true, 'server'],
  ])
})

test('scripts know ARG and ENV while building, ENV alone when running', () => {
  const [run, cmd] = scriptsIn('FROM a\nARG A=one\nENV B=two\nRUN echo $A $B\nCMD echo $A $B')
  assert.deepEqual(
    run?.commands[0]?.words.map((word) => word.value),
    ['echo', 'one', 'two'],
  )
  assert.deepEqual(
    cmd?.commands[0]?.words.map((word) => word.value),
    ['echo', null, 'two'],
  )
})

test('words of scripts stand where they are written, across continuations and here-documents', () => {
  const text = 'FROM a\nRUN apt-get update && \\\n  # note é\n  apt-get install -y curl\nRUN <<E\n\twget x\nE\n'
  const source = SourceText.of(text)
  const words = scriptsIn(text).flatMap((script) => script.commands.flatMap((command) => command.words))
  for (const word of words) assert.equal(source.slice(word.span), word.raw)
  assert.deepEqual(
    words.map((word) => word.raw),
    ['apt-get', 'update', 'apt-get', 'install', '-y', 'curl', 'wget', 'x'],
  )
})

test('ignore comments govern the instruction below or around them, above FROM the whole stage', () => {
  const text = [
    '# bulkhead: ignore[a/b] reason: the stage',
    'FROM a',
    'USER x',
    '# bulkhead: ignore[c/d] until=2027-01-01 reason: the line',
    '# another comment',
    'RUN one && \\',
    '  # bulkhead: ignore[e/f] reason: inside',
    '  two',
    'FROM b',
    '# bulkhead: ignore[g/h] reason: nothing follows',
  ].join('\n')
  const source = SourceText.of(text)
  const ignores = emitted(analyzer, 'Dockerfile', text).facts.filter((fact) => fact.kind === 'ignore')
  assert.deepEqual(
    ignores.map((ignore) => [
      ignore.rules[0],
      source.slice(ignore.governs).split('\n').length,
      ignore.until,
      ignore.problem,
    ]),
    [
      ['a/b', 7, undefined, undefined],
      ['c/d', 3, '2027-01-01', undefined],
      ['e/f', 3, undefined, undefined],
      ['g/h', 1, undefined, 'no instruction stands below it'],
    ],
  )
})

test('every string passes the masker with its carrier and key; nothing else enters a fact', () => {
  const secret = ['hunter', '2'].join('')
  const text = [
    `# ${secret} in a comment`,
    `ARG T=${secret}`,
    'FROM a',
    `ENV HF_TOKEN="${secret}" OTHER=1`,
    `LABEL x=${secret}`,
    `RUN --mount=type=bind,source=${secret} login ${secret} \\`,
    `  again ${secret}`,
    `RUN <<E`,
    `curl ${secret}`,
    'E',
    `COPY <<f /f`,
    secret,
    'f',
    `CMD ["serve", "--key=${secret}"]`,
    `${secret}${secret}${secret}${secret}${secret}${secret} x`,
    `# bulkhead: ignore[a/b] reason: ${secret}`,
    'USER x',
  ].join('\n')
  const { facts, texts } = emitted(analyzer, 'Dockerfile', text, (part) =>
    part.replaceAll(secret, '*'.repeat(secret.length)),
  )
  assert.ok(!JSON.stringify(facts).toLowerCase().includes(secret))
  for (const expected of [
    `file comment # ${secret} in a comment`,
    `build-arg ARG.T ${secret}`,
    `image-env ENV.HF_TOKEN ${secret}`,
    `label LABEL.x ${secret}`,
    `run RUN login ${secret} `,
    `run RUN   again ${secret}`,
    `run RUN curl ${secret}\n`,
    `file COPY ${secret}\n`,
    `command CMD ["serve", "--key=${secret}"]`,
  ]) {
    assert.ok(texts.includes(expected), `${expected}\n--\n${texts.join('\n')}`)
  }
})

test('.dockerignore: patterns in order, comments and blanks left out', () => {
  const { facts } = emitted(ignoreAnalyzer, 'a/.dockerignore', '\uFEFF# c\n\n *.pyc \r\n!keep.pyc\n #not-a-comment\n')
  assert.deepEqual(facts, [
    {
      kind: 'ignore-file',
      subject: 'a/.dockerignore',
      path: 'a/.dockerignore',
      confidence: 'high',
      patterns: ['*.pyc', '!keep.pyc', '#not-a-comment'],
    },
  ])
  assert.deepEqual(kinds('a/.dockerignore', '*.pyc'), [])
})
