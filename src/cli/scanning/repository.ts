/** The repository around the current folder: what code-scanning services count paths from. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProjectBase } from '../../reports/project-path.ts'

/** `root` is the nearest folder with a `.git` at or above the current one, else the current one. */
export function repositoryBase(): ProjectBase {
  const cwd = realpathSync('.')
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return { cwd, root: folder }
    if (dirname(folder) === folder) return { cwd, root: cwd }
  }
}
