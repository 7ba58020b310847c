/**
 * Finds all keywords of all kinds in one pass: an Aho-Corasick automaton with a dense table over the characters that
 * occur in keywords (ASCII letters folded), one load and one branch per character whatever the number of keywords.
 *
 * Invariants of the table: a state is the offset of its row (state number × classes), so a step is one addition; an
 * entry is stored as its complement where the state it leads to ends a keyword, so a hit is one sign test.
 */

export interface KeywordAutomaton {
  /** Calls `hit` for every occurrence of every keyword, by rising end; `keyword` is the index given to the builder. */
  scan(text: string, hit: (keyword: number, start: number, end: number) => void): void
}

/** `keywords` are lower case ASCII, not empty. */
export function buildKeywordAutomaton(keywords: readonly string[]): KeywordAutomaton {
  const classOf = classify(keywords)
  const classes = Math.max(...classOf) + 1
  const next: Int32Array[] = [newRow(classes)]
  const ends: number[][] = [[]]
  for (const [index, keyword] of keywords.entries()) {
    let state = 0
    for (let at = 0; at < keyword.length; at++) {
      const row = next[state] as Int32Array
      const symbol = classOf[keyword.charCodeAt(at)] ?? 0
      if (symbol === 0) throw new RangeError(`keyword is not ASCII: ${JSON.stringify(keyword)}`)
      if (row[symbol] === -1) {
        row[symbol] = next.length
        next.push(newRow(classes))
        ends.push([])
      }
      state = row[symbol] as number
    }
    ends[state]?.push(index)
  }
  completeTransitions(next, ends, classes)
  const table = new Int32Array(next.length * classes)
  for (const [state, row] of next.entries()) {
    for (let symbol = 0; symbol < classes; symbol++) {
      const target = row[symbol] as number
      const offset = target * classes
      table[state * classes + symbol] = ends[target]?.length === 0 ? offset : ~offset
    }
  }
  const lengths = keywords.map((keyword) => keyword.length)
  return {
    scan(text, hit) {
      let state = 0
      for (let at = 0; at < text.length; at++) {
        const unit = text.charCodeAt(at)
        state = table[state + (unit < 128 ? (classOf[unit] as number) : 0)] as number
        if (state >= 0) continue
        state = ~state
        for (const keyword of ends[state / classes] as number[]) {
          hit(keyword, at + 1 - (lengths[keyword] as number), at + 1)
        }
      }
    },
  }
}

/** Class 0 is "in no keyword"; capitals share their small letter's class. */
function classify(keywords: readonly string[]): Uint8Array {
  const classOf = new Uint8Array(128)
  let classes = 1
  for (const keyword of keywords) {
    for (let at = 0; at < keyword.length; at++) {
      const unit = keyword.charCodeAt(at)
      if (unit < 128 && classOf[unit] === 0) classOf[unit] = classes++
    }
  }
  for (let unit = 65; unit <= 90; unit++) classOf[unit] = classOf[unit + 32] as number
  return classOf
}

/** Turns the trie into an automaton: missing edges follow the longest suffix, whose keywords end here too. */
function completeTransitions(next: readonly Int32Array[], ends: readonly number[][], classes: number): void {
  const suffix = new Int32Array(next.length)
  const queue: number[] = []
  const root = next[0] as Int32Array
  for (let symbol = 0; symbol < classes; symbol++) {
    const child = root[symbol] as number
    if (child === -1) root[symbol] = 0
    else queue.push(child)
  }
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] as number
    const fallback = suffix[state] as number
    ends[state]?.push(...(ends[fallback] ?? []))
    const row = next[state] as Int32Array
    const fallbackRow = next[fallback] as Int32Array
    for (let symbol = 0; symbol < classes; symbol++) {
      const child = row[symbol] as number
      if (child === -1) row[symbol] = fallbackRow[symbol] as number
      else {
        suffix[child] = fallbackRow[symbol] as number
        queue.push(child)
      }
    }
  }
}

function newRow(classes: number): Int32Array {
  return new Int32Array(classes).fill(-1)
}
