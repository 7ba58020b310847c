import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanFiles } from '../assembly/rule-harness.ts'
import type { WorkloadFact } from '../core/facts/workload.ts'
import { flagOf, moduleOf, type ProgramWord, programsOf, scriptOf } from './programs.ts'

const words = (...values: (string | null)[]): ProgramWord[] => values.map((value) => ({ value, at: undefined }))

test('a flag is the last of its name, with `=` or as two words', () => {
  const cases: readonly [ProgramWord[], string | null | undefined][] = [
    [words('p', '--key', 'a'), 'a'],
    [words('p', '--key=a'), 'a'],
    [words('p', '--key=a', '--key', 'b'), 'b'],
    [words('p', '--key', '--other'), undefined],
    [words('p', '--key'), undefined],
    [words('p', '--key='), ''],
    [words('p', "--key=''"), ''],
    [words('p', '--key', null), null],
    [[...words('p'), { value: null, at: undefined, written: '--key=$KEY' }], null],
  ]
  for (const [given, value] of cases) {
    const flag = flagOf(given, ['--key'])
    assert.ok(flag !== undefined)
    assert.equal(flag.value, value, JSON.stringify(given))
  }
  assert.equal(flagOf(words('p', '--keys=a', '-key', '--no-key'), ['--key']), undefined)
})

test('programs are found behind shells and launchers, each word at its place', async () => {
  const text =
    'services:\n  it:\n    image: example/it:1\n    command: sh -c "cd /app && A=1 exec python3 -m app.server --share"\n'
  const [program] = programsOf(await workloadIn({ 'compose.yaml': text })).filter(({ name }) => name === 'python3')
  assert.ok(program !== undefined)
  assert.equal(moduleOf(program), 'app.server')
  assert.deepEqual(
    program.assignments.map(({ name, value }) => [name, value]),
    [['A', '1']],
  )
  const { span } = program.words.at(-1)?.at ?? {}
  assert.equal(text.slice(span?.start, span?.end), '--share')
})

test('a word of a command over several lines is placed by the script’s own reading', async () => {
  const text = "FROM alpine\nCMD jupyter lab --ServerApp.token='' \\\n    --allow-root\n"
  const { report } = await scanFiles({ Dockerfile: text })
  const [finding] = report.findings.filter(({ rule }) => rule === 'workload/notebook-token-disabled')
  const { span } = finding?.locations[0] ?? {}
  assert.equal(text.slice(span?.start, span?.end), "--ServerApp.token=''")
})

test('entrypoint and command of different files keep their places', async () => {
  const dockerfile = 'FROM alpine\nENTRYPOINT ["vllm", "serve"]\n'
  const compose = 'services:\n  it:\n    build: .\n    command: ["org/model", "--trust-remote-code"]\n'
  const workload = await workloadIn({ Dockerfile: dockerfile, 'compose.yaml': compose }, 'compose')
  const places = programsOf(workload)[0]?.words.map(({ at }) => {
    const source = at?.path === 'Dockerfile' ? dockerfile : compose
    return `${at?.path} ${source.slice(at?.span?.start, at?.span?.end)}`
  })
  assert.deepEqual(places, [
    'Dockerfile vllm',
    'Dockerfile serve',
    'compose.yaml "org/model"',
    'compose.yaml "--trust-remote-code"',
  ])
})

test('what is exported in a script counts as set', async () => {
  const compose = 'services:\n  it:\n    image: example/it:1\n    command: sh -c "export A=1 B && python app.py"\n'
  const found = programsOf(await workloadIn({ 'compose.yaml': compose })).flatMap(({ assignments }) => assignments)
  assert.deepEqual(
    found.map(({ name, value }) => [name, value]),
    [['A', '1']],
  )
})

test('a command behind a script of its own is what the script starts, by custom', async () => {
  const read = async (service: string) =>
    programsOf(await workloadIn({ 'compose.yaml': `services:\n  it: {image: example/it:1, ${service}}\n` })).map(
      (program) => [program.name, scriptOf(program), program.passedTo],
    )
  assert.deepEqual(await read('entrypoint: [/docker/entrypoint.sh], command: python -u -W ignore web/app.py --x'), [
    ['entrypoint.sh', undefined, undefined],
    ['python', 'app.py', 'entrypoint.sh'],
  ])
  // Options are for the script itself, and a program is no script.
  assert.deepEqual(await read('entrypoint: [/docker/entrypoint.sh], command: "--workers 1"'), [
    ['entrypoint.sh', undefined, undefined],
  ])
  assert.deepEqual(await read('entrypoint: [vllm], command: serve m'), [['vllm', undefined, undefined]])
})

async function workloadIn(files: Record<string, string>, dialect?: string): Promise<WorkloadFact> {
  const { report } = await scanFiles(files)
  const found = (report.facts ?? []).find(
    (fact) => fact.kind === 'workload' && (dialect === undefined || fact.dialect === dialect),
  )
  assert.ok(found?.kind === 'workload')
  return found
}
