import type { Sample, Series } from './measure.ts'

export type Measure = keyof Sample

/** `undefined` where this machine cannot measure it. */
export function valuesOf(series: Series, measure: Measure): readonly number[] | undefined {
  const values = series.samples.flatMap((sample) => sample[measure] ?? [])
  return values.length === 0 || values.length < series.samples.length ? undefined : values
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Median over the rounds of one contender's cost as a share of the other's in the same round. */
export function pairedRatio(one: Series, other: Series, measure: Measure): number | undefined {
  const ours = valuesOf(one, measure)
  const theirs = valuesOf(other, measure)
  if (ours === undefined || theirs === undefined) return undefined
  return median(ours.map((value, round) => value / theirs[round]!))
}
