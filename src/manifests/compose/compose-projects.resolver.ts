/** Compose files, `.env` files and Dockerfiles of a target → projects, their services as workloads, and their scripts. */
import { defineResolver, type ResolverEmit, type ResolverOptions } from '../../core/analyzer.ts'
import type { FactId, View } from '../../core/fact.ts'
import type { ComposeFileFact, ComposeProblem, ComposeServiceSummary } from '../../core/facts/compose.ts'
import type { Settings } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import type { ProjectSources } from './assemble.ts'
import { imageOf } from './built-image.ts'
import { overImage } from './join.ts'
import { namesToMapping } from './merge.ts'
import { networkNames } from './network-settings.ts'
import { findProblems } from './problems.ts'
import { findProjects, type Project } from './project.ts'
import { hasHole, ServiceReader } from './reader.ts'
import { scriptsOf } from './scripts.ts'
import { conditionOf, readSettings } from './service-settings.ts'
import { asBoolean, asText, get, type Mapping, present, scalarsOf, type Value } from './value.ts'

export default defineResolver({
  id: 'compose',
  // `workload`: those that Dockerfiles build, to name the one that a service is built from.
  reads: ['compose-file', 'env-file', 'dockerfile', 'workload'],
  emits: ['compose-project', 'workload', 'script'],
  resolve(view, emit, options) {
    for (const [target, files] of byTarget(view.all('compose-file')))
      resolveTarget({ view, emit, options, target }, files)
  },
})

function byTarget(files: readonly ComposeFileFact[]): Map<string, ComposeFileFact[]> {
  const targets = new Map<string, ComposeFileFact[]>()
  for (const file of files) {
    const known = targets.get(file.target)
    if (known === undefined) targets.set(file.target, [file])
    else known.push(file)
  }
  return targets
}

interface Run {
  readonly view: View
  readonly emit: ResolverEmit
  readonly options: ResolverOptions
  readonly target: string
}

function resolveTarget(run: Run, files: readonly ComposeFileFact[]): void {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const envFiles = new Map(run.view.in('env-file', run.target).map((file) => [file.path, file]))
  const sources: ProjectSources = { file: (path) => byPath.get(path), envFile: (path) => envFiles.get(path) }
  const { projects, skipped } = findProjects([...byPath.values()], sources)
  const said = new Set<string>()
  const skip: Skip = (code, what, why) => {
    const text = `${code}\n${what}\n${why}`
    if (said.has(text)) return
    said.add(text)
    run.emit.skipped(code, what, why, { target: run.target, area: 'configuration' })
  }
  for (const one of skipped) skip(one.code, one.what, one.why)
  const workloads = new Map<string, FactId>()
  for (const project of projects) new ProjectWriter(project, run, sources, skip, workloads).write()
}

type Skip = (code: string, what: string, why: string) => void

/** Emits one project's facts. */
class ProjectWriter {
  readonly #project: Project
  readonly #run: Run
  readonly #sources: ProjectSources
  readonly #skip: Skip
  /** Workloads of the target so far, by the project's first file and service. */
  readonly #workloads: Map<string, FactId>

  constructor(project: Project, run: Run, sources: ProjectSources, skip: Skip, workloads: Map<string, FactId>) {
    this.#project = project
    this.#run = run
    this.#sources = sources
    this.#skip = skip
    this.#workloads = workloads
  }

  write(): void {
    const project = this.#project
    const { model, path } = project
    for (const one of project.skipped) this.#skip(one.code, one.what, one.why)
    if (project.overlay?.base === null) {
      this.#skip(
        'compose-overlay',
        path,
        'it cannot stand alone (a service has neither image nor build), and no Compose file that it could be laid over was found beside it',
      )
    }
    if (present(model, 'jobs') !== undefined)
      this.#skip('compose-jobs', path, 'the "jobs" of a Compose file are not read yet')
    const services = get(model, 'services')
    const summaries: ComposeServiceSummary[] = []
    const off: string[] = []
    if (services?.kind === 'map') {
      for (const [name, entry] of services.entries) {
        if (entry.value.kind !== 'map') continue
        const at: Place = { ...entry.value.at, span: entry.keySpan, key: `services.${name}` }
        if (this.#isOff(entry.value)) off.push(name)
        else summaries.push(this.#writeService(name, entry.value, at))
      }
    }
    if (off.length > 0) this.#skip('profile-off', path, `services of profiles that are not on: ${off.join(', ')}`)
    this.#run.emit.fact(
      {
        kind: 'compose-project',
        subject: project.overlay === undefined ? path : project.overlay.path,
        path,
        confidence: 'high',
        name: projectName(project),
        files: project.files,
        services: summaries,
        networks: this.#networks(),
        volumes: this.#volumes(),
        problems: this.#problems(),
        unset: unsetVariables(model),
      },
      { target: this.#run.target },
    )
  }

  /** True where the user named the profiles that are on, and the service has others only. */
  #isOff(service: Mapping): boolean {
    const { profiles } = this.#run.options
    if (profiles.length === 0 || profiles.includes('*')) return false
    const own = scalarsOf(present(service, 'profiles')).map((profile) => asText(profile) ?? '')
    return own.length > 0 && !own.some((profile) => profiles.includes(profile))
  }

  #writeService(name: string, service: Mapping, at: Place): ComposeServiceSummary {
    const reader = this.#readerOf(name, service)
    const profiles = scalarsOf(reader.value('profiles')).map((profile) => asText(profile) ?? '')
    const key = `${this.#project.path}#${name}`
    // What an overlay does not speak of is the base project's workload.
    const workload =
      (this.#isUntouched(name) ? this.#workloads.get(key) : undefined) ?? this.#writeWorkload(reader, profiles, at)
    if (!this.#workloads.has(key)) this.#workloads.set(key, workload)
    const dependsOn = reader.value('depends_on')
    return {
      name,
      workload,
      profiles,
      dependsOn:
        dependsOn === undefined ? [] : [...namesToMapping(dependsOn).entries.keys()].filter((other) => !hasHole(other)),
      networks: networkNames(reader),
      at,
    }
  }

  #isUntouched(name: string): boolean {
    const { overlay } = this.#project
    if (overlay === undefined || overlay.base === null) return false
    const documents = this.#sources.file(overlay.path)?.documents ?? []
    return !documents.some((document) => {
      const services = document.entries.find((entry) => entry.key === 'services')?.value
      return services?.type !== 'map' || services.entries.some((entry) => entry.key === name || entry.key === '<<')
    })
  }

  #writeWorkload(reader: ServiceReader, profiles: readonly string[], at: Place): FactId {
    const { name } = reader.input
    const own = readSettings(reader)
    const image = imageOf(own, this.#run.view, this.#run.target, at)
    const settings: Settings = overImage(own, image.settings)
    // Named after the project's first file, wherever the service is written.
    const subject = `${this.#project.path}#${name}`
    const group = projectName(this.#project)
    const conditional = conditionOf(reader, profiles)
    const workload = this.#run.emit.fact(
      {
        kind: 'workload',
        subject,
        path: at.path,
        ...(at.span === undefined ? {} : { span: at.span }),
        confidence: 'high',
        phase: 'declared',
        dialect: 'compose',
        name,
        label: `service "${name}"`,
        ...(group === '' ? {} : { group }),
        part: 'main',
        ...(image.builtFrom === undefined ? {} : { builtFrom: image.builtFrom }),
        ...(conditional === undefined ? {} : { conditional }),
        settings,
      },
      { target: this.#run.target },
    )
    for (const script of scriptsOf(reader, settings, workload.id, subject)) {
      this.#run.emit.fact(script, { target: this.#run.target })
    }
    return workload.id
  }

  #readerOf(name: string, service: Mapping): ServiceReader {
    const project = this.#project
    const incomplete = project.incomplete.get(name) ?? this.#overlayWhy(service)
    return new ServiceReader({
      name,
      service,
      model: project.model,
      environment: project.environment,
      envFile: (path) => this.#sources.envFile(path),
      skipped: this.#skip,
      ...(incomplete === undefined ? {} : { incomplete }),
    })
  }

  /** A part of a service whose base was not found: what it leaves out is not known. */
  #overlayWhy(service: Mapping): string | undefined {
    const runs = ['image', 'build', 'provider'].some((key) => present(service, key) !== undefined)
    return runs || this.#project.overlay === undefined
      ? undefined
      : 'the file is laid over another one that was not found'
  }

  #problems(): ComposeProblem[] {
    const { problems, model, incomplete, overlay } = this.#project
    const loading = problems.map(
      (one): ComposeProblem => ({ code: one.code, message: one.message, at: one.at, level: 'error' }),
    )
    return [
      ...loading,
      ...findProblems(model, { mayLackImage: (service) => overlay !== undefined || incomplete.has(service) }),
    ]
  }

  #networks() {
    return declared(this.#project.model, 'networks').map(({ name, value, at }) => ({
      name,
      internal: asBoolean(present(value, 'internal')) === true,
      external: isExternal(value),
      at,
    }))
  }

  #volumes() {
    return declared(this.#project.model, 'volumes').map(({ name, value, at }) => ({
      name,
      external: isExternal(value),
      at,
    }))
  }
}

function declared(model: Mapping, section: string): { name: string; value: Value; at: Place }[] {
  const entries = get(model, section)
  if (entries?.kind !== 'map') return []
  return [...entries.entries].map(([name, entry]) => ({
    name,
    value: entry.value,
    at: { ...entry.value.at, span: entry.keySpan, key: `${section}.${name}` },
  }))
}

function isExternal(value: Value): boolean {
  const external = present(value, 'external')
  return external !== undefined && asBoolean(external) !== false
}

/** `name:`, else COMPOSE_PROJECT_NAME, else the directory's name, as Compose spells it. */
function projectName(project: Project): string {
  const given = asText(present(project.model, 'name')) ?? project.environment.lookup('COMPOSE_PROJECT_NAME')?.text
  const text = given === undefined || given === '' ? (project.directory.split('/').at(-1) ?? '') : given
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]{1,100}/, '')
}

function unsetVariables(model: Mapping): { name: string; at: Place }[] {
  const found = new Map<string, Place>()
  const visit = (value: Value) => {
    if (value.kind === 'scalar') for (const name of value.unset) if (!found.has(name)) found.set(name, value.at)
    if (value.kind === 'list') for (const item of value.items) visit(item)
    if (value.kind === 'map') for (const entry of value.entries.values()) visit(entry.value)
  }
  visit(model)
  return [...found].map(([name, at]) => ({ name, at }))
}
