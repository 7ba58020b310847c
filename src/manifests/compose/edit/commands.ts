/** Words of `command` and `entrypoint`. */

import type { TreeScalar } from '../../../core/tree.ts'
import { splitCommand } from '../commands.ts'
import { type Change, setValueOf } from './change.ts'
import type { ServiceEditor } from './service-editor.ts'
import { CannotEdit, hasVariable, type ServiceFile } from './session.ts'

export function changeCommand(editor: ServiceEditor, change: Change, manual: string) {
  const key = change.name as 'command' | 'entrypoint'
  const setting = editor.workload.settings[key]
  if (!('by' in setting) || setting.by?.who !== 'compose')
    throw new CannotEdit('the image says it, not the service', manual)
  const value = setValueOf(change)
  const file = editor.home(setting, manual)
  if (Array.isArray(value)) return file.set([key], [...(value as string[])], manual)
  if (!('removeItem' in change.written)) throw new CannotEdit('a list of words belongs there', manual)
  const word = change.written.item
  const held = file.held(key)
  if (held.node?.type === 'list') {
    const found = file
      .items(held.node)
      .filter(({ node }) => node?.type === 'scalar' && node.text.replaceAll('$$', '$') === word)
    if (found.length === 0) throw new CannotEdit(`the word "${word}" is not written there`, manual)
    return editor.removeItems(
      key,
      found.map(({ written, node }) => ({ path: file.path, span: (node ?? written).span })),
      manual,
    )
  }
  if (held.node?.type !== 'scalar' || held.how !== 'own' || held.node.id !== undefined)
    throw new CannotEdit(`an anchor brings "${key}"`, manual)
  removeWord(file, held.node, word, manual)
}

/** Takes a word and the blanks before it out of a command in string form. */
function removeWord(file: ServiceFile, scalar: TreeScalar, word: string, manual: string) {
  const quotes = scalar.style === 'single' || scalar.style === 'double' ? 1 : 0
  const start = file.source.toUnit(scalar.span.start) + quotes
  const written = file.source.text.slice(start, file.source.toUnit(scalar.span.end) - quotes)
  if (written !== scalar.text && !(scalar.style === 'block' || scalar.style === 'plain'))
    throw new CannotEdit('its quotes hold escapes', manual)
  // A folded text is split as it is written: only blanks differ.
  const header = scalar.style === 'block' ? (/^[|>][^\n]*\n/.exec(written)?.[0].length ?? 0) : 0
  const reading = splitCommand(written.slice(header))
  if (!reading.ok) throw new CannotEdit('the command cannot be split into words', manual)
  const found = reading.words.filter((one) => one.value === word)
  if (found.length === 0) throw new CannotEdit(`the word "${word}" is not written there`, manual)
  if (found.length === reading.words.length) throw new CannotEdit('nothing would be left of the command', manual)
  if (hasVariable({ ...scalar, text: word })) throw new CannotEdit('a variable decides', manual)
  for (const one of found) {
    const text = written.slice(header)
    let from = one.start
    let to = one.end
    // A word alone on its line takes the line along; the first word takes the blanks behind it.
    while (from > 0 && (text[from - 1] === ' ' || text[from - 1] === '\t')) from--
    if (from === 0) {
      from = one.start
      while (to < text.length && /\s/.test(text[to] as string)) to++
    } else if (text[from - 1] === '\n' && (to === text.length || text[to] === '\n' || text.startsWith('\r\n', to))) {
      from = text[from - 2] === '\r' ? from - 2 : from - 1
    } else if (text[from - 1] === '\n') {
      from = one.start
      while (to < text.length && (text[to] === ' ' || text[to] === '\t')) to++
    }
    file.edit(file.source.span(start + header + from, start + header + to), '')
  }
}
