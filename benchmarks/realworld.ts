/** Everything at once: Dockerfiles, Compose files and Kubernetes manifests of real AI projects. No peer reads them all. */
import { join } from 'node:path'
import { type Benchmark, memoryBar } from './harness/benchmark.ts'
import { copyCorpus } from './harness/corpus.ts'
import { measureCommands } from './harness/measure.ts'

const ROUNDS = 7

export const realworld: Benchmark = {
  name: 'realworld',
  title: 'All container files of real projects in one run',
  async run({ bundled, root, scratch }) {
    const folder = join(scratch, 'projects')
    const corpus = copyCorpus(
      root,
      folder,
      () => true,
      (path) => path,
    )
    const tool = bundled()
    const commands = [
      tool.command('bulkhead', ['scan', folder], [0, 1]),
      tool.command('bulkhead, every report', ['scan', folder, ...everyReport(scratch)], [0, 1]),
    ]
    const series = await measureCommands(commands, { rounds: ROUNDS })
    return {
      groups: [{ title: `${corpus.files.length} files`, series }],
      bars: series.map((one) => memoryBar(`${one.name}: peak RSS of the process tree`, one, 150)),
      notes: [`Input: ${corpus.what}.`],
    }
  },
}

function everyReport(folder: string): string[] {
  return ['json', 'sarif', 'html', 'markdown', 'junit'].flatMap((format) => [
    '--out',
    `${format}=${join(folder, `report.${format}`)}`,
  ])
}
