import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Setting } from '../../core/facts/workload.ts'
import { type EvaluateOptions, evaluateStages } from './stages.ts'
import { parsed } from './testing/parsed.ts'

function graphOf(text: string, options: EvaluateOptions = {}) {
  return evaluateStages(parsed(text).fact, options)
}

function shipped(text: string, options: EvaluateOptions = {}) {
  const stage = graphOf(text, options).shipped
  assert.ok(stage)
  return stage.state
}

function show(setting: Setting<unknown>): unknown {
  return setting.is === 'set' || setting.is === 'default' ? setting.value : setting.is
}

/** uid and name of the user that the last stage (or the target) ships as. */
for (const [name, text, uid, user, options] of [
  ['no USER on a base that starts as root', 'FROM python:3.12', 0, 'root'],
  ['no USER on a base that does not', 'FROM gcr.io/distroless/static:nonroot', 65532, 'nonroot'],
  ['no USER on scratch', 'FROM scratch', 0, 'root'],
  ['no USER on an unknown base', 'FROM corp.example/base:1', 'unknown', 'unknown'],
  ['a number', 'FROM a\nUSER 1000', 1000, 'unknown'],
  ['a number with a group', 'FROM a\nUSER 1000:1000', 1000, 'unknown'],
  ['zeros', 'FROM a\nUSER 00', 0, 'root'],
  ['root by name', 'FROM a\nUSER root:root', 0, 'root'],
  ['a group alone', 'FROM a\nUSER :1000', 0, 'root'],
  ['quoted', 'FROM a\nUSER "1000"', 1000, 'unknown'],
  ['empty quotes', 'FROM a\nUSER 1000\nUSER ""', 0, 'root'],
  ['a comment is part of the name', 'FROM a\nUSER root # x', 'unknown', 'root # x'],
  ['a name', 'FROM a\nUSER app', 'unknown', 'app'],
  ['a name that the base is known to have', 'FROM node:22\nUSER node', 1000, 'node'],
  ['a name that RUN made', 'FROM a\nRUN groupadd x && useradd -r -u 999 -g x app\nUSER app', 999, 'app'],
  ['a name that RUN made with uid 0', 'FROM a\nRUN useradd -o -u 0 app\nUSER app', 0, 'app'],
  ['a name made in a here-document', 'FROM a\nRUN <<E\nadduser -D -u 12 app\nE\nUSER app', 12, 'app'],
  ['an argument with default 0', 'FROM a\nARG USER_ID=0\nUSER "$USER_ID"', 0, 'root'],
  ['an argument with default 0, both halves', 'FROM a\nARG ID=0\nUSER "${ID}:${ID}"', 0, 'root'],
  ['an argument with a default', 'FROM a\nARG U=app\nUSER $U', 'unknown', 'app'],
  ['an argument without default', 'FROM a\nARG U\nUSER $U', 'unknown', 'unknown'],
  ['… that Compose does not set', 'FROM a\nARG U\nUSER $U', 0, 'root', { args: {} }],
  ['… that Compose sets', 'FROM a\nARG U\nUSER $U', 7, 'unknown', { args: { U: '7' } }],
  [
    '… that Compose takes from its environment',
    'FROM a\nARG U=5\nUSER $U',
    'unknown',
    'unknown',
    { args: { U: null } },
  ],
  ['an argument that is not declared', 'FROM python\nUSER $NOPE', 0, 'root', { args: { NOPE: '9' } }],
  ['a variable that the base may set', 'FROM corp.example/base\nUSER $NB_UID', 'unknown', 'unknown'],
  [
    'a variable that the base is known to set',
    'FROM quay.io/jupyter/base-notebook\nUSER root\nUSER ${NB_UID}',
    1000,
    'unknown',
  ],
  ['ENV', 'FROM a\nENV U=33\nUSER $U', 33, 'unknown'],
  ['the later of ARG and ENV', 'FROM a\nENV U=33\nARG U=44\nUSER $U', 44, 'unknown'],
  ['an ARG without a value changes nothing', 'FROM a\nENV U=33\nARG U\nUSER $U', 33, 'unknown'],
  ['a global ARG is not seen', 'ARG U=5\nFROM python\nUSER $U', 0, 'root'],
  ['a global ARG, declared', 'ARG U=5\nFROM a\nARG U\nUSER $U', 5, 'unknown'],
  ['the last USER', 'FROM a\nUSER app\nUSER root', 0, 'root'],
  ['another stage’s USER does not count', 'FROM python AS b\nUSER app\nFROM python\nCOPY --from=b /x /x', 0, 'root'],
  ['a parent stage’s USER does', 'FROM python AS b\nUSER 12\nFROM b', 12, 'unknown'],
  ['an ONBUILD USER waits for the child', 'FROM python\nONBUILD USER 12', 0, 'root'],
  ['… and then runs', 'FROM python AS b\nONBUILD USER 12\nFROM b', 12, 'unknown'],
  ['… once', 'FROM python AS b\nONBUILD USER 12\nFROM b AS c\nUSER 0\nFROM c', 0, 'root'],
  ['a stage by a variable', 'ARG T=x\nFROM python AS x-image\nUSER 3\nFROM ${T}-image', 3, 'unknown'],
  [
    'a stage by an optional argument',
    'ARG GPU\nFROM python AS q-cpu\nUSER 3\nFROM q-${GPU:+gpu-}${GPU:-cpu}',
    3,
    'unknown',
  ],
  ['a stage by the platform', 'FROM python AS b-amd64\nUSER 3\nFROM b-${TARGETARCH}', 3, 'unknown'],
  ['the latest stage of a name', 'FROM python AS x\nUSER 3\nFROM python AS x\nUSER 4\nFROM x', 4, 'unknown'],
  ['a stage before an image of its name', 'FROM alpine AS alpine\nUSER 3\nFROM alpine', 3, 'unknown'],
  ['even scratch', 'FROM alpine AS scratch\nUSER 3\nFROM scratch', 3, 'unknown'],
  ['a number is an image', 'FROM python\nUSER 3\nFROM 0', 'unknown', 'unknown'],
  ['the target, any case', 'FROM python AS Dev\nUSER 3\nFROM python', 3, 'unknown', { target: 'DEV' }],
  ['a base that is an argument without default', 'ARG B\nFROM $B', 'unknown', 'unknown'],
  ['a Windows account', 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022', 'unknown', 'ContainerUser'],
] as const) {
  test(`user: ${name}`, () => {
    const state = shipped(text, options)
    assert.deepEqual([show(state.user.uid), show(state.user.name)], [uid, user])
  })
}

test('the user knows the place that decides it', () => {
  const { fact, source } = parsed('FROM a AS b\nUSER 12\nFROM b\nRUN x')
  const uid = evaluateStages(fact).shipped?.state.user.uid
  assert.ok(uid?.is === 'set' && uid.by.at?.span)
  assert.equal(source.slice(uid.by.at.span), 'USER 12')
})

/** BuildKit gives it to an image that has none. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

for (const [name, text, env] of [
  ['values of a line see the line before', 'FROM scratch\nENV A=1\nENV A=2 B=$A', { A: '2', B: '1' }],
  ['arguments of a line see each other', 'FROM scratch\nARG P=1 Q=$P\nENV R=$Q', { R: '1' }],
  ['legacy form', 'FROM scratch\nENV A x=1 "z"', { A: 'x=1 z' }],
  ['quotes and escapes', 'FROM scratch\nENV A="a b" B=\'$A\' C=\\$A', { A: 'a b', B: '$A', C: '$A' }],
  ['inherited', 'FROM scratch AS b\nENV A=1\nFROM b\nENV B=$A', { A: '1', B: '1' }],
  ['an inherited argument’s value', 'FROM scratch AS b\nARG A=1\nFROM b\nENV B=$A', { B: '1' }],
  ['unknown', 'FROM scratch\nARG A\nENV B=x$A', { B: 'unknown' }],
  ['the PATH of scratch is seen', 'FROM scratch\nENV P=$PATH', { P: PATH }],
  ['a repeated global argument keeps its value', 'ARG A=1\nARG A\nFROM scratch\nARG A\nENV B=$A', { B: '1' }],
  [
    'in a child the parent’s ENV goes before its ARG',
    'FROM scratch AS b\nENV A=env\nARG A=arg\nENV B=$A\nFROM b\nENV C=$A',
    { A: 'env', B: 'arg', C: 'env' },
  ],
  ['a bare global and a bare ARG leave ENV', 'ARG A\nFROM scratch\nENV A=1\nARG A\nENV B=$A', { A: '1', B: '1' }],
  ['a key’s quotes are removed once', 'FROM scratch\nENV "a\\"b\\$C"=1', { 'a"b$C': '1' }],
  ['a key that is not known', 'FROM scratch\nARG A\nENV $A=1', { $A: 'unknown' }],
  ['odd keys', 'FROM scratch\nENV __proto__=1 constructor=2', { ['__proto__']: '1', constructor: '2' }],
] as const) {
  test(`env: ${name}`, () => {
    const found = [...shipped(text).env].map(([key, setting]) => [key, show(setting)])
    assert.deepEqual(found, [['PATH', PATH], ...Object.entries(env)])
  })
}

for (const [name, text, entrypoint, command] of [
  ['exec forms', 'FROM scratch\nENTRYPOINT ["a"]\nCMD ["b"]', ['a'], ['b']],
  ['shell forms', 'FROM scratch\nENTRYPOINT a b\nCMD c', ['/bin/sh', '-c', 'a b'], ['/bin/sh', '-c', 'c']],
  ['SHELL rules later shell forms', 'FROM scratch\nSHELL ["/bin/bash", "-ec"]\nCMD c', null, ['/bin/bash', '-ec', 'c']],
  ['SHELL is inherited', 'FROM scratch AS b\nSHELL ["x"]\nFROM b\nCMD c', null, ['x', 'c']],
  [
    'the base’s SHELL',
    'FROM quay.io/jupyter/base-notebook\nCMD c',
    'unknown',
    ['/bin/bash', '-o', 'pipefail', '-c', 'c'],
  ],
  ['ENTRYPOINT clears an inherited CMD', 'FROM scratch AS b\nCMD ["x"]\nFROM b\nENTRYPOINT ["a"]', ['a'], null],
  ['… but not this stage’s own', 'FROM scratch\nCMD ["x"]\nENTRYPOINT ["a"]', ['a'], ['x']],
  ['empty arrays clear', 'FROM a\nENTRYPOINT []\nCMD []', null, null],
  ['an empty string does not', 'FROM a\nCMD [""]', 'unknown', ['']],
  ['not quite JSON is shell form', "FROM scratch\nCMD ['a']", null, ['/bin/sh', '-c', "['a']"]],
  ['an unread base', 'FROM a', 'unknown', 'unknown'],
] as const) {
  test(`command: ${name}`, () => {
    const { entrypoint: e, command: c } = shipped(text)
    const words = (setting: typeof e) =>
      setting.is === 'set' || setting.is === 'default' ? (setting.value?.map((word) => word.value) ?? null) : setting.is
    assert.deepEqual([words(e), words(c)], [entrypoint, command])
  })
}

test('workdir, ports, volumes, health', () => {
  const state = shipped(
    'FROM scratch\nWORKDIR /a/b\nWORKDIR ../c\nARG P="1 2/UDP"\nEXPOSE 80-82/udp $P 127.0.0.1:90:91\nVOLUME /x "/y"\nVOLUME ["/z z "]\nHEALTHCHECK CMD curl x\nHEALTHCHECK none',
  )
  assert.equal(show(state.workdir), '/a/c')
  assert.deepEqual([...state.exposed.keys()], ['80/udp', '81/udp', '82/udp', '1/tcp', '2/udp', '91/tcp'])
  assert.deepEqual([...state.volumes.keys()], ['/x', '/y', '/z z'])
  assert.deepEqual(show(state.health), { test: ['NONE'], disabled: true })
  assert.equal(show(shipped('FROM a\nWORKDIR x').workdir), 'unknown')
})

test('what ships, and what only gives files', () => {
  const { stages } = graphOf(
    [
      'FROM a AS one',
      'FROM one AS two',
      'FROM a AS three',
      'FROM a AS four',
      'RUN --mount=type=bind,from=three,target=/x true',
      'FROM two AS five',
      'COPY --from=3 /a /a',
      'COPY --from=nginx:1 /b /b',
      'FROM a AS six',
      'FROM five',
    ].join('\n'),
  )
  assert.deepEqual(
    stages.map((stage) => stage.ships),
    [true, true, false, false, true, false, true],
  )
  assert.deepEqual(
    stages.map((stage) => stage.copied),
    [false, false, true, true, false, false, false],
  )
})

for (const [text, code] of [
  ['FROM a AS x\nCOPY --from=y a b\nFROM a AS y\nFROM x', 'unknown-stage'],
  ['FROM a\nCOPY --from=3 a b', 'unknown-stage'],
  ['FROM a\nCOPY --from=NONE a b', 'invalid-reference'],
  ['FROM a\nCOPY a "b', 'bad-substitution'],
  ['FROM a\nADD --chown=${ a b', 'bad-substitution'],
  ['FROM a AS x\nCOPY --from=x a b', 'unknown-stage'],
  ['FROM a\nCOPY --from=$X a b', 'from-variable'],
  ['FROM a AS x\nFROM a AS X', 'duplicate-stage'],
  ['FROM a AS Build\nFROM Build', 'invalid-reference'],
  ['ARG B=""\nFROM $B', 'empty-base'],
  ['FROM scratch\nENV A=${B:0:3}', 'bad-substitution'],
  ['FROM scratch\nLABEL a=${B:?no}', 'bad-substitution'],
  ['FROM scratch\nUSER "a', 'bad-substitution'],
  ['FROM scratch\nEXPOSE ${', 'bad-substitution'],
  ['ARG A=${\nFROM scratch', 'bad-substitution'],
  ['FROM ${A:?no}\nFROM scratch', 'bad-substitution'],
  ['FROM scratch\nEXPOSE http', 'invalid-port'],
  ['FROM scratch\nEXPOSE 65536', 'invalid-port'],
  ['FROM scratch\nEXPOSE 80/icmp', 'invalid-port'],
  ['FROM scratch\nEXPOSE 256.0.0.1:1:1', 'invalid-port'],
  ['FROM scratch\nEXPOSE 90-95:91-92', 'invalid-port'],
  ['FROM scratch\nVOLUME ""', 'empty-volume'],
  ['FROM scratch\nSTOPSIGNAL FOO', 'invalid-signal'],
  ['FROM scratch\nSTOPSIGNAL 0', 'invalid-signal'],
  ['FROM scratch AS b\nONBUILD USER\nFROM b', 'missing-arguments'],
  ['FROM scratch AS b\nONBUILD FOO\nFROM b', 'unknown-instruction'],
] as const) {
  test(`graph problem: ${text}`, () =>
    assert.deepEqual(
      graphOf(text).problems.map((problem) => problem.code),
      [code],
    ))
}

for (const text of [
  'FROM a AS x\nCOPY --from=y a b\nFROM a AS y',
  'FROM a\nCOPY --chown=$X:$Y a "b$C" /c',
  'FROM scratch\nENV A=${\nFROM scratch',
  'FROM scratch\nONBUILD USER\nONBUILD FOO',
  'FROM scratch\nEXPOSE 90-95:91 :80 080/ $NONE 1/SCTP',
  'FROM scratch\nSTOPSIGNAL SIGRTMIN+3\nSTOPSIGNAL kill\nSTOPSIGNAL 9\nSTOPSIGNAL "TERM"',
  'ARG A\nFROM scratch\nARG A\nENV B=${A:?no}',
]) {
  test(`no graph problem: ${text}`, () => assert.deepEqual(graphOf(text).problems, []))
}

test('ONBUILD instructions that many stages inherit cost linear time', () => {
  const text = `FROM scratch AS x\n${'ONBUILD ENV A=1\n'.repeat(20_000)}${'FROM x\n'.repeat(20_000)}`
  const { fact } = parsed(text)
  const start = process.hrtime.bigint()
  evaluateStages(fact)
  assert.ok(Number(process.hrtime.bigint() - start) / 1e9 < 5)
})

test('an unknown target ships nothing', () => {
  const graph = graphOf('FROM a', { target: 'x' })
  assert.equal(graph.shipped, undefined)
  assert.deepEqual(
    graph.problems.map((problem) => problem.code),
    ['unknown-target'],
  )
})
