/** Fixes as SARIF describes them: replacements of regions of files. Only text edits are; the rest stays prose. */
import type { Fix, FixId, TextEdit } from '../core/fix.ts'
import { encodeText, type SourceText } from '../core/span.ts'
import { forTerminal } from './neutralise.ts'

export interface FileEdits {
  readonly target: string
  readonly path: string
  /** In any order; they do not overlap. */
  readonly edits: readonly TextEdit[]
}

export interface EditSources {
  /** The edits that a fix comes to; default: those of its `edit` steps. */
  readonly edits?: (fix: Fix) => readonly FileEdits[]
  /** The file as it was scanned. */
  readonly source?: (target: string, path: string) => SourceText | undefined
}

/** A fix stands in each result that it resolves: larger ones would make the file grow with their square. */
export const EDITS_OF_A_FIX = 20

export interface SarifFixes {
  /** Items for `result.fixes`. */
  readonly byId: ReadonlyMap<FixId, unknown>
  /** Fixes left out for their number of edits. */
  readonly left: number
}

export function sarifFixes(
  fixes: readonly Fix[],
  { edits = editSteps, source = () => undefined }: EditSources,
  uriOf: (file: Pick<FileEdits, 'target' | 'path'>) => unknown,
): SarifFixes {
  const byId = new Map<FixId, unknown>()
  let left = 0
  for (const fix of fixes) {
    const files = edits(fix).filter((file) => file.edits.length > 0)
    const count = files.reduce((total, file) => total + file.edits.length, 0)
    if (count > EDITS_OF_A_FIX) left++
    else if (count > 0) byId.set(fix.id, sarifFix(fix, files, source, uriOf))
  }
  return { byId, left }
}

function sarifFix(
  fix: Fix,
  files: readonly FileEdits[],
  source: NonNullable<EditSources['source']>,
  uriOf: (file: Pick<FileEdits, 'target' | 'path'>) => unknown,
): unknown {
  const breaks = fix.breaks === undefined ? '' : `; may break: ${fix.breaks}`
  const caution = fix.safety === 'safe' ? '' : ` (review first${breaks})`
  return {
    description: { text: forTerminal(fix.title + caution, { newline: 'space', tab: 'space' }) },
    artifactChanges: files.map((file) => ({
      artifactLocation: uriOf(file),
      replacements: [...file.edits]
        .sort((one, other) => one.span.start - other.span.start)
        .map((edit) => replacement(edit, source(file.target, file.path))),
    })),
  }
}

/** The edits of a fix whose steps are all edits; what needs a hand or a command as well is no automatic change. */
function editSteps(fix: Fix): FileEdits[] {
  const steps = fix.steps.filter((step) => step.do === 'edit')
  return steps.length === fix.steps.length ? steps : []
}

/**
 * A text region where the file is at hand and is text (lines and columns, which every viewer understands), else a
 * binary one: the two may not be mixed, and each takes content of its own kind (SARIF 2.1.0, 3.30.2 and 3.57.4).
 */
function replacement({ span, text }: TextEdit, source: SourceText | undefined): unknown {
  if (source === undefined || !source.isUtf8 || !text.isWellFormed()) {
    return {
      deletedRegion: { byteOffset: span.start, byteLength: span.end - span.start },
      insertedContent: text === '' ? undefined : { binary: Buffer.from(encodeText(text)).toString('base64') },
    }
  }
  const start = source.lineColumn(span.start)
  const end = source.lineColumn(span.end)
  return {
    deletedRegion: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
    insertedContent: text === '' ? undefined : { text },
  }
}
