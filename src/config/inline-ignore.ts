/**
 * The text of an ignore comment: `# bulkhead: ignore[rule/id, rule/other] until=2027-03-01 reason: why it is fine`.
 * Where it stands, and so what it governs, is its file format's business.
 */

export interface InlineIgnore {
  readonly rules: readonly string[]
  /** ISO date, the last day on which it counts. */
  readonly until?: string
  readonly reason?: string
  /** Why the comment can't be read as an ignore, where it can't. */
  readonly problem?: string
}

/** Longer comments are data. */
const LONGEST = 4000

/** Reads a comment (with its `#`); undefined where it does not speak to Bulkhead. */
export function parseInlineIgnore(comment: string): InlineIgnore | undefined {
  const opening = /^#+[ \t]*bulkhead:[ \t]*/i.exec(comment.slice(0, 200))
  if (opening === null) return undefined
  const text = comment.slice(opening[0].length, LONGEST).trimEnd()
  if (!/^ignore(?![\w-])/.test(text)) return malformed('it should say `ignore[rule/id] reason: …`')
  const close = text.indexOf(']')
  if (!/^ignore[ \t]*\[/.test(text) || close === -1)
    return malformed('the rules stand in square brackets: `ignore[rule/id]`')
  const rules = text
    .slice(text.indexOf('[') + 1, close)
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
  const { until, reason, unknown } = partsOf(text.slice(close + 1))
  const problem = problemOf(rules, until, unknown)
  return {
    rules,
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
    ...(problem === undefined ? {} : { problem }),
  }
}

function partsOf(text: string): { until?: string; reason?: string; unknown?: string } {
  const at = text.search(/(^|[ \t])reason:/)
  const head = at === -1 ? text : text.slice(0, at)
  const reason = at === -1 ? undefined : text.slice(text.indexOf('reason:', at) + 'reason:'.length).trim()
  const words = head.split(/[ \t,;]+/).filter((word) => word !== '')
  const until = words.findLast((word) => word.startsWith('until='))?.slice('until='.length)
  const unknown = words.find((word) => !word.startsWith('until='))
  return {
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
    ...(unknown === undefined ? {} : { unknown }),
  }
}

function problemOf(
  rules: readonly string[],
  until: string | undefined,
  unknown: string | undefined,
): string | undefined {
  if (rules.length === 0) return 'it names no rule'
  const odd = rules.find((rule) => !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(rule))
  if (odd !== undefined) return `"${odd.slice(0, 60)}" is not a rule's id (\`noun/what-is-wrong\`)`
  if (unknown !== undefined)
    return `"${unknown.slice(0, 60)}" is not understood; \`until=YYYY-MM-DD\` and \`reason: …\` are`
  if (until !== undefined && !isDate(until)) return `until="${until.slice(0, 40)}" is no date (YYYY-MM-DD)`
  return undefined
}

function isDate(text: string): boolean {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (found === null) return false
  const [, year, month, day] = found.map(Number)
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0))
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day
}

function malformed(problem: string): InlineIgnore {
  return { rules: [], problem }
}
