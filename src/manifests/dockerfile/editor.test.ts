import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Fact, FactKind, FactOf, View } from '../../core/fact.ts'
import type { DockerfileFact } from '../../core/facts/dockerfile.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange, TextEdit } from '../../core/fix.ts'
import { encodeText, SourceText } from '../../core/span.ts'
import resolver from './built-workloads.resolver.ts'
import editor from './dockerfile.editor.ts'
import { insertAfter, insertBefore, removeInstruction, removeWord } from './edits.ts'
import { evaluateStages } from './stages.ts'
import { parsed } from './testing/parsed.ts'

function applied(source: SourceText, edits: readonly TextEdit[]): string {
  const parts: Buffer[] = []
  let at = 0
  for (const { span, text } of [...edits].sort((one, other) => one.span.start - other.span.start)) {
    assert.ok(span.start >= at && span.end >= span.start)
    parts.push(Buffer.from(source.bytes.subarray(at, span.start)), Buffer.from(encodeText(text)))
    at = span.end
  }
  return new SourceText(Buffer.concat([...parts, Buffer.from(source.bytes.subarray(at))])).text
}

function viewOf(dockerfile: DockerfileFact): View {
  const of = <K extends FactKind>(kind: K) => (kind === 'dockerfile' ? [dockerfile as Fact as FactOf<K>] : [])
  return { all: of, in: of, at: of, byId: () => undefined }
}

function workloadOf(dockerfile: DockerfileFact, stage?: string): WorkloadFact {
  const made: WorkloadFact[] = []
  resolver.resolve(
    viewOf(dockerfile),
    {
      fact(fact) {
        const placed = { ...fact, id: 'w', target: 't', analyzer: 'x' } as WorkloadFact
        made.push(placed)
        return placed
      },
      skipped() {},
    },
    { profiles: [], ...(stage === undefined ? {} : { stage }) },
  )
  assert.ok(made[0])
  return made[0]
}

function edit(text: string, ...changes: SettingChange[]): string | { why: string } {
  const { fact, source } = parsed(text)
  const outcome = editor.edit(workloadOf(fact), changes, () => source, viewOf(fact))
  if (!outcome.ok) return { why: outcome.why }
  return applied(
    source,
    outcome.files.flatMap((file) => file.edits),
  )
}

for (const [name, text, change, expected] of [
  [
    'behind the last instruction that works as root',
    'FROM a\nRUN x\nWORKDIR /w\nCMD ["y"]\n',
    { set: 'user', value: '10001:10001' },
    'FROM a\nRUN x\nUSER 10001:10001\nWORKDIR /w\nCMD ["y"]\n',
  ],
  [
    'in the stage that ships',
    'FROM a AS b\nRUN x\nFROM c\nCMD y',
    { set: 'user', value: '5' },
    'FROM a AS b\nRUN x\nFROM c\nUSER 5\nCMD y',
  ],
  [
    'with the file’s line breaks and indentation',
    'FROM a\r\n  RUN x \\\r\n    y\r\n  CMD z\r\n',
    { set: 'user', value: '5' },
    'FROM a\r\n  RUN x \\\r\n    y\r\n  USER 5\r\n  CMD z\r\n',
  ],
  [
    'below a here-document',
    'FROM a\nRUN <<E\nx\nE\nCMD y\n',
    { set: 'user', value: '5' },
    'FROM a\nRUN <<E\nx\nE\nUSER 5\nCMD y\n',
  ],
  [
    'in place of the one that decides',
    'FROM a\nRUN x\nUSER  root\t\nCMD y\n',
    { set: 'user', value: '5:5' },
    'FROM a\nRUN x\nUSER  5:5\t\nCMD y\n',
  ],
  [
    'not in place of one that a RUN needs',
    'FROM a\nUSER root\nRUN x\nCMD y\n',
    { set: 'user', value: '5' },
    'FROM a\nUSER root\nRUN x\nUSER 5\nCMD y\n',
  ],
  ['at the end of a file without line break', 'FROM a\nRUN x', { set: 'user', value: 5 }, 'FROM a\nRUN x\nUSER 5'],
  [
    'a user whose number is an argument’s default',
    'FROM a\nARG ID=0\nRUN useradd -u $ID x; chown $ID /d\nUSER "$ID:${ID}"\nCMD x\n',
    { set: 'user', value: '10001:10001' },
    'FROM a\nARG ID=10001\nRUN useradd -u $ID x; chown $ID /d\nUSER "$ID:${ID}"\nCMD x\n',
  ],
  [
    'a user of two arguments',
    'FROM a\nARG ID=0\nARG GID=0\nUSER $ID:$GID\n',
    { set: 'user', value: '10001:10001' },
    'FROM a\nARG ID=0\nARG GID=0\nUSER 10001:10001\n',
  ],
  [
    'a user whose argument a variable hides',
    'FROM a\nARG ID=0\nENV ID=0\nUSER $ID\n',
    { set: 'user', value: '10001:10001' },
    'FROM a\nARG ID=0\nENV ID=0\nUSER 10001:10001\n',
  ],
  ['a variable alone on its line', 'FROM a\n  ENV A=1\nCMD x\n', { remove: 'env[A]' }, 'FROM a\nCMD x\n'],
  ['one of several', 'FROM a\nENV A=1 B=2  C=3\n', { remove: 'env[B]' }, 'FROM a\nENV A=1  C=3\n'],
  ['the first of several', 'FROM a\nENV A=1 B=2\n', { remove: 'env[A]' }, 'FROM a\nENV B=2\n'],
  [
    'one on a continued line',
    'FROM a\nENV A=1 \\\n    # about B\n    B=2 \\\n    C=3\n',
    { remove: 'env[B]' },
    'FROM a\nENV A=1 \\\n    # about B\n    C=3\n',
  ],
  [
    'the last of continued lines',
    'FROM a\nENV A=1 \\\n    B="2 \\\n3"\nRUN x\n',
    { remove: 'env[B]' },
    'FROM a\nENV A=1\nRUN x\n',
  ],
  ['the first of continued lines', 'FROM a\nENV A=1 \\\n    B=2\n', { remove: 'env[A]' }, 'FROM a\nENV B=2\n'],
  [
    'everywhere in the stages that ship',
    'FROM a AS b\nENV A=1\nFROM b\nENV A=2 B=3\n',
    { remove: 'env[A]' },
    'FROM a AS b\nFROM b\nENV B=3\n',
  ],
  [
    'an ENV’s value',
    'FROM a\nENV A="1 2" B=2\n',
    { set: 'env[A]', value: 'x y$z"' },
    'FROM a\nENV A="x y\\$z\\"" B=2\n',
  ],
  ['a new variable', 'FROM a\nENV A=1\nRUN x\n', { set: 'env[B]', value: 'on' }, 'FROM a\nENV A=1\nENV B=on\nRUN x\n'],
  [
    'a word of the exec form',
    'FROM a\nCMD ["s", "--debug", "x"]\n',
    { removeItem: 'command', item: '--debug' },
    'FROM a\nCMD ["s", "x"]\n',
  ],
  [
    'the last word of the exec form',
    'FROM a\nCMD ["s", \\\n  "x", \\\n  "--debug"]\n',
    { removeItem: 'command', item: '--debug' },
    'FROM a\nCMD ["s", \\\n  "x"]\n',
  ],
  [
    'a word of the shell form',
    'FROM a\nCMD s --debug --x\n',
    { removeItem: 'command', item: '--debug' },
    'FROM a\nCMD s --x\n',
  ],
  [
    'a word on a line of its own',
    'FROM a\nCMD s \\\n  --debug \\\n  --x\n',
    { removeItem: 'command', item: '--debug' },
    'FROM a\nCMD s \\\n  --x\n',
  ],
  [
    'a word of the entrypoint',
    'FROM a\nENTRYPOINT ["s", "--debug"]\nCMD ["x"]\n',
    { removeItem: 'command', item: '--debug' },
    'FROM a\nENTRYPOINT ["s"]\nCMD ["x"]\n',
  ],
  [
    'the whole command',
    'FROM a\nCMD s \\\n  x # y\n',
    { set: 'command', value: ['s', 'a b'] },
    'FROM a\nCMD ["s", "a b"]\n',
  ],
] as const) {
  test(`edit: ${name}`, () => {
    const result = edit(text, change as SettingChange)
    assert.equal(result, expected)
  })
}

for (const [text, change] of [
  ['FROM a\nRUN x', { set: 'privileged', value: false }],
  ['FROM a\nRUN x', { remove: 'env[A]' }],
  ['FROM a\nRUN x', { removeItem: 'command', item: '--x' }],
  ['FROM a\nRUN x \\', { set: 'user', value: '5' }],
  ['FROM a\nRUN x', { set: 'user', value: '5\nRUN evil' }],
] as const) {
  test(`no edit: ${JSON.stringify(change)}`, () => assert.ok(typeof edit(text, change as SettingChange) === 'object'))
}

test('several things taken out of one instruction go together', () => {
  const env = 'FROM a\nENV A=1 \\\n    B=2 \\\n    C=3 D=4\nCMD ["s", "--a", "x", "--b", "--c"]\n'
  const gone = (...names: string[]) => names.map((name) => ({ remove: `env[${name}]` }))
  assert.equal(edit(env, ...gone('A', 'B')), env.replace('A=1 \\\n    B=2 \\\n    ', ''))
  assert.equal(edit(env, ...gone('B', 'C')), env.replace(' \\\n    B=2 \\\n    C=3', ''))
  assert.equal(edit(env, ...gone('C', 'D')), env.replace(' \\\n    C=3 D=4', ''))
  assert.equal(edit(env, ...gone('A', 'C')), env.replace('A=1 \\\n    ', '').replace('C=3 ', ''))
  assert.equal(edit(env, ...gone('A', 'B', 'C', 'D')), env.replace(/ENV[\s\S]*D=4\n/, ''))
  const words = ['--a', '--b', '--c'].map((item) => ({ removeItem: 'command', item }))
  assert.equal(edit(env, ...words), env.replace('"s", "--a", "x", "--b", "--c"', '"s", "x"'))
  assert.equal(edit('FROM a\nCMD s --a --b x\n', ...words.slice(0, 2)), 'FROM a\nCMD s x\n')
})

test('instructions are put in and taken out with their lines', () => {
  const { fact, source } = parsed('FROM a\r\nRUN x \\\r\n  y\r\nCMD z')
  const [, run, cmd] = fact.instructions
  assert.ok(run && cmd)
  assert.equal(applied(source, [removeInstruction(fact, run)]), 'FROM a\r\nCMD z')
  assert.equal(applied(source, [insertBefore(fact, run, 'USER 1')]), 'FROM a\r\nUSER 1\r\nRUN x \\\r\n  y\r\nCMD z')
  assert.equal(applied(source, [insertAfter(fact, run, 'USER 1')]), 'FROM a\r\nRUN x \\\r\n  y\r\nUSER 1\r\nCMD z')
})

test('a word taken out is gone, every other word stays, and no other instruction changes', () => {
  const word = fc.constantFrom('a', '-b', 'é', '"c"')
  const gap = fc.constantFrom(' ', '  ', ' \\\n', ' \\\n  ', '\\\n\t', ' \\\n# note\n  ')
  const line = fc.array(fc.tuple(word, gap), { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(line, fc.nat(), (parts, pick) => {
      const text = `FROM x\nRUN ${parts.map(([value, between], index) => value + (index === parts.length - 1 ? '' : between.replace(/^\\/, ' \\'))).join('')}\nCMD z\n`
      const { fact, source } = parsed(text)
      const run = fact.instructions[1]
      assert.ok(run)
      const words = [...run.text.matchAll(/\S+/g)]
      const chosen = words[pick % words.length]
      assert.ok(chosen)
      const spanOf = (start: number, length: number) => {
        const found = fact.instructions[1]
        assert.ok(found)
        return {
          start: mapped(found.map, start),
          end: mapped(found.map, start + length - 1) + Buffer.byteLength(chosen[0].at(-1) as string),
        }
      }
      const after = applied(source, [removeWord(run, spanOf(chosen.index, chosen[0].length))])
      const again = parsed(after).fact
      assert.equal(again.instructions.length, 3, after)
      const left = words.filter((candidate) => candidate !== chosen).map((candidate) => candidate[0])
      assert.deepEqual(again.instructions[1]?.text.match(/\S+/g) ?? [], left, `${text}\n=>\n${after}`)
      assert.equal(again.problems.length, 0)
    }),
    { seed: 1, numRuns: 500 },
  )
})

/** The byte of a unit, read off the map the slow way. */
function mapped(map: readonly (readonly [number, number])[], unit: number): number {
  const at = map.findLastIndex(([from]) => from <= unit)
  const [from, byte] = map[at] as readonly [number, number]
  const next = map[at + 1]
  return next === undefined || next[0] === from ? byte : byte + ((unit - from) * (next[1] - byte)) / (next[0] - from)
}

test('one workload for each Dockerfile, from the stage that ships or the one asked for', () => {
  const { fact } = parsed('FROM python AS dev\nENV A=1\nUSER 5\nFROM python:3\nEXPOSE 80\nVOLUME /v\nCMD ["x"]')
  const workload = workloadOf(fact)
  assert.equal(workload.subject, 'Dockerfile#1')
  assert.deepEqual(workload.settings.privileged, { is: 'open' })
  assert.equal(workload.settings.user.uid.is === 'default' && workload.settings.user.uid.value, 0)
  assert.deepEqual(workload.settings.image.is === 'set' && workload.settings.image.value.tag, '3')
  assert.deepEqual(workload.settings.exposed.is === 'set' && workload.settings.exposed.value, ['80/tcp'])
  assert.deepEqual(Object.keys(workload.settings.mounts.items), ['/v'])
  assert.equal(workload.settings.env.whole, false)
  const dev = workloadOf(fact, 'DEV')
  assert.equal(dev.name, 'dev')
  assert.equal(dev.settings.user.uid.is === 'set' && dev.settings.user.uid.value, 5)
  assert.equal(workloadOf(fact, 'no-such-stage').name, '1')
  assert.equal(evaluateStages(fact).stages.length, 2)
})
