/** Alternatives of `{a,b{c,d}}`, undefined where it is none that the text alone decides (a range, quotes, variables). */
export function braceAlternatives(text: string): string[] | undefined {
  if (text.length > 1024 || !text.startsWith('{') || !text.endsWith('}')) return undefined
  const alternatives: string[] = []
  let depth = 0
  let from = 1
  for (let at = 1; at < text.length; at++) {
    const char = text[at] as string
    if ('\'"\\$`'.includes(char)) return undefined
    if (char === '{') depth++
    else if (depth > 0 && char === '}') depth--
    else if (depth === 0 && (char === ',' || at === text.length - 1)) {
      alternatives.push(text.slice(from, at))
      from = at + 1
    }
  }
  if (depth !== 0 || alternatives.length < 2) return undefined
  const expanded: string[] = []
  for (const alternative of alternatives) {
    const open = alternative.indexOf('{')
    if (open === -1) expanded.push(alternative)
    else {
      const close = alternative.lastIndexOf('}')
      const inner = close === -1 ? undefined : braceAlternatives(alternative.slice(open, close + 1))
      if (inner === undefined) return undefined
      for (const value of inner) expanded.push(alternative.slice(0, open) + value + alternative.slice(close + 1))
    }
    if (expanded.length > 64) return undefined
  }
  return expanded
}

export function hasGlob(pattern: string): boolean {
  return /[*?[\]\\]/.test(pattern)
}

/** `${V#pattern}` and its kin; null where the pattern has more than `*` and `?`. */
export function removePattern(value: string, operator: '#' | '##' | '%' | '%%', pattern: string): string | null {
  if (/[[\]\\()]/.test(pattern)) return null
  const front = operator.startsWith('#')
  const longest = operator.length === 2
  for (let step = 0; step <= value.length; step++) {
    const size = longest ? value.length - step : step
    const piece = front ? value.slice(0, size) : value.slice(value.length - size)
    if (matchesGlob(piece, pattern)) return front ? value.slice(size) : value.slice(0, value.length - size)
  }
  return value
}

/** Matches `*` and `?`; time grows with the product of the lengths at most. */
export function matchesGlob(text: string, pattern: string): boolean {
  let at = 0
  let index = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (index < pattern.length && pattern[index] === '*') {
      star = index++
      resume = at
    } else if (index < pattern.length && (pattern[index] === '?' || pattern[index] === text[at])) {
      at++
      index++
    } else if (star !== -1) {
      index = star + 1
      at = ++resume
    } else return false
  }
  while (pattern[index] === '*') index++
  return index === pattern.length
}
