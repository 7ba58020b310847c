/** Reads public Dockerfiles that lie beside the repository; skipped, aloud, where they do not. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { known } from '../../core/setting.ts'
import { SourceText } from '../../core/span.ts'
import { parseDockerfile } from './parse.ts'
import { scriptsOf } from './scripts.ts'
import { evaluateStages } from './stages.ts'

const ROOT = join(import.meta.dirname, '../../../../shared/realworld')

function files(): string[] {
  const found: string[] = []
  const waiting = [ROOT]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) waiting.push(path)
      else if (/dockerfile|containerfile/i.test(entry.name)) found.push(path)
    }
  }
  return found.sort()
}

function shipsAs(path: string): string {
  const parsed = parseDockerfile(new SourceText(readFileSync(path)))
  const user = evaluateStages({ ...parsed, path }).shipped?.state.user
  const uid = known(user?.uid)
  const name = known(user?.name)
  if (uid === 0) return 'root'
  return uid !== undefined || name !== undefined ? 'not root' : 'unknown'
}

test('every public Dockerfile parses, evaluates and yields scripts that stand where they are written', (t) => {
  if (!existsSync(ROOT)) return t.skip('no public Dockerfiles beside the repository')
  for (const path of files()) {
    const source = new SourceText(readFileSync(path))
    const parsed = parseDockerfile(source)
    const errors = parsed.problems.filter((problem) => problem.level === 'error')
    if (!path.endsWith('.jinja')) assert.deepEqual(errors, [], path)
    for (const script of scriptsOf({ ...parsed, path }, source)) {
      assert.equal(script.problem, undefined, `${path}: ${source.slice(script.span)}`)
    }
  }
})

test('what public Dockerfiles ship as', (t) => {
  if (!existsSync(ROOT)) return t.skip('no public Dockerfiles beside the repository')
  const counts: Record<string, number> = {}
  for (const path of files()) {
    const verdict = shipsAs(path)
    counts[verdict] = (counts[verdict] ?? 0) + 1
  }
  assert.deepEqual(counts, { root: 46, 'not root': 43, unknown: 6 })
  for (const [path, verdict] of [
    // USER "$USER_ID:$USER_ID" with ARG USER_ID=0.
    ['qdrant__qdrant/Dockerfile', 'root'],
    // USER stands in a stage that the last one is not FROM.
    ['pytorch__serve/docker/Dockerfile.rocm', 'root'],
    ['ray-project__kuberay/dashboard/Dockerfile', 'not root'],
    // The base decides.
    ['kserve__kserve/router.Dockerfile', 'not root'],
    ['jupyter__docker-stacks/images/pytorch-notebook/Dockerfile', 'not root'],
    // USER ${NB_UID}, which the base sets.
    ['jupyter__docker-stacks/examples/make-deploy/Dockerfile', 'not root'],
    // FROM $BASE_IMAGE whose default is no image.
    ['runpod__containers/official-templates/base/Dockerfile', 'unknown'],
  ] as const) {
    assert.equal(shipsAs(join(ROOT, path)), verdict, relative(ROOT, path))
  }
})
