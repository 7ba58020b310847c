/** Keeps the account of what was looked at while a scan runs, and closes it into a {@link Coverage}. */
import type { Analyzer } from './analyzer.ts'
import type { AnalyzerCoverage, AreaCoverage, Coverage, Skipped } from './coverage.ts'
import { compareText } from './fact-store.ts'
import { AREAS, type Area } from './severity.ts'

/** What reading one layer added: replayed when the layer's facts come from the cache. */
export interface CoverageRecord {
  seen: number
  read: number
  skipped: { skip: Skipped; analyzer?: string }[]
  analyzed: { analyzer: string; path: string; message?: string; stack?: string }[]
}

const MAX_ERRORS = 100

export class CoverageLedger {
  readonly #areaOf = new Map<string, Area>()
  readonly #files = new Map<string, number>()
  readonly #errors = new Map<string, { path: string; message: string; stack?: string }[]>()
  readonly #skipped = new Map<string, Skipped>()
  readonly #partly = new Set<Area>()
  readonly #named = new Set<string>()
  readonly #touched = new Set<Area>()
  #seen = 0
  #read = 0

  constructor(analyzers: readonly Analyzer[]) {
    for (const { id, area } of analyzers) this.#areaOf.set(id, area)
  }

  record(): CoverageRecord {
    return { seen: 0, read: 0, skipped: [], analyzed: [] }
  }

  replay(record: CoverageRecord, target: string): void {
    this.#seen += record.seen
    this.#read += record.read
    for (const { skip, analyzer } of record.skipped) this.skip({ ...skip, target }, undefined, analyzer)
    for (const { analyzer, path, message, stack } of record.analyzed) this.#analyzed(analyzer, path, message, stack)
  }

  sawFile(record: CoverageRecord): void {
    this.#seen++
    record.seen++
  }

  readFile(record: CoverageRecord): void {
    this.#read++
    record.read++
  }

  /** The user named this very file: that it cannot be looked at makes the scan incomplete. */
  named(target: string, path: string): void {
    this.#named.add(`${target}\n${path}`)
  }

  skip(given: Skipped, record?: CoverageRecord, analyzer?: string): void {
    const isNamed = this.#named.has(`${given.target ?? ''}\n${given.what}`)
    const skip = isNamed ? { ...given, required: true } : given
    record?.skipped.push(analyzer === undefined ? { skip } : { skip, analyzer })
    const key = `${skip.code}\n${skip.what}\n${skip.why}\n${skip.target ?? ''}`
    const known = this.#skipped.get(key)
    this.#skipped.set(
      key,
      known === undefined
        ? skip
        : { ...known, count: known.count + skip.count, required: known.required || skip.required },
    )
    const area = analyzer === undefined ? undefined : this.#areaOf.get(analyzer)
    if (area !== undefined) {
      this.#partly.add(area)
      this.#touched.add(area)
    }
  }

  analyzed(analyzer: string, path: string, error: unknown, record: CoverageRecord): void {
    const told = error === undefined ? undefined : tell(error)
    record.analyzed.push({ analyzer, path, ...told })
    this.#analyzed(analyzer, path, told?.message, told?.stack)
  }

  partly(area: Area): void {
    this.#partly.add(area)
    this.#touched.add(area)
  }

  /** Runs a step of the engine; its failure is recorded as that of the named part and ends nothing else. */
  guard(id: string, path: string, step: () => void): void {
    try {
      step()
    } catch (error) {
      const { message, stack } = tell(error)
      this.#addError(id, path, message, stack)
    }
  }

  close(options: {
    readonly only: ReadonlySet<Area>
    readonly suppressed: Coverage['suppressed']
    readonly knowledge: Coverage['knowledge']
  }): Coverage {
    const areas = Object.fromEntries(AREAS.map((area) => [area, this.#areaCoverage(area, options.only)])) as Record<
      Area,
      AreaCoverage
    >
    return {
      areas,
      skipped: [...this.#skipped.values()].sort(
        (one, other) => compareText(one.code, other.code) || compareText(one.what, other.what),
      ),
      analyzers: this.#analyzerCoverage(),
      knowledge: options.knowledge,
      suppressed: options.suppressed,
      files: { seen: this.#seen, read: this.#read },
    }
  }

  #areaCoverage(area: Area, only: ReadonlySet<Area>): AreaCoverage {
    const served = [...this.#areaOf.values()].includes(area)
    if (!served || !only.has(area)) return 'not-checked'
    if (this.#partly.has(area)) return 'partly'
    return this.#touched.has(area) ? 'checked' : 'not-applicable'
  }

  #analyzerCoverage(): AnalyzerCoverage[] {
    const ids = new Set([...this.#areaOf.keys(), ...this.#errors.keys()])
    return [...ids]
      .sort(compareText)
      .map((id) => {
        const files = this.#files.get(id) ?? 0
        const errors = this.#errors.get(id) ?? []
        const failed = errors.length > 0 && (files === 0 || !this.#areaOf.has(id))
        return { id, status: failed ? 'failed' : errors.length > 0 ? 'partly' : 'ok', files, errors } as const
      })
      .filter(({ files, errors }) => files > 0 || errors.length > 0)
  }

  #analyzed(analyzer: string, path: string, message: string | undefined, stack: string | undefined): void {
    const area = this.#areaOf.get(analyzer)
    if (area !== undefined) this.#touched.add(area)
    if (message === undefined) {
      this.#files.set(analyzer, (this.#files.get(analyzer) ?? 0) + 1)
      return
    }
    this.#addError(analyzer, path, message, stack)
    if (area !== undefined) this.#partly.add(area)
  }

  #addError(id: string, path: string, message: string, stack: string | undefined): void {
    const errors = this.#errors.get(id) ?? []
    this.#errors.set(id, errors)
    if (errors.length < MAX_ERRORS) errors.push({ path, message, ...(stack === undefined ? {} : { stack }) })
  }
}

function tell(error: unknown): { message: string; stack?: string } {
  if (!(error instanceof Error)) return { message: String(error) }
  return error.stack === undefined ? { message: error.message } : { message: error.message, stack: error.stack }
}
