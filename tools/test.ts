/**
 * Runs the tests: unit tests beside the sources in one process (a process for each file costs more than the tests),
 * then the end-to-end ones of `test/`, each file in a process of its own. Arguments narrow the files.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { dirname } from 'node:path'

const root = dirname(import.meta.dirname)
const wanted = process.argv.slice(2)

const unit = globSync(['src/**/*.test.ts', 'tools/**/*.test.ts'], { cwd: root }).sort()
const endToEnd = globSync(['test/*.test.ts'], { cwd: root }).sort()
const ok = [run('unit', unit, ['--test-isolation=none']), run('end to end', endToEnd, ['--test-concurrency=2'])]
process.exitCode = ok.every((one) => one) ? 0 : 1

function run(name: string, files: readonly string[], flags: readonly string[]): boolean {
  const chosen = wanted.length === 0 ? files : files.filter((file) => wanted.some((part) => file.includes(part)))
  if (chosen.length === 0) return true
  process.stderr.write(`${name} tests: ${chosen.length} files\n`)
  const reporter = process.stdout.isTTY ? 'spec' : 'dot'
  const args = ['--disable-warning=ExperimentalWarning', '--test', `--test-reporter=${reporter}`, ...flags, ...chosen]
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0
}
