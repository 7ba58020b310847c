/** For tests: files by path → facts, through the real analyzers and resolver; and the editor on a service of them. */
import type { Emit, TextFile } from '../../../core/analyzer.ts'
import type { EditOutcome } from '../../../core/editor.ts'
import { FactStore } from '../../../core/fact-store.ts'
import type { ComposeProjectFact } from '../../../core/facts/compose.ts'
import type { WorkloadFact } from '../../../core/facts/workload.ts'
import type { SettingChange } from '../../../core/fix.ts'
import { SourceText } from '../../../core/span.ts'
import builtWorkloads from '../../dockerfile/built-workloads.resolver.ts'
import dockerfileAnalyzer from '../../dockerfile/dockerfile.analyzer.ts'
import composeAnalyzer from '../compose.analyzer.ts'
import composeEditor from '../compose.editor.ts'
import composeProjects from '../compose-projects.resolver.ts'
import envFileAnalyzer from '../env-file.analyzer.ts'

export type Files = Readonly<Record<string, string>>

export interface Texts {
  readonly text: string
  readonly key: string | undefined
  readonly carrier: string
}

export interface Scanned {
  readonly facts: FactStore
  readonly skipped: readonly { readonly code: string; readonly what: string; readonly why: string }[]
  readonly texts: readonly Texts[]
  readonly references: readonly string[]
  readonly projects: readonly ComposeProjectFact[]
  project(): ComposeProjectFact
  service(name: string, path?: string): WorkloadFact
  /** The source that a place's span covers. */
  at(
    place: { readonly path: string; readonly span?: { readonly start: number; readonly end: number } } | undefined,
  ): string
}

const TARGET = 'target'

export function scan(
  files: Files,
  mask: (text: string) => string = (text) => text,
  profiles: readonly string[] = ['*'],
): Scanned {
  const facts = new FactStore()
  const skipped: { code: string; what: string; why: string }[] = []
  const texts: Texts[] = []
  const references: string[] = []
  for (const [path, text] of Object.entries(files)) {
    const source = SourceText.of(text)
    const name = path.split('/').at(-1) as string
    const file: TextFile = { path, name, size: source.bytes.length, mode: 0o644, named: false, source }
    const analyzer = /dockerfile/i.test(name)
      ? dockerfileAnalyzer
      : /\.ya?ml$/.test(name)
        ? composeAnalyzer
        : envFileAnalyzer
    const emit: Emit = {
      fact: (fact) => void facts.place(fact, { target: TARGET, analyzer: analyzer.id }),
      text: (value, origin) => {
        texts.push({ text: value, key: origin.key, carrier: origin.carrier })
        return mask(value)
      },
      skipped: (code, why) => void skipped.push({ code, what: path, why }),
      refersTo: (to) => void references.push(to),
    }
    analyzer.analyze(file, emit)
  }
  for (const resolver of [builtWorkloads, composeProjects]) {
    resolver.resolve(
      facts,
      {
        fact: (fact, from) => facts.place(fact, { ...from, analyzer: resolver.id }),
        skipped: (code, what, why) => void skipped.push({ code, what, why }),
      },
      { profiles },
    )
  }
  const projects = facts.all('compose-project')
  return {
    facts,
    skipped,
    texts,
    references,
    projects,
    project: () => only(projects, 'project'),
    service: (name, path) => {
      const found = facts
        .all('workload')
        .filter((one) => one.dialect === 'compose' && one.name === name && (path ?? one.path) === one.path)
      return only(found, `service ${name}`)
    },
    at: (place) => (place?.span === undefined ? '' : SourceText.of(files[place.path] ?? '').slice(place.span)),
  }
}

/** Settings of the only service of a Compose file whose body is given. */
export function serviceOf(body: string, others: Files = {}): WorkloadFact {
  return scan({ 'compose.yaml': `services:\n  app:\n    image: example/app:1\n${indent(body, 4)}`, ...others }).service(
    'app',
  )
}

export interface Edited {
  readonly outcome: EditOutcome
  /** The files after the edits. */
  readonly files: Files
}

export function editService(files: Files, service: string, changes: readonly SettingChange[], path?: string): Edited {
  const scanned = scan(files)
  const workload = scanned.service(service, path)
  const read = (file: string) => (files[file] === undefined ? undefined : SourceText.of(files[file]))
  const outcome = composeEditor.edit(workload, changes, read, scanned.facts)
  const after: Record<string, string> = { ...files }
  if (outcome.ok) for (const file of outcome.files) after[file.path] = applied(files[file.path] ?? '', file.edits)
  return { outcome, files: after }
}

export function applied(
  text: string,
  edits: readonly { readonly span: { readonly start: number; readonly end: number }; readonly text: string }[],
): string {
  const bytes = Buffer.from(text)
  const parts: Buffer[] = []
  let at = 0
  for (const edit of [...edits].sort((one, other) => one.span.start - other.span.start)) {
    parts.push(bytes.subarray(at, edit.span.start), Buffer.from(edit.text))
    at = edit.span.end
  }
  parts.push(bytes.subarray(at))
  return Buffer.concat(parts).toString()
}

export function indent(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(columns) + line))
    .join('\n')
}

function only<T>(found: readonly T[], what: string): T {
  const first = found[0]
  if (first === undefined || found.length > 1) throw new Error(`${found.length} found: ${what}`)
  return first
}
