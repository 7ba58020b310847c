/** Joins the places of one credential: equal keyed hash within a target. */
import { defineResolver } from '../core/analyzer.ts'
import { compareText } from '../core/fact-store.ts'
import type { Carrier, SecretFact, SecretGrade } from '../core/facts/secret.ts'
import { overlaps } from '../core/span.ts'

export default defineResolver({
  id: 'credentials',
  reads: ['secret'],
  emits: ['credential'],
  resolve(view, emit) {
    const targets = new Set(view.all('secret').map((fact) => fact.target))
    for (const target of targets) {
      const ordinals = new Map<string, number>()
      for (const places of groupByCredential(withoutDoubles(view.in('secret', target)))) {
        const [first] = places as [SecretFact, ...SecretFact[]]
        const best = places.reduce((one, other) => (GRADE[other.grade] < GRADE[one.grade] ? other : one))
        const address = `${best.secret}@${first.path}${first.key === undefined ? '' : `:${first.key}`}`
        const ordinal = (ordinals.get(address) ?? 0) + 1
        ordinals.set(address, ordinal)
        emit.fact(
          {
            kind: 'credential',
            subject: ordinal === 1 ? address : `${address}#${ordinal}`,
            confidence: CONFIDENCE[best.grade],
            path: first.path,
            span: first.span,
            secret: best.secret,
            label: best.label,
            grade: best.grade,
            preview: best.preview,
            hash: best.hash,
            places: places.map((place) => place.id),
          },
          first.layer === undefined ? { target } : { target, layer: first.layer },
        )
      }
    }
  },
})

const GRADE: Readonly<Record<SecretGrade, number>> = { proved: 0, shaped: 1, fake: 2, contextual: 3, weak: 4 }
const CONFIDENCE = { proved: 'high', shaped: 'high', contextual: 'medium', weak: 'high', fake: 'low' } as const

/** The carrier that says most about how the value leaks stands first; plain text last. */
const CARRIERS: readonly Carrier[] = [
  'build-arg',
  'image-env',
  'label',
  'run',
  'command',
  'environment',
  'environment-default',
  'env-file',
  'notebook-output',
  'notebook-source',
  'config-value',
  'file',
]

/**
 * Several analyzers read one file: of two finds in one place the better told one stays (with a key, from the reader
 * that knows the format). A guessable word found in running text alone, in a comment for instance, is no credential.
 */
function withoutDoubles(facts: readonly SecretFact[]): SecretFact[] {
  const told = facts.filter((fact) => fact.grade !== 'weak' || fact.key !== undefined || fact.carrier !== 'file')
  const byFile = Map.groupBy(told, (fact) => `${fact.layer ?? ''}\0${fact.path}`)
  return [...byFile.values()].flatMap((inFile) => {
    const kept: SecretFact[] = []
    /** Kept facts by hash: only those and the nearest neighbours need comparing. */
    const byHash = new Map<string, SecretFact[]>()
    for (const fact of [...inFile].sort(compareTelling)) {
      const twins = byHash.get(fact.hash) ?? []
      if (twins.some((twin) => overlaps(twin.span, fact.span))) continue
      kept.push(fact)
      byHash.set(fact.hash, [...twins, fact])
    }
    return withoutShells(kept)
  })
}

/** Drops a nameless find that holds a better graded one, or that a better told one holds. */
function withoutShells(facts: readonly SecretFact[]): SecretFact[] {
  const sorted = [...facts].sort((one, other) => one.span.start - other.span.start || other.span.end - one.span.end)
  const dropped = new Set<SecretFact>()
  let outer: SecretFact | undefined
  for (const fact of sorted) {
    if (outer !== undefined && fact.span.end <= outer.span.end && fact.hash !== outer.hash) {
      const [worse] = [outer, fact].sort(
        (one, other) => GRADE[other.grade] - GRADE[one.grade] || compareTelling(other, one),
      )
      // Two strangers in one inexact place (a line of a notebook) are two credentials.
      const sameSpan = outer.span.start === fact.span.start && outer.span.end === fact.span.end
      if (worse !== undefined && !sameSpan && isGeneric(worse)) dropped.add(worse)
    }
    if (outer === undefined || fact.span.end > outer.span.end) outer = fact
  }
  return facts.filter((fact) => !dropped.has(fact))
}

function isGeneric({ secret }: SecretFact): boolean {
  return secret === 'generic-password' || secret === 'generic-key' || secret === 'weak-password'
}

function compareTelling(one: SecretFact, other: SecretFact): number {
  return (
    Number(one.carrier === 'file') - Number(other.carrier === 'file') ||
    Number(one.analyzer === 'text-files') - Number(other.analyzer === 'text-files') ||
    Number(one.key === undefined) - Number(other.key === undefined) ||
    GRADE[one.grade] - GRADE[other.grade] ||
    CARRIERS.indexOf(one.carrier) - CARRIERS.indexOf(other.carrier) ||
    one.span.end - one.span.start - (other.span.end - other.span.start) ||
    comparePlace(one, other)
  )
}

/** Groups in order of their first place. Equal guessable passwords in two files are two credentials, not one. */
function groupByCredential(facts: readonly SecretFact[]): SecretFact[][] {
  const groups = Map.groupBy([...facts].sort(comparePlace), (fact) =>
    fact.grade === 'weak' ? `${fact.hash}\0${fact.layer ?? ''}\0${fact.path}` : fact.hash,
  )
  return [...groups.values()]
}

function comparePlace(one: SecretFact, other: SecretFact): number {
  return (
    compareText(one.path, other.path) ||
    compareText(one.layer ?? '', other.layer ?? '') ||
    one.span.start - other.span.start ||
    one.span.end - other.span.end ||
    compareText(one.key ?? '', other.key ?? '') ||
    compareText(one.id, other.id)
  )
}
