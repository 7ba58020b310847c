/**
 * What we read in Dockerfiles and Compose files is what the tools that run them read: random files, built by a Docker
 * engine and canonised by docker-compose. `FROM-TO` in DOCKER_SEEDS and COMPOSE_SEEDS runs more of them by hand.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { parseUser } from '../src/manifests/dockerfile/users.ts'
import { differencesOfImage } from './docker/compare-image.ts'
import { differencesOfProject } from './docker/compare-project.ts'
import { composed, composeReason } from './docker/compose.ts'
import { projectCase } from './docker/compose-projects.ts'
import { EVERY_ENGINE, isOfTheMachine } from './docker/differences.ts'
import { type BuildCase, dockerfileCase } from './docker/dockerfiles.ts'
import { type Engine, startEngine } from './docker/engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-compose-'))
let engine: Engine | undefined

after(async () => {
  rmSync(folder, { recursive: true, force: true })
  await engine?.stop()
})

test('images are built as we read their Dockerfiles', { timeout: 600_000 }, async (t) => {
  const started = await startEngine()
  if ('reason' in started) return without(t, `Docker engine could not be started: ${started.reason}`)
  engine = started
  t.diagnostic(`Docker ${engine.version}`)
  const told: string[] = []
  const seen = { built: 0, refused: 0, notComparable: 0 }
  await eachSeed(process.env.DOCKER_SEEDS ?? '1-121', async (seed) => {
    const one = dockerfileCase(seed, EVERY_ENGINE)
    const built = await started.build(one)
    if ('error' in built && isOfTheMachine(built.error)) seen.notComparable++
    else if ('error' in built) seen.refused++
    else seen.built++
    if ('error' in built && isOfTheMachine(built.error)) return
    told.push(...differencesOfImage(one, built).map((difference) => `${difference}\n${shown(one)}`))
  })
  t.diagnostic(JSON.stringify(seen))
  assert.deepEqual(told, [])
  assert.ok(seen.built > seen.notComparable && seen.refused > 0, `nothing was compared: ${JSON.stringify(seen)}`)
})

/** USER and `--user` in all spellings, those that start nothing too. */
const SPELLINGS = [
  ...[
    '0',
    '00',
    '+0',
    '-0',
    '+1000',
    '010',
    ':0',
    ':',
    ':app',
    '0:app',
    '00:1000',
    'root:1000',
    'app',
    'app:0',
    '1000:0',
  ],
  ...['1000:', '5000', '5000:7', '2147483647', '2147483648', '-1', '0x0', 'Root', 'root ', '0 0', '1e0'],
]

test('containers run as we read their user', { timeout: 300_000 }, async (t) => {
  if (engine === undefined) return without(t, 'there is no Docker engine')
  const own = engine
  const accounts = new Map([['app', 1000]])
  await eachSeed(`0-${SPELLINGS.length}`, async (index) => {
    const text = SPELLINGS[index] as string
    const { uid, gid } = parseUser(text, accounts)
    const theirs = await own.runsAs(text)
    if (typeof theirs !== 'string') {
      assert.equal(uid, null, `"${text}" starts nothing: ${theirs.error}`)
      return
    }
    const [theirUid, theirGid] = theirs.split(' ').map(Number)
    assert.equal(uid, theirUid, `the user of "${text}"`)
    // A group that is not named stands in /etc/passwd.
    if (gid !== null) assert.equal(gid, theirGid, `the group of "${text}"`)
  })
})

test('projects are composed as we read their Compose files', { timeout: 600_000 }, async (t) => {
  const reason = composeReason()
  if (reason !== undefined) return without(t, reason)
  const told: string[] = []
  let compared = 0
  await eachSeed(process.env.COMPOSE_SEEDS ?? '1-31', async (seed) => {
    const one = projectCase(seed, { current: false })
    const where = join(folder, 'projects', String(seed))
    const theirs = await composed(one, where)
    if (!('error' in theirs)) compared++
    const files = Object.entries(one.files).map(([name, text]) => `--- ${name}\n${text}`)
    told.push(...differencesOfProject(one, theirs, where).map((text) => `${text}\nseed ${seed}\n${files.join('')}`))
  })
  assert.deepEqual(told, [])
  assert.ok(compared > 0, 'Compose refused every project')
})

/** A user's machine may have no engine; where everything has to hold, it must have one. */
function without(t: TestContext, reason: string): void {
  if (process.env.CI) assert.fail(reason)
  t.skip(reason)
}

/** `1-41`: 1 to 40; two at a time, as the tools are slow to start. */
async function eachSeed(range: string, run: (seed: number) => Promise<void>): Promise<void> {
  const [from = 1, to = from + 1] = range.split('-').map(Number)
  let next = from
  const work = async () => {
    while (next < to) await run(next++)
  }
  await Promise.all([work(), work()])
}

function shown({ seed, text, target, args }: BuildCase): string {
  return `seed ${seed}, target ${target ?? '(last)'}, arguments ${JSON.stringify(args)}\n${JSON.stringify(text)}\n${text}`
}
