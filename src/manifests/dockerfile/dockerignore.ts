/** Which `.dockerignore` governs a build, and what it leaves out. */
import type { View } from '../../core/fact.ts'
import type { DockerfileFact } from '../../core/facts/dockerfile.ts'
import type { IgnoreFileFact } from '../../core/facts/ignore-file.ts'
import { globMatcher } from '../../files/glob.ts'

export interface BuildContext {
  /** Relative to the target, `''` for its root. */
  readonly folder: string
  /** A Compose service says so; else it is what people usually do. */
  readonly said: boolean
  readonly ignoreFile: IgnoreFileFact | undefined
}

/** Contexts that the Dockerfile is built with, as far as the files tell. */
export function contextsOf(dockerfile: DockerfileFact, view: View): BuildContext[] {
  const own = folderOf(dockerfile.path)
  const said = new Set<string>()
  for (const { settings } of view.in('workload', dockerfile.target)) {
    const build = settings.build.is === 'set' ? settings.build.value : undefined
    if (build?.dockerfile !== dockerfile.path || build.inline === true || build.context === null) continue
    said.add(build.context.replace(/^\.\/?|\/$/g, ''))
  }
  if (said.size > 0) return [...said].sort().map((folder) => contextAt(folder, true, dockerfile, view))
  return usualFolders(own).map((folder) => contextAt(folder, false, dockerfile, view))
}

/** Folders that hold Dockerfiles are seldom built by themselves: the context is then the folder above. */
function usualFolders(own: string): string[] {
  const parts = own === '' ? [] : own.split('/')
  const about = parts.findIndex((part) =>
    /^\.?(?:docker\w*|containers?|images?|build|deploy\w*|ci|packaging)$/i.test(part),
  )
  return [about === -1 ? own : parts.slice(0, about).join('/')]
}

function contextAt(folder: string, said: boolean, dockerfile: DockerfileFact, view: View): BuildContext {
  // The Dockerfile's own replaces the context's.
  const paths = [`${dockerfile.path}.dockerignore`, folder === '' ? '.dockerignore' : `${folder}/.dockerignore`]
  const [ignoreFile] = paths.flatMap((path) => view.at('ignore-file', dockerfile.target, path))
  return { folder, said, ignoreFile }
}

/**
 * True where the patterns leave a file or folder at the context's root out: the last that matches wins, `!` readmits.
 * `name` is a single name, so that patterns hang where they should.
 */
export function leavesOut(patterns: readonly string[], name: string): boolean {
  let out = false
  for (const pattern of patterns) {
    const readmits = pattern.startsWith('!')
    const clean = (readmits ? pattern.slice(1) : pattern).trim()
    if (clean !== '' && clean !== '.' && globMatcher([clean])(name)) out = !readmits
  }
  return out
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}
