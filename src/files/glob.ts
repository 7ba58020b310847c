/**
 * Globs over `/`-separated relative paths: `*` and `?` within a part, `**` over parts, `[a-z]`. A pattern without a
 * slash matches the base name anywhere; a trailing slash or a matched folder covers what is below it.
 */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false
  const compiled = patterns.map(compileGlob)
  return (path) => compiled.some((matches) => matches(path))
}

function compileGlob(pattern: string): (path: string) => boolean {
  const clean = pattern.replace(/^\.\//, '').replace(/^\//, '').replace(/\/$/, '')
  const parts = (clean.includes('/') ? clean : `**/${clean}`).split('/')
  return (path) => matchParts(parts, path.split('/'))
}

/** True where the pattern's parts match the path or a folder above it. Linear in parts for each `**` (greedy restart). */
function matchParts(pattern: readonly string[], path: readonly string[]): boolean {
  let at = 0
  let on = 0
  let restartPattern = -1
  let restartPath = 0
  for (;;) {
    if (at === pattern.length) return true
    const part = pattern[at] as string
    if (part === '**') {
      restartPattern = ++at
      restartPath = on
      continue
    }
    if (on < path.length && matchPart(part, path[on] as string)) {
      at++
      on++
      continue
    }
    if (restartPattern === -1 || restartPath >= path.length) return false
    at = restartPattern
    on = ++restartPath
  }
}

/** One part against one name; `*` by restart, so never exponential. */
function matchPart(pattern: string, name: string): boolean {
  let at = 0
  let on = 0
  let star = -1
  let mark = 0
  while (on < name.length) {
    const token = at < pattern.length ? tokenAt(pattern, at) : undefined
    if (token?.kind === 'star') {
      star = at = token.next
      mark = on
    } else if (token?.matches(name[on] as string)) {
      at = token.next
      on++
    } else if (star !== -1) {
      at = star
      on = ++mark
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

interface Token {
  readonly kind: 'star' | 'one'
  readonly next: number
  matches(character: string): boolean
}

function tokenAt(pattern: string, at: number): Token {
  const character = pattern[at] as string
  if (character === '*') return { kind: 'star', next: at + 1, matches: () => true }
  if (character === '?') return { kind: 'one', next: at + 1, matches: () => true }
  if (character === '\\' && at + 1 < pattern.length) return literal(pattern[at + 1] as string, at + 2)
  const close = character === '[' ? pattern.indexOf(']', at + 2) : -1
  return close === -1 ? literal(character, at + 1) : characterClass(pattern.slice(at + 1, close), close + 1)
}

function literal(expected: string, next: number): Token {
  return { kind: 'one', next, matches: (character) => character === expected }
}

function characterClass(body: string, next: number): Token {
  const negated = body.startsWith('!') || body.startsWith('^')
  const set = negated ? body.slice(1) : body
  return {
    kind: 'one',
    next,
    matches: (character) => {
      for (let i = 0; i < set.length; i++) {
        const from = set[i] as string
        const isRange = set[i + 1] === '-' && i + 2 < set.length
        if (isRange) i += 2
        if (character >= from && character <= (set[i] as string)) return !negated
      }
      return negated
    },
  }
}
