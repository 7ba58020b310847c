import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryLayer } from '../files/memory.ts'
import type { Analyzer, Resolver, TextSubscriber } from './analyzer.ts'
import type { CachedLayer } from './cache.ts'
import { type Config, DEFAULT_LIMITS } from './config.ts'
import { type GatherOptions, gather, inOrder } from './gather.ts'
import type { SecretScanner } from './secret.ts'
import type { Target } from './target.ts'

const config: Config = {
  failOn: 'high',
  only: [],
  allRules: false,
  require: [],
  exclude: [],
  includeIgnored: false,
  waivers: [],
  severities: {},
  limits: DEFAULT_LIMITS,
  profiles: ['*'],
}

/** Hides the word "hunter2". */
const secrets: SecretScanner = {
  version: '1',
  find(text) {
    const start = text.indexOf('hunter2')
    return start === -1
      ? []
      : [
          {
            secret: 'password',
            label: 'password',
            grade: 'contextual',
            start,
            end: start + 7,
            preview: 'hunt…',
            hash: 'h',
          },
        ]
  },
  mask: (text) => text.replaceAll('hunter2', 'hunt***'),
}

/** Says the lines of `.list` files; breaks on one that asks for it. */
const listAnalyzer: Analyzer = {
  id: 'lists',
  selects: { suffixes: ['.list'] },
  area: 'packages',
  emits: ['ignore-file'],
  reads: 'text',
  analyze(file, emit) {
    if (file.source.text.includes('crash')) throw new Error('cannot read this one')
    const patterns = file.source.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) =>
        emit.text(line, { span: { start: 0, end: line.length }, exact: true, key: 'line', carrier: 'file' }),
      )
    emit.fact({ kind: 'ignore-file', subject: file.path, path: file.path, confidence: 'high', patterns })
    if (file.source.text.startsWith('see ')) emit.refersTo(file.source.text.slice(4).trim(), 'lists')
  },
}

const gatherOptions = (more: Partial<GatherOptions>): GatherOptions => ({
  analyzers: [listAnalyzer],
  analyzerVersions: { lists: '1' },
  resolvers: [],
  matchers: [],
  knowledge: { sources: [], get: () => undefined },
  secrets,
  config,
  clock: () => 0,
  ...more,
})

const twoLayers = (upper: Record<string, string> = { 'etc/b.list': 'two\n' }): Target => ({
  id: 'image',
  kind: 'image',
  name: 'image',
  own: false,
  layers: [
    new MemoryLayer({ 'etc/a.list': 'one\n', 'etc/b.list': 'below\n' }, { id: 'sha256:lower', cacheKey: 'diff:lower' }),
    new MemoryLayer(upper, { id: 'sha256:upper', cacheKey: 'diff:upper' }),
  ],
})

test('a resolver joins what two layers say: the upper file hides the lower one', async () => {
  const merged: Resolver = {
    id: 'merged',
    reads: ['ignore-file'],
    emits: ['role'],
    resolve(view, emit) {
      const top = new Map(view.all('ignore-file').map((fact) => [fact.path, fact]))
      for (const fact of top.values()) {
        emit.fact(
          {
            kind: 'role',
            subject: fact.path,
            confidence: 'high',
            workload: fact.id,
            role: 'agent',
            product: fact.patterns.join(),
            productName: fact.layer ?? '',
            evidence: [],
            authentication: 'unknown',
            authenticationBecause: '',
            ports: [],
          },
          fact,
        )
      }
    },
  }
  const { facts } = await gather([twoLayers()], gatherOptions({ resolvers: [merged] }))
  const seen = facts.all('role').map(({ subject, product, productName }) => [subject, product, productName])
  assert.deepEqual(seen, [
    ['etc/a.list', 'one', 'sha256:lower'],
    ['etc/b.list', 'two', 'sha256:upper'],
  ])
})

test('passing text reaches a subscriber, and only its masked form enters facts', async () => {
  const passed: string[] = []
  const subscriber: TextSubscriber = { id: 'ear', text: (text, { path }) => void passed.push(`${path} ${text}`) }
  const { facts } = await gather(
    [twoLayers({ 'pw.list': 'password hunter2\n' })],
    gatherOptions({ subscribers: [subscriber] }),
  )
  assert.ok(passed.includes('pw.list password hunter2'))
  assert.ok(!JSON.stringify(facts.everything()).includes('hunter2'))
  const [secret] = facts.all('secret')
  assert.deepEqual(secret?.span, { start: 9, end: 16 })
  assert.equal(secret?.layer, 'sha256:upper')
})

test('an analyzer that breaks on one file costs that file’s facts, and coverage says so', async () => {
  const { facts, coverage } = await gather([twoLayers({ 'x.list': 'crash', 'y.list': 'fine' })], gatherOptions({}))
  assert.deepEqual(
    facts.all('ignore-file').map(({ path }) => path),
    ['etc/a.list', 'etc/b.list', 'y.list'],
  )
  const closed = coverage.close({ only: new Set(['packages']), suppressed: [], knowledge: [] })
  assert.equal(closed.areas.packages, 'partly')
  assert.equal(closed.areas.models, 'not-checked')
  const [lists] = closed.analyzers
  assert.equal(lists?.status, 'partly')
  assert.deepEqual(
    lists?.errors.map(({ path, message }) => [path, message]),
    [['x.list', 'cannot read this one']],
  )
})

test('a file that another names is read too; one outside is said', async () => {
  const target: Target = {
    ...twoLayers(),
    layers: [new MemoryLayer({ 'a.list': 'see other.txt', 'other.txt': 'see ../../etc/passwd' })],
  }
  const { facts, coverage } = await gather([target], gatherOptions({}))
  assert.deepEqual(
    facts.all('ignore-file').map(({ path }) => path),
    ['a.list', 'other.txt'],
  )
  const { skipped } = coverage.close({ only: new Set(), suppressed: [], knowledge: [] })
  assert.deepEqual(
    skipped.map(({ code, what }) => [code, what]),
    [['outside-target', '../../etc/passwd']],
  )
})

test('a layer’s facts come from the cache the second time, and give the same run', async () => {
  const stored = new Map<string, CachedLayer>()
  let read = 0
  const counting: Analyzer = {
    ...listAnalyzer,
    reads: 'text',
    analyze(file, emit) {
      read++
      if (listAnalyzer.reads === 'text') listAnalyzer.analyze(file, emit)
    },
  }
  const cache = {
    get: (key: string) => structuredClone(stored.get(key)),
    put: (key: string, layer: CachedLayer) => void stored.set(key, structuredClone(layer)),
  }
  const options = gatherOptions({ analyzers: [counting], cache })
  const first = await gather([twoLayers()], options)
  assert.equal(read, 3)
  const second = await gather([twoLayers()], options)
  assert.equal(read, 3)
  assert.deepEqual(second.facts.everything(), first.facts.everything())
  const close = { only: new Set(['packages'] as const), suppressed: [], knowledge: [] }
  assert.deepEqual(second.coverage.close(close), first.coverage.close(close))
  await gather([twoLayers()], { ...options, analyzerVersions: { lists: '2' } })
  assert.equal(read, 6, 'another version of the analyzer reads again')
})

test('facts do not depend on the order in which files are read', async () => {
  const files = { 'c.list': '3', 'a.list': '1', 'b.list': '2' }
  const ids = async (names: string[]): Promise<string[]> => {
    const layer = new MemoryLayer({})
    const inner = new MemoryLayer(files)
    layer.walk = async (visitor) => {
      for (const name of names) {
        const file = inner.find(name)
        if (file !== undefined && file !== 'outside' && visitor.wants(name, name)) await visitor.visit(file)
      }
    }
    const { facts } = await gather([{ ...twoLayers(), layers: [layer] }], gatherOptions({}))
    return facts.everything().map(({ id }) => id)
  }
  assert.deepEqual(await ids(['c.list', 'a.list', 'b.list']), await ids(['a.list', 'b.list', 'c.list']))
})

test('resolvers run in the order of what they need', () => {
  const step = (id: string, reads: Resolver['reads'], emits: Resolver['emits']) => ({ id, reads, emits })
  const ordered = inOrder([
    step('a-roles', ['workload'], ['role']),
    step('b-compose', ['compose-file', 'workload'], ['workload']),
    step('c-images', ['dockerfile'], ['dockerfile']),
  ])
  assert.deepEqual(
    ordered.map(({ id }) => id),
    ['b-compose', 'a-roles', 'c-images'],
  )
  assert.throws(
    () => inOrder([step('a', ['role'], ['workload']), step('b', ['workload'], ['role'])]),
    /wait for each other/,
  )
})

test('a limit on files ends the walk and says so', async () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}.list`, 'x']))
  const limited = { ...config, limits: { ...DEFAULT_LIMITS, files: 10 } }
  const { coverage } = await gather(
    [{ ...twoLayers(), layers: [new MemoryLayer(many)] }],
    gatherOptions({ config: limited }),
  )
  const { skipped } = coverage.close({ only: new Set(), suppressed: [], knowledge: [] })
  assert.deepEqual(
    skipped.map(({ code, required }) => [code, required]),
    [['limit-files', true]],
  )
})
