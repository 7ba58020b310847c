import { ERREXIT, PIPEFAIL } from './effects.ts'
import type { Simple } from './gather.ts'
import { Scope } from './scope.ts'
import { type Chunk, type MappedText, nestedText } from './text.ts'
import { assignmentAt, type Unwrapped } from './unwrap.ts'
import type { Field } from './words.ts'

/** Options that are on in a scope. */
export function flagsOf(scope: Scope): { errexit: boolean; pipefail: boolean } {
  const on = (name: string) => {
    const known = scope.get(name)
    return known.is === 'value' && known.value === '1'
  }
  return { errexit: on(ERREXIT), pipefail: on(PIPEFAIL) }
}

/** True where a shell's name says that it knows bash's own syntax. */
export function isBash(label: string): boolean {
  return /^(r?bash|zsh|m?ksh)\b/.test(label)
}

/** The variables of a shell that a command starts. */
export function childScope(simple: Simple, unwrapped: Unwrapped, outer: Scope): Scope {
  const given = unwrapped.assignments.map((field) => {
    const equals = assignmentAt(field.text)
    return { name: field.text.slice(0, equals), value: field.value === null ? null : field.value.slice(equals + 1) }
  })
  const more = [...simple.assignments, ...given]
  return new Scope(unwrapped.clean ? new Scope(new Map()).environment(more) : outer.environment(more))
}

/** Fields joined by a space, as `eval` does. */
export function joined(fields: readonly Field[], outer: MappedText): MappedText {
  let text = ''
  const chunks: Chunk[] = []
  for (const field of fields) {
    if (text !== '') {
      chunks.push({ at: text.length, length: 1, start: field.start, end: field.start, exact: false })
      text += ' '
    }
    for (const chunk of field.chunks) chunks.push({ ...chunk, at: chunk.at + text.length })
    text += field.text
  }
  return nestedText(text, chunks, outer)
}
