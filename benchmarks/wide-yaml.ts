/** Our YAML reader on maps that are hostile in their width, beside the `yaml` package's own, which is quadratic there. */
import { parseDocument } from 'yaml'
import { SourceText } from '../src/core/span.ts'
import { readYaml } from '../src/formats/yaml/read.ts'
import { type Benchmark, type Group, MEGABYTE, medianOf, ratioBar, seriesNamed } from './harness/benchmark.ts'
import { type Contender, takeTurns, timeHere } from './harness/measure.ts'

const ROUNDS = 5
const WIDTHS = [2_000, 20_000, 100_000] as const
/** Above it, the quadratic one takes minutes. */
const WIDEST_FOR_NAIVE = 20_000

export const wideYaml: Benchmark = {
  name: 'wide-yaml',
  title: 'A YAML map with 20,000 keys, beside the naive twin',
  async run() {
    const groups: Group[] = []
    for (const width of WIDTHS) {
      const text = wideMap(width)
      verify(text, width)
      const contenders: Contender[] = [
        { name: 'readYaml', run: () => timeHere(() => readYaml(SourceText.of(text), { version: '1.2' })) },
        {
          name: 'parseDocument, duplicate keys allowed',
          run: () => timeHere(() => parseDocument(text, { uniqueKeys: false })),
        },
      ]
      if (width <= WIDEST_FOR_NAIVE)
        contenders.push({ name: 'parseDocument', run: () => timeHere(() => parseDocument(text)) })
      groups.push({
        title: `${width.toLocaleString('en')} keys`,
        series: await takeTurns(contenders, ROUNDS, { warmUp: true }),
        base: 'readYaml',
        megabytes: text.length / MEGABYTE,
      })
    }
    const [narrow, wide] = groups as [Group, Group, Group]
    const ours = seriesNamed(wide, 'readYaml')
    return {
      groups,
      bars: [
        ratioBar('20,000 keys: CPU beside parseDocument', ours, seriesNamed(wide, 'parseDocument'), 'cpuMs', 1 / 5),
        {
          what: 'ten times the keys, as a multiple of the CPU time (10 is linear)',
          atMost: 20,
          unit: '×',
          measured: medianOf(ours, 'cpuMs')! / medianOf(seriesNamed(narrow, 'readYaml'), 'cpuMs')!,
        },
      ],
      notes: [
        'Our reader also resolves types as Compose does, finds duplicate keys and gives every node its byte span.',
      ],
    }
  },
}

function wideMap(width: number): string {
  return Array.from({ length: width }, (_, index) => `SETTING_${index}: "value ${index}" # note ${index}\n`).join('')
}

/** A reader that gave up early would win. */
function verify(text: string, width: number): void {
  const { documents, problems } = readYaml(SourceText.of(text), { version: '1.2' })
  const map = documents[0]
  if (problems.length > 0 || map?.type !== 'map' || map.entries.length !== width) {
    throw new Error(`readYaml did not read all ${width} keys`)
  }
}
