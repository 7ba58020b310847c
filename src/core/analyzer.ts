/**
 * An analyzer sees one file of one layer and says what is there. It never judges, and never looks at a second file:
 * what needs several is a resolver.
 */
import type { FactKind, FactOf, NewFact, View } from './fact.ts'
import type { TextOrigin } from './secret.ts'
import type { Area } from './severity.ts'
import type { SourceText } from './span.ts'

export interface Selector {
  /** Exact base names, lower case. */
  readonly names?: readonly string[]
  /** Base-name patterns with `*` for anything, lower case: `dockerfile.*`. */
  readonly patterns?: readonly string[]
  /** Ends of the base name, lower case, with the dot: `.yaml`. */
  readonly suffixes?: readonly string[]
  /** Ends of the path, lower case: `/.docker/config.json`. */
  readonly paths?: readonly string[]
  /** Bytes at an offset of the file's head. */
  readonly magic?: readonly { readonly at: number; readonly bytes: readonly number[] }[]
  readonly minSize?: number
}

interface AnalyzerBase {
  readonly id: string
  readonly selects: Selector
  readonly area: Area
  readonly emits: readonly FactKind[]
}

/** What it is given: the first 4 KiB, the decoded text, all bytes, or chunks as they come. */
export type Analyzer =
  | (AnalyzerBase & { readonly reads: 'head'; analyze(file: HeadFile, emit: Emit): void })
  | (AnalyzerBase & { readonly reads: 'text'; analyze(file: TextFile, emit: Emit): void })
  | (AnalyzerBase & { readonly reads: 'bytes'; analyze(file: BytesFile, emit: Emit): void })
  | (AnalyzerBase & { readonly reads: 'stream'; analyze(file: StreamFile, emit: Emit): Promise<void> })

export interface FileHead {
  /** Relative to the target, `/`-separated. */
  readonly path: string
  /** Last part of the path. */
  readonly name: string
  readonly size: number
  readonly mode: number
  /** True where the user named this very file as the target. */
  readonly named: boolean
}
export interface HeadFile extends FileHead {
  readonly head: Uint8Array
}
export interface TextFile extends FileHead {
  readonly source: SourceText
}
export interface BytesFile extends FileHead {
  readonly bytes: Uint8Array
}
export interface StreamFile extends FileHead {
  chunks(): AsyncIterable<Uint8Array>
}

export interface Emit {
  fact(fact: NewFact): void
  /**
   * Hands a decoded string to `secrets/` and gives it back masked, of the same length. Every string that goes into a
   * fact passes here.
   */
  text(text: string, origin: Omit<TextOrigin, 'path'>): string
  /** A part of the file that could not be looked at. Makes the area `partly`. */
  skipped(code: string, why: string): void
  /**
   * Another file of this layer that this one names (`env_file`, `include`, `dockerfile`): it is read too, whatever its
   * name and even where git ignores it, by the analyzer with this id. Relative to the target's root; what lies outside
   * of it is said in coverage.
   */
  refersTo(path: string, analyzer: string): void
}

export function defineAnalyzer<const A extends Analyzer>(analyzer: A): A {
  return analyzer
}

/** Facts → facts, pure, over the whole run: what needs several files, layers or targets. */
export interface Resolver {
  readonly id: string
  readonly reads: readonly FactKind[]
  readonly emits: readonly FactKind[]
  resolve(view: View, emit: ResolverEmit, options: ResolverOptions): void
}

export interface ResolverEmit {
  /** `from` gives target and layer. */
  fact(fact: NewFact, from: { readonly target: string; readonly layer?: string }): FactOf<FactKind>
  skipped(
    code: string,
    what: string,
    why: string,
    from: { readonly target: string; readonly area: Area; readonly required?: boolean },
  ): void
}

export interface ResolverOptions {
  /** Dockerfile stage to ship; default: the last. */
  readonly stage?: string
  readonly profiles: readonly string[]
}

export function defineResolver(resolver: Resolver): Resolver {
  return resolver
}

/** Facts + dated knowledge → facts, pure; runs again on stored facts when the knowledge changes. */
export interface Matcher {
  readonly id: string
  readonly reads: readonly FactKind[]
  readonly emits: readonly FactKind[]
  readonly knowledge: readonly string[]
  match(view: View, knowledge: Knowledge, emit: ResolverEmit): void
}

/** Dated data with sources, by id. */
export interface Knowledge {
  readonly sources: readonly { readonly id: string; readonly date: string }[]
  get(id: string): unknown
}

/** A passing-data subscriber: sees every decoded string of a run, bounded, and keeps nothing that is secret. */
export interface TextSubscriber {
  readonly id: string
  text(text: string, origin: TextOrigin): void
}
