/** All Compose files of real AI projects, beside a linter for Compose. No bar on time: it is there to be seen. */
import { join } from 'node:path'
import { type Benchmark, memoryBar } from './harness/benchmark.ts'
import { copyCorpus, isComposeFile } from './harness/corpus.ts'
import { type Command, measureCommands } from './harness/measure.ts'
import { COMPOSE_LINT, installPeer } from './harness/peers.ts'

const ROUNDS = 7

export const compose: Benchmark = {
  name: 'compose',
  title: 'Compose files of real projects in one run, beside compose-lint',
  async run({ bundled, root, scratch, say }) {
    const folder = join(scratch, 'compose')
    // They stay beside each other: overlays are judged on the file that they overlay.
    const corpus = copyCorpus(root, folder, isComposeFile, (path) => path)
    const notes = [`Input: ${corpus.what}.`]
    const commands: Command[] = [bundled().command('bulkhead', ['scan', folder], [0, 1])]
    const peer = installPeer(COMPOSE_LINT, say)
    const name = `${COMPOSE_LINT.program} ${COMPOSE_LINT.version}`
    if ('missing' in peer) {
      say(peer.missing)
      notes.push(`Without ${name}: it could not be installed.`)
    } else {
      // Exit code 2: some files are fragments that Compose itself would refuse alone.
      commands.push({ name, program: peer.program, args: ['check', ...corpus.files], exitCodes: [0, 1, 2] })
    }
    const series = await measureCommands(commands, { rounds: ROUNDS })
    return {
      groups: [{ title: `${corpus.files.length} Compose files`, series, base: 'bulkhead' }],
      bars: [memoryBar('peak RSS of the process tree', series[0]!, 150)],
      notes,
    }
  },
}
