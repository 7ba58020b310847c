/** Ignore comments in YAML: each governs the entry or item below it, with its whole value. */
import { parseInlineIgnore } from '../../config/inline-ignore.ts'
import type { Span } from '../../core/span.ts'
import type { TreeNode } from '../../core/tree.ts'
import type { YamlReading } from './read.ts'

export interface YamlIgnore {
  readonly rules: readonly string[]
  readonly until?: string
  /** Not masked yet. */
  readonly reason?: string
  readonly problem?: string
  readonly span: Span
  /** The next entry (key to end of value) or list item; the comment itself where nothing follows. */
  readonly governs: Span
}

export function yamlIgnores(reading: Pick<YamlReading, 'comments' | 'documents'>): YamlIgnore[] {
  const ignores: YamlIgnore[] = []
  let elements: Span[] | undefined
  for (const comment of reading.comments) {
    const parsed = parseInlineIgnore(comment.text)
    if (parsed === undefined) continue
    elements ??= elementsOf(reading.documents)
    const governs = elements[firstFrom(elements, comment.span.end)]
    const problem = parsed.problem ?? (governs === undefined ? 'nothing stands below it' : undefined)
    const { rules, until, reason } = parsed
    ignores.push({
      rules,
      ...(until === undefined ? {} : { until }),
      ...(reason === undefined ? {} : { reason }),
      ...(problem === undefined ? {} : { problem }),
      span: comment.span,
      governs: governs ?? comment.span,
    })
  }
  return ignores
}

/** Entries and items by where they start; of two that start together the outer one first. */
function elementsOf(documents: readonly (TreeNode | null)[]): Span[] {
  const elements: Span[] = []
  const waiting: TreeNode[] = documents.filter((document) => document !== null)
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'map') {
      for (const { keySpan, value } of node.entries) {
        elements.push({ start: keySpan.start, end: Math.max(keySpan.end, value.span.end) })
        waiting.push(value)
      }
    } else if (node.type === 'list') {
      for (const item of node.items) {
        elements.push(item.span)
        waiting.push(item)
      }
    }
  }
  return elements.sort((one, other) => one.start - other.start || other.end - one.end)
}

/** Index of the first element that starts at or behind `at`. */
function firstFrom(elements: readonly Span[], at: number): number {
  let low = 0
  let high = elements.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((elements[middle]?.start ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}
