/**
 * Text edits in Dockerfiles, from facts alone: byte-exact, aware of continued lines. What is removed leaves no blank
 * line, no dangling continuation and no doubled space behind.
 */
import { type DockerfileFact, type Instruction, spanInText } from '../../core/facts/dockerfile.ts'
import type { TextEdit } from '../../core/fix.ts'
import type { Span } from '../../core/span.ts'

type Lines = Pick<DockerfileFact, 'instructions' | 'newline'>

/**
 * Takes a word (or several adjoining ones) out of an instruction's text, with the blanks before it. A word that stands
 * alone on a continued line takes the line with it.
 */
export function removeWord(instruction: Instruction, word: Span): TextEdit {
  const units = unitsOf(instruction, word)
  if (units === undefined) return { span: word, text: '' }
  const { start, end } = units
  const { text } = instruction
  const all = pieces(instruction)
  const index = all.findIndex((candidate) => candidate.start <= start && end <= candidate.end)
  const piece = all[index]
  if (piece !== undefined && text.slice(piece.start, piece.end).trim() === text.slice(start, end)) {
    const edit = removeLine(instruction, all, index, start, end)
    if (edit !== undefined) return edit
  }
  const floor = piece?.start ?? 0
  let from = start
  while (from > floor && isBlank(text[from - 1])) from--
  // First on its line: the blanks behind it go instead, the indentation stays.
  if (from === floor && floor < start) from = start
  let to = end
  if (from === start) while (to < (piece?.end ?? text.length) && isBlank(text[to])) to++
  return { span: spanInText(instruction, from, to), text: '' }
}

/** Takes a whole instruction out, its line break included. */
export function removeInstruction(dockerfile: Lines, instruction: Instruction): TextEdit {
  const isLast = instruction.index === dockerfile.instructions.length - 1
  const { start, end } = instruction.span
  // Whether a line break follows the last one is not known: the one before it goes instead.
  const before = dockerfile.instructions[instruction.index - 1]?.span.end
  if (isLast && before !== undefined && before + dockerfile.newline.length === start) {
    return { span: { start: before, end }, text: '' }
  }
  return { span: { start, end: isLast ? end : end + dockerfile.newline.length }, text: '' }
}

/** A new instruction on the line above. */
export function insertBefore(dockerfile: Lines, instruction: Instruction, text: string): TextEdit {
  const at = instruction.span.start
  return { span: { start: at, end: at }, text: text + dockerfile.newline }
}

/** A new instruction on the line below (below its here-documents, if it has any). */
export function insertAfter(dockerfile: Lines, instruction: Instruction, text: string): TextEdit {
  const at = instruction.span.end
  return { span: { start: at, end: at }, text: dockerfile.newline + text }
}

/** Replaces the units `[start, end)` of an instruction's text. */
export function replaceText(instruction: Instruction, start: number, end: number, text: string): TextEdit {
  return { span: spanInText(instruction, start, end), text }
}

/** Takes several words out at once: adjoining ones as one, so that no two edits meet. `indexes` point into `words`. */
export function removeWords(instruction: Instruction, words: readonly Span[], indexes: readonly number[]): TextEdit[] {
  return runsOf(indexes).map(({ first, last }) => {
    return removeWord(instruction, { start: words[first]?.start ?? 0, end: words[last]?.end ?? 0 })
  })
}

/** Takes the strings at `indexes` out of an exec form, with their commas. */
export function removeExecWords(instruction: Instruction, indexes: readonly number[]): TextEdit[] {
  const words = instruction.exec ?? []
  const startOf = (index: number) => (words[index]?.span.start ?? 1) - 1
  const endOf = (index: number) => (words[index]?.span.end ?? -1) + 1
  return runsOf(indexes).map(({ first, last }) => {
    if (last + 1 < words.length) return { span: { start: startOf(first), end: startOf(last + 1) }, text: '' }
    if (first > 0) return { span: { start: endOf(first - 1), end: endOf(last) }, text: '' }
    return { span: { start: startOf(first), end: endOf(last) }, text: '' }
  })
}

/** Runs of consecutive numbers. */
function runsOf(indexes: readonly number[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = []
  for (const index of [...new Set(indexes)].sort((one, other) => one - other)) {
    const run = runs.at(-1)
    if (run !== undefined && run.last + 1 === index) run.last = index
    else runs.push({ first: index, last: index })
  }
  return runs
}

/** The units of an instruction's text at a span; undefined where the span is not in the text. */
export function unitsOf(instruction: Instruction, span: Span): { start: number; end: number } | undefined {
  if (span.start < instruction.textSpan.start || span.end > instruction.textSpan.end) return undefined
  const start = unitAt(instruction.map, span.start, 'start')
  const end = unitAt(instruction.map, span.end, 'end')
  return start === undefined || end === undefined ? undefined : { start, end }
}

function removeLine(
  instruction: Instruction,
  all: readonly Piece[],
  index: number,
  start: number,
  end: number,
): TextEdit | undefined {
  const piece = all[index] as Piece
  const next = all[index + 1]
  const { text } = instruction
  if (next !== undefined) {
    // The first line holds the keyword too: only the word goes, with what follows up to the next line's text.
    if (index === 0) return { span: spanOver(instruction, start, firstWord(text, next)), text: '' }
    const from = spanInText(instruction, piece.start, piece.start).start
    const to = spanInText(instruction, next.start, next.start).start
    const comment = instruction.comments?.find((candidate) => candidate.start >= from && candidate.end <= to)
    return { span: { start: from, end: comment?.start ?? to }, text: '' }
  }
  const before = all[index - 1]
  if (before === undefined) return undefined
  let kept = before.end
  while (kept > before.start && isBlank(text[kept - 1])) kept--
  if (kept === before.start) return undefined
  return {
    span: { start: spanInText(instruction, kept - 1, kept).end, end: spanInText(instruction, start, end).end },
    text: '',
  }
}

function spanOver(instruction: Instruction, start: number, end: number): Span {
  return { start: spanInText(instruction, start, start).start, end: spanInText(instruction, end, end).start }
}

function firstWord(text: string, piece: Piece): number {
  let at = piece.start
  while (at < piece.end && isBlank(text[at])) at++
  return at
}

interface Piece {
  readonly start: number
  readonly end: number
}

/** The lines that were joined, as ranges of units: a unit that stands twice in the map begins a new one. */
function pieces(instruction: Instruction): Piece[] {
  const found: Piece[] = []
  let start = 0
  for (let index = 1; index < instruction.map.length; index++) {
    const [unit] = instruction.map[index] as readonly [number, number]
    if (unit !== instruction.map[index - 1]?.[0]) continue
    found.push({ start, end: unit })
    start = unit
  }
  found.push({ start, end: instruction.text.length })
  return found
}

function unitAt(map: Instruction['map'], byte: number, side: 'start' | 'end'): number | undefined {
  for (let index = 0; index < map.length; index++) {
    const [unit0, byte0] = map[index] as readonly [number, number]
    const [unit1, byte1] = map[index + 1] ?? [unit0, byte0]
    if (unit1 === unit0 && index + 1 < map.length) continue
    const inside = side === 'start' ? byte >= byte0 && byte < byte1 : byte > byte0 && byte <= byte1
    if (inside) return unit0 + Math.round(((byte - byte0) * (unit1 - unit0)) / (byte1 - byte0))
  }
  return byte === map[0]?.[1] ? 0 : byte === map.at(-1)?.[1] ? map.at(-1)?.[0] : undefined
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
