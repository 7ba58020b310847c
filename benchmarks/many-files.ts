/** A tree of files that are none of our business: all that is measured is the walk. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Benchmark, type Group, MEGABYTE, medianOf, ratioBar, seriesNamed } from './harness/benchmark.ts'
import { type Command, measureCommands } from './harness/measure.ts'
import { bareNode } from './startup.ts'

const ROUNDS = 7
const SIZES = [10_000, 100_000] as const
const COUNTED = 'find -type f | wc -l'
/** CPU time is counted in 10 ms, and `find` needs few of them. */
const LAUNCHES = 3
/** More memory for ten times the files than this is not flat. */
const FLAT_MB = 15

export const manyFiles: Benchmark = {
  name: 'many-files',
  title: 'A folder of 100,000 small files of no interest, beside find',
  async run({ bundled, scratch, say }) {
    const tool = bundled()
    const groups: Group[] = []
    for (const size of SIZES) {
      const folder = join(scratch, String(size))
      say(`writing ${size.toLocaleString('en')} files`)
      writeTree(folder, size)
      const commands: Command[] = [
        { name: COUNTED, program: 'sh', args: ['-c', 'find "$0" -type f | wc -l', folder], exitCodes: [0] },
        { name: 'find -type f', program: 'find', args: [folder, '-type', 'f'], exitCodes: [0] },
        // Exit code 4: there was nothing to scan.
        tool.command('bulkhead', ['scan', folder], [0, 4]),
        nodeWalk(folder),
        bareNode(),
      ]
      const series = await measureCommands(commands, { rounds: ROUNDS, launches: LAUNCHES })
      groups.push({ title: `${size.toLocaleString('en')} files`, series, base: COUNTED })
    }
    const [few, many] = groups as [Group, Group]
    const find = seriesNamed(many, COUNTED)
    const ours = seriesNamed(many, 'bulkhead')
    const before = medianOf(seriesNamed(few, 'bulkhead'), 'peakRss')
    const after = medianOf(ours, 'peakRss')
    return {
      groups,
      bars: [
        ratioBar('100,000 files: wall beside find', ours, find, 'wallMs', 2),
        ratioBar('100,000 files: CPU beside find', ours, find, 'cpuMs', 2),
        {
          what: 'peak RSS added by 90,000 more files',
          atMost: FLAT_MB,
          unit: 'MB',
          measured: before === undefined || after === undefined ? null : (after - before) / MEGABYTE,
        },
      ],
      notes: [
        `A figure is the mean of ${LAUNCHES} launches in a row; the first is preceded by one that fills the file system’s cache.`,
        'Nothing is subtracted for the start of Node; it is listed beside.',
        '“bare walk” is the least that Node can do: it lists every folder with its entries’ types, and does nothing else.',
      ],
    }
  },
}

function nodeWalk(folder: string): Command {
  const program = `
    const { readdirSync } = require('node:fs')
    const folders = [process.argv[1]]
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) folders.push(folder + '/' + entry.name)`
  return { name: 'bare walk in Node', program: process.execPath, args: ['-e', program, folder], exitCodes: [0] }
}

const SUFFIXES = ['png', 'jpg', 'wav', 'npy', 'arrow', 'idx', 'bin', 'o'] as const
const FILES_IN_A_FOLDER = 100
const FOLDERS_IN_A_FOLDER = 10

/** Three levels of folders, a hundred files in each of the innermost: like a data set. */
function writeTree(root: string, count: number): void {
  for (let written = 0; written < count; written += FILES_IN_A_FOLDER) {
    const number = written / FILES_IN_A_FOLDER
    const parts = [number / FOLDERS_IN_A_FOLDER ** 2, number / FOLDERS_IN_A_FOLDER, number]
    const folder = join(root, ...parts.map((part, depth) => `${'abc'[depth]}${Math.floor(part) % FOLDERS_IN_A_FOLDER}`))
    mkdirSync(folder, { recursive: true })
    for (let file = 0; file < FILES_IN_A_FOLDER; file++) {
      writeFileSync(join(folder, `sample-${written + file}.${SUFFIXES[file % SUFFIXES.length]}`), 'sample')
    }
  }
  if (readdirSync(root).length === 0) throw new Error('no file was written')
}
