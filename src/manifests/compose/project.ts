/**
 * Which Compose files form a project, as Compose itself finds them: per directory the first of the default names with
 * its override file, or what `COMPOSE_FILE` in `.env` lists. Other files are projects of their own where they can stand
 * alone; one that cannot is laid over the project of its directory.
 */
import type { ComposeFileFact } from '../../core/facts/compose.ts'
import { type Assembled, assemble, directoryOf, type ProjectSources, valueIn } from './assemble.ts'
import { loadDocument } from './load.ts'
import { DEFAULT_NAMES, OVERRIDE_NAMES } from './recognise.ts'
import { get, present } from './value.ts'
import { resolvePath } from './volumes.ts'

export interface Project extends Assembled {
  readonly directory: string
  /** The first file: names the project's services. */
  readonly path: string
  /** Set for a file that cannot stand alone: what it was laid over, null where nothing was found. */
  readonly overlay?: { readonly path: string; readonly base: string | null }
}

export interface Projects {
  readonly projects: readonly Project[]
  readonly skipped: readonly { readonly code: string; readonly what: string; readonly why: string }[]
}

/** `files` are all Compose files of one target. */
export function findProjects(files: readonly ComposeFileFact[], sources: ProjectSources): Projects {
  const skipped: { code: string; what: string; why: string }[] = []
  const candidates: Project[] = []
  for (const [directory, members] of byDirectory(files)) {
    candidates.push(...projectsOf(directory, members, sources, skipped))
  }
  return { projects: withoutParts(candidates), skipped }
}

function byDirectory(files: readonly ComposeFileFact[]): Map<string, ComposeFileFact[]> {
  const directories = new Map<string, ComposeFileFact[]>()
  for (const file of [...files].sort((one, other) => (one.path < other.path ? -1 : 1))) {
    const directory = directoryOf(file.path)
    directories.set(directory, [...(directories.get(directory) ?? []), file])
  }
  return directories
}

function projectsOf(
  directory: string,
  members: readonly ComposeFileFact[],
  sources: ProjectSources,
  skipped: { code: string; what: string; why: string }[],
): Project[] {
  const primary = primaryFiles(directory, members, sources, skipped)
  const taken = new Set(primary)
  const projects: Project[] = []
  if (primary.length > 0) projects.push(build(primary, directory, sources))
  const rest = members.filter((file) => !taken.has(file.path))
  const alone = rest.filter(canStandAlone)
  projects.push(...alone.map((file) => build([file.path], directory, sources)))
  for (const file of rest) {
    if (alone.includes(file)) continue
    const base = baseFor(file, [...primary.slice(0, 1), ...alone.map((one) => one.path)], sources)
    const parts = base === undefined ? [file.path] : [base, file.path]
    projects.push({ ...build(parts, directory, sources), overlay: { path: file.path, base: base ?? null } })
  }
  return projects
}

/** What `docker compose up` reads in the directory. */
function primaryFiles(
  directory: string,
  members: readonly ComposeFileFact[],
  sources: ProjectSources,
  skipped: { code: string; what: string; why: string }[],
): string[] {
  const listed = composeFileVariable(directory, sources)
  if (listed !== undefined) {
    const found = listed.filter((path) => sources.file(path) !== undefined)
    for (const path of listed) {
      if (!found.includes(path)) {
        skipped.push({
          code: 'compose-file',
          what: path,
          why: `COMPOSE_FILE in "${resolvePath(directory, '.env')}" names it, but it was not found or could not be read`,
        })
      }
    }
    if (found.length > 0) return found
  }
  const names = new Map(members.map((file) => [file.path.slice(file.path.lastIndexOf('/') + 1), file.path]))
  const base = DEFAULT_NAMES.map((name) => names.get(name)).find((path) => path !== undefined)
  if (base === undefined) return []
  const override = OVERRIDE_NAMES.map((name) => names.get(name)).find((path) => path !== undefined)
  return override === undefined ? [base] : [base, override]
}

function composeFileVariable(directory: string, sources: ProjectSources): string[] | undefined {
  const env = sources.envFile(resolvePath(directory, '.env'))
  if (env === undefined) return undefined
  const value = valueIn(env, 'COMPOSE_FILE')
  if (value === undefined || value.trim() === '') return undefined
  const separator = valueIn(env, 'COMPOSE_PATH_SEPARATOR') || ':'
  const paths = value.split(separator).filter((path) => path.trim() !== '')
  return paths.slice(0, 50).map((path) => resolvePath(directory, path.trim()))
}

function build(files: readonly string[], directory: string, sources: ProjectSources): Project {
  return { ...assemble(files, directory, sources), directory, path: files[0] as string }
}

/** The first candidate that has every service that the overlay leaves incomplete; else the first of all. */
function baseFor(file: ComposeFileFact, candidates: readonly string[], sources: ProjectSources): string | undefined {
  const needed = servicesOf(file).filter((service) => !service.complete)
  const holds = (path: string) => {
    const names = serviceNames(path, sources)
    return needed.every((service) => names.includes(service.name))
  }
  return candidates.find(holds) ?? candidates[0]
}

function serviceNames(path: string, sources: ProjectSources): string[] {
  const services = get(assemble([path], directoryOf(path), sources).model, 'services')
  return services?.kind === 'map' ? [...services.entries.keys()] : []
}

/** True where every service says what it runs (or the file only includes others). */
function canStandAlone(file: ComposeFileFact): boolean {
  const services = servicesOf(file)
  if (services.length === 0)
    return file.documents.some((document) => document.entries.some((entry) => entry.key === 'include'))
  return services.every((service) => service.complete)
}

function servicesOf(file: ComposeFileFact): { name: string; complete: boolean }[] {
  const found = new Map<string, boolean>()
  for (const document of file.documents) {
    const { value } = loadDocument(document, { path: file.path, home: '', variables: () => undefined })
    const services = get(value, 'services')
    if (services?.kind !== 'map') continue
    for (const [name, entry] of services.entries) {
      const complete = ['image', 'build', 'extends', 'provider'].some((key) => present(entry.value, key) !== undefined)
      found.set(name, complete || found.get(name) === true)
    }
  }
  return [...found].map(([name, complete]) => ({ name, complete }))
}

/** Leaves out files that are parts of another project: included, or bases that others extend. */
function withoutParts(candidates: readonly Project[]): Project[] {
  const byPath = new Map(candidates.map((project) => [project.path, project]))
  const kept = new Set<Project>()
  const reached = new Set<string>()
  const keep = (project: Project) => {
    kept.add(project)
    const waiting = [project]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const path of next.included) {
        if (reached.has(path)) continue
        reached.add(path)
        const part = byPath.get(path)
        if (part !== undefined) waiting.push(part)
      }
    }
  }
  const includedByOthers = new Set(
    candidates.flatMap((project) => [...project.included].filter((path) => path !== project.path)),
  )
  for (const project of candidates) if (!includedByOthers.has(project.path)) keep(project)
  // Files that only include each other: the first of them stands for all.
  for (const project of candidates) if (!kept.has(project) && !reached.has(project.path)) keep(project)
  const extended = extendedServices(candidates)
  return candidates.filter((project) => kept.has(project) && !isOnlyBase(project, extended))
}

function extendedServices(candidates: readonly Project[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>()
  for (const project of candidates) {
    for (const [path, services] of project.extended) {
      if (path === project.path) continue
      const known = all.get(path) ?? new Set()
      for (const service of services) known.add(service)
      all.set(path, known)
    }
  }
  return all
}

/** A file whose every service is extended by another file's is judged there. */
function isOnlyBase(project: Project, extended: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const path = project.overlay?.path ?? project.path
  const services = extended.get(path)
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (services === undefined || DEFAULT_NAMES.includes(name)) return false
  const own = get(project.model, 'services')
  if (own?.kind !== 'map') return true
  if (project.overlay !== undefined) return true
  return [...own.entries.keys()].every((service) => services.has(service))
}
