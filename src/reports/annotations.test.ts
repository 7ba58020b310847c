import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ScanReport } from '../core/report.ts'
import { annotations } from './annotations.ts'
import {
  believableReport,
  HOSTILE_TEXT,
  hostileReport,
  largeReport,
  sampleFinding,
  sampleLocation,
  sampleReport,
} from './testing/sample-report.ts'

interface Command {
  readonly kind: string
  readonly properties: Readonly<Record<string, string>>
  readonly message: string
}

/** Reads lines as the runner does: command, properties, data, each unescaped in its own way. */
function commands(report: ScanReport, options?: Parameters<typeof annotations>[1]): Command[] {
  const text = annotations(report, options)
  assert.ok(text === '' || text.endsWith('\n'))
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const match = /^::(error|warning|notice) (.*?)::(.*)$/.exec(line)
      assert.ok(match, `not a command: ${line}`)
      const [, kind = '', written = '', message = ''] = match
      const properties = written.split(',').map((pair) => {
        const [key = '', ...value] = pair.split('=')
        return [key, decodeURIComponent(value.join('='))] as const
      })
      return { kind, properties: Object.fromEntries(properties), message: decodeURIComponent(message) }
    })
}

test('errors for what fails the scan, warnings for the rest, worst first', () => {
  const all = commands(believableReport())
  assert.deepEqual(
    all.map(({ kind }) => kind),
    ['error', 'error', 'error', 'error', 'error', 'warning', 'warning', 'warning'],
  )
  assert.deepEqual(all[0], {
    kind: 'error',
    properties: {
      file: 'compose.yaml',
      line: '31',
      endLine: '31',
      col: '9',
      endColumn: '19',
      title: 'critical: Container can command the Docker engine [workload/engine-socket]',
    },
    message:
      'Service "agent" mounts /var/run/docker.sock: whoever controls it controls the host.\n' +
      'Fix: Put a socket proxy in front of the engine\n' +
      'More: bulkhead explain workload/engine-socket',
  })
})

test('columns are given within one line alone', () => {
  const pin = commands(believableReport()).find(({ properties }) => properties.title?.includes('unpinned'))
  assert.deepEqual({ ...pin?.properties, title: '' }, { file: 'Dockerfile', line: '1', endLine: '2', title: '' })
})

test('nothing open gives nothing', () => {
  assert.equal(annotations(sampleReport()), '')
  assert.equal(annotations(sampleReport({ findings: [sampleFinding({ status: { is: 'baselined' } })] })), '')
})

test('ten of each kind, and one notice counts the rest', () => {
  const all = commands(largeReport(100))
  const kinds = Object.groupBy(all, ({ kind }) => kind)
  assert.deepEqual([kinds.error?.length, kinds.warning?.length, kinds.notice?.length], [10, 10, 1])
  assert.ok(kinds.error?.every(({ properties }) => properties.title?.startsWith('critical')))
  assert.ok(kinds.warning?.every(({ properties }) => properties.title?.startsWith('medium')))
  assert.match(kinds.notice?.[0]?.message ?? '', /^80 more findings are not marked/)
})

test('under --fail-on never everything is a warning', () => {
  const kinds = new Set(commands({ ...believableReport(), failOn: 'never' }).map(({ kind }) => kind))
  assert.deepEqual(kinds, new Set(['warning']))
})

test('files are named from the root of the repository; what is in none is named in words', () => {
  const report = sampleReport({ findings: [sampleFinding()] })
  const [inFolder] = commands(report, { base: { cwd: '/r/sub', root: '/r' } })
  assert.equal(inFolder?.properties.file, 'sub/compose.yaml')
  const image = sampleReport({
    targets: [{ id: 'i', kind: 'image', name: 'me/model:1' }],
    findings: [sampleFinding({ locations: [{ target: 'i', path: 'etc/passwd', role: 'primary' }] })],
  })
  const [inImage] = commands(image)
  assert.deepEqual(Object.keys(inImage?.properties ?? {}), ['title'])
  assert.match(inImage?.message ?? '', /\nIn etc\/passwd\n/)
})

test('an incomplete scan says so', () => {
  const verdict = { outcome: 'incomplete', reasons: ['compose.yaml: permission denied'], exitCode: 3 } as const
  assert.deepEqual(
    commands(sampleReport({ verdict })).map(({ kind, message }) => [kind, message]),
    [['notice', 'The scan is incomplete: compose.yaml: permission denied']],
  )
})

test('a target cannot add a command, a property or a line', () => {
  for (const report of [
    hostileReport(),
    sampleReport({
      findings: [
        sampleFinding({
          message: `x\n::set-output name=a::b\r::stop-commands::c`,
          title: HOSTILE_TEXT,
          locations: [sampleLocation({ path: 'a,line=9::error file=b::c' })],
        }),
      ],
    }),
  ]) {
    const allowed = new Set(['file', 'line', 'endLine', 'col', 'endColumn', 'title'])
    for (const { properties } of commands(report)) {
      for (const key of Object.keys(properties)) assert.ok(allowed.has(key), key)
    }
    const text = annotations(report)
    assert.doesNotMatch(text, /##\[/)
    for (const line of text.split('\n').slice(0, -1)) assert.match(line, /^::(?:error|warning|notice) /)
  }
  const [first] = commands(
    sampleReport({ findings: [sampleFinding({ locations: [sampleLocation({ path: 'a,line=9::error file=b::c' })] })] }),
  )
  assert.equal(first?.properties.file, 'a,line=9::error file=b::c')
})
