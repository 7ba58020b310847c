#!/usr/bin/env node
// The launcher. An old Node must be able to read this file and say what is needed, so it keeps to the JavaScript and
// the module names of Node 12: no `node:` imports, no optional chaining, no top-level await.
// It answers --version alone; everything else is in the bundle, or in a checkout newer than it, in the sources.
// biome-ignore-all lint/style/useNodejsImportProtocol: Node 12 does not know the protocol
// biome-ignore-all lint/complexity/useOptionalChain: Node 12 cannot parse it
import fs from 'fs'
import module from 'module'
import os from 'os'
import path from 'path'
import url from 'url'
import v8 from 'v8'

const NEEDED = 24
const root = path.dirname(path.dirname(fs.realpathSync(url.fileURLToPath(import.meta.url))))

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(`bulkhead needs Node ${NEEDED} or newer, and this is ${process.version}: https://nodejs.org/\n`)
  process.exitCode = 2
} else if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  process.stdout.write(`bulkhead ${manifest.version}\n`)
} else {
  start()
}

function start() {
  tuneEngine()
  const cache = compileCacheFolder()
  if (cache !== undefined) module.enableCompileCache(cache)
  import(url.pathToFileURL(entry()).href).then(
    (main) => main.main(process.argv.slice(2)),
    (error) => {
      process.stderr.write(`bulkhead: this is a bug in bulkhead: it cannot be loaded\n${error.stack}\n`)
      process.exitCode = 3
    },
  )
}

function tuneEngine() {
  // The young generation stays small: a third less memory on large projects for a few per cent of time.
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  // Code is optimised after eight times the calls that are usual: most scans end before that pays, and a seventh of
  // their time went into it. Only where it was measured: another engine would say on each run that it knows no such flag.
  if (Number(process.versions.node.split('.')[0]) !== NEEDED) return
  v8.setFlagsFromString('--invocation-count-for-maglev=3200')
  v8.setFlagsFromString('--invocation-count-for-maglev-osr=800')
  v8.setFlagsFromString('--invocation-count-for-turbofan=24000')
  v8.setFlagsFromString('--invocation-count-for-osr=4000')
}

// The bundle, unless this is a checkout whose sources are newer.
function entry() {
  const bundle = path.join(root, 'dist', 'bulkhead.js')
  const sources = path.join(root, 'src')
  const main = path.join(sources, 'cli', 'main.ts')
  const built = modifiedAt(bundle)
  if (!fs.existsSync(main)) return bundle
  return built !== undefined && built >= newestIn(sources) ? bundle : main
}

function modifiedAt(file) {
  try {
    return fs.statSync(file).mtimeMs
  } catch {
    return undefined
  }
}

function newestIn(folder) {
  let newest = 0
  for (const item of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, item.name)
    if (item.isDirectory()) newest = Math.max(newest, newestIn(full))
    else if (item.name.endsWith('.ts') && !item.name.endsWith('.test.ts'))
      newest = Math.max(newest, modifiedAt(full) || 0)
  }
  return newest
}

// Compiled code is run as it is found, so the folder must be the user's alone: Node's default below the shared
// temporary folder would take what others planted there.
function compileCacheFolder() {
  try {
    const xdg = process.env.XDG_CACHE_HOME
    const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(process.env.HOME || os.homedir(), '.cache')
    if (!path.isAbsolute(base)) return undefined
    fs.mkdirSync(base, { recursive: true, mode: 0o700 })
    let folder = base
    for (const name of ['bulkhead', 'compile']) {
      folder = path.join(folder, name)
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
      const stat = fs.lstatSync(folder)
      if (!stat.isDirectory()) return undefined
      if (process.getuid && (stat.uid !== process.getuid() || (stat.mode & 0o077) !== 0)) return undefined
    }
    return folder
  } catch {
    return undefined
  }
}
