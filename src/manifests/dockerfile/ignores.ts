/** Ignore comments of a Dockerfile: each governs the instruction below or around it, above a FROM the whole stage. */
import { parseInlineIgnore } from '../../config/inline-ignore.ts'
import type { DockerfileFact, Instruction } from '../../core/facts/dockerfile.ts'
import type { IgnoreFact } from '../../core/facts/ignore.ts'
import type { SourceText, Span } from '../../core/span.ts'
import { type Mask, maskSource } from './masking.ts'
import type { Comment } from './parse.ts'

export type Ignore = Pick<IgnoreFact, 'span' | 'rules' | 'until' | 'reason' | 'governs' | 'problem'>

/** All comments pass the masker: a key in a comment leaks as well as any other. */
export function ignoresOf(
  dockerfile: Pick<DockerfileFact, 'instructions' | 'stages' | 'directives'>,
  comments: readonly Comment[],
  source: SourceText,
  mask: Mask,
): Ignore[] {
  const directives = new Set(dockerfile.directives.map((directive) => directive.span.start))
  const ignores: Ignore[] = []
  for (const comment of comments) {
    const span = source.span(comment.start, comment.end)
    if (directives.has(span.start)) continue
    const parsed = parseInlineIgnore(maskSource(source, comment, 'file', 'comment', mask))
    if (parsed === undefined) continue
    const governs = governed(dockerfile, comment, span)
    const problem = parsed.problem ?? (governs === undefined ? 'no instruction stands below it' : undefined)
    ignores.push({
      span,
      rules: parsed.rules,
      ...(parsed.until === undefined ? {} : { until: parsed.until }),
      ...(parsed.reason === undefined ? {} : { reason: parsed.reason }),
      governs: governs ?? span,
      ...(problem === undefined ? {} : { problem }),
    })
  }
  return ignores
}

function governed(
  dockerfile: Pick<DockerfileFact, 'instructions' | 'stages'>,
  comment: Comment,
  span: Span,
): Span | undefined {
  if (comment.inside !== undefined) return dockerfile.instructions[comment.inside]?.span
  const next = dockerfile.instructions[firstAfter(dockerfile.instructions, span.end)]
  if (next === undefined || next.keyword !== 'FROM' || next.onbuild) return next?.span
  const members = dockerfile.stages[next.stage]?.instructions ?? []
  const last = dockerfile.instructions[members.at(-1) ?? next.index] ?? next
  return { start: next.span.start, end: last.span.end }
}

function firstAfter(instructions: readonly Instruction[], at: number): number {
  let low = 0
  let high = instructions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((instructions[middle]?.span.start ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}
