/** What a benchmark is, and what it leaves behind in `benchmarks/results/`. */
import type { Series } from './measure.ts'
import { type Measure, median, pairedRatio, valuesOf } from './statistics.ts'
import type { Tool } from './tool.ts'

export interface Benchmark {
  readonly name: string
  /** What is measured, in one line. */
  readonly title: string
  run(context: BenchmarkContext): Promise<Outcome>
}

export interface BenchmarkContext {
  /** An empty folder of this benchmark's own; it is removed afterwards. */
  readonly scratch: string
  readonly root: string
  /** The tool as users get it: launcher and bundle in a folder apart from the sources. */
  bundled(): Tool
  /** The launcher running the sources, as in a checkout before its first build. */
  fromSources(): Tool
  /** Tells the reader that something is left out, or takes a while. */
  say(line: string): void
}

export interface Outcome {
  readonly groups: readonly Group[]
  readonly bars: readonly Bar[]
  /** What a reader must know to understand the figures: what was left out, which input it was. */
  readonly notes: readonly string[]
}

/** Series that took turns, and so may be compared. */
export interface Group {
  readonly title: string
  readonly series: readonly Series[]
  /** The series that the others are shown as multiples of. */
  readonly base?: string
  /** Size of the input, MB: a throughput is shown. */
  readonly megabytes?: number
}

export interface Bar {
  readonly what: string
  readonly atMost: number
  readonly unit: '×' | 'ms' | 'MB'
  /** `null`: could not be measured here. */
  readonly measured: number | null
}

/** The share of another's cost, paired by round. */
export function ratioBar(what: string, one: Series, other: Series | undefined, measure: Measure, atMost: number): Bar {
  const measured = other === undefined ? undefined : pairedRatio(one, other, measure)
  return { what, atMost, unit: '×', measured: measured ?? null }
}

/** The quickest round: the one that other work on the machine disturbed least. */
export function wallBar(what: string, series: Series, atMostMs: number): Bar {
  const values = valuesOf(series, 'wallMs')
  return { what, atMost: atMostMs, unit: 'ms', measured: values === undefined ? null : Math.min(...values) }
}

/** The largest round: memory is a promise for all of them. */
export function memoryBar(what: string, series: Series, atMostMegabytes: number): Bar {
  const values = valuesOf(series, 'peakRss')
  const measured = values === undefined ? null : Math.max(...values) / MEGABYTE
  return { what, atMost: atMostMegabytes, unit: 'MB', measured }
}

export const MEGABYTE = 1_000_000

export function seriesNamed(group: Group, name: string): Series {
  const found = group.series.find((series) => series.name === name)
  if (found === undefined) throw new Error(`no series is named ${name}`)
  return found
}

export function medianOf(series: Series, measure: Measure): number | undefined {
  const values = valuesOf(series, measure)
  return values === undefined ? undefined : median(values)
}
