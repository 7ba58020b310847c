/** For tests: manifests by path → facts, through the real analyzer and resolver; and the editor on one container. */
import type { Emit, TextFile } from '../../../core/analyzer.ts'
import type { EditOutcome } from '../../../core/editor.ts'
import { FactStore } from '../../../core/fact-store.ts'
import type { WorkloadFact } from '../../../core/facts/workload.ts'
import type { SettingChange, TextEdit } from '../../../core/fix.ts'
import { SourceText } from '../../../core/span.ts'
import analyzer from '../kubernetes.analyzer.ts'
import editor from '../kubernetes.editor.ts'
import resolver from '../kubernetes-workloads.resolver.ts'

export interface Scanned {
  readonly facts: FactStore
  readonly skipped: readonly { readonly code: string; readonly what: string; readonly why: string }[]
  readonly texts: readonly {
    readonly text: string
    readonly key: string | undefined
    readonly carrier: string
    readonly source: string
  }[]
  /** The only workload, or that of a container. */
  workload(name?: string): WorkloadFact
  /** What a place covers. */
  at(
    place: { readonly path: string; readonly span?: { readonly start: number; readonly end: number } } | undefined,
  ): string
  edit(changes: readonly SettingChange[], container?: string): EditOutcome
  /** The edited file, or why it was refused. */
  edited(changes: readonly SettingChange[], container?: string): string
}

export function scan(
  files: string | Readonly<Record<string, string | Uint8Array>>,
  mask: (text: string) => string = (text) => text,
): Scanned {
  const facts = new FactStore()
  const skipped: { code: string; what: string; why: string }[] = []
  const texts: { text: string; key: string | undefined; carrier: string; source: string }[] = []
  const sources = new Map<string, SourceText>()
  for (const [path, content] of Object.entries(typeof files === 'string' ? { 'k8s.yaml': files } : files)) {
    const source = typeof content === 'string' ? SourceText.of(content) : new SourceText(content)
    sources.set(path, source)
    const name = path.split('/').at(-1) ?? ''
    const file: TextFile = { path, name, size: source.bytes.length, mode: 0o644, named: false, source }
    const emit: Emit = {
      fact: (fact) => void facts.place(fact, { target: 'target', analyzer: analyzer.id }),
      text: (text, origin) => {
        texts.push({ text, key: origin.key, carrier: origin.carrier, source: source.slice(origin.span) })
        return mask(text)
      },
      skipped: (code, why) => void skipped.push({ code, what: path, why }),
      refersTo: () => {},
    }
    analyzer.analyze(file, emit)
  }
  resolver.resolve(
    facts,
    {
      fact: (fact, from) => facts.place(fact, { ...from, analyzer: resolver.id }),
      skipped: (code, what, why) => void skipped.push({ code, what, why }),
    },
    { profiles: [] },
  )
  const workload = (name?: string): WorkloadFact => {
    const found = facts.all('workload').find((one) => name === undefined || one.name === name)
    if (found === undefined) throw new Error(`no workload ${name ?? ''}`)
    return found
  }
  const edit = (changes: readonly SettingChange[], container?: string) =>
    editor.edit(workload(container), changes, (path) => sources.get(path), facts)
  return {
    facts,
    skipped,
    texts,
    workload,
    at: (place) => (place?.span === undefined ? '' : (sources.get(place.path)?.slice(place.span) ?? '')),
    edit,
    edited: (changes, container) => {
      const outcome = edit(changes, container)
      if (!outcome.ok) return `refused: ${outcome.why}`
      return outcome.files
        .map(({ path, edits }) => applyEdits(sources.get(path)?.bytes ?? new Uint8Array(), edits))
        .join('')
    },
  }
}

function applyEdits(bytes: Uint8Array, edits: readonly TextEdit[]): string {
  let after = Buffer.from(bytes)
  for (const { span, text } of [...edits].sort((one, other) => other.span.start - one.span.start)) {
    after = Buffer.concat([after.subarray(0, span.start), Buffer.from(text), after.subarray(span.end)])
  }
  return after.toString()
}
