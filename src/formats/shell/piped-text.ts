import type { ShellCommand } from '../../core/facts/script.ts'
import type { Simple } from './gather.ts'
import { joined } from './nested.ts'
import { type MappedText, nestedText } from './text.ts'
import { nameOf, type Unwrapped } from './unwrap.ts'

/** A command that was put down, and the text that its offsets are of. */
export interface Emitted {
  readonly simple: Simple
  readonly unwrapped: Unwrapped
  readonly command: ShellCommand
  readonly text: MappedText
}

/** A text that a shell reads from its standard input. */
export interface InputText {
  readonly text: MappedText
  readonly how: 'here-doc' | 'here-string'
}

/**
 * What a command writes where its words say it: `echo TEXT`, `printf TEXT`, `cat <<E`. Undefined where it depends on
 * files or on escapes that shells read differently.
 */
export function writtenText({ simple, unwrapped, text }: Emitted): InputText | undefined {
  const [first, ...rest] = unwrapped.words
  const name = nameOf(first)
  if (name === 'cat' && simple.stdin !== undefined && rest.every((word) => word.value === '-')) {
    return { text: nestedText(simple.stdin.field.text, simple.stdin.field.chunks, text), how: simple.stdin.how }
  }
  let words = rest
  if (name === 'printf') {
    const format = rest[0]?.value
    if (format === '%s' || format === '%s\\n') words = rest.slice(1)
    else if (rest.length !== 1 || format?.includes('%') === true) return undefined
  } else if (name === 'echo') {
    while (words[0]?.value === '-n' || words[0]?.value === '-e') words = words.slice(1)
  } else return undefined
  const whole = joined(words, text)
  // A line break at the end is the only escape that every shell reads alike and that changes no command.
  const trimmed = whole.text.endsWith('\\n') ? { ...whole, text: whole.text.slice(0, -2) } : whole
  return trimmed.text.includes('\\') ? undefined : { text: trimmed, how: 'here-string' }
}
