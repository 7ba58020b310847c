/** All Dockerfiles of real AI projects in one run, beside the scanners that people use for them. */
import { join } from 'node:path'
import { type Benchmark, memoryBar, ratioBar } from './harness/benchmark.ts'
import { copyCorpus, isDockerfile } from './harness/corpus.ts'
import { type Command, measureCommands } from './harness/measure.ts'
import { CHECKOV, HADOLINT, installPeer } from './harness/peers.ts'

const ROUNDS = 5

export const dockerfiles: Benchmark = {
  name: 'dockerfiles',
  title: 'Dockerfiles of real projects in one run, beside hadolint and checkov',
  async run({ bundled, root, scratch, say }) {
    const folder = join(scratch, 'dockerfiles')
    // Each is called `Dockerfile`, the one name that every tool knows.
    const corpus = copyCorpus(root, folder, isDockerfile, (_, index) => `${index}/Dockerfile`)
    const notes = [
      `Input: ${corpus.what}.`,
      'Bulkhead runs with all its defaults, so it also searches for credentials and writes fixes; the peers read Dockerfiles only.',
    ]
    const peers: Command[] = []
    for (const [peer, args] of [
      [HADOLINT, corpus.files],
      [CHECKOV, ['-d', folder, '--framework', 'dockerfile', '--compact', '--quiet', '--skip-download']],
    ] as const) {
      const installed = installPeer(peer, say)
      const name = `${peer.program} ${peer.version}`
      if ('missing' in installed) {
        say(installed.missing)
        notes.push(`Without ${name}: it could not be installed.`)
      } else peers.push({ name, program: installed.program, args, exitCodes: [0, 1] })
    }
    const commands = [bundled().command('bulkhead', ['scan', folder], [0, 1]), ...peers]
    const series = await measureCommands(commands, { rounds: ROUNDS })
    const ours = series[0]!
    const of = (program: string) => series.find(({ name }) => name.startsWith(program))
    return {
      groups: [{ title: `${corpus.files.length} Dockerfiles`, series, base: 'bulkhead' }],
      bars: [
        ratioBar('CPU beside hadolint', ours, of('hadolint'), 'cpuMs', 1 / 5),
        ratioBar('CPU beside checkov', ours, of('checkov'), 'cpuMs', 1 / 8),
        memoryBar('peak RSS of the process tree', ours, 150),
      ],
      notes,
    }
  },
}
