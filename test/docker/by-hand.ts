/**
 * Thousands of random Dockerfiles against a current BuildKit, by hand: `node test/docker/by-hand.ts READER FROM-TO`.
 *
 * READER is a program that plans builds with BuildKit's own frontend (`dockerfile2llb.Dockerfile2LLB`; no engine, a
 * millisecond each). Of each line on its standard input, `{ text, target?, args, images }` with the bases' configurations
 * by name, it writes a line: `{ config }`, the planned image's, or `{ error }`.
 */
import { spawnSync } from 'node:child_process'
import { BASE_CONFIGS } from './bases.ts'
import { type Built, differencesOfImage } from './compare-image.ts'
import { CURRENT, isOfTheMachine } from './differences.ts'
import { dockerfileCase } from './dockerfiles.ts'

const [reader, range = '1-1001'] = process.argv.slice(2)
if (reader === undefined) throw new Error('usage: node test/docker/by-hand.ts READER [FROM-TO]')
const [from = 1, to = from] = range.split('-').map(Number)

const platform = { architecture: 'amd64', os: 'linux' }
const images = Object.fromEntries(Object.entries(BASE_CONFIGS).map(([name, config]) => [name, { ...platform, config }]))
const cases = Array.from({ length: to - from }, (_, index) => dockerfileCase(from + index, CURRENT))
const input = cases.map((one) => `${JSON.stringify({ ...one, images })}\n`).join('')
const { stdout } = spawnSync(reader, { input, encoding: 'utf8', maxBuffer: 2 ** 31 - 1 })
const answers = stdout.trim().split('\n')

const seen = { agree: 0, refused: 0, notComparable: 0, differ: 0 }
for (const [index, one] of cases.entries()) {
  const built = JSON.parse(answers[index] ?? '{"error":"no answer"}') as Built
  if ('error' in built && isOfTheMachine(built.error)) {
    seen.notComparable++
    continue
  }
  const differences = differencesOfImage(one, built)
  if (differences.length === 0) seen['error' in built ? 'refused' : 'agree']++
  else {
    seen.differ++
    process.stdout.write(`seed ${one.seed}: ${differences.join('\n')}\n${JSON.stringify(one)}\n${one.text}\n\n`)
  }
}
process.stdout.write(`${JSON.stringify(seen)}\n`)
process.exitCode = seen.differ === 0 ? 0 : 1
