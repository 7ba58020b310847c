import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { DirectoryLayer, type DirectoryOptions } from './directory.ts'

const defaults: DirectoryOptions = { exclude: [], includeIgnored: false, maxDepth: 64 }
let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bulkhead-files-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function walk(options: Partial<DirectoryOptions> = {}, folder = root) {
  const files: string[] = []
  const skipped: string[] = []
  await new DirectoryLayer(folder, { ...defaults, ...options }).walk({
    wants: (_, name) => !name.endsWith('.no'),
    visit: (file) => void files.push(file.path),
    skipped: (code, what) => void skipped.push(`${code} ${what}`),
    stop: () => false,
  })
  return { files, skipped }
}

function put(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), path)
  }
}

test('what is nobody’s source is left out and counted', async () => {
  put(
    'Dockerfile',
    '.git/config',
    'node_modules/a/Dockerfile',
    'env/pyvenv.cfg',
    'env/lib/Dockerfile',
    'src/a',
    'src/b.no',
  )
  const { files, skipped } = await walk()
  assert.deepEqual(files, ['Dockerfile', 'src/a'])
  assert.deepEqual(skipped.sort(), [
    'left-out .git (version control)',
    'left-out a virtual environment',
    'left-out node_modules (installed packages)',
  ])
  assert.ok((await walk({ includeIgnored: true })).files.includes('node_modules/a/Dockerfile'))
})

test('.gitignore files count as git reads them, from the repository’s root down', async () => {
  put('keep', 'build/x', 'sub/gen/x', 'sub/secret.txt', 'sub/keep.txt', 'other/secret.txt')
  writeFileSync(join(root, '.gitignore'), 'build/\n*.txt\n!keep.txt\n')
  writeFileSync(join(root, 'sub/.gitignore'), '/gen\n')
  execFileSync('git', ['init', '-q', root])
  const tracked = execFileSync('git', ['-C', root, 'ls-files', '--others', '--exclude-standard'], { encoding: 'utf8' })
  const expected = tracked.trim().split('\n').sort()
  assert.deepEqual((await walk()).files.sort(), expected)
  // A folder of the repository: the files above still count.
  assert.deepEqual((await walk({}, join(root, 'sub'))).files.sort(), ['.gitignore', 'keep.txt'])
})

test('a link is never followed out of the folder; a cycle ends', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'bulkhead-outside-'))
  try {
    writeFileSync(join(outside, 'secret'), 'x')
    put('a/file', 'named.no')
    symlinkSync(join(outside, 'secret'), join(root, 'link'))
    symlinkSync('..', join(root, 'a/up'))
    symlinkSync(outside, join(root, 'away'))
    symlinkSync('named.no', join(root, 'Dockerfile'))
    symlinkSync('file', join(root, 'a/again'))
    symlinkSync('nowhere', join(root, 'dangling'))
    const { files, skipped } = await walk()
    assert.deepEqual(files, ['Dockerfile', 'a/file'])
    assert.deepEqual(skipped.sort(), ['link-outside away', 'link-outside link'])
  } finally {
    rmSync(outside, { recursive: true })
  }
})

test('find stays inside, whatever is asked', () => {
  put('a/b', 'c')
  symlinkSync('/etc/passwd', join(root, 'passwd'))
  const layer = new DirectoryLayer(root, defaults)
  for (const path of ['../x', '/etc/passwd', 'a/../../x', 'passwd', '..'])
    assert.equal(layer.find(path), 'outside', path)
  for (const path of ['a', 'nothing', '', '.']) assert.equal(layer.find(path), undefined, path)
  for (const path of ['c', './a/../c', 'a/./b']) assert.ok(typeof layer.find(path) === 'object', path)
})

test('a FIFO is not opened', { timeout: 10_000 }, async () => {
  execFileSync('mkfifo', [join(root, 'Dockerfile')])
  put('other')
  assert.deepEqual((await walk()).files, ['other'])
})

test('names that are not UTF-8 are read under their real name', async () => {
  const name = Buffer.concat([Buffer.from(`${root}/Dockerfile.`), Buffer.from([0xff, 0xe9])])
  writeFileSync(name, 'FROM x')
  const layer = new DirectoryLayer(root, defaults)
  const seen: string[] = []
  await layer.walk({
    wants: () => true,
    visit: (file) => void seen.push(`${file.path} ${Buffer.from(file.bytes()).toString()}`),
    skipped: () => {},
    stop: () => false,
  })
  assert.deepEqual(seen, ['Dockerfile.\uDCFF\uDCE9 FROM x'])
})

test('a folder that cannot be read is said', {
  skip: process.getuid?.() === 0 ? 'root reads everything' : false,
}, async () => {
  put('a/x')
  chmodSync(join(root, 'a'), 0)
  const { skipped } = await walk()
  chmodSync(join(root, 'a'), 0o755)
  assert.deepEqual(skipped, ['unreadable a/'])
})

test('--exclude leaves out files and folders', async () => {
  put('a/x', 'b/x', 'b/y', 'z.tmp')
  const { files } = await walk({ exclude: ['a', 'b/y', '*.tmp'] })
  assert.deepEqual(files, ['b/x'])
})

test('a single file is visited as named; its neighbours only when asked for', async () => {
  put('compose.yaml', 'Dockerfile')
  assert.deepEqual((await walk({ onlyFile: 'compose.yaml' })).files, ['compose.yaml'])
})
