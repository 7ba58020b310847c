import assert from 'node:assert/strict'
import test from 'node:test'
import { hasFlag, optionValue, packageInstalls } from './meaning.ts'
import { readShell, splitWords } from './read.ts'

function commandsOf(text: string) {
  return readShell({ text, shell: 'bash', span: (start, end) => ({ start, end }) }).commands
}

test('package installs, in one form for every manager', () => {
  const cases: [string, string][] = [
    [
      'apt-get -y --no-install-recommends install curl=7.1 git/stable g++:arm64',
      'apt install curl=7.1 git/stable g++:arm64',
    ],
    ['apt-get update && DEBIAN_FRONTEND=x apt install -y -t bookworm-backports a', 'apt install a'],
    ['apk add --no-cache -t .build "gcc>1" py3~3.1 x=1.2-r0 y@edge', 'apk add gcc>1 py3~3.1 x=1.2-r0 y@edge'],
    ['yum -y install --enablerepo epel a b-1.0', 'yum install a b-1.0'],
    ['microdnf install -y a', 'microdnf install a'],
    ['zypper --non-interactive in -r repo a=1', 'zypper in a=1'],
    ["pip install 'torch[x]>=2,<3' a==1 b~=2 --no-deps", 'pip install torch>=2,<3 a==1 b~=2'],
    ['python3 -m pip --no-cache-dir install -U a', 'pip install a'],
    ['python$V -m pip install a', 'pip install a'],
    ['pip3.11 install a==$V $B', 'pip install a? ??'],
    ['pip install . ./x -e y git+https://e/z n@https://e/w x.whl', 'pip install ? ? ? ? n@https://e/w ?'],
    ['uv pip install --system --index-strategy unsafe-best-match a', 'uv pip install a'],
    ['uv sync --frozen', 'uv sync'],
    ['uv add a', 'uv add a'],
    ['poetry install --no-root --without dev', 'poetry install'],
    ['conda install -y -n base -c conda-forge python=3.10=0 nvidia::cuda', 'conda install python=3.10=0 cuda'],
    ['micromamba create -f env.yml', 'micromamba create'],
    ['conda env create -f env.yml', 'conda env create'],
    ['npm i -g --registry https://r a@1.2 @s/b @s/c@^1', 'npm i a@1.2 @s/b @s/c@^1'],
    ['npm ci', 'npm ci'],
    ['yarn', 'yarn install'],
    ['yarn global add a', 'yarn global add a'],
    ['pnpm add a', 'pnpm add a'],
    ['gem install -v 1.0 a', 'gem install a1.0'],
    ['go install -ldflags "-s -w" e.com/a@v1', 'go install e.com/a@v1'],
    ['cargo install --version 1.0 --locked a', 'cargo install a1.0'],
    ['sudo -E pip install a', 'pip install a'],
  ]
  for (const [text, expected] of cases) {
    const found = packageInstalls(commandsOf(text))
    const shown = found.map(({ manager, action, packages }) =>
      [manager, action, ...packages.map(({ name, version }) => `${name ?? '?'}${version ?? '?'}`)].join(' '),
    )
    assert.deepEqual(shown, [expected], text)
  }
  for (const text of [
    'pip list',
    'apt-get update',
    'npm run build',
    'conda activate x',
    'yarn build',
    'echo pip install a',
    'go build ./...',
  ]) {
    assert.deepEqual(packageInstalls(commandsOf(text)), [], text)
  }
})

test('requirement files, indexes and flags', () => {
  const [found] = packageInstalls(
    commandsOf(
      'pip install --no-cache-dir -r a.txt --requirement=b.txt -ihttps://i --extra-index-url https://e -f $F --trusted-host h',
    ),
  )
  assert.deepEqual(
    found?.requirements.map(({ value }) => value),
    ['a.txt', 'b.txt'],
  )
  assert.deepEqual(
    found?.indexes.map(({ option, word }) => [option, word.value]),
    [
      ['-i', 'https://i'],
      ['--extra-index-url', 'https://e'],
      ['-f', null],
    ],
  )
  assert.equal(found?.flags.get('--trusted-host')?.value, 'h')
  assert.ok(found?.flags.has('--no-cache-dir'))
  assert.deepEqual(found?.packages, [])
})

test('option values and flags, however they are written', () => {
  const command = (text: string) => commandsOf(text)[0] as ReturnType<typeof commandsOf>[number]
  const values: [string, string[], string | null | undefined][] = [
    ['a --host=0.0.0.0', ['--host'], '0.0.0.0'],
    ['a --host 0.0.0.0', ['--host', '-h'], '0.0.0.0'],
    ['a -h 1', ['--host', '-h'], '1'],
    ['a -h1', ['-h'], '1'],
    ['a -xh 1', ['-h'], '1'],
    ['a --host $H', ['--host'], null],
    ['a --host=$H', ['--host'], null],
    ['a --host', ['--host'], undefined],
    ['a --hostname=1', ['--host'], undefined],
    ['a --host 1 --host 2', ['--host'], '2'],
    ['a -- --host 1', ['--host'], undefined],
    ['a -OutFile x', ['-OutFile'], 'x'],
    ['a --host= b', ['--host'], ''],
  ]
  for (const [text, names, expected] of values) assert.equal(optionValue(command(text), names), expected, text)
  const flags: [string, string[], string, boolean][] = [
    ['a -xyz', ['-y'], '', true],
    ['a -xyz', ['-q', '--quiet'], '', false],
    ['a --yes', ['-y', '--yes'], '', true],
    ['a --yes=1', ['--yes'], '', true],
    ['a -oy', ['-y'], 'o', false],
    ['a -o -y', ['-y'], 'o', false],
    ['a -- -y', ['-y'], '', false],
    ['a --no-yes', ['--yes'], '', false],
    ['a -SkipX', ['-SkipX'], '', true],
  ]
  for (const [text, names, valued, expected] of flags)
    assert.equal(hasFlag(command(text), names, valued), expected, text)
})

test('string commands are split as Compose splits them', () => {
  const cases: [string, string[] | undefined][] = [
    [`a 'b c' "d e" f\\ g`, ['a', 'b c', 'd e', 'f g']],
    ['a "" \'\'', ['a', '', '']],
    ['a $(id -u x) | b', ['a', '$(id -u x)']],
    ['a `id x` b', ['a', '`id x`', 'b']],
    ['a; b', ['a']],
    ['a 2>f', ['a']],
    ['a x2>f', ['a', 'x2']],
    ['a "x|y"', ['a', 'x|y']],
    ['', []],
    ['  a\t\n b ', ['a', 'b']],
    ['a "b', undefined],
    ["a 'b", undefined],
    ['a \\', undefined],
    ['a (b)', undefined],
    ['a b)', undefined],
    ['\'a\\b\' "c\\"d"', ['a\\b', 'c"d']],
  ]
  for (const [text, expected] of cases)
    assert.deepEqual(
      splitWords(text)?.map(({ value }) => value),
      expected,
      text,
    )
  assert.deepEqual(splitWords(`a 'b c'd`)?.[1], { value: 'b cd', start: 2, end: 8 })
})
