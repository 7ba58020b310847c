/** For tests: secret facts placed as a run places them, and the credentials that the resolver makes of them. */
import { FactStore } from '../core/fact-store.ts'
import type { SecretFact } from '../core/facts/secret.ts'
import resolver from './credentials.resolver.ts'

export type SecretDraft = Partial<SecretFact> & { readonly at: number }

/** Defaults: a Hugging Face token of ten bytes in `a.yaml`, by the Compose reader, under the key `HF_TOKEN`. */
export function storeOf(drafts: readonly SecretDraft[]): FactStore {
  const store = new FactStore()
  for (const { at, ...draft } of drafts) {
    const { target = 't', analyzer = 'compose', layer, ...fields } = draft
    const path = fields.path ?? 'a.yaml'
    const fact = {
      kind: 'secret',
      subject: `s@${path}`,
      confidence: 'high',
      path,
      span: { start: at, end: at + 10 },
      secret: 'hugging-face-token',
      label: 'Hugging Face access token',
      grade: 'shaped',
      carrier: 'environment',
      preview: 'hf_a…',
      hash: 'h1',
      ...fields,
    } as const
    store.place(fact, { target, analyzer, layer })
  }
  resolver.resolve(
    store,
    {
      fact: (fact, from) => store.place(fact, { ...from, analyzer: 'credentials' }),
      skipped() {},
    } as Parameters<typeof resolver.resolve>[1],
    { profiles: [] },
  )
  return store
}
