/** What a newcomer waits for: the first scan of a small project with everything in it. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Benchmark, memoryBar, seriesNamed, wallBar } from './harness/benchmark.ts'
import { measureCommands, takeTurns } from './harness/measure.ts'

const ROUNDS = 15
const FIRST_RUNS = 5

export const goat: Benchmark = {
  name: 'goat',
  title: 'A scan of examples/goat',
  async run({ bundled, fromSources, root }) {
    const target = join(root, 'examples', 'goat')
    const tool = bundled()
    const commands = [
      tool.command('bundle', ['scan', target], [1]),
      tool.command('bundle, --json', ['scan', '--json', target], [1]),
      fromSources().command('sources', ['scan', target], [1]),
    ]
    const warm = { title: 'examples/goat', series: await measureCommands(commands, { rounds: ROUNDS }) }
    const cold = {
      title: 'first scan after installing: nothing compiled yet',
      series: await takeTurns(
        [
          {
            name: 'bundle',
            run: async () => {
              rmSync(tool.cacheFolder, { recursive: true, force: true })
              const command = tool.command('bundle', ['scan', target], [1])
              return (await measureCommands([command], { rounds: 1, warmUp: false }))[0]!.samples[0]!
            },
          },
        ],
        FIRST_RUNS,
      ),
    }
    const ours = seriesNamed(warm, 'bundle')
    return {
      groups: [warm, cold],
      bars: [
        wallBar('quickest wall (the bar is for an idle machine)', ours, 400),
        memoryBar('peak RSS of the process tree', ours, 150),
      ],
      notes: [],
    }
  },
}
