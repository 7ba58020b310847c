import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { COMMAND_NAMES, COMMANDS, GLOBAL_OPTIONS, OUT_FORMATS } from './commands.ts'
import { completionScript } from './completion-scripts.ts'

const ids = ['workload/privileged', 'workload/port-all-interfaces', 'secret/in-env']

function hasShell(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0
}

/** What bash offers for a line, word by word; readline splits at `=`. */
function bashOffers(words: readonly string[], cwd: string): string[] {
  const script = `${completionScript('bash', ids)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_bulkhead
printf '%s\\n' "\${COMPREPLY[@]}"
`
  const run = spawnSync('bash', ['--norc', '-u', '-c', script], { encoding: 'utf8', cwd })
  assert.equal(run.stderr, '')
  return run.stdout.split('\n').filter((line) => line !== '')
}

test('bash completes commands, options, values, formats and paths', (t) => {
  if (!hasShell('bash')) return t.skip('bash is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-completion-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'serve'))
  writeFileSync(join(folder, 'compose.yaml'), '')
  writeFileSync(join(folder, 'with blank.yaml'), '')
  const offers = (...words: string[]) => bashOffers(['bulkhead', ...words], folder)
  assert.deepEqual(offers(''), [...COMMAND_NAMES])
  assert.deepEqual(offers('--quiet', 'sc'), ['scan'])
  assert.deepEqual(offers('scan', '--fa'), ['--facts', '--fail-on'].sort().reverse())
  assert.deepEqual(offers('scan', '--fail-on', 'h'), ['high'])
  assert.deepEqual(offers('scan', '--fail-on', '=', 'h'), ['high'])
  assert.deepEqual(offers('scan', '--fail-on', '='), ['critical', 'high', 'medium', 'low', 'info', 'never'])
  assert.deepEqual(offers('scan', '--only', 'workload/pr'), ['workload/privileged'])
  assert.deepEqual(offers('scan', '--only', 'mod'), ['models'])
  assert.deepEqual(offers('scan', '--out', 'sar'), ['sarif='])
  assert.deepEqual(
    offers('scan', '--out', ''),
    OUT_FORMATS.map((format) => `${format}=`),
  )
  assert.deepEqual(offers('scan', '--out', 'sarif', '=', 'com'), ['compose.yaml'])
  assert.deepEqual(offers('scan', '').sort(), ['compose.yaml', 'serve', 'with blank.yaml'])
  assert.deepEqual(offers('scan', '--full', 'se'), ['serve'])
  assert.deepEqual(offers('baseline', '--out', 'com'), ['compose.yaml'])
  assert.deepEqual(offers('explain', 'secret/'), ['secret/in-env'])
  assert.deepEqual(offers('init', ''), ['serve'])
  assert.deepEqual(offers('help', 'ex'), ['explain'])
  assert.deepEqual(offers('completion', ''), ['bash', 'zsh', 'fish'])
  assert.ok(offers('rules', '--').includes('--area'))
})

test('bash loads the script without a word, and knows the command', (t) => {
  if (!hasShell('bash')) return t.skip('bash is not installed')
  const run = spawnSync('bash', ['--norc', '-c', `${completionScript('bash', ids)}\ncomplete -p bulkhead`], {
    encoding: 'utf8',
  })
  assert.equal(run.stderr, '')
  assert.match(run.stdout, /-F _bulkhead bulkhead/)
})

test('zsh loads the script', (t) => {
  if (!hasShell('zsh')) return t.skip('zsh is not installed')
  const script = `autoload -Uz compinit && compinit -u -d /dev/null\n${completionScript('zsh', ids)}\nprint -r -- $_comps[bulkhead]`
  const run = spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8' })
  assert.equal(run.stderr, '')
  assert.equal(run.stdout.trim(), '_bulkhead')
})

test('fish loads the script and completes', (t) => {
  if (!hasShell('fish')) return t.skip('fish is not installed')
  const script = `${completionScript('fish', ids)}\ncomplete -C 'bulkhead sc'`
  const run = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' })
  assert.equal(run.stderr, '')
  assert.match(run.stdout, /^scan\t/m)
})

test('every shell is told every command and option', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = completionScript(shell, ids)
    for (const name of COMMAND_NAMES) {
      for (const option of Object.keys({ ...COMMANDS[name].options, ...GLOBAL_OPTIONS })) {
        assert.ok(script.includes(shell === 'fish' ? `-l ${option}` : `--${option}`), `${shell} ${name} ${option}`)
      }
    }
  }
})

test('quotes in help texts are closed in every script', () => {
  // An apostrophe that ends a quotation too soon leaves an odd number of unescaped ones on its line.
  for (const line of completionScript('fish', ids).split('\n')) {
    assert.equal((line.replace(/\\./g, '').match(/'/g) ?? []).length % 2, 0, line)
  }
  for (const line of completionScript('zsh', ids)
    .split('\n')
    .filter((one) => !one.startsWith('#'))) {
    assert.equal((line.replaceAll("'\\''", '').match(/'/g) ?? []).length % 2, 0, line)
  }
})
