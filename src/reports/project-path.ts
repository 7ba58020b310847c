/** Where a finding's file stands in the user's repository: what code-scanning and build services mark. Pure. */
import { posix } from 'node:path'
import type { Location } from '../core/finding.ts'
import type { TargetSummary } from '../core/report.ts'

/** Absolute directories: relative target names start at `cwd`; paths are given relative to `root`. */
export interface ProjectBase {
  readonly cwd: string
  readonly root: string
}

/**
 * The path of a location's file relative to the repository (without a base: to the working directory); absolute where
 * the file is outside of it; undefined where it is no file of a project (in an image, on a host).
 */
export function projectPath(
  location: Pick<Location, 'target' | 'path'>,
  targets: readonly TargetSummary[],
  base?: ProjectBase,
): string | undefined {
  const target = targets.find(({ id }) => id === location.target)
  if (target === undefined || (target.kind !== 'directory' && target.kind !== 'file')) return undefined
  const path = posix.normalize(pathInTarget(target, location.path))
  if (base === undefined) return path
  const absolute = posix.resolve(base.cwd, path)
  const relative = posix.relative(base.root, absolute)
  return relative === '..' || relative.startsWith('../') ? absolute : relative === '' ? '.' : relative
}

/** A file named singly is its own target; what it refers to stands beside it. */
function pathInTarget(target: TargetSummary, path: string): string {
  if (target.kind === 'directory') return posix.join(target.name, path)
  const own = path === '' || path === target.name || path === posix.basename(target.name)
  return own ? target.name : posix.join(posix.dirname(target.name), path)
}
