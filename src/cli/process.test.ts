/** The command line as a process: exit codes, streams, pipes. Rules are not needed here: those about ignores suffice. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, type TestContext, test } from 'node:test'

const main = new URL('main.ts', import.meta.url)
const program = `import(${JSON.stringify(main.href)}).then(({ main }) => main(process.argv.slice(1)))`

/** Compiled code of all these processes, so that each starts as fast as an installed one. */
const compiled = mkdtempSync(join(tmpdir(), 'bulkhead-compiled-'))
after(() => rmSync(compiled, { recursive: true, force: true }))

interface Project {
  readonly folder: string
  readonly cache: string
  run(
    args: readonly string[],
    env?: Record<string, string>,
    cwd?: string,
  ): { status: number | null; stdout: string; stderr: string }
}

function project(t: TestContext, files: Record<string, string>): Project {
  const root = mkdtempSync(join(tmpdir(), 'bulkhead-process-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const folder = join(root, 'project')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const cache = join(root, 'cache')
  return {
    folder,
    cache,
    run: (args, env = {}, cwd = folder) =>
      spawnSync(process.execPath, ['-e', program, '--', ...args], {
        encoding: 'utf8',
        cwd,
        env: { PATH: process.env.PATH, LANG: 'C.UTF-8', XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: compiled, ...env },
        timeout: 60_000,
      }),
  }
}

/** One finding of low severity, whatever the other rules say. */
const UNUSED = '# bulkhead: ignore[ignore/unused] reason: covers nothing\nFROM scratch\n'
const only = ['--only', 'ignore/unused']

test('exit codes', async (t) => {
  const one = project(t, {
    Dockerfile: UNUSED,
    'docs/readme.txt': 'nothing',
    'bad.yaml': 'fail_on: x\n',
    'low.yaml': 'fail-on: low\n',
  })
  const rows: readonly (readonly [args: string[], status: number, stderr: RegExp])[] = [
    [['scan', ...only], 0, /^$/],
    [['scan', ...only, '--fail-on', 'low'], 1, /^$/],
    [['scan', ...only, '--config', 'low.yaml'], 1, /^$/],
    [['scan', ...only, '--config', 'low.yaml', '--fail-on', 'never'], 0, /^$/],
    [['scan', 'docs'], 4, /^$/],
    [['scan', 'nowhere'], 2, /^bulkhead: no such file or folder: nowhere\n {2}a target is /],
    [['scan', 'registry:x/y'], 2, /^bulkhead: cannot open registry:x\/y/],
    [
      ['scan', '--config', 'bad.yaml'],
      2,
      /^bulkhead: bad\.yaml:1:1: unknown key "fail_on"; did you mean "fail-on"\?\n$/,
    ],
    [['scan', '--config', 'none.yaml'], 2, /^bulkhead: none\.yaml: cannot be read: there is no such file\n$/],
    [['scan', '--only', 'secret'], 2, /^bulkhead: --only: there is no area or rule "secret"; did you mean "secrets"\?/],
    [['scan', '--baseline', 'none.json'], 2, /^bulkhead: baseline none\.json cannot be read: there is no such file/],
    [['scan', '--out', 'pdf=x'], 2, /^bulkhead: --out: "pdf" is no format/],
    [['scan', '--out', 'scan.sarif'], 2, /did you mean --out sarif=scan\.sarif\?/],
    [['scan', '--json', '--full'], 2, /both write to standard output/],
    [['scan', '--facts'], 2, /^bulkhead: --facts adds to the JSON report/],
    [['explain', 'ignore/unusd'], 2, /did you mean "ignore\/unused"\?/],
    [['explain', 'abcdef'], 2, /^bulkhead: the last scans hold no finding "abcdef"/],
    [['completion'], 2, /^bulkhead: completion needs a shell/],
    [['--bogus'], 2, /^bulkhead: unknown option --bogus\n {2}see: bulkhead --help\n$/],
  ]
  for (const [args, status, stderr] of rows) {
    await t.test(`bulkhead ${args.join(' ')}: ${status}`, () => {
      const result = one.run(args)
      assert.match(result.stderr, stderr)
      assert.equal(result.status, status, result.stdout)
      if (status === 2) assert.equal(result.stdout, '')
    })
  }
})

test('BULKHEAD_FAIL_ON stands between flag and file', (t) => {
  const one = project(t, { Dockerfile: UNUSED, 'bulkhead.yaml': 'fail-on: low\n' })
  assert.equal(one.run(['scan', ...only]).status, 1)
  assert.equal(one.run(['scan', ...only], { BULKHEAD_FAIL_ON: 'never' }).status, 0)
  assert.equal(one.run(['scan', ...only, '--fail-on', 'low'], { BULKHEAD_FAIL_ON: 'never' }).status, 1)
  assert.equal(one.run(['scan', ...only, '--no-config']).status, 0)
  const wrong = one.run(['scan'], { BULKHEAD_FAIL_ON: 'hgih' })
  assert.equal(wrong.status, 2)
  assert.match(wrong.stderr, /^bulkhead: BULKHEAD_FAIL_ON: "hgih" is none of/)
})

test('each folder is judged by its own configuration, and the worst verdict is the verdict', (t) => {
  const one = project(t, {
    'mine/Dockerfile': UNUSED,
    'mine/bulkhead.yaml': 'fail-on: low\n',
    'theirs/Dockerfile': UNUSED,
    'theirs/bulkhead.yaml': 'fail-on: never\n',
  })
  assert.equal(one.run(['scan', ...only, 'theirs']).status, 0)
  const both = one.run(['scan', ...only, 'theirs', 'mine', '--json'])
  assert.equal(both.status, 1)
  const report = JSON.parse(both.stdout)
  assert.deepEqual(
    report.targets.map(({ name }: { name: string }) => name),
    ['theirs', 'mine'],
  )
  assert.match(report.verdict.reasons[0], /^mine: 1 low/)
})

test('data goes to standard output alone, and colours only where they are asked for', (t) => {
  const one = project(t, { Dockerfile: UNUSED })
  const json = one.run(['scan', '--json'])
  assert.equal(JSON.parse(json.stdout).schema, 'bulkhead.scan/1')
  assert.equal(json.stderr, '')
  const escapeSequence = /\x1b\[/
  assert.doesNotMatch(one.run(['scan']).stdout, escapeSequence)
  assert.match(one.run(['scan', '--color', 'always']).stdout, escapeSequence)
  assert.match(one.run(['scan'], { FORCE_COLOR: '1' }).stdout, escapeSequence)
  assert.doesNotMatch(one.run(['scan'], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout, escapeSequence)
  assert.match(one.run(['scan', '--plain'], { LANG: 'C' }).stdout, /^[\x20-\x7e\n]*$/)
})

test('several reports from one run; one that cannot be written costs no other', (t) => {
  const one = project(t, { Dockerfile: UNUSED, 'a-file': '' })
  const result = one.run([
    'scan',
    ...only,
    '--out',
    'json=a-file/x.json',
    '--out',
    'sarif=out/scan.sarif',
    '--out',
    'html=scan.html',
    '--out',
    'junit=scan.xml',
    '--out',
    'markdown=scan.md',
    '--out',
    'patch=fixes.patch',
  ])
  assert.equal(result.status, 2)
  assert.match(result.stderr, /^bulkhead: cannot write a-file\/x\.json: /)
  assert.match(result.stdout, /ignore\/unused|Ignore comment ignores nothing/)
  assert.equal(JSON.parse(readFileSync(join(one.folder, 'out/scan.sarif'), 'utf8')).version, '2.1.0')
  for (const file of ['scan.html', 'scan.xml', 'scan.md']) assert.ok(statSync(join(one.folder, file)).size > 0, file)
  assert.match(readFileSync(join(one.folder, 'fixes.patch'), 'utf8'), /^-# bulkhead: ignore\[ignore\/unused\]/m)
})

test('git apply takes the patch, from wherever in the repository it was made', (t) => {
  if (spawnSync('git', ['--version']).status !== 0) return t.skip('git is not installed')
  const one = project(t, { 'a/Dockerfile': UNUSED, 'a/b/compose.yaml': 'services: {}\n', 'a/b/Dockerfile': UNUSED })
  const apply = (cwd: string, patch: string) =>
    spawnSync('git', ['apply', '-'], { cwd, input: patch, encoding: 'utf8' })
  const make = (cwd: string, target: string) =>
    one.run(['-q', 'scan', ...only, '--out', 'patch=-', target], {}, cwd).stdout
  const read = () => ['a/Dockerfile', 'a/b/Dockerfile'].map((path) => readFileSync(join(one.folder, path), 'utf8'))
  const restore = () => {
    for (const path of ['a/Dockerfile', 'a/b/Dockerfile']) writeFileSync(join(one.folder, path), UNUSED)
  }
  const clean = 'FROM scratch\n'
  assert.equal(apply(one.folder, make(one.folder, 'a')).status, 0)
  assert.deepEqual(read(), [clean, clean], 'outside of a repository')
  assert.equal(spawnSync('git', ['init', '-q'], { cwd: one.folder }).status, 0)
  for (const [cwd, target, expected] of [
    ['.', 'a', [clean, clean]],
    ['a', '.', [clean, clean]],
    ['a', 'b/Dockerfile', [UNUSED, clean]],
    ['a/b', one.folder, [UNUSED, clean]],
  ] as const) {
    restore()
    const folder = join(one.folder, cwd)
    assert.equal(apply(folder, make(folder, target)).stderr, '')
    assert.deepEqual(read(), expected, `${target} from ${cwd}: git leaves alone what is above the current folder`)
  }
})

test('in GitHub Actions the summary is followed by annotations, and data stays data', (t) => {
  const one = project(t, { Dockerfile: UNUSED })
  const env = { GITHUB_ACTIONS: 'true' }
  assert.match(one.run(['scan', ...only], env).stdout, /^::warning .*file=Dockerfile/m)
  assert.equal(JSON.parse(one.run(['scan', '--json'], env).stdout).schema, 'bulkhead.scan/1')
})

test('a reader that goes away changes no exit code and leaves no stack', async (t) => {
  const many = Array.from({ length: 400 }, (_, at) => [`d${at}/Dockerfile`, UNUSED] as const)
  const one = project(t, Object.fromEntries(many))
  const child = spawn(process.execPath, ['-e', program, '--', 'scan', ...only, '--fail-on', 'low', '--json'], {
    cwd: one.folder,
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: one.cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.once('data', () => child.stdout.destroy())
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  assert.equal(stderr, '')
  assert.equal(status, 1)
})

test('a full disk below standard output is told in one line', (t) => {
  if (!existsSync('/dev/full')) return t.skip('there is no /dev/full')
  const one = project(t, { Dockerfile: UNUSED })
  const full = openSync('/dev/full', 'w')
  t.after(() => closeSync(full))
  const result = spawnSync(process.execPath, ['-e', program, '--', 'scan', '--json'], {
    encoding: 'utf8',
    cwd: one.folder,
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: one.cache },
    stdio: ['ignore', full, 'pipe'],
  })
  assert.equal(result.stderr, 'bulkhead: cannot write the output: no space is left on the device\n')
  assert.equal(result.status, 2)
})

test('a configuration and ignores deeper down, or for somebody else, do not count', (t) => {
  const one = project(t, {
    Dockerfile: UNUSED,
    'vendored/bulkhead.yaml': 'fail-on: never\nrules: { ignore/unused: off }\n',
    'vendored/Dockerfile': UNUSED,
  })
  const result = one.run(['scan', ...only, '--fail-on', 'low', '--json'])
  assert.equal(result.status, 1)
  assert.equal(JSON.parse(result.stdout).findings.length, 2)
})

test('an unreadable target is incomplete and costs the others nothing', (t) => {
  const one = project(t, { 'a/Dockerfile': UNUSED, 'b/Dockerfile': UNUSED })
  chmodSync(join(one.folder, 'b/Dockerfile'), 0)
  chmodSync(dirname(one.folder), 0o755)
  // Root reads everything: the scan is then run by nobody, where nobody can reach this checkout.
  const isRoot = process.getuid?.() === 0
  const result = spawnSync(process.execPath, ['-e', program, '--', 'scan', ...only, 'a', 'b/Dockerfile', '--json'], {
    encoding: 'utf8',
    cwd: one.folder,
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: one.cache },
    ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
  })
  if (isRoot && /EACCES/.test(result.error?.message ?? result.stderr))
    return t.skip('nobody cannot reach this checkout')
  assert.equal(result.status, 3, result.stderr)
  const report = JSON.parse(result.stdout)
  assert.equal(report.findings.length, 1)
  assert.match(report.verdict.reasons[0], /^b\/Dockerfile: .*permission denied/)
})

test('baseline, then a green scan; what is new fails', (t) => {
  const one = project(t, { Dockerfile: UNUSED })
  const made = one.run(['baseline', ...only])
  assert.equal(made.status, 0)
  assert.match(made.stderr, /^bulkhead: 1 finding frozen in bulkhead-baseline\.json\n/)
  const scan = ['scan', ...only, '--fail-on', 'low', '--baseline', 'bulkhead-baseline.json']
  assert.equal(one.run(scan).status, 0)
  assert.equal(one.run([...scan, '--no-ignores']).status, 0, 'not honoured, ignores are not judged either')
  mkdirSync(join(one.folder, 'new'))
  writeFileSync(join(one.folder, 'new/Dockerfile'), UNUSED)
  assert.equal(one.run(scan).status, 1)
  rmSync(join(one.folder, 'new'), { recursive: true })
  writeFileSync(join(one.folder, 'Dockerfile'), 'FROM scratch\n')
  assert.match(one.run(scan).stderr, /1 of the baseline's findings are gone/)
  assert.equal(one.run(['baseline', '--out', '-']).stdout.startsWith('{\n  "schema": "bulkhead.baseline/1"'), true)
})

test('init writes a file that is read again, and keeps one that is there', (t) => {
  const one = project(t, { Dockerfile: UNUSED, 'tests/Dockerfile': UNUSED })
  const made = one.run(['init'])
  assert.equal(made.status, 0, made.stderr)
  const text = readFileSync(join(one.folder, 'bulkhead.yaml'), 'utf8')
  assert.match(text, /^# {3}- tests\/$/m)
  assert.equal(one.run(['scan', ...only]).status, 0)
  const again = one.run(['init'])
  assert.equal(again.status, 2)
  assert.match(again.stderr, /^bulkhead: bulkhead\.yaml is there already and was kept\n/)
  assert.equal(one.run(['init', '--force']).status, 0)
})

test('explain tells rules and the findings of the last scan', (t) => {
  const one = project(t, { Dockerfile: UNUSED })
  assert.match(one.run(['explain']).stdout, /ignore\/unused/)
  assert.match(one.run(['explain', 'ignore/unused']).stdout, /Why it matters/)
  assert.equal(JSON.parse(one.run(['explain', 'ignore/unused', '--json']).stdout).rules.length, 1)
  const report = JSON.parse(one.run(['scan', ...only, '--json']).stdout)
  const { fingerprint } = report.findings[0]
  const told = one.run(['explain', fingerprint.slice(0, 8)])
  assert.equal(told.status, 0, told.stderr)
  assert.match(told.stdout, /Dockerfile:1:1/)
  assert.match(told.stdout, /FROM scratch/)
  assert.equal(told.stderr, '')
  writeFileSync(join(one.folder, 'Dockerfile'), `${UNUSED}RUN true\n`)
  assert.match(one.run(['explain', fingerprint]).stderr, /^bulkhead: Dockerfile has changed since; scan again/)
})

test('the last report is private, and a cache folder that others can write to is not used', (t) => {
  if (process.getuid === undefined) return t.skip('there are no modes on this system')
  const one = project(t, { Dockerfile: UNUSED })
  one.run(['scan'])
  const reports = join(one.cache, 'bulkhead/reports')
  assert.equal(statSync(reports).mode & 0o777, 0o700)
  chmodSync(reports, 0o777)
  const result = one.run(['scan', ...only, '--verbose'])
  assert.equal(result.status, 0)
  assert.match(result.stderr, /the report could not be kept for explain/)
})

test('help, version and rules', (t) => {
  const one = project(t, { Dockerfile: UNUSED })
  assert.match(one.run(['--version']).stdout, /^bulkhead \d+\.\d+\.\d+\n$/)
  assert.match(one.run([]).stdout, /^bulkhead \d/)
  assert.match(one.run(['help', 'scan']).stdout, /^bulkhead scan: /)
  const { rules } = JSON.parse(one.run(['rules', '--json']).stdout)
  assert.ok(rules.some(({ id }: { id: string }) => id === 'waiver/expired'))
  assert.match(one.run(['rules', '--area', 'configuration']).stdout, /^configuration\n/)
  assert.equal(existsSync(join(one.folder, 'bulkhead.yaml')), false)
})

test('an interrupt ends with 130 and one line', async (t) => {
  const one = project(t, { Dockerfile: UNUSED })
  const hang = `${program}; setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', hang, '--', 'rules'], {
    cwd: one.folder,
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: one.cache },
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdout.once('data', () => child.kill('SIGINT'))
  const status = await new Promise((resolve) => child.on('close', resolve))
  assert.equal(status, 130)
  assert.equal(stderr, 'bulkhead: interrupted\n')
})

test('a bug keeps its stack, hides secrets, and ends with 3', (t) => {
  const one = project(t, { Dockerfile: UNUSED })
  const token = ['ghp', 'x9Jq2mZt7Rk4Vb8Ln1Wd6Ys3Hc5Fp0Ga9Ue2'].join('_')
  const broken = `performance.now = () => { throw new TypeError('odd value ' + process.env.SAMPLE) }; ${program}`
  const result = spawnSync(process.execPath, ['-e', broken, '--', 'scan'], {
    encoding: 'utf8',
    cwd: one.folder,
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: one.cache, SAMPLE: token },
  })
  assert.equal(result.status, 3, result.stderr)
  assert.match(result.stderr, /^bulkhead: this is a bug in bulkhead; please report it/)
  assert.match(result.stderr, /TypeError: odd value/)
  assert.match(result.stderr, /^ {4}at /m)
  assert.ok(!result.stderr.includes(token))
})
