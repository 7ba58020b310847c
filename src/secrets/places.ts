/** What the rules about credentials share: where one stands, how it leaks from there, and what to do about it. */
import { nameOf } from '../core/analyze-file.ts'
import type { View } from '../core/fact.ts'
import type { CredentialFact, SecretFact } from '../core/facts/secret.ts'
import type { FixDraft } from '../core/fix.ts'
import type { Place } from '../core/place.ts'
import type { Report, Reported } from '../core/rule.ts'
import { revocation } from './revocation.ts'

/** How a credential leaks, worst first: one rule each, and a credential is reported by the worst of its places. */
export const LEAKS = ['image-build', 'service-settings', 'notebook', 'file'] as const
export type Leak = (typeof LEAKS)[number]

export function placesOf(credential: CredentialFact, view: View): SecretFact[] {
  return credential.places.map((id) => view.byId('secret', id)).filter((place) => place !== undefined)
}

/** Build arguments and commands are written in Dockerfiles and in Compose files alike: the file says which. */
export function leakOf(place: SecretFact, view: View): Leak {
  switch (place.carrier) {
    case 'image-env':
    case 'label':
    case 'run':
      return 'image-build'
    case 'build-arg':
    case 'command':
      return view.at('dockerfile', place.target, place.path).length > 0 ? 'image-build' : 'service-settings'
    case 'environment':
    case 'environment-default':
      return 'service-settings'
    case 'notebook-source':
    case 'notebook-output':
      return 'notebook'
    default:
      return 'file'
  }
}

export interface LeakingCredential {
  readonly credential: CredentialFact
  /** The first place from which it leaks this way. */
  readonly place: SecretFact
  readonly others: readonly SecretFact[]
}

/**
 * The credential with its telling place first, where `leak` is the worst way in which it leaks; null elsewhere, and for
 * guessable passwords, which have a rule of their own.
 */
export function leaking(credential: CredentialFact, leak: Leak, view: View): LeakingCredential | null {
  if (credential.grade === 'fake' || credential.grade === 'weak') return null
  const places = placesOf(credential, view)
  const ways = places.map((place) => leakOf(place, view))
  const worst = LEAKS.find((one) => ways.includes(one))
  const at = worst === leak ? ways.indexOf(leak) : -1
  const place = places[at]
  return place === undefined ? null : { credential, place, others: places.filter((_, index) => index !== at) }
}

export interface CredentialReport {
  /** Where it stands, in words: `ENV HF_TOKEN`. */
  readonly message: string
  readonly label: string
  readonly concepts: readonly string[]
  readonly handOver: string
  readonly severity?: Reported['severity']
  readonly because?: string
}

/** One finding for the credential: its telling place first, all others as related ones. */
export function reportCredential(found: LeakingCredential, told: CredentialReport, report: Report): void {
  const { credential, place, others } = found
  report({
    at: placeOf(place),
    message: told.message,
    label: told.label,
    subject: credential.subject,
    related: others.map((other) => ({ at: placeOf(other), label: 'the same credential' })),
    concepts: told.concepts,
    fix: rotate(credential, place, told.handOver),
    ...(told.severity === undefined ? {} : { severity: told.severity, because: told.because ?? '' }),
  })
}

export function placeOf({ path, layer, span, key }: SecretFact): Place {
  return { path, span, ...(layer === undefined ? {} : { layer }), ...(key === undefined ? {} : { key }) }
}

/** `Hugging Face access token (hf_A…)`; a sentence begins with it. */
export function described({ label, preview }: SecretFact): string {
  const start = label.charAt(0).toUpperCase() + label.slice(1)
  return preview === '' || preview === '…' ? start : `${start} (${preview})`
}

/** The variable, key or instruction that holds the value, without the way to it. */
export function nameOfPlace({ key, carrier }: SecretFact): string | undefined {
  const name = nameOf(key, carrier)
  return name === undefined ||
    /^(?:RUN|CMD|ENTRYPOINT|ENV|ARG|LABEL|COPY|ADD|HEALTHCHECK|SHELL|command|entrypoint|args|test|source|outputs)$/.test(
      name,
    )
    ? undefined
    : name
}

/** A name for the secret that replaces it: `hf_token`. */
export function secretId(place: SecretFact): string {
  const name = nameOfPlace(place) ?? place.secret
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_|_$/g, '')
      .slice(0, 40) || 'secret'
  )
}

function rotate(credential: CredentialFact, place: SecretFact, handOver: string): FixDraft {
  const { label } = place
  return {
    title: `Revoke the ${label} and hand over a new one as a secret`,
    safety: 'review',
    breaks: 'whatever still uses the old value, once it is revoked',
    group: `rotate ${credential.subject}`,
    steps: [
      {
        do: 'manual',
        text: `Revoke it (${revocation(credential.secret)}) and issue a new one. Who has the file, its git history or an image built with it has the value: deleting the line does not take it back.`,
      },
      { do: 'manual', text: handOver },
    ],
  }
}
