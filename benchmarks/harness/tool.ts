/** Bulkhead itself as a contender: the bundle apart from the sources, or the sources without a bundle. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './measure.ts'

export interface Tool {
  /** Where it keeps compiled code and its last report. */
  readonly cacheFolder: string
  /** A command line of the tool. Its caches are its own, and filled by the first round. */
  command(name: string, args: readonly string[], exitCodes: readonly number[]): Command
}

/** Builds the bundle and puts it where the packed tarball would. */
export function bundledTool(root: string, folder: string): Tool {
  const built = spawnSync(process.execPath, [join(root, 'tools', 'build.ts')], { cwd: root, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`the bundle cannot be built:\n${built.stderr}`)
  placeLauncher(root, folder)
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  return toolIn(folder)
}

/** Links resolve to the real sources, so that they find their packages; only the launcher believes in another root. */
export function sourceTool(root: string, folder: string): Tool {
  placeLauncher(root, folder)
  symlinkSync(join(root, 'src'), join(folder, 'src'))
  return toolIn(folder)
}

function placeLauncher(root: string, folder: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  copyFileSync(join(root, 'bin', 'bulkhead.js'), join(folder, 'bin', 'bulkhead.js'))
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
}

function toolIn(folder: string): Tool {
  const launcher = join(folder, 'bin', 'bulkhead.js')
  const home = join(folder, 'home')
  const cacheFolder = join(home, 'cache')
  mkdirSync(home)
  return {
    cacheFolder,
    command: (name, args, exitCodes) => ({
      name,
      program: process.execPath,
      args: [launcher, ...args],
      cwd: home,
      exitCodes,
      env: { HOME: home, XDG_CACHE_HOME: cacheFolder, XDG_CONFIG_HOME: join(home, 'config') },
    }),
  }
}
