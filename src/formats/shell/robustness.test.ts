import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import type { ShellCommand } from '../../core/facts/script.ts'
import { downloads, fetchAndRun, packageInstalls } from './meaning.ts'
import { readExec, readShell, splitWords } from './read.ts'

const RUNS = { seed: 1, numRuns: 300 }
const span = (start: number, end: number) => ({ start, end })

/** Texts made of the shell's own pieces: far more of them nest and half close than random characters do. */
const script = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '$(',
          ')',
          '`',
          '"',
          "'",
          '\\',
          '\n',
          ' ',
          ' | ',
          ' && ',
          ' || ',
          '; ',
          '{ ',
          '}',
          '<(',
          '>(',
          '<<E\n',
          '\nE\n',
          '<<<',
        ],
        ...[
          'if ',
          'then ',
          'fi',
          'for i in ',
          'do ',
          'done',
          'case x in ',
          'esac',
          '${',
          '${a:-',
          '$a',
          '((',
          '))',
          '[[ ',
          ' ]]',
          '#',
        ],
        ...[
          'a=',
          'sh -c ',
          'eval ',
          'sudo ',
          'xargs ',
          'env ',
          'curl ',
          'find -exec ',
          'f() ',
          '&',
          '>',
          '$((',
          "$'",
          '*',
          '{a,b}',
          '\0',
        ],
        ...[
          '\uFDD0',
          '\uD800',
          '-',
          '--',
          ' -c ',
          '=',
          ' -o f ',
          ' sha256sum -c ',
          'apt-get install ',
          'pip install -r ',
          '\t',
          '\r\n',
        ],
      ),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''))

function check(commands: readonly ShellCommand[], length: number): void {
  commands.forEach((command, index) => {
    assert.equal(command.index, index)
    assert.ok(command.span.start >= 0 && command.span.start <= command.span.end && command.span.end <= length)
    assert.ok(index === 0 || command.span.start >= (commands[index - 1] as ShellCommand).span.start, 'source order')
    for (const word of command.words) {
      assert.ok(word.span.start >= 0 && word.span.start <= word.span.end && word.span.end <= length)
      assert.ok(word.value === null || !word.value.includes('\uFDD0'))
    }
    assert.ok(command.position < command.pipelineLength)
    const { within } = command
    if (within === undefined) return
    const outer = commands[within.command]
    assert.ok(outer !== undefined && within.command !== index)
    if (within.how === 'argument')
      assert.ok(outer.span.start <= command.span.start && command.span.end <= outer.span.end)
  })
}

test('any text is read: no throw, spans within it, commands in source order', () => {
  fc.assert(
    fc.property(script, fc.constantFrom('bash', 'sh', 'cmd', 'python3', '/bin/sh -e'), (text, shell) => {
      const { commands } = readShell({ text, shell, span, variables: { a: 'x y' } })
      check(commands, text.length)
      for (const list of [downloads(commands), packageInstalls(commands), fetchAndRun(commands)]) {
        for (const found of list) assert.ok('command' in found ? commands[found.command] : commands[found.sink])
      }
    }),
    { ...RUNS, numRuns: 3000 },
  )
})

test('a script in single quotes reads as the script itself does, at its own place', () => {
  fc.assert(
    fc.property(script, (text) => {
      const plain = text.replaceAll("'", '').replaceAll('\uFDD0', '')
      const alone = readShell({ text: plain, shell: 'sh', span }).commands
      const nested = readShell({ text: `sh -c -- '${plain}'`, shell: 'sh', span }).commands.slice(1)
      const shape = (commands: readonly ShellCommand[], by: number) =>
        commands.map((c) => [
          c.name,
          c.words.map((w) => w.value),
          c.span.start - by,
          c.span.end - by,
          c.always,
          c.after,
        ])
      assert.deepEqual(shape(nested, 10), shape(alone, 0))
    }),
    RUNS,
  )
})

test('any words and any string command are read', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(script, fc.constantFrom('sh', '-c', 'sudo', '--', '')), { maxLength: 6 }),
      (values) => {
        let at = 0
        const placed = values.map((value) => {
          const bytes = Buffer.byteLength(value)
          const word = { value, span: { start: at, end: at + bytes + 2 } }
          at += bytes + 3
          return word
        })
        check(readExec(placed).commands, at)
      },
    ),
    RUNS,
  )
  fc.assert(
    fc.property(script, (text) => {
      for (const word of splitWords(text) ?? []) {
        assert.ok(word.start < word.end && word.end <= text.length)
        assert.ok(word.value.length <= word.end - word.start)
      }
    }),
    RUNS,
  )
})

test('hostile texts take bounded time', () => {
  const size = 64 * 1024
  const fill = (piece: string) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size)
  const texts = [
    ...[
      '$(',
      '((',
      '"',
      "'",
      '`',
      '${a:-',
      '{ ',
      '(',
      '<<E ',
      '<<E\n',
      '$((',
      'if ',
      'case a in ',
      '\\',
      '{a,b}',
      '*(',
      'coproc ',
    ].map(fill),
    ...['sudo ', 'xargs ', 'eval eval ', 'a|', 'a;', '! ', 'env A=b ', 'find -exec ', 'for i in a; do ', "sh -c '"].map(
      fill,
    ),
    `a=xxxxxxxxxxxxxxxx;${fill('a="$a$a";b $a;')}`,
    `${'$('.repeat(size / 4)}${')'.repeat(size / 4)}`,
    `curl -o f x;${fill('curl -o f x; sh g; ')}`,
  ]
  for (const text of texts) {
    const started = process.hrtime.bigint()
    const { commands } = readShell({ text, shell: 'bash', span })
    fetchAndRun(commands)
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6
    assert.ok(milliseconds < 20_000, `${text.slice(0, 20)}: ${milliseconds} ms`)
  }
})

test('the RUN instructions of public Dockerfiles', (t) => {
  const folder = join(import.meta.dirname, '../../../../shared/realworld')
  if (!existsSync(folder)) return t.skip('the corpus of public files is not here')
  let scripts = 0
  for (const path of globSync(join(folder, '**/*ockerfile*'))) {
    if (path.includes('windows')) continue
    for (const text of runBodies(readFileSync(path, 'utf8'))) {
      const reading = readShell({ text, shell: 'sh', span })
      assert.equal(reading.problem, undefined, `${path}: ${text}`)
      check(reading.commands, text.length)
      scripts++
    }
  }
  assert.ok(scripts > 500, String(scripts))
})

/** The shell text of each RUN, continuations joined and comment lines dropped as BuildKit does. */
function runBodies(dockerfile: string): string[] {
  const bodies: string[] = []
  const lines = dockerfile.split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    const run = /^\s*RUN\s+(.*)$/i.exec(lines[at] as string)
    if (run === null) continue
    let body = run[1] as string
    while (/\\[ \t]*$/.test(body) && at + 1 < lines.length) {
      body = body.replace(/\\[ \t]*$/, '')
      do at++
      while (at < lines.length && /^\s*(#|$)/.test(lines[at] as string))
      body += lines[at] ?? ''
    }
    body = body.replace(/^(--\w+(=\S+)?\s+)+/, '')
    const doc = /<<-?(["']?)(\w+)\1/.exec(body)
    if (doc !== null) {
      const inside: string[] = []
      while (++at < lines.length && (lines[at] as string).trim() !== doc[2]) inside.push(lines[at] as string)
      body = body.startsWith('<<') ? inside.join('\n') : `${body}\n${inside.join('\n')}\n${doc[2]}`
    }
    bodies.push(body)
  }
  return bodies
}
