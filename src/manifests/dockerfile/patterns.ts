/** The patterns of `${V#p}`, `${V%p}` and `${V/p/r}`: `*` and `?` only, matched in time bounded by what is given up. */

type Token = { readonly is: 'literal'; readonly character: string } | { readonly is: 'any' } | { readonly is: 'star' }
export type Pattern = readonly Token[]

/** Steps after which a match is given up (undefined). */
const MAX_STEPS = 1_000_000

/** undefined: a backslash before anything but `* ? \ } /`, which BuildKit refuses. */
export function parsePattern(text: string): Pattern | undefined {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    if (character === '*') tokens.push({ is: 'star' })
    else if (character === '?') tokens.push({ is: 'any' })
    else if (character !== '\\') tokens.push({ is: 'literal', character })
    else {
      const next = text[at + 1]
      if (next === '}' || next === '/') continue
      if (next !== '*' && next !== '?' && next !== '\\') return undefined
      tokens.push({ is: 'literal', character: next })
      at++
    }
  }
  return tokens
}

/** `${V#p}` (shortest) and `${V##p}` (greedy). */
export function removePrefix(value: string, pattern: Pattern, greedy: boolean): string | undefined {
  if (value.length * (pattern.length + 1) > MAX_STEPS) return undefined
  const end = matchEnd(value, pattern, 0, greedy)
  return end === -1 ? value : value.slice(end)
}

/** `${V%p}` and `${V%%p}`. */
export function removeSuffix(value: string, pattern: Pattern, greedy: boolean): string | undefined {
  const left = removePrefix(reverse(value), [...pattern].reverse(), greedy)
  return left === undefined ? undefined : reverse(left)
}

/** `${V/p/r}` and `${V//p/r}`: leftmost, longest. */
export function replacePattern(value: string, pattern: Pattern, replacement: string, all: boolean): string | undefined {
  if (value.length * value.length * (pattern.length + 1) > MAX_STEPS * 4) return undefined
  let result = ''
  let at = 0
  while (at <= value.length) {
    const end = matchEnd(value, pattern, at, true)
    if (end === -1 || (end === at && at > 0)) {
      result += value[at] ?? ''
      at++
      continue
    }
    result += replacement
    if (end === at) result += value[at++] ?? ''
    at = Math.max(at, end)
    if (!all) break
    if (at >= value.length) break
  }
  return result + value.slice(at)
}

/** The nearest or farthest end of a match that starts at `start`; -1: none. */
function matchEnd(value: string, pattern: Pattern, start: number, greedy: boolean): number {
  let ends: number[] = [start]
  for (const token of pattern) {
    const next: number[] = []
    if (token.is === 'star') {
      let reached = -1
      for (const end of ends) {
        for (let at = Math.max(end, reached + 1); at <= value.length; at++) {
          next.push(at)
          reached = at
          if (value[at] === '\n') break
        }
      }
    } else {
      for (const end of ends) {
        const character = value[end]
        if (character === undefined) continue
        if (token.is === 'any' ? character !== '\n' : character === token.character) next.push(end + 1)
      }
    }
    if (next.length === 0) return -1
    ends = next
  }
  return (greedy ? ends.at(-1) : ends[0]) ?? -1
}

function reverse(text: string): string {
  return [...text].reverse().join('')
}
