/** Raw figures of a run, kept in the repository: what changed, and when, can be looked up. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import type { Benchmark, Outcome } from './benchmark.ts'

export interface Machine {
  readonly system: string
  readonly cores: number
  readonly processor: string
  readonly memoryGb: number
  readonly node: string
  /** Of the last minute when the run began: other work on the machine shows in it. */
  readonly load: number
}

/** Nothing that names the machine or its owner. */
export function thisMachine(): Machine {
  return {
    system: `${process.platform} ${process.arch} ${release().split('-')[0]}`,
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: Math.round(loadavg()[0]! * 100) / 100,
  }
}

export function writeResult(
  root: string,
  benchmark: Benchmark,
  outcome: Outcome,
  machine: Machine,
  date: string,
): void {
  const path = join(root, 'benchmarks', 'results', `${benchmark.name}.json`)
  mkdirSync(dirname(path), { recursive: true })
  const { name, title } = benchmark
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value)
  writeFileSync(path, `${JSON.stringify({ name, title, date, machine, ...outcome }, rounded, 2)}\n`)
  // The figures are text of the repository like any other, and formatted like it.
  spawnSync(
    process.execPath,
    [join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'format', '--write', path],
    {
      cwd: root,
    },
  )
}
