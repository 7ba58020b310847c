import type { FactBase, FactId } from '../fact.ts'
import type { Span } from '../span.ts'

/**
 * How sure it is that the value is a live credential: proved (checksum, decode, key parse), shaped (vendor's shape),
 * contextual (a value of the right look under a telling name), weak (a guessable or vendor-default password), fake (a
 * documented example or placeholder: never reported, still masked).
 */
export type SecretGrade = 'proved' | 'shaped' | 'contextual' | 'weak' | 'fake'

/** Where in a target a string was written; says how it leaks. */
export type Carrier =
  | 'build-arg'
  | 'image-env'
  | 'label'
  | 'run'
  | 'command'
  | 'environment'
  | 'environment-default'
  | 'config-value'
  | 'env-file'
  | 'file'
  | 'notebook-source'
  | 'notebook-output'

/** One place where a credential stands. Holds nothing of its value but a preview of at most four characters. */
export interface SecretFact extends FactBase {
  readonly kind: 'secret'
  readonly path: string
  readonly span: Span
  /** Id of the `defineSecret` that recognised it: `hugging-face-token`. */
  readonly secret: string
  /** The kind in words: `Hugging Face access token`. */
  readonly label: string
  readonly grade: SecretGrade
  readonly carrier: Carrier
  /** Key path by value: `services.api.environment.HF_TOKEN`. */
  readonly key?: string
  /** At most the first four characters, then an ellipsis. */
  readonly preview: string
  /** Keyed hash of the value (HMAC-SHA-256 under the cache folder's salt), hex: joins places of one credential. */
  readonly hash: string
}

/** One credential with all its places: made by a resolver from `secret` facts of one target. */
export interface CredentialFact extends FactBase {
  readonly kind: 'credential'
  readonly secret: string
  readonly label: string
  readonly grade: SecretGrade
  readonly preview: string
  readonly hash: string
  readonly places: readonly FactId[]
}
