/** What every use of the tool pays before it does anything. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Benchmark, type Group, ratioBar, seriesNamed } from './harness/benchmark.ts'
import { type Command, measureCommands } from './harness/measure.ts'
import type { Tool } from './harness/tool.ts'

const ROUNDS = 11
const LAUNCHES = 5

export const startup: Benchmark = {
  name: 'startup',
  title: 'Start of the command line, beside a Node that runs nothing',
  async run({ bundled, fromSources, scratch }) {
    const empty = join(scratch, 'empty')
    mkdirSync(empty)
    const groups: Group[] = []
    for (const [title, tool] of [['bundle', bundled()] as const, ['sources', fromSources()] as const]) {
      const series = await measureCommands([bareNode(), ...commandsOf(tool, empty)], {
        rounds: ROUNDS,
        launches: LAUNCHES,
        memory: false,
      })
      groups.push({ title: `start of the ${title}`, series, base: 'node -e 0' })
    }
    const [bundle, sources] = groups as [Group, Group]
    const bar = (what: string, group: Group) =>
      ratioBar(what, seriesNamed(group, '--version'), seriesNamed(group, 'node -e 0'), 'wallMs', 2)
    return {
      groups,
      bars: [bar('bundle: --version, wall beside node -e 0', bundle), bar('sources: the same', sources)],
      notes: [`A figure is the mean of ${LAUNCHES} launches in a row; the compile cache is warm.`],
    }
  },
}

/** Node alone, as a measure of what no program that needs it can save. */
export function bareNode(): Command {
  return { name: 'node -e 0', program: process.execPath, args: ['-e', '0'], exitCodes: [0] }
}

function commandsOf(tool: Tool, empty: string): Command[] {
  return [
    tool.command('--version', ['--version'], [0]),
    tool.command('--help', ['--help'], [0]),
    // Exit code 4: there was nothing to scan.
    tool.command('scan of an empty folder', ['scan', empty], [4]),
  ]
}
