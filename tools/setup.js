// Makes a fresh clone ready: installs what package-lock.json names, and on a machine whose Node is
// older than the project's, leaves the newer one (workspace tools/runtime) where npm scripts find it.
// Plain JavaScript that Node 18 can run: it is the only file of the project that an old Node sees.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED_MAJOR = 24
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.bulkhead-setup')

const wanted = fingerprintOfInputs()
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== wanted) {
  install()
  writeFileSync(stampFile, wanted)
}
checkNode()

function fingerprintOfInputs() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of ['package.json', 'package-lock.json', 'tools/runtime/package.json']) {
    hash.update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function install() {
  process.stderr.write('Setting up: installing what package-lock.json names (once)\n')
  const npm = process.env.npm_execpath
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-engine-strict',
    '--ignore-scripts',
    '--loglevel=error',
  ]
  const done = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (done.status !== 0) fail('npm ci failed (see above). Is the npm registry reachable?')
}

function checkNode() {
  if (major(process.version) >= NEEDED_MAJOR) return
  const linked = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  const found = existsSync(linked) && spawnSync(linked, ['--version'], { encoding: 'utf8' })
  if (found && found.status === 0 && major(found.stdout) >= NEEDED_MAJOR) return
  fail(
    `Node ${NEEDED_MAJOR} or newer is needed and this is ${process.version}; none is packaged for ${process.platform}-${process.arch}. Install it from https://nodejs.org/`,
  )
}

function major(version) {
  return Number(/^v?(\d+)/.exec(version.trim())?.[1] ?? 0)
}

function fail(message) {
  process.stderr.write(`setup: ${message}\n`)
  process.exit(1)
}
