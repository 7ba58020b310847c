/**
 * Runs benchmarks and keeps their figures: `npm run bench`, or `npm run bench -- NAME…`. A bar that is missed is shown
 * and fails nothing: whether the machine was idle is for the reader to know. A benchmark that cannot run does fail.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { compose } from './compose.ts'
import { dockerfiles } from './dockerfiles.ts'
import { goat } from './goat.ts'
import type { Benchmark, BenchmarkContext } from './harness/benchmark.ts'
import { type Machine, thisMachine, writeResult } from './harness/results.ts'
import { barLine, groupTable } from './harness/table.ts'
import { bundledTool, sourceTool, type Tool } from './harness/tool.ts'
import { manyFiles } from './many-files.ts'
import { realworld } from './realworld.ts'
import { secrets } from './secrets.ts'
import { startup } from './startup.ts'
import { wideYaml } from './wide-yaml.ts'

const BENCHMARKS: readonly Benchmark[] = [startup, goat, dockerfiles, compose, realworld, manyFiles, wideYaml, secrets]
const root = dirname(import.meta.dirname)

await main(process.argv.slice(2))

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name))
  if (unknown.length > 0) {
    process.stderr.write(`no benchmark is named ${unknown.join(', ')}; there are:\n`)
    for (const { name, title } of BENCHMARKS) process.stderr.write(`  ${name.padEnd(12)} ${title}\n`)
    process.exitCode = 2
    return
  }
  const chosen = names.length === 0 ? BENCHMARKS : BENCHMARKS.filter(({ name }) => names.includes(name))
  const machine = thisMachine()
  const { system, cores, processor, memoryGb, node, load } = machine
  print(`${system}, ${cores} cores (${processor}), ${memoryGb} GB, Node ${node}; load ${load}`)
  const scratch = mkdtempSync(join(tmpdir(), 'bulkhead-benchmark-'))
  process.once('SIGINT', () => {
    rmSync(scratch, { recursive: true, force: true })
    process.exit(130)
  })
  try {
    const tools = toolsIn(scratch)
    for (const benchmark of chosen) await runOne(benchmark, tools, scratch, machine)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function runOne(benchmark: Benchmark, tools: Tools, scratch: string, machine: Machine): Promise<void> {
  print(`\n# ${benchmark.name}: ${benchmark.title}`)
  const own = join(scratch, benchmark.name)
  mkdirSync(own)
  try {
    const say = (line: string) => void process.stderr.write(`  (${line})\n`)
    const outcome = await benchmark.run({ ...tools, scratch: own, root, say })
    for (const group of outcome.groups) for (const line of groupTable(group)) print(line)
    for (const bar of outcome.bars) print(barLine(bar))
    for (const note of outcome.notes) print(`  ${note}`)
    writeResult(root, benchmark, outcome, machine, new Date().toISOString().slice(0, 10))
  } catch (error) {
    process.stderr.write(`${benchmark.name} could not be measured: ${error instanceof Error ? error.stack : error}\n`)
    process.exitCode = 1
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

type Tools = Pick<BenchmarkContext, 'bundled' | 'fromSources'>

/** Built and placed when first wanted, and then the same for all benchmarks of the run. */
function toolsIn(scratch: string): Tools {
  let bundle: Tool | undefined
  let sources: Tool | undefined
  return {
    bundled: () => (bundle ??= bundledTool(root, join(scratch, 'bundle'))),
    fromSources: () => (sources ??= sourceTool(root, join(scratch, 'sources'))),
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
