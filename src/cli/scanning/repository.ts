/** The repository around a folder: what code-scanning services and `git apply` count paths from. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProjectBase } from '../../reports/project-path.ts'

/** `root` is the nearest folder with a `.git` at or above the current one, else the current one. */
export function repositoryBase(): ProjectBase {
  const cwd = realpathSync('.')
  return { cwd, root: repositoryRoot(cwd) }
}

/** The nearest folder with a `.git` at or above `folder` (absolute, real), else that folder. */
export function repositoryRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return folder
  }
}
