import { type Bar, type Group, MEGABYTE } from './benchmark.ts'
import type { Series } from './measure.ts'
import { type Measure, median, pairedRatio, valuesOf } from './statistics.ts'

/** A group as lines of text: minimum and median of the wall and of CPU time, peak memory, multiples of the base. */
export function groupTable(group: Group): string[] {
  const base = group.series.find(({ name }) => name === group.base)
  const columns = [
    column('', (series) => series.name, 'left'),
    column('wall min', (series) => milliseconds(least(series, 'wallMs'))),
    column('median', (series) => milliseconds(middle(series, 'wallMs'))),
    column('CPU min', (series) => milliseconds(least(series, 'cpuMs'))),
    column('median', (series) => milliseconds(middle(series, 'cpuMs'))),
    column('peak RSS', (series) => megabytes(most(series, 'peakRss'))),
    ...(base === undefined
      ? []
      : [
          column('wall ×', (series) => times(pairedRatio(series, base, 'wallMs'))),
          column('CPU ×', (series) => times(pairedRatio(series, base, 'cpuMs'))),
        ]),
    ...(group.megabytes === undefined
      ? []
      : [column('MB/s', (series) => ((group.megabytes! * 1000) / middle(series, 'wallMs')!).toFixed(1))]),
  ]
  const rows = [
    columns.map(({ head }) => head),
    ...group.series.map((series) => columns.map(({ cell }) => cell(series))),
  ]
  const shown = columns.map((_, index) => rows.slice(1).some((row) => row[index] !== NOT_MEASURED))
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)))
  return [
    group.title,
    ...rows.map((row) =>
      `  ${row
        .map((cell, index) =>
          columns[index]!.align === 'left' ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!),
        )
        .filter((_, index) => shown[index])
        .join('  ')}`.trimEnd(),
    ),
  ]
}

export function barLine({ what, atMost, unit, measured }: Bar): string {
  if (measured === null) return `  not measured  ${what}: at most ${amount(atMost, unit)}`
  return `  ${measured <= atMost ? 'met   ' : 'MISSED'}  ${what}: ${amount(measured, unit)}, at most ${amount(atMost, unit)}`
}

const NOT_MEASURED = '–'

interface Column {
  readonly head: string
  readonly cell: (series: Series) => string
  readonly align: 'left' | 'right'
}

function column(head: string, cell: (series: Series) => string, align: Column['align'] = 'right'): Column {
  return { head, cell, align }
}

function least(series: Series, measure: Measure): number | undefined {
  const values = valuesOf(series, measure)
  return values === undefined ? undefined : Math.min(...values)
}

function middle(series: Series, measure: Measure): number | undefined {
  const values = valuesOf(series, measure)
  return values === undefined ? undefined : median(values)
}

function most(series: Series, measure: Measure): number | undefined {
  const values = valuesOf(series, measure)
  return values === undefined ? undefined : Math.max(...values)
}

function milliseconds(value: number | undefined): string {
  if (value === undefined) return NOT_MEASURED
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`
}

function megabytes(value: number | undefined): string {
  return value === undefined ? NOT_MEASURED : `${(value / MEGABYTE).toFixed(1)} MB`
}

function times(value: number | undefined): string {
  if (value === undefined) return NOT_MEASURED
  return value < 0.1 ? value.toFixed(4) : value.toFixed(2)
}

function amount(value: number, unit: Bar['unit']): string {
  if (unit === '×') return `${value < 10 ? value.toFixed(3).replace(/\.?0+$/, '') : value.toFixed(0)} ×`
  return `${value.toFixed(0)} ${unit}`
}
