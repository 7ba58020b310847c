import type { Fact, FactKind, FactOf, View } from './fact.ts'
import type { RuleId } from './finding.ts'
import type { FixDraft } from './fix.ts'
import type { Place } from './place.ts'
import type { Area, Confidence, Severity } from './severity.ts'

/**
 * A rule: metadata, check, prose, and bad and good examples that are its tests. It reads facts and reports findings;
 * it never reads files.
 */
export interface Rule<K extends FactKind = FactKind> {
  /** `<noun>/<what is wrong, in words>`. */
  readonly id: RuleId
  readonly reads: K
  /** Other kinds of fact that `check` asks the view for. */
  readonly joins?: readonly FactKind[]
  readonly area: Area
  readonly severity: Severity
  readonly confidence: Confidence
  /** Slugs of the rule catalogue that it covers. */
  readonly concepts: readonly [string, ...string[]]
  /** Off unless `--all-rules` or named by `--only`: a matter of style. */
  readonly offByDefault?: true
  readonly title: string
  /** What an attacker gains, or what breaks. */
  readonly why: string
  /** How to mend it by hand. */
  readonly how: string
  /** When it is fine as it is. */
  readonly fine?: string
  /** `CIS-Docker-1.6:5.14`, `NIST-800-190:4.4.2`. */
  readonly controls?: readonly string[]
  /** `CWE-668`, URLs. */
  readonly refs?: readonly string[]
  /** Ids of peers' rules with the same concern: `hadolint:DL3002`. */
  readonly peers?: readonly string[]
  /** Earlier ids. */
  readonly formerly?: readonly RuleId[]
  /** Its tests: bad reports, good is silent, fix(bad) is good. Stripped from the published bundle. */
  readonly examples: readonly [Example, ...Example[]]
  check(fact: FactOf<K>, report: Report, view: View): void
}

/** Files by name: the same content in both halves, or a bad and a good one (and `fixed` where the fix gives another). */
export type Example = Readonly<
  Record<string, string | { readonly bad: string; readonly good: string; readonly fixed?: string }>
>

export type Report = (finding: Reported) => void

export interface Reported {
  /** The primary place first. */
  readonly at: Place | undefined
  readonly message: string
  /** What is wrong, by value, when the subject has several: `ports[8888/tcp]`, `env[HF_TOKEN]`. */
  readonly key?: string
  /** Default: the fact's subject. */
  readonly subject?: string
  /** Text at the marked span in the excerpt: `listens on 0.0.0.0`. */
  readonly label?: string
  readonly severity?: Severity
  /** Why the severity differs from the rule's own: required with `severity`. */
  readonly because?: string
  readonly confidence?: Confidence
  readonly related?: readonly { readonly at: Place | undefined; readonly label: string }[]
  readonly evidence?: readonly string[]
  /** Those of the rule's concepts that this finding is about; default: all. */
  readonly concepts?: readonly string[]
  readonly refs?: readonly string[]
  readonly fix?: FixDraft
}

/** Gives `check` the type of fact that `reads` names. */
export function defineRule<const K extends FactKind>(rule: Rule<K>): Rule<K> {
  return rule
}

/** A rule whatever it reads, as lists hold it. */
// biome-ignore lint/suspicious/noExplicitAny: a list of rules of different kinds; evaluate() pairs each with its facts
export type AnyRule = Omit<Rule<any>, 'check'> & { check(fact: any, report: Report, view: View): void }

/** What is known of a rule without loading its check: generated, for `explain`, `rules`, reports and loading by kind. */
export interface RuleMetadata {
  readonly id: RuleId
  readonly reads: FactKind
  readonly area: Area
  readonly severity: Severity
  readonly confidence: Confidence
  readonly concepts: readonly string[]
  readonly offByDefault: boolean
  readonly fixes: boolean
  readonly title: string
  readonly why: string
  readonly how: string
  readonly fine?: string
  readonly controls: readonly string[]
  readonly refs: readonly string[]
  readonly peers: readonly string[]
  readonly formerly: readonly RuleId[]
}

export type { Fact }
