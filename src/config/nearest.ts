/** Did-you-mean: the known word that a mistyped one most likely meant. */

/** Words longer than this are not compared: nobody mistypes a sentence, and the comparison is quadratic. */
const LONGEST = 80

/**
 * The candidate nearest to `word` by edits (insert, delete, replace, swap of neighbours; case, `_`, `-`, `.` and space
 * do not count), or the only one that it begins or ends; `undefined` where nothing is near enough to be a guess worth
 * printing. Of equally near ones the first wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word)
  if (wanted === '' || wanted.length > LONGEST) return undefined
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  const beginnings: string[] = []
  const ends: string[] = []
  for (const candidate of candidates) {
    const folded = fold(candidate)
    if (folded.length > LONGEST) continue
    const distance = editDistance(wanted, folded)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
    if (wanted.length >= 3 && folded.startsWith(wanted)) beginnings.push(candidate)
    if (wanted.length >= 3 && folded.endsWith(`/${wanted}`)) ends.push(candidate)
  }
  if (best !== undefined && bestDistance <= allowedEdits(wanted.length)) return best
  if (ends.length > 0) return ends[0]
  return beginnings.length === 1 ? beginnings[0] : undefined
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const guess = nearest(word, candidates)
  return guess === undefined ? '' : `; did you mean "${guess}"?`
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[_. ]/g, '-')
}

function allowedEdits(length: number): number {
  return length <= 2 ? 0 : length <= 4 ? 1 : length <= 7 ? 2 : length <= 16 ? 3 : 4
}

/** Optimal string alignment distance. */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return at(last, other.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
