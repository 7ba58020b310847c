/**
 * Facts → findings and fixes: one pure function, which the command line, the cache and the server call alike. It knows
 * no file, no clock and no network.
 */
import type { Fact, FactKind, View } from './fact.ts'
import { compareText } from './fact-store.ts'
import type { Finding, Location } from './finding.ts'
import { fingerprintOf, fixIdOf } from './fingerprint.ts'
import type { Fix, FixDraft, FixId, FixStep } from './fix.ts'
import type { Place } from './place.ts'
import type { AnyRule, Reported } from './rule.ts'
import { compareSeverity, type Severity } from './severity.ts'

export interface Evaluation {
  /** Sorted: worst first, then by path and place. */
  readonly findings: readonly Finding[]
  readonly fixes: readonly Fix[]
  /** Rules that failed, by id: bugs of ours, for coverage. */
  readonly failures: readonly { readonly rule: string; readonly error: unknown }[]
  /** Rules that reported more than the limit, and how many were left out. */
  readonly cut: readonly { readonly rule: string; readonly left: number }[]
}

export interface EvaluateOptions {
  readonly rules: readonly AnyRule[]
  /** Severities changed by the user's configuration. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>
  readonly findingsPerRule: number
}

interface Draft {
  readonly finding: Omit<Finding, 'fixes'>
  readonly fix?: FixDraft
  /** True where the primary place lies in the file of the fact that was judged. */
  readonly own: boolean
}

export function evaluate(facts: View, options: EvaluateOptions): Evaluation {
  const drafts: Draft[] = []
  const failures: { rule: string; error: unknown }[] = []
  const cut: { rule: string; left: number }[] = []
  for (const rule of options.rules) {
    if (options.severities[rule.id] === 'off') continue
    const found: Draft[] = []
    let left = 0
    for (const fact of facts.all(rule.reads as FactKind)) {
      try {
        rule.check(
          fact,
          (reported) => {
            if (found.length >= options.findingsPerRule) left++
            else found.push(draft(rule, fact, reported, options.severities[rule.id]))
          },
          facts,
        )
      } catch (error) {
        failures.push({ rule: rule.id, error })
        break
      }
    }
    if (left > 0) cut.push({ rule: rule.id, left })
    drafts.push(...mergeSamePlace(found))
  }
  return { ...withFixes(drafts), failures, cut }
}

function draft(rule: AnyRule, fact: Fact, reported: Reported, configured: Severity | 'off' | undefined): Draft {
  const subject = reported.subject ?? fact.subject
  const base = configured === undefined || configured === 'off' ? rule.severity : configured
  const severity = configured === undefined ? (reported.severity ?? base) : base
  const because = [
    ...(configured === undefined ? [] : [`set to ${base} by configuration`]),
    ...(configured === undefined && reported.because !== undefined ? [reported.because] : []),
  ]
  const primary = locate(fact, reported.at, 'primary', reported.label)
  const related = (reported.related ?? []).map(({ at, label }) => locate(fact, at, 'related', label))
  return {
    finding: {
      fingerprint: fingerprintOf(rule.id, subject, reported.key ?? ''),
      rule: rule.id,
      area: rule.area,
      title: rule.title,
      message: reported.message,
      subject,
      confidence: reported.confidence ?? lower(rule.confidence, fact.confidence),
      severity,
      severityBase: rule.severity,
      severityBecause: because,
      locations: [primary, ...related],
      evidence: reported.evidence ?? [],
      facts: [fact.id],
      refs: [...new Set([...(rule.refs ?? []), ...(reported.refs ?? [])])],
      controls: rule.controls ?? [],
      concepts: reported.concepts ?? rule.concepts,
      status: { is: 'open' },
    },
    ...(reported.fix === undefined ? {} : { fix: reported.fix }),
    own: primary.path === fact.path,
  }
}

function locate(fact: Fact, at: Place | undefined, role: Location['role'], label: string | undefined): Location {
  const place: Place | undefined =
    at ??
    (fact.path === undefined ? undefined : { path: fact.path, ...(fact.span === undefined ? {} : { span: fact.span }) })
  const layer = place?.layer ?? fact.layer
  return {
    target: fact.target,
    path: place?.path ?? '',
    role,
    ...(layer === undefined ? {} : { layer }),
    ...(place?.span === undefined ? {} : { span: place.span }),
    ...(place?.key === undefined ? {} : { key: place.key }),
    ...(label === undefined ? {} : { label }),
  }
}

/**
 * One cause is one finding: what several workloads inherit from one line (an anchor, a Dockerfile's USER) is reported
 * once, by the first of them, and names the others.
 */
function mergeSamePlace(drafts: readonly Draft[]): Draft[] {
  const byPlace = new Map<string, Draft & { others: Set<string> }>()
  for (const one of drafts) {
    const { finding } = one
    const at = finding.locations[0]
    const place = [
      finding.rule,
      at?.target,
      at?.layer,
      at?.path,
      at?.span?.start ?? finding.subject,
      at?.span?.end,
      keyOf(at, finding),
    ].join('\n')
    const known = byPlace.get(place)
    if (known === undefined) {
      byPlace.set(place, { ...one, others: new Set() })
      continue
    }
    const better = compareSeverity(finding.severity, known.finding.severity) < 0 ? one : known
    const other = better === one ? known.finding : finding
    if (other.subject !== better.finding.subject) known.others.add(other.subject)
    const fix = fixOfBoth(better, better === one ? known : one)
    byPlace.set(place, {
      finding: {
        ...better.finding,
        facts: [...new Set([...known.finding.facts, ...finding.facts])],
        locations: uniqueLocations([...better.finding.locations, ...other.locations]),
      },
      ...(fix === undefined ? {} : { fix }),
      own: one.own || known.own,
      others: known.others,
    })
  }
  return [...byPlace.values()].map(({ others, ...one }) =>
    others.size === 0
      ? one
      : {
          ...one,
          finding: {
            ...one.finding,
            evidence: [...one.finding.evidence, `the same line also decides for ${listed([...others])}`],
          },
        },
  )
}

/**
 * Who is declared in that very file has the editor that can mend it. Where both are, each is mended: what an anchor says
 * to two services is hidden by a key of the service, and in the other one it would still hold.
 */
function fixOfBoth(better: Draft, other: Draft): FixDraft | undefined {
  const [first, second] = other.own && !better.own && other.fix !== undefined ? [other, better] : [better, other]
  if (first.fix === undefined || second.fix === undefined) return first.fix ?? second.fix
  if (first.own !== second.own) return first.fix
  const said = new Set(first.fix.steps.map((step) => JSON.stringify(step)))
  const more = second.fix.steps.filter((step) => step.do === 'set' && !said.has(JSON.stringify(step)))
  return more.length === 0 ? first.fix : { ...first.fix, steps: [...first.fix.steps, ...more] }
}

/** Without a span the place is the subject's own, so that two subjects of one file do not fall together. */
function keyOf(at: Location | undefined, finding: Omit<Finding, 'fixes'>): string {
  return at?.span === undefined ? finding.fingerprint : ''
}

function uniqueLocations(locations: readonly Location[]): Location[] {
  const seen = new Set<string>()
  return locations.filter((location) => {
    const key = [location.target, location.layer, location.path, location.span?.start, location.span?.end].join('\n')
    return !seen.has(key) && seen.add(key) !== undefined
  })
}

function listed(names: readonly string[]): string {
  const sorted = [...names].sort(compareText)
  return sorted.length <= 4 ? sorted.join(', ') : `${sorted.slice(0, 3).join(', ')} and ${sorted.length - 3} more`
}

function withFixes(drafts: readonly Draft[]): Pick<Evaluation, 'findings' | 'fixes'> {
  // Steps by their JSON: a fix of a whole project is stated by each of its workloads, and has a step for each.
  const fixes = new Map<FixId, { draft: FixDraft; steps: Map<string, FixStep>; resolves: Set<string> }>()
  const findings = numbered(drafts).map(({ finding, fix }): Finding => {
    if (fix === undefined) return { ...finding, fixes: [] }
    const target = finding.locations[0]?.target ?? ''
    const id = fixIdOf(target, fix)
    const known = fixes.get(id) ?? { draft: fix, steps: new Map(), resolves: new Set<string>() }
    fixes.set(id, known)
    known.resolves.add(finding.fingerprint)
    if (fix.safety === 'review' && known.draft.safety === 'safe')
      known.draft = { ...known.draft, safety: 'review', ...(fix.breaks === undefined ? {} : { breaks: fix.breaks }) }
    for (const step of fix.steps) {
      const said = JSON.stringify(step)
      if (!known.steps.has(said)) known.steps.set(said, step)
    }
    return { ...finding, fixes: [id] }
  })
  return {
    findings: findings.sort(compareFindings),
    fixes: [...fixes]
      .map(
        ([id, { draft: one, steps, resolves }]): Fix => ({
          id,
          action: actionOf([...steps.values()]),
          title: one.title,
          safety: one.safety,
          ...(one.breaks === undefined ? {} : { breaks: one.breaks }),
          steps: [...steps.values()],
          resolves: [...resolves].sort(compareText),
          conflicts: [],
        }),
      )
      .sort((one, other) => compareText(one.id, other.id)),
  }
}

/** Findings that share rule, subject and key in several places get an ordinal, so that each has a fingerprint of its own. */
function numbered(drafts: readonly Draft[]): Draft[] {
  const ordered = [...drafts].sort((one, other) => compareFindings(one.finding, other.finding))
  const counts = new Map<string, number>()
  return ordered.map((one) => {
    const { fingerprint, rule, subject } = one.finding
    const count = (counts.get(fingerprint) ?? 0) + 1
    counts.set(fingerprint, count)
    if (count === 1) return one
    return { ...one, finding: { ...one.finding, fingerprint: fingerprintOf(rule, subject, `${fingerprint}#${count}`) } }
  })
}

function actionOf(steps: readonly FixStep[]): Fix['action'] {
  const kinds = new Set(steps.map((step) => step.do))
  if (kinds.has('edit') || kinds.has('set')) return 'edit'
  if (kinds.has('upgrade')) return 'upgrade'
  return kinds.has('command') ? 'command' : 'manual'
}

export function compareFindings(one: Omit<Finding, 'fixes'>, other: Omit<Finding, 'fixes'>): number {
  const a = one.locations[0]
  const b = other.locations[0]
  return (
    compareSeverity(one.severity, other.severity) ||
    compareText(a?.target ?? '', b?.target ?? '') ||
    compareText(a?.path ?? '', b?.path ?? '') ||
    (a?.span?.start ?? -1) - (b?.span?.start ?? -1) ||
    compareText(one.rule, other.rule) ||
    compareText(one.subject, other.subject) ||
    compareText(one.fingerprint, other.fingerprint)
  )
}

const CONFIDENCE_ORDER = ['low', 'medium', 'high'] as const

function lower<T extends Finding['confidence']>(one: T, other: T): T {
  return CONFIDENCE_ORDER.indexOf(one) < CONFIDENCE_ORDER.indexOf(other) ? one : other
}
