/** Edits of what a command says: flags, words and variables taken out or changed, wherever the command stands. */
import type { DockerfileFact, Instruction, Pair } from '../../core/facts/dockerfile.ts'
import type { ShellWord } from '../../core/facts/script.ts'
import type { TextEdit } from '../../core/fix.ts'
import type { Span } from '../../core/span.ts'
import type { BuildCommand } from './build.ts'
import { removeExecWords, removeInstruction, removeWord, removeWords, unitsOf } from './edits.ts'

/** The words of a command that are written out as they are, not made by a variable, an alias or a brace. */
export function isWritten(word: ShellWord): boolean {
  return word.value !== null && word.raw.replace(/["'\\]/g, '') === word.value
}

/**
 * Takes words of a command out; undefined where one of them is not written here as such (a variable holds it), so that
 * no edit can say it.
 */
export function withoutWords({ instruction }: BuildCommand, words: readonly ShellWord[]): TextEdit[] | undefined {
  if (!words.every(isWritten)) return undefined
  const edits = words.map((word) => withoutSpan(instruction, word.span))
  return edits.every((edit) => edit !== undefined) ? merged(edits) : undefined
}

/** Takes a flag out: the word `--flag`, `--flag=value`, `--flag value` or a letter of a cluster (`-fsSLk`). */
export function withoutFlag(
  build: BuildCommand,
  flag: { readonly long: readonly string[]; readonly letter?: string; readonly takesValue?: boolean },
): TextEdit[] | undefined {
  const { words } = build.command
  const edits: TextEdit[] = []
  for (let at = 1; at < words.length; at++) {
    const word = words[at] as ShellWord
    const text = word.value ?? ''
    const name = text.split('=', 1)[0] as string
    if (flag.long.includes(name)) {
      const follows = flag.takesValue === true && !text.includes('=') ? words[at + 1] : undefined
      const found = withoutWords(build, follows === undefined ? [word] : [word, follows])
      if (found === undefined) return undefined
      edits.push(...found)
    } else if (flag.letter !== undefined && /^-[A-Za-z]{1,16}$/.test(text) && text.includes(flag.letter)) {
      if (!isWritten(word)) return undefined
      const rest = text.replaceAll(flag.letter, '')
      const found = rest === '-' ? withoutWords(build, [word]) : [{ span: word.span, text: rest }]
      if (found === undefined) return undefined
      edits.push(...found)
    }
  }
  return edits.length === 0 ? undefined : edits
}

/** Takes variables out of an ENV or ARG, and the instruction with them where nothing is left. */
export function withoutPairs(
  dockerfile: DockerfileFact,
  instruction: Instruction,
  pairs: readonly Pair[],
): TextEdit[] | undefined {
  const all = instruction.pairs ?? []
  if (pairs.length === all.length) return [removeInstruction(dockerfile, instruction)]
  const indexes = all.flatMap((pair, index) => (pairs.includes(pair) ? [index] : []))
  return removeWords(
    instruction,
    all.map(({ span }) => span),
    indexes,
  )
}

/** Takes a flag of the instruction itself out (`RUN --network=host`), with the blanks behind it. */
export function withoutInstructionFlag(instruction: Instruction, name: string): TextEdit[] {
  return instruction.flags.flatMap((flag, index) => {
    if (flag.name !== name) return []
    const next = instruction.flags[index + 1]?.span.start ?? instruction.textSpan.start
    return [{ span: { start: flag.span.start, end: next }, text: '' }]
  })
}

/** Takes a span of an instruction out, with the blanks before it; undefined where it can't be told what is around it. */
export function withoutSpan(instruction: Instruction, span: Span): TextEdit | undefined {
  const exec = instruction.exec?.findIndex((word) => word.span.start <= span.start && span.end <= word.span.end)
  if (exec !== undefined && exec >= 0) {
    const word = instruction.exec?.[exec]
    const whole = word !== undefined && word.span.start === span.start && word.span.end === span.end
    if (whole) return removeExecWords(instruction, [exec])[0]
  }
  if (unitsOf(instruction, span) !== undefined) return removeWord(instruction, span)
  return withoutHeredocSpan(instruction, span)
}

/** In a here-document the blanks are those of its body. */
function withoutHeredocSpan(instruction: Instruction, span: Span): TextEdit | undefined {
  const heredoc = instruction.heredocs.find(({ bodySpan }) => bodySpan.start <= span.start && span.end <= bodySpan.end)
  if (heredoc === undefined) return undefined
  const bytes = Buffer.from(heredoc.body)
  // Masked text has the length in units, not always in bytes.
  if (bytes.length !== heredoc.bodySpan.end - heredoc.bodySpan.start) return { span, text: '' }
  let start = span.start - heredoc.bodySpan.start
  while (start > 0 && (bytes[start - 1] === 0x20 || bytes[start - 1] === 0x09)) start--
  return { span: { start: heredoc.bodySpan.start + start, end: span.end }, text: '' }
}

/** Edits of neighbouring words, made one. */
/** Deletions that touch or overlap become one. */
export function merged(edits: readonly TextEdit[]): TextEdit[] {
  const sorted = [...edits].sort((one, other) => one.span.start - other.span.start)
  const result: TextEdit[] = []
  for (const edit of sorted) {
    const last = result.at(-1)
    if (last !== undefined && last.span.end >= edit.span.start && last.text === '' && edit.text === '') {
      result[result.length - 1] = {
        span: { start: last.span.start, end: Math.max(last.span.end, edit.span.end) },
        text: '',
      }
    } else result.push(edit)
  }
  return result
}
