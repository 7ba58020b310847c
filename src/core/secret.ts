/**
 * The seam between everything that decodes text and `secrets/`, which alone decides what is secret. Core knows the
 * shape; the run injects the implementation.
 */
import type { Carrier, SecretGrade } from './facts/secret.ts'
import type { Span } from './span.ts'

/** A string that an analyzer decoded, and where it stands. */
export interface TextOrigin {
  readonly path: string
  /** The bytes that the string was decoded from. */
  readonly span: Span
  /** True where unit `i` of the string is byte `span.start + i` of the file: a find is then placed exactly. */
  readonly exact?: boolean
  /** Key path by value: `services.api.environment.HF_TOKEN`; its last part names the value for contextual kinds. */
  readonly key?: string
  readonly carrier: Carrier
}

export interface FoundSecret {
  readonly secret: string
  readonly label: string
  readonly grade: SecretGrade
  /** UTF-16 range in the string. */
  readonly start: number
  readonly end: number
  readonly preview: string
  readonly hash: string
  /** It is the default of a variable (`${NAME:-value}`): carrier `environment` becomes `environment-default`. */
  readonly fallback?: true
}

/** What `secrets/` gives to a run. */
export interface SecretScanner {
  /** Version of engine and kinds: part of every cache key. */
  readonly version: string
  /** Finds secrets in a decoded string. `name` is the key or variable the whole string is the value of, if any. */
  find(text: string, name?: string): readonly FoundSecret[]
  /**
   * The text with every secret replaced by as many `*` (first four characters kept): same length, so that offsets
   * stay true. Also hides every value found so far in this run.
   */
  mask(text: string, name?: string): string
}

/** A kind of secret (`defineSecret`): compiled into one engine. */
export interface SecretKind {
  readonly id: string
  readonly label: string
  /** Lower-case; at least one must stand in the text for `pattern` to be tried. */
  readonly keywords: readonly [string, ...string[]]
  /** Sticky-safe, linear; the secret is group `secret` or the whole match. */
  readonly pattern: RegExp
  /**
   * The keyword stands in the name (`password` in `DB_PASSWORD=…`): `pattern` is tried on the named value alone, from
   * its first to its last character, and `grade` is always given the name.
   */
  readonly named?: true
  /** Longest possible match, characters: the window's size. */
  readonly longest: number
  /** `null`: not a secret after all. */
  grade(value: string, context: SecretContext): SecretGrade | null
  /** A value of this shape from a seeded generator: examples are built, never committed. */
  sample(random: () => number): string
  readonly refs?: readonly string[]
  /** What its owner should do: where to revoke it. */
  readonly revoke?: string
}

export interface SecretContext {
  /** Key, variable or property name that the value belongs to, where known. */
  readonly name?: string
  /** Up to 64 characters before the match. */
  readonly before: string
  /** How a `named` value was met: `whole`, the string to scan is the value; `quoted` or `bare`, within other text. */
  readonly written?: 'whole' | 'quoted' | 'bare'
}

export function defineSecret(kind: SecretKind): SecretKind {
  return kind
}
