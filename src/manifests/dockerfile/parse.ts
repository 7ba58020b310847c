/**
 * The Dockerfile parser: BuildKit's reading, instruction by instruction, with byte spans. It never throws and takes
 * linear time; what BuildKit would refuse is a problem beside everything else that could still be read.
 */
import type { DockerfileFact, DockerfileProblem, Heredoc, Instruction, Stage } from '../../core/facts/dockerfile.ts'
import type { SourceText, Span } from '../../core/span.ts'
import { readDirectives } from './directives.ts'
import { type HeredocWord, heredocWords, parseHeredocWord } from './heredocs.ts'
import { buildInstruction, mayHoldHeredocs, type Shape, shapeOf } from './instruction.ts'
import { type JoinedLine, LineReader, type LogicalLine, type Range, readLogicalLine } from './lines.ts'
import { type Mask, maskRange, maskSource, unmasked } from './masking.ts'
import { problemsOf } from './validate.ts'

export type ParsedDockerfile = Pick<
  DockerfileFact,
  'directives' | 'escape' | 'instructions' | 'stages' | 'problems' | 'foreignFrontend' | 'newline'
> & {
  /** Comments outside and inside instructions, in source order: ranges of UTF-16 units from `#` to the line's end. */
  readonly comments: readonly Comment[]
}

export interface Comment extends Range {
  /** Index of the instruction that it stands inside (between its continued lines). */
  readonly inside?: number
}

/** BuildKit's scanner refuses longer lines (bytes, line break included). */
const MAX_LINE = 65_536
/** Beyond, the file is no Dockerfile that anybody builds. */
const MAX_INSTRUCTIONS = 200_000

/** Parses `source`; every string in the result has passed `mask`. */
export function parseDockerfile(source: SourceText, mask: Mask = unmasked): ParsedDockerfile {
  const { directives, escape: escaper, foreignFrontend, problems: directiveProblems } = readDirectives(source)
  const problems: DockerfileProblem[] = [...directiveProblems]
  const instructions: Instruction[] = []
  const stages: { from: Instruction; name?: string; members: number[] }[] = []
  const comments: Comment[] = []
  const reader = new LineReader(source.text)
  problems.push(...longLines(source))
  while (!reader.done) {
    if (instructions.length >= MAX_INSTRUCTIONS) {
      const at = source.toByte(reader.at)
      const message = `more than ${MAX_INSTRUCTIONS} instructions: the rest was not read`
      problems.push({ code: 'too-many-instructions', message, span: { start: at, end: at }, level: 'error' })
      break
    }
    const read = readLogicalLine(source, reader, escaper)
    if ('blank' in read) continue
    if ('comment' in read) {
      comments.push(read.comment)
      continue
    }
    const { line } = read
    const shape = shapeOf(line.joined)
    const { heredocs, end } = mayHoldHeredocs(shape) ? readHeredocs(line, shape, reader, mask, problems) : NO_HEREDOCS
    const opensStage = shape.keyword === 'FROM' && !shape.onbuild
    const stage = stages.length - (opensStage ? 0 : 1)
    const built = buildInstruction(line, shape, {
      index: instructions.length,
      stage,
      escape: escaper,
      mask,
      heredocs,
      end,
    })
    const { instruction } = built
    problems.push(...[...built.problems, ...problemsOf(instruction, shape, line)].map(levelIn(instruction)))
    for (const comment of line.comments) comments.push({ ...comment, inside: instruction.index })
    instructions.push(instruction)
    if (opensStage) stages.push({ from: instruction, members: [], ...stageName(instruction) })
    stages.at(-1)?.members.push(instruction.index)
  }
  if (stages.length === 0) {
    const message = instructions.length === 0 ? 'file with no instructions' : 'no FROM: nothing is built'
    problems.push({ code: 'no-stage', message, span: source.span(0, 0), level: 'error' })
  }
  problems.sort((one, other) => one.span.start - other.span.start)
  return {
    directives: directives.map((directive) => ({
      ...directive,
      value: maskBytes(source, directive.valueSpan, mask),
    })),
    escape: escaper,
    instructions,
    stages: stages.map(({ from, name, members }, index): Stage => {
      return { index, ...(name === undefined ? {} : { name }), from, instructions: members }
    }),
    problems,
    ...(foreignFrontend === undefined ? {} : { foreignFrontend: maskedFrontend(foreignFrontend, source, mask) }),
    newline: newlineOf(source.text),
    comments,
  }
}

/** What BuildKit's parser looks at in an ONBUILD instruction too; the rest it refuses when the instruction runs. */
const REFUSED_AT_ONCE = new Set([
  ...['missing-value', 'missing-equals', 'json-not-strings', 'onbuild-trigger', 'no-stage-yet'],
  'too-many-words',
])

function levelIn(instruction: Instruction): (problem: DockerfileProblem) => DockerfileProblem {
  if (instruction.onbuild !== true || instruction.keyword === '') return (problem) => problem
  return (problem) => (REFUSED_AT_ONCE.has(problem.code) ? problem : { ...problem, level: 'warning' })
}

function maskBytes(source: SourceText, span: Span, mask: Mask): string {
  return maskSource(source, { start: source.toUnit(span.start), end: source.toUnit(span.end) }, 'file', 'syntax', mask)
}

function maskedFrontend(frontend: string, source: SourceText, mask: Mask): string {
  const at = source.text.indexOf(frontend)
  return maskSource(source, { start: at, end: at + frontend.length }, 'file', 'syntax', mask)
}

const NO_HEREDOCS = { heredocs: [] as Heredoc[], end: 0 }

/** `AS name`, lower-cased, where the name is a legal one. */
function stageName(from: Instruction): { name?: string } {
  const [, as, name] = from.args
  if (from.args.length !== 3 || as?.value.toLowerCase() !== 'as' || name === undefined) return {}
  const lower = name.value.toLowerCase()
  return isStageName(lower) ? { name: lower } : {}
}

export function isStageName(name: string): boolean {
  return /^[a-z][a-z0-9._-]*$/.test(name)
}

/** The bodies of the line's here-documents, in order, from the lines that follow it. */
function readHeredocs(
  line: LogicalLine,
  shape: Shape,
  reader: LineReader,
  mask: Mask,
  problems: DockerfileProblem[],
): { heredocs: Heredoc[]; end: number } {
  const { joined } = line
  const heredocs: Heredoc[] = []
  let end = line.range.end
  for (const word of heredocWords(joined.text)) {
    const span = joined.span(word.start, word.end)
    if (reader.done) {
      problems.push(unterminated(word.name, span))
      break
    }
    const body = readBody(joined, reader, word.name, word.stripTabs)
    if (!body.terminated) problems.push(unterminated(word.name, span))
    end = body.end
    heredocs.push({
      name: nameOf(joined, word, mask),
      expands: word.expands,
      stripTabs: word.stripTabs,
      span,
      bodySpan: joined.source.span(body.body.start, body.body.end),
      body: maskSource(joined.source, body.body, shape.keyword === 'RUN' ? 'run' : 'file', shape.keyword, mask),
    })
  }
  return { heredocs, end }
}

/** The end word; one long enough to be a key is looked at like any other text. */
function nameOf(joined: JoinedLine, word: HeredocWord, mask: Mask): string {
  if (word.name.length < 12) return word.name
  return parseHeredocWord(maskRange(joined, word.start, word.end, 'run', 'heredoc', mask))?.name ?? ''
}

function unterminated(name: string, span: DockerfileProblem['span']): DockerfileProblem {
  return {
    code: 'unterminated-heredoc',
    message: `the here-document "${name.slice(0, 64)}" has no end`,
    span,
    level: 'error',
  }
}

function readBody(
  joined: JoinedLine,
  reader: LineReader,
  name: string,
  stripTabs: boolean,
): { body: Range; end: number; terminated: boolean } {
  const { text } = joined.source
  const start = reader.at
  let end = start
  while (!reader.done) {
    const line = reader.next()
    let from = line.start
    if (stripTabs) while (from < line.end && text[from] === '\t') from++
    if (line.end - from === name.length && text.startsWith(name, from)) {
      return { body: { start, end: line.start }, end: line.end, terminated: true }
    }
    end = line.end
  }
  return { body: { start, end }, end, terminated: false }
}

function longLines(source: SourceText): DockerfileProblem[] {
  if (source.bytes.length < MAX_LINE) return []
  const { bytes } = source
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, start)
    const end = feed === -1 ? bytes.length : feed + 1
    if (end - start > MAX_LINE) {
      const span = { start, end: Math.min(end, start + 1) }
      return [{ code: 'line-too-long', message: 'a line is longer than 64 KiB', span, level: 'error' }]
    }
    start = end
  }
  return []
}

function newlineOf(text: string): '\n' | '\r\n' {
  const feed = text.indexOf('\n')
  return feed > 0 && text[feed - 1] === '\r' ? '\r\n' : '\n'
}
