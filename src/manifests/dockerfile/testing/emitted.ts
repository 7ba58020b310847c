/** For tests: what an analyzer emits for one file, with a masker of the test's own. */
import type { Analyzer, Emit } from '../../../core/analyzer.ts'
import type { NewFact } from '../../../core/fact.ts'
import { SourceText } from '../../../core/span.ts'

export interface Emitted {
  readonly facts: NewFact[]
  readonly skipped: string[]
  readonly texts: string[]
}

export function emitted(
  analyzer: Extract<Analyzer, { reads: 'text' }>,
  path: string,
  text: string,
  mask: (text: string) => string = (same) => same,
): Emitted {
  const facts: NewFact[] = []
  const skipped: string[] = []
  const texts: string[] = []
  const emit: Emit = {
    fact: (fact) => facts.push(fact),
    text: (part, origin) => {
      texts.push(`${origin.carrier} ${origin.key ?? ''} ${part}`)
      return mask(part)
    },
    skipped: (code) => skipped.push(code),
    refersTo: () => {},
  }
  const source = SourceText.of(text)
  const name = path.slice(path.lastIndexOf('/') + 1)
  analyzer.analyze({ path, name, size: source.bytes.length, mode: 0o644, named: false, source }, emit)
  return { facts, skipped, texts }
}
