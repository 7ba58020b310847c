import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { parseLine } from './arguments.ts'
import { COMMAND_NAMES, COMMANDS, type Command, GLOBAL_OPTIONS, optionsOf } from './commands.ts'
import { commandHelp, generalHelp } from './help.ts'
import { cliReference } from './reference.ts'

test('the first page, as a newcomer reads it', () => {
  const page = generalHelp('1.2.3')
  assert.match(page, /^bulkhead 1\.2\.3: /)
  for (const name of COMMAND_NAMES) assert.match(page, new RegExp(`^ {2}${name} +\\S`, 'm'))
  for (const part of ['Usage', 'Commands', 'Begin with', 'Options of every command', 'Exit codes'])
    assert.ok(page.includes(`\n${part}`), part)
})

for (const name of COMMAND_NAMES) {
  test(`help of ${name} tells every option and a working example`, () => {
    const page = commandHelp(name)
    for (const option of Object.keys(optionsOf(name))) assert.ok(page.includes(`--${option}`), option)
    const { examples }: Command = COMMANDS[name]
    assert.ok(examples.length > 0)
    for (const [line] of examples) {
      // What a shell would hand over, without redirections and pipes.
      const own = /bulkhead ([^|)<>]*)/.exec(line)?.[1] ?? ''
      parseLine(own.trim().split(' '))
    }
  })
}

test('help is plain ASCII of at most 100 columns without blanks at line ends', () => {
  for (const page of [generalHelp('1.2.3'), ...COMMAND_NAMES.map(commandHelp)]) {
    for (const line of page.split('\n')) {
      assert.ok(line.length <= 100, line)
      assert.match(line, /^([\x20-\x7e]*[\x21-\x7e])?$/)
    }
  }
})

test('every command has its file, and every file its command', () => {
  const files = readdirSync(new URL('commands/', import.meta.url)).filter((name) => !name.includes('.test.'))
  const expected = COMMAND_NAMES.filter((name) => name !== 'help').map((name) => `${name}.ts`)
  assert.deepEqual(files.sort(), [...expected].sort())
})

test('the reference page tells every command and option', () => {
  const page = cliReference()
  for (const name of COMMAND_NAMES) {
    assert.ok(page.includes(`## bulkhead ${name}\n`))
    for (const option of Object.keys({ ...COMMANDS[name].options, ...GLOBAL_OPTIONS }))
      assert.ok(page.includes(`--${option}`))
  }
})
