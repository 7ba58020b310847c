/**
 * From targets to facts: walks each layer once, hands every file to the analyzers that want it, then runs resolvers
 * and matchers. One bad file costs that analyzer's facts of that file, is said in coverage, and nothing else.
 */

import { analyzeFile, type FileOutcome } from './analyze-file.ts'
import type { Analyzer, Knowledge, Matcher, Resolver, TextSubscriber } from './analyzer.ts'
import { type LayerCache, layerCacheKey } from './cache.ts'
import type { Config } from './config.ts'
import { CoverageLedger } from './coverage-ledger.ts'
import type { NewFact } from './fact.ts'
import { compareFacts, FactStore, type LayerFact } from './fact-store.ts'
import type { SecretScanner } from './secret.ts'
import { Selection } from './selection.ts'
import type { Layer, LayerFile, Target } from './target.ts'

export interface GatherOptions {
  readonly analyzers: readonly Analyzer[]
  /** Hash of the code and tables that each analyzer reaches, by its id: part of a layer's cache key. */
  readonly analyzerVersions: Readonly<Record<string, string>>
  readonly resolvers: readonly Resolver[]
  readonly matchers: readonly Matcher[]
  readonly knowledge: Knowledge
  readonly secrets: SecretScanner
  readonly config: Config
  readonly cache?: LayerCache
  readonly subscribers?: readonly TextSubscriber[]
  /** Milliseconds from some start: only for the time limit. */
  readonly clock: () => number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly files: number; readonly path: string }) => void
}

export interface Gathered {
  readonly facts: FactStore
  readonly coverage: CoverageLedger
}

export async function gather(targets: readonly Target[], options: GatherOptions): Promise<Gathered> {
  const facts = new FactStore()
  const coverage = new CoverageLedger(options.analyzers)
  const selection = new Selection(options.analyzers)
  const deadline = options.clock() + options.config.limits.time
  for (const target of targets) {
    for (const layer of target.layers) {
      const layerFacts = await factsOfLayer(target, layer, selection, coverage, deadline, options)
      for (const { analyzer, fact } of layerFacts) {
        facts.place(fact, { target: target.id, layer: layer.id, analyzer })
      }
    }
  }
  for (const resolver of inOrder(options.resolvers)) {
    coverage.guard(`resolver:${resolver.id}`, '', () =>
      resolver.resolve(facts, resolverEmit(resolver.id, facts, coverage), {
        profiles: options.config.profiles,
        ...(options.config.stage === undefined ? {} : { stage: options.config.stage }),
      }),
    )
  }
  for (const matcher of inOrder(options.matchers)) {
    coverage.guard(`matcher:${matcher.id}`, '', () =>
      matcher.match(facts, options.knowledge, resolverEmit(matcher.id, facts, coverage)),
    )
  }
  return { facts, coverage }
}

async function factsOfLayer(
  target: Target,
  layer: Layer,
  selection: Selection,
  coverage: CoverageLedger,
  deadline: number,
  options: GatherOptions,
): Promise<readonly LayerFact[]> {
  const key =
    options.cache === undefined || layer.cacheKey === undefined
      ? undefined
      : layerCacheKey(layer.cacheKey, options.analyzerVersions, options.secrets.version, options.config.limits)
  if (key !== undefined) {
    const cached = options.cache?.get(key)
    if (cached !== undefined) {
      coverage.replay(cached.coverage, target.id)
      return cached.facts
    }
  }
  const walk = new LayerWalk(target, layer, selection, coverage, deadline, options)
  await layer.walk(walk)
  await walk.readReferred()
  const facts = walk.facts.sort(compareFacts)
  if (key !== undefined && !walk.cutShort) options.cache?.put(key, { facts, coverage: walk.record })
  return facts
}

/** One walk over one layer: which files are read, by whom, and what came of it. */
class LayerWalk {
  readonly facts: LayerFact[] = []
  /** What the walk added to coverage, for the cache. */
  readonly record: ReturnType<CoverageLedger['record']>
  cutShort = false
  readonly #target: Target
  readonly #layer: Layer
  readonly #selection: Selection
  readonly #coverage: CoverageLedger
  readonly #deadline: number
  readonly #options: GatherOptions
  readonly #referred = new Map<string, Set<string>>()
  readonly #readBy = new Map<string, Set<string>>()
  #files = 0

  constructor(
    target: Target,
    layer: Layer,
    selection: Selection,
    coverage: CoverageLedger,
    deadline: number,
    options: GatherOptions,
  ) {
    this.#target = target
    this.#layer = layer
    this.#selection = selection
    this.#coverage = coverage
    this.#deadline = deadline
    this.#options = options
    this.record = coverage.record()
  }

  wants(path: string, name: string): boolean {
    this.#files++
    this.#coverage.sawFile(this.record)
    return this.#selection.mayWant(path, name)
  }

  async visit(file: LayerFile): Promise<void> {
    if (file.named) this.#coverage.named(this.#target.id, file.path)
    let analyzers = this.#selection.of(file.path, file.name, file.size, () => this.#headOf(file))
    if (file.named && analyzers.length === 0) {
      analyzers = this.#options.analyzers.filter((analyzer) => analyzer.reads === 'text')
    }
    if (analyzers.length > 0) await this.#read(file, analyzers)
  }

  skipped(code: string, what: string, why: string, required = false): void {
    if (code.startsWith('limit-')) this.cutShort = true
    this.#coverage.skip({ code, what, why, count: 1, required, target: this.#target.id }, this.record)
  }

  stop(): boolean {
    const { limits } = this.#options.config
    if (this.#options.signal?.aborted) return true
    if (this.#files > limits.files) {
      this.skipped('limit-files', this.#target.name, `more than ${limits.files} files (limits.files)`, true)
      return true
    }
    if ((this.#files & 1023) === 0 && this.#options.clock() > this.#deadline) {
      this.skipped('limit-time', this.#target.name, `more than ${limits.time / 1000} s (limits.time)`, true)
      return true
    }
    return false
  }

  /** Files that others named, until nothing new is named. */
  async readReferred(): Promise<void> {
    for (let round = 0; this.#referred.size > 0 && round < MAX_REFERENCE_ROUNDS; round++) {
      const wave = [...this.#referred].sort(([one], [other]) => (one < other ? -1 : 1))
      this.#referred.clear()
      for (const [path, ids] of wave) {
        const done = this.#readBy.get(path)
        const analyzers = this.#options.analyzers.filter((analyzer) => ids.has(analyzer.id) && !done?.has(analyzer.id))
        if (analyzers.length === 0) continue
        const file = this.#layer.find(path)
        if (file === 'outside') {
          this.skipped('outside-target', path, 'named by another file, but it lies outside of what was scanned')
        } else if (file !== undefined) {
          // In a folder it was seen already; of a single named file's neighbours only those that are read count.
          if (done === undefined && this.#target.kind === 'file') this.#coverage.sawFile(this.record)
          await this.#read(file, analyzers)
        }
      }
    }
  }

  async #read(file: LayerFile, analyzers: readonly Analyzer[]): Promise<void> {
    const done = this.#readBy.get(file.path) ?? new Set()
    this.#readBy.set(file.path, done)
    for (const analyzer of analyzers) done.add(analyzer.id)
    this.#options.onProgress?.({ files: this.#files, path: file.path })
    const outcome = await analyzeFile(file, analyzers, {
      limits: this.#options.config.limits,
      secrets: this.#options.secrets,
      subscribers: this.#options.subscribers ?? [],
      refersTo: (path, analyzer) => {
        const ids = this.#referred.get(path) ?? new Set()
        if (this.#referred.size < MAX_REFERENCES) this.#referred.set(path, ids.add(analyzer))
      },
    })
    this.facts.push(...outcome.facts)
    this.#account(file, outcome)
  }

  #account(file: LayerFile, outcome: FileOutcome): void {
    this.#coverage.readFile(this.record)
    for (const { analyzer, error } of outcome.analyzed) this.#coverage.analyzed(analyzer, file.path, error, this.record)
    for (const { analyzer, code, why } of outcome.skipped) {
      this.#coverage.skip(
        { code, what: file.path, why, count: 1, required: false, target: this.#target.id },
        this.record,
        analyzer,
      )
    }
  }

  #headOf(file: LayerFile): Uint8Array {
    try {
      return file.head(this.#selection.headLength)
    } catch {
      return new Uint8Array()
    }
  }
}

const MAX_REFERENCE_ROUNDS = 16
const MAX_REFERENCES = 10_000

function resolverEmit(analyzer: string, facts: FactStore, coverage: CoverageLedger) {
  return {
    fact: (fact: NewFact, from: { readonly target: string; readonly layer?: string }) =>
      facts.place(fact, { ...from, analyzer }),
    skipped: (
      code: string,
      what: string,
      why: string,
      from: { readonly target: string; readonly area: import('./severity.ts').Area; readonly required?: boolean },
    ) => {
      coverage.skip({ code, what, why, count: 1, required: from.required ?? false, target: from.target })
      coverage.partly(from.area)
    },
  }
}

/**
 * Those that emit a kind run before those that read it; equals by id. One that reads what it also emits does not wait
 * for itself.
 */
export function inOrder<T extends Pick<Resolver, 'id' | 'reads' | 'emits'>>(steps: readonly T[]): readonly T[] {
  const waiting = [...steps].sort((one, other) => (one.id < other.id ? -1 : 1))
  const ordered: T[] = []
  while (waiting.length > 0) {
    const next = waiting.findIndex((step) =>
      waiting.every((other) => other === step || !other.emits.some((kind) => step.reads.includes(kind))),
    )
    if (next === -1) throw new Error(`resolvers wait for each other: ${waiting.map((step) => step.id).join(', ')}`)
    ordered.push(...waiting.splice(next, 1))
  }
  return ordered
}
