import type { TextEdit } from '../core/fix.ts'
import { encodeText } from '../core/span.ts'

/** Two edits that would write over each other. */
export class EditConflict extends Error {
  override readonly name = 'EditConflict'
}

/** Edits in file order, identical ones once. @throws EditConflict where two overlap. */
export function orderEdits(edits: readonly TextEdit[]): TextEdit[] {
  const ordered = [...edits].sort((one, other) => one.span.start - other.span.start || one.span.end - other.span.end)
  const kept: TextEdit[] = []
  for (const edit of ordered) {
    const last = kept.at(-1)
    if (last !== undefined && last.span.start === edit.span.start && last.span.end === edit.span.end) {
      if (last.text === edit.text) continue
      if (edit.span.start !== edit.span.end) throw new EditConflict('two edits of the same text')
    }
    if (last !== undefined && edit.span.start < last.span.end) throw new EditConflict('edits overlap')
    kept.push(edit)
  }
  return kept
}

/** The file after the edits; every other byte is kept. @throws EditConflict */
export function applyEdits(bytes: Uint8Array, edits: readonly TextEdit[]): Uint8Array {
  const parts: Uint8Array[] = []
  let at = 0
  for (const { span, text } of orderEdits(edits)) {
    parts.push(bytes.subarray(at, span.start), encodeText(text))
    at = span.end
  }
  parts.push(bytes.subarray(at))
  return Buffer.concat(parts)
}
