import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseLine } from './arguments.ts'
import { COMMAND_NAMES, COMMANDS, GLOBAL_OPTIONS, type Options } from './commands.ts'
import { CliError } from './errors.ts'

function run(...argv: string[]) {
  const line = parseLine(argv)
  assert.equal(line.show, 'run')
  return line.show === 'run' ? line.invocation : assert.fail()
}

test('options may stand before and behind the command, values apart or joined', () => {
  for (const argv of [
    ['--quiet', '--config', 'scan', 'scan', '--fail-on=low', 'a', 'b'],
    ['scan', 'a', '--fail-on', 'low', '-q', 'b', '--config=scan'],
    ['--fail-on', 'low', 'scan', '-q', '--config', 'scan', '--', 'a', 'b'],
  ]) {
    const { command, options, operands } = run(...argv)
    assert.equal(command, 'scan')
    assert.deepEqual(operands, ['a', 'b'])
    const values = options as Record<string, unknown>
    assert.equal(values['fail-on'], 'low')
    assert.equal(values.quiet, true)
    assert.equal(values.config, 'scan')
  }
})

test('lists gather, and split at commas where the table says so', () => {
  const values = run(
    'scan',
    '--only',
    'secrets,models',
    '--only=image',
    '--exclude',
    'a,b',
    '--exclude',
    'c',
    '--out',
    'json=x',
    '--out=sarif=y',
  ).options as Record<string, unknown>
  assert.deepEqual(values.only, ['secrets', 'models', 'image'])
  assert.deepEqual(values.exclude, ['a,b', 'c'])
  assert.deepEqual(values.out, ['json=x', 'sarif=y'])
})

test('what begins with a dash is an operand behind --', () => {
  assert.deepEqual(run('scan', '--', '--full', '-').operands, ['--full', '-'])
  assert.equal((run('scan', '--', '--full').options as Record<string, unknown>).full, false)
})

test('help and version', () => {
  assert.deepEqual(parseLine([]), { show: 'help' })
  for (const argv of [['--help'], ['-h'], ['help']]) assert.deepEqual(parseLine(argv), { show: 'help' })
  for (const argv of [
    ['scan', '--help'],
    ['help', 'scan'],
    ['-h', 'scan'],
    ['scan', '--full', '-h', 'x'],
  ]) {
    assert.deepEqual(parseLine(argv), { show: 'help', of: 'scan' })
  }
  for (const argv of [['--version'], ['-V'], ['scan', '-V']]) assert.deepEqual(parseLine(argv), { show: 'version' })
})

const WRONG: readonly (readonly [argv: readonly string[], message: string, hint: string])[] = [
  [['sacn'], 'there is no command "sacn"; did you mean "scan"?', 'see: bulkhead --help'],
  [['./project'], 'there is no command "./project"', 'to scan it: bulkhead scan ./project'],
  [['scan', '--ful'], 'unknown option --ful; did you mean "--full"?', 'see: bulkhead scan --help'],
  [['scan', '--failon', 'low'], 'unknown option --failon; did you mean "--fail-on"?', 'see: bulkhead scan --help'],
  [['scan', '-x'], 'unknown option -x', 'see: bulkhead scan --help'],
  [['rules', '--fail-on', 'low'], 'unknown option --fail-on; it belongs to scan', 'see: bulkhead rules --help'],
  [
    ['scan', '--fail-on'],
    '--fail-on needs a value: critical, high, medium, low, info, never',
    'see: bulkhead scan --help',
  ],
  [
    ['scan', '--fail-on', 'hgih'],
    '--fail-on: "hgih" is none of critical, high, medium, low, info, never; did you mean "high"?',
    'see: bulkhead scan --help',
  ],
  [['scan', '--full=yes'], '--full takes no value', 'see: bulkhead scan --help'],
  [
    ['--color', 'sometimes', 'scan'],
    '--color: "sometimes" is none of auto, always, never',
    'see: bulkhead scan --help',
  ],
  [['rules', 'x'], 'rules takes no "x"', 'see: bulkhead rules --help'],
  [['explain', 'a', 'b'], 'explain takes one rule|fingerprint, and "b" is one more', 'see: bulkhead explain --help'],
  [['completion', 'tcsh'], '"tcsh" is none of bash, zsh, fish', 'see: bulkhead completion --help'],
  [['help', 'scna'], 'there is no command "scna"; did you mean "scan"?', 'see: bulkhead --help'],
  [['--bogus'], 'unknown option --bogus', 'see: bulkhead --help'],
  [['constructor'], 'there is no command "constructor"', 'see: bulkhead --help'],
  [['scan', '--constructor'], 'unknown option --constructor', 'see: bulkhead scan --help'],
  [['scan', '--only', 'x', '--__proto__'], 'unknown option --__proto__', 'see: bulkhead scan --help'],
]
for (const [argv, message, hint] of WRONG) {
  test(`bulkhead ${argv.join(' ')}: ${message}`, () => {
    assert.throws(
      () => parseLine(argv),
      (error: CliError) => {
        assert.equal(error.message, message)
        assert.deepEqual(error.hints, [hint])
        assert.equal(error.exitCode, 2)
        return true
      },
    )
  })
}

test('any words either parse or are told as bad usage', () => {
  const words = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        'scan',
        'rules',
        '--',
        '-',
        '--only',
        '--out',
        '-qv',
        '--json',
        '--config',
        '--no-color',
        '--full=',
      ),
    ),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(words, (argv) => {
      try {
        parseLine(argv)
      } catch (error) {
        assert.ok(error instanceof CliError && error.exitCode === 2, String(error))
      }
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('no command has more than twenty options of its own, and none hides a global one', () => {
  for (const name of COMMAND_NAMES) {
    const options: Options = COMMANDS[name].options
    assert.ok(Object.keys(options).length <= 20, name)
    for (const option of Object.keys(options)) assert.ok(!Object.hasOwn(GLOBAL_OPTIONS, option), `${name} --${option}`)
  }
})
