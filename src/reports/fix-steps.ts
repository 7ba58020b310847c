/** A fix's steps in words, shared by terminal and page. Strings are raw: each medium neutralises what it prints. */
import type { Fix, FixStep, SettingChange, SettingValue } from '../core/fix.ts'

export type StepWords =
  /** Text that goes into a file; where the patch or the diff says the rest. */
  | { readonly kind: 'edit'; readonly path: string; readonly added: readonly string[]; readonly removes: boolean }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly command: string }

export function stepsInWords(fix: Fix): StepWords[] {
  return fix.steps.flatMap(stepInWords)
}

function stepInWords(step: FixStep): StepWords[] {
  switch (step.do) {
    case 'edit':
      return [
        {
          kind: 'edit',
          path: step.path,
          added: step.edits.flatMap((edit) => addedLines(edit.text)),
          removes: step.edits.some((edit) => edit.span.end > edit.span.start),
        },
      ]
    case 'set':
      return step.changes.map((change) => ({ kind: 'text', text: changeInWords(change) }))
    case 'upgrade':
      return [{ kind: 'text', text: `upgrade ${step.package} from ${step.from} to ${step.to}` }]
    case 'command':
      return [{ kind: 'command', command: step.command }]
    case 'manual':
      return [{ kind: 'text', text: step.text }]
  }
}

function changeInWords(change: SettingChange): string {
  if ('set' in change) return `set ${change.set} to ${valueInWords(change.value)}`
  if ('remove' in change) return `remove ${change.remove}`
  return `take ${change.item} out of ${change.removeItem}`
}

function valueInWords(value: SettingValue): string {
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

function addedLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '')
}
