import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { cleanEnvironment, installPacked, type Packed, root } from './packed.ts'

let bulkhead: Packed
let project = ''

before(() => {
  bulkhead = installPacked()
})
after(() => bulkhead.remove())
beforeEach(() => {
  project = mkdtempSync(join(bulkhead.folder, 'project-'))
  chmodSync(project, 0o755)
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

const CLEAN =
  'FROM python:3.13-slim@sha256:0000000000000000000000000000000000000000000000000000000000000000\nUSER 10001:10001\nCMD ["python"]\n'
const PRIVILEGED = 'services:\n  api:\n    image: example.org/api:1\n    privileged: true\n'

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(join(project, path, '..'), { recursive: true })
  writeFileSync(join(project, path), content)
}

test('the tarball has no dependencies, no scripts to install, and what it needs', () => {
  const place = join(bulkhead.program, '../..')
  const manifest = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as Record<string, unknown>
  assert.equal(manifest.dependencies, undefined)
  const scripts = (manifest.scripts ?? {}) as Record<string, string>
  for (const hook of ['preinstall', 'install', 'postinstall']) assert.equal(scripts[hook], undefined)
  assert.ok(statSync(bulkhead.tarball).size < 5 * 1024 * 1024)
  assert.ok(existsSync(join(place, 'dist/sbom.cdx.json')))
  assert.ok(!existsSync(join(place, 'src')))
  for (const file of readdirSync(join(place, 'dist'), { recursive: true }) as string[]) {
    if (file.endsWith('.js'))
      assert.ok(
        !readFileSync(join(place, 'dist', file), 'utf8').includes(root),
        `${file} names a folder of this machine`,
      )
  }
})

test('an old Node gets one clear line', {
  skip: oldNode() === undefined ? 'no Node older than 24 on this machine' : false,
}, () => {
  const done = spawnSync(oldNode() as string, [bulkhead.program, 'scan'], { encoding: 'utf8' })
  assert.equal(done.status, 2)
  assert.match(done.stderr, /^bulkhead needs Node 24 or newer, and this is v\d+\.\d+\.\d+: \S+\n$/)
})

test('exit codes', () => {
  put('clean/Dockerfile', CLEAN)
  put('bad/compose.yaml', PRIVILEGED)
  put('nothing/readme.txt', 'hello')
  put('broken/Dockerfile', CLEAN)
  put('broken/compose.yaml', 'services: [')
  put('config/Dockerfile', CLEAN)
  put('config/bulkhead.yaml', 'fail-onn: high\n')
  const cases: readonly (readonly [number, readonly string[], RegExp])[] = [
    [0, ['scan', 'clean'], /PASSED/],
    [1, ['scan', 'bad'], /FAILED/],
    [1, ['scan', 'clean', 'bad'], /FAILED/],
    [0, ['scan', 'bad', '--fail-on', 'never'], /./],
    [1, ['scan', 'bad', '--json'], /"outcome": ?"fail"/],
    [2, ['scan', 'missing'], /missing/],
    [2, ['scan', '--unknown-flag'], /unknown-flag/],
    [2, ['scam'], /scan/],
    [2, ['scan', 'clean', '--fail-on', 'hihg'], /high/],
    [2, ['scan', 'config'], /bulkhead\.yaml:1:1.*fail-on/s],
    [2, ['explain', 'no/such-rule'], /no\/such-rule/],
    [4, ['scan', 'nothing'], /nothing to scan/],
    [0, ['--version'], /^bulkhead \d+\.\d+\.\d+\n$/],
    [0, ['--help'], /scan/],
    [0, ['help', 'scan'], /--full/],
    [0, ['rules', '--json'], /bulkhead\.rules\/1/],
  ]
  for (const [status, args, says] of cases) {
    const done = bulkhead.run(args, { cwd: project })
    assert.equal(done.status, status, `${args.join(' ')}: ${done.stdout}${done.stderr}`)
    assert.match(done.stdout + done.stderr, says, args.join(' '))
  }
})

test('one bad file never costs another file’s findings', () => {
  put('compose.yaml', PRIVILEGED)
  put('sub/compose.yaml', 'services:\n\t- {{{{ [')
  put('sub/Dockerfile', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]))
  put(
    'k8s/pod.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: b, securityContext: {privileged: true}}]}\n',
  )
  const { status, stdout } = bulkhead.run(['scan', '--json'], { cwd: project })
  assert.equal(status, 1)
  const report = JSON.parse(stdout) as Report
  const privileged = report.findings.filter(({ concepts }) => concepts.includes('privileged'))
  assert.deepEqual(privileged.map(({ locations }) => locations[0]?.path).sort(), ['compose.yaml', 'k8s/pod.yaml'])
  assert.deepEqual(
    report.coverage.analyzers.flatMap(({ errors }) => errors),
    [],
  )
})

test('a closed pipe ends the program quietly', async () => {
  cpSync(join(root, 'examples/goat'), join(project, 'goat'), { recursive: true })
  const child = spawn(process.execPath, [bulkhead.program, 'scan', 'goat', '--full'], {
    cwd: project,
    env: cleanEnvironment(bulkhead.folder),
  })
  child.stdout.once('data', () => child.stdout.destroy())
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.equal(stderr, '')
  assert.equal(code, 1, 'the verdict still counts')
})

test('no colour without a terminal, nor with NO_COLOR; none carries meaning alone', () => {
  put('compose.yaml', PRIVILEGED)
  const plain = bulkhead.run(['scan'], { cwd: project })
  assert.ok(!plain.stdout.includes('\u001b'))
  const forced = bulkhead.run(['scan', '--color=always'], { cwd: project })
  assert.ok(forced.stdout.includes('\u001b['))
  // biome-ignore lint/complexity/useRegexLiterals: a control character
  assert.equal(forced.stdout.replace(new RegExp('\u001b\\[[0-9;]*m', 'g'), ''), plain.stdout)
  const none = bulkhead.run(['scan'], { cwd: project, env: { NO_COLOR: '1' } })
  assert.ok(!none.stdout.includes('\u001b'))
})

test('ASCII where the terminal cannot do more', () => {
  put('compose.yaml', PRIVILEGED)
  const { stdout } = bulkhead.run(['scan', '--full'], { cwd: project, env: { LANG: 'C', LC_ALL: 'C' } })
  assert.match(stdout, /^[\x20-\x7e\n]*$/)
})

test('names and contents that are not UTF-8', () => {
  const name = Buffer.concat([Buffer.from(`${project}/Dockerfile.`), Buffer.from([0xe4, 0x1b, 0x5b, 0x32, 0x4a])])
  writeFileSync(
    name,
    Buffer.concat([
      Buffer.from('FROM python:3.13\n# '),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\nRUN curl https://x.example/i.sh | sh\n'),
    ]),
  )
  const { stdout, status } = bulkhead.run(['scan', '--full'], { cwd: project })
  assert.equal(status, 1)
  assert.ok(!stdout.includes('\u001b'), 'a control character in a name does not reach the terminal')
  assert.match(stdout, /Dockerfile\.\\xe4/)
  const json = bulkhead.run(['scan', '--json'], { cwd: project })
  const [finding] = (JSON.parse(json.stdout) as Report).findings
  assert.equal(finding?.locations[0]?.path, 'Dockerfile.\udce4\u001b[2J')
})

test('a Dockerfile of 100 MB is said, not read', () => {
  const file = openSync(join(project, 'Dockerfile'), 'w')
  writeSync(file, 'FROM python:3.13\n')
  ftruncateSync(file, 100 * 1024 * 1024)
  closeSync(file)
  put('compose.yaml', PRIVILEGED)
  const folder = bulkhead.run(['scan', '--json'], { cwd: project })
  assert.equal(folder.status, 1)
  const report = JSON.parse(folder.stdout) as Report
  assert.deepEqual(
    report.coverage.skipped.map(({ code, what }) => [code, what]).filter(([code]) => code === 'too-large'),
    [['too-large', 'Dockerfile']],
  )
  assert.equal(report.coverage.areas.configuration, 'partly')
  const named = bulkhead.run(['scan', 'Dockerfile'], { cwd: project })
  assert.equal(named.status, 3)
  assert.match(named.stdout + named.stderr, /Dockerfile: 100\.0 MB/)
})

test('an alias bomb is said, and costs no other file', () => {
  const levels = Array.from(
    { length: 30 },
    (_, i) =>
      `x-l${i}: &l${i} [${
        i === 0
          ? 'a'
          : Array(9)
              .fill(`*l${i - 1}`)
              .join(', ')
      }]`,
  )
  put(
    'bomb/compose.yaml',
    `${levels.join('\n')}\nservices:\n  api:\n    image: example.org/api:1\n    environment: *l29\n`,
  )
  put('compose.yaml', PRIVILEGED)
  const { status, stdout } = bulkhead.run(['scan', '--json'], { cwd: project })
  assert.equal(status, 1)
  const report = JSON.parse(stdout) as Report
  assert.ok(report.findings.some(({ concepts }) => concepts.includes('privileged')))
  assert.ok(report.coverage.skipped.some(({ code, what }) => code === 'limit-nodes' && what === 'bomb/compose.yaml'))
  const named = bulkhead.run(['scan', 'bomb/compose.yaml'], { cwd: project })
  assert.equal(named.status, 3)
  assert.match(named.stdout, /INCOMPLETE.*compose\.yaml/s)
})

test('a cycle of links ends, and one that leads out is not followed', () => {
  put('compose.yaml', PRIVILEGED)
  symlinkSync('.', join(project, 'loop'))
  symlinkSync('/etc/passwd', join(project, 'Dockerfile'))
  const { stdout } = bulkhead.run(['scan', '--json'], { cwd: project })
  const report = JSON.parse(stdout) as Report
  assert.ok(report.coverage.skipped.some(({ code, what }) => code === 'link-outside' && what === 'Dockerfile'))
  assert.ok(!stdout.includes('root:x:0'))
})

test('a file that cannot be read: partly in a folder, incomplete when named', {
  skip: process.getuid?.() === 0 ? false : 'needs root, to become somebody else',
}, () => {
  put('compose.yaml', 'services:\n  api:\n    image: example.org/api:1\n')
  put('Dockerfile', CLEAN)
  chmodSync(join(project, 'Dockerfile'), 0)
  const nobody = { cwd: project, uid: 65_534, env: { XDG_CACHE_HOME: '/nonexistent' } }
  const folder = bulkhead.run(['scan', '--json', '--fail-on', 'never'], nobody)
  assert.equal(folder.status, 0, folder.stderr)
  const report = JSON.parse(folder.stdout) as Report
  assert.equal(report.coverage.areas.configuration, 'partly')
  assert.ok(
    report.coverage.skipped.some(
      ({ code, what, why }) => code === 'unreadable' && what === 'Dockerfile' && /permission/.test(why),
    ),
  )
  const named = bulkhead.run(['scan', 'Dockerfile'], nobody)
  assert.ok(named.status === 2 || named.status === 3)
  assert.match(named.stderr + named.stdout, /Dockerfile.*permission denied/)
})

test('what a target says about itself does not acquit it', () => {
  put('compose.yaml', `# bulkhead: ignore[workload/privileged] reason: we like it\n${PRIVILEGED}`)
  put('vendor/bulkhead.yaml', 'fail-on: never\n')
  put('vendor/compose.yaml', PRIVILEGED)
  const { status, stdout } = bulkhead.run(['scan', '--json'], { cwd: project })
  assert.equal(status, 1)
  const report = JSON.parse(stdout) as Report
  const open = report.findings.filter(({ rule, status: { is } }) => rule === 'workload/privileged' && is === 'open')
  assert.equal(open.length, 2, 'an ignore without a last day does not count at this severity')
  assert.ok(report.findings.some(({ rule }) => rule.startsWith('ignore/')))
  put('bulkhead.yaml', 'limits:\n  text-file: 999999999999\n')
  const raised = bulkhead.run(['scan'], { cwd: project })
  assert.equal(raised.status, 2)
  assert.match(raised.stderr, /--config/)
})

test('reports are written before a failing exit, several at once', () => {
  cpSync(join(root, 'examples/goat'), join(project, 'goat'), { recursive: true })
  const formats = ['json', 'sarif', 'html', 'markdown', 'junit', 'patch']
  const args = formats.flatMap((format) => ['--out', `${format}=report.${format}`])
  const { status, stderr } = bulkhead.run(['scan', 'goat', ...args], { cwd: project })
  assert.equal(status, 1, stderr)
  for (const format of formats) assert.ok(statSync(join(project, `report.${format}`)).size > 200, format)
  const unwritable = bulkhead.run(
    ['scan', 'goat', '--out', 'json=goat/compose.yaml/report.json', '--out', 'sarif=second.sarif'],
    { cwd: project },
  )
  assert.equal(unwritable.status, 2)
  assert.match(unwritable.stderr, /goat\/compose\.yaml\/report\.json/)
  assert.ok(existsSync(join(project, 'second.sarif')))
})

test('the patch is what git apply takes, and mends what it says', () => {
  cpSync(join(root, 'examples/goat'), join(project, 'goat'), { recursive: true })
  const first = bulkhead.run(['scan', 'goat', '--json', '--out', 'patch=fixes.patch'], { cwd: project })
  const applied = spawnSync('git', ['apply', '--verbose', 'fixes.patch'], { cwd: project, encoding: 'utf8' })
  assert.equal(applied.status, 0, applied.stderr)
  const second = bulkhead.run(['scan', 'goat', '--json', '--out', 'patch=again.patch'], { cwd: project })
  const count = (json: string): number => (JSON.parse(json) as Report).findings.length
  assert.ok(count(second.stdout) < count(first.stdout))
  assert.equal(readFileSync(join(project, 'again.patch'), 'utf8'), '')
})

test('no output of any kind shows a secret of the goat, nor one whose shape is only known at run time', async () => {
  cpSync(join(root, 'examples/goat'), join(project, 'goat'), { recursive: true })
  const canary = `hf_${Buffer.from('canary that nobody may ever see!')
    .toString('hex')
    .replace(/[0-9]/g, (digit) => String.fromCharCode(65 + Number(digit)))
    .slice(0, 34)}`
  put(
    'goat/extra/compose.yaml',
    `services:\n  a:\n    image: example.org/a:1\n    command: ["serve", "--token", "${canary}"]\n    environment:\n      HF_TOKEN: ${canary}\n      URL: "https://user:${canary}@example.org/"\n`,
  )
  put(
    'goat/extra/Dockerfile',
    `FROM python:3.13\nENV HF_TOKEN="${canary}" OTHER=1\nRUN hf auth login --token ${canary} && \\\n  echo ${canary} | base64\nLABEL note="${canary}"\nCMD ["serve", "--token=${canary}"]\n`,
  )
  put(
    'goat/extra/pod.yaml',
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: c\n      image: example.org/a:1\n      args: ["--token", ${canary}]\n      env: [{name: HF_TOKEN, value: ${canary}}]\n`,
  )
  const secrets = [canary, 'GoatBaitNotARealToken', 'goat-bait-7xQ2']
  const args = ['json', 'sarif', 'html', 'markdown', 'junit', 'github', 'patch'].flatMap((format) => [
    '--out',
    `${format}=out.${format}`,
  ])
  const outputs = [
    bulkhead.run(['scan', 'goat', '--full', '--all-rules', ...args], { cwd: project }),
    bulkhead.run(['scan', 'goat', '--json', '--facts'], { cwd: project }),
    bulkhead.run(['scan', 'goat', '--plain'], { cwd: project }),
    bulkhead.run(['baseline', 'goat', '--out', 'out.baseline'], { cwd: project }),
  ]
  const texts = [
    ...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ...filesBelow(project, 'out.'),
    ...filesBelow(bulkhead.folder, '', 'cache'),
  ]
  assert.ok(
    texts.some((text) => text.includes('secret/')),
    'the secrets were found',
  )
  for (const text of texts)
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret.slice(0, 8)}… in ${text.slice(0, 200)}`)
})

test('no connection is ever opened', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  put(
    'compose.yaml',
    `services:\n  a:\n    image: 127.0.0.1:${port}/x:1\n    build: http://127.0.0.1:${port}/repo.git\ninclude:\n  - http://127.0.0.1:${port}/more.yaml\n`,
  )
  put(
    'Dockerfile',
    `# syntax=127.0.0.1:${port}/front:1\nFROM 127.0.0.1:${port}/x:1\nADD http://127.0.0.1:${port}/y /y\n`,
  )
  bulkhead.run(['scan'], { cwd: project, env: { HTTP_PROXY: `http://127.0.0.1:${port}` } })
  server.close()
  assert.deepEqual(asked, [])
})

test('same input, same bytes out', () => {
  cpSync(join(root, 'examples/goat'), join(project, 'goat'), { recursive: true })
  const once = (): string =>
    bulkhead.run(['scan', 'goat', '--json', '--facts'], { cwd: project }).stdout.replace(/"date": ?"[^"]+"/, '')
  assert.equal(once(), once())
})

interface Report {
  readonly findings: readonly {
    readonly rule: string
    readonly concepts: readonly string[]
    readonly locations: readonly { readonly path: string }[]
    readonly status: { readonly is: string }
  }[]
  readonly coverage: {
    readonly areas: Readonly<Record<string, string>>
    readonly skipped: readonly { readonly code: string; readonly what: string; readonly why: string }[]
    readonly analyzers: readonly { readonly errors: readonly unknown[] }[]
  }
}

/** Texts of files below a folder whose name begins so; `only` narrows to one subfolder. */
function filesBelow(folder: string, prefix: string, only = ''): string[] {
  const start = join(folder, only)
  if (!existsSync(start)) return []
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith(prefix))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
}

function oldNode(): string | undefined {
  for (const path of ['/usr/local/bin/node', '/usr/bin/node']) {
    if (!existsSync(path)) continue
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
    if (Number(/^v(\d+)/.exec(stdout)?.[1] ?? 99) < 24) return path
  }
  return undefined
}
