/** The published package as a user has it: packed, and installed in an empty folder elsewhere. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const root = dirname(import.meta.dirname)

export interface Ran {
  readonly status: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Packed {
  readonly folder: string
  readonly program: string
  readonly tarball: string
  run(args: readonly string[], options?: RunOptions): Ran
  remove(): void
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
}

/** Packs the project and installs the tarball: no registry, no dependency, no script is needed for it. */
export function installPacked(): Packed {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-packed-'))
  execFileSync('chmod', ['755', folder])
  execFileSync(process.execPath, [join(root, 'tools/build.ts')], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  const packed = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root)
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  const tarball = join(folder, filename)
  const place = join(folder, 'elsewhere')
  mkdirSync(place)
  writeFileSync(join(place, 'package.json'), '{"private":true}')
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], place)
  const program = join(place, 'node_modules/bulkhead/bin/bulkhead.js')
  return {
    folder,
    program,
    tarball,
    run: (args, options = {}) => {
      const done = spawnSync(process.execPath, [program, ...args], {
        cwd: options.cwd ?? folder,
        encoding: 'utf8',
        env: cleanEnvironment(folder, options.env),
        maxBuffer: 256 * 1024 * 1024,
        ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
      })
      return { status: done.status, signal: done.signal, stdout: done.stdout, stderr: done.stderr }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A user's plain environment: no CI, no colours asked for, a home of its own. */
export function cleanEnvironment(home: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '', HOME: home, XDG_CACHE_HOME: join(home, 'cache'), LANG: 'C.UTF-8', ...more }
}

function npm(args: readonly string[], cwd: string): string {
  const cli = process.env.npm_execpath
  const [command, first] = cli === undefined ? ['npm', []] : [process.execPath, [cli]]
  return execFileSync(command, [...first, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
