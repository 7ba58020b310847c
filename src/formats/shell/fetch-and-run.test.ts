import assert from 'node:assert/strict'
import test from 'node:test'
import { downloads, fetchAndRun, joinScripts, runsOf } from './meaning.ts'
import { readShell } from './read.ts'

function commandsOf(text: string, shell = 'bash') {
  return readShell({ text, shell, span: (start, end) => ({ start, end }) }).commands
}

test('fetched and run', () => {
  const cases: [string, string][] = [
    ['curl u | sh', 'pipe sh'],
    ['curl -fsSL u | sudo -E bash -', 'pipe bash'],
    ['curl u | env A=1 sh -s -- x', 'pipe sh'],
    ['curl u | tee f | sh', 'pipe sh'],
    ['curl u | (cat | sh)', 'pipe sh'],
    ['curl u | python3 -', 'pipe python3'],
    ['curl u | python3 -u', 'pipe python3'],
    ['curl u | perl - --install', 'pipe perl'],
    ['curl u | node', 'pipe node'],
    ['wget -qO- u | bash', 'pipe bash'],
    ['wget -O - u | bash -x', 'pipe bash'],
    ['curl u | gunzip | sh', 'pipe sh'],
    ['curl u | bash /dev/stdin', 'pipe bash'],
    ['curl u | . /dev/stdin', 'pipe .'],
    ['curl u | bash -c "bash"', 'pipe bash'],
    ['sh -c "curl u | sh"', 'pipe sh'],
    ['"c"url u | s\\h', 'pipe sh'],
    ['c=curl; $c u | sh', 'pipe sh'],
    ['echo "$(curl u)" | sh', 'pipe sh'],
    ['curl u | xargs sh -c', 'pipe sh'],
    ['curl u | xargs -I{} sh -c "{}"', 'pipe sh'],
    ['curl u | while read l; do eval "$l"; done', 'pipe eval'],
    ['bash <(curl u)', 'process-substitution bash'],
    ['. <(curl u)', 'process-substitution .'],
    ['source <(curl -s u)', 'process-substitution source'],
    ['sh < <(curl u)', 'process-substitution sh'],
    ['curl u | tee >(bash)', 'process-substitution bash'],
    ['curl u > >(sh)', 'process-substitution sh'],
    ['sh -c "$(curl u)"', 'substitution sh'],
    ['bash -c "`curl u`"', 'substitution bash'],
    ['eval "$(curl u)"', 'substitution eval'],
    ['python3 -c "$(curl u)"', 'substitution python3'],
    ['$(curl u)', 'substitution ?'],
    ['bash <<< "$(curl u)"', 'here-string bash'],
    ['S=$(curl u); eval "$S"', 'variable eval'],
    ['S=$(curl u); sh -c "$S"', 'variable sh'],
    ['S=$(curl u); bash <<< "$S"', 'variable bash'],
    ['S=$(curl u); echo "$S" | sh', 'variable sh'],
    ['curl -o f u && sh f', 'file sh'],
    ['curl u > f; bash f', 'file bash'],
    ['curl u > f && bash < f', 'file bash'],
    ['curl u -o f && cat f | sh', 'file sh'],
    ['curl u | sudo tee f; sudo bash f', 'file bash'],
    ['curl u | gunzip > f; . f', 'file .'],
    ['curl -O https://e/f.sh && chmod +x f.sh && ./f.sh', 'file f.sh'],
    ['wget https://e/a/install.sh?x=1; bash install.sh', 'file bash'],
    ['cd /tmp && wget https://e/a/install.sh && bash /tmp/install.sh', 'file bash'],
    ['wget -P /tmp https://e/i.sh && sh /tmp/i.sh', 'file sh'],
    ['curl -o /tmp/f u && mv /tmp/f /usr/local/bin/g && /usr/local/bin/g', 'file g'],
    ['curl -o f u && install -m 755 f /usr/local/bin/ && /usr/local/bin/f', 'file f'],
    ['curl -o "/tmp/x-$V.sh" u && sh /tmp/x-$V.sh', 'file sh'],
    ['curl -O https://e/get-pip.py && python$V get-pip.py', 'file ?'],
    ['curl -o f.py u && python3 -u -W ignore f.py', 'file python3'],
    [`python -c "import urllib.request as u; exec(u.urlopen('http://e').read())"`, 'program python'],
    // Checks that do not check it, or whose failure is of no consequence.
    ['curl -o f u && echo "00  g" | sha256sum -c && sh f', 'file sh'],
    ['curl -o f u; sha256sum -c s || true; sh f', 'file sh'],
    ['curl -o f u; sha256sum -c s; sh f', 'file sh'],
    ['curl -o f u && sh f && sha256sum -c s', 'file sh'],
    ['curl -o f u && sha256sum f && sh f', 'file sh'],
  ]
  for (const [text, expected] of cases) {
    const commands = commandsOf(text)
    const found = fetchAndRun(commands)
    assert.deepEqual(
      found.map(({ how, sink }) => `${how} ${commands[sink]?.name ?? '?'}`),
      [expected],
      text,
    )
  }
  const iwr = commandsOf('iwr https://e/i.ps1 | iex', 'powershell')
  assert.deepEqual(fetchAndRun(iwr), [{ fetch: 0, sink: 1, how: 'pipe', url: 'https://e/i.ps1' }])
})

test('fetched, but not run or run after a check', () => {
  const cases = [
    ...[
      'curl u | tar xz',
      'curl u | gpg --dearmor -o k',
      'curl u | grep sh',
      'curl u | apt-key add -',
      'curl u | tar xz | sh',
    ],
    ...[
      'curl u | jq -r .a',
      'curl -o f u && tar xf f',
      'curl u | tee f',
      'echo $(curl u)',
      'A=$(curl u | jq -r .tag) && echo $A',
    ],
    ...[
      'curl u | bash -c "cat > y"',
      'curl u | python3 -c "import json"',
      'curl u | python3 -m json.tool',
      'curl u | python3 x.py',
    ],
    ...[
      'bash x.sh "$(curl u)"',
      'bash install.sh && curl u',
      'curl u > f; sh g',
      'wget https://e/bash -O /opt/x; bash y',
    ],
    ...['curl u | sh <<E\nls\nE', 'curl -o f u && f', 'curl -o sh u && sh g'],
    'curl -o f u && echo "00  f" | sha256sum -c - && sh f',
    'curl u -o f && echo "$SUM f" | sha256sum --check --status && sh f',
    'set -e; curl -o f u; echo "00 f" | sha256sum -c; sh f',
    'curl -o f u; [ "$(sha256sum f | cut -d" " -f1)" = 00 ] && sh f',
    'curl -o f u; sha256sum -c s || exit 1; sh f',
    'curl -o f u; sha256sum -c s || { echo bad; exit 1; }; sh f',
    'curl -o f u; if sha256sum -c s; then sh f; fi',
    'curl -o f u && sha256sum -c <<< "00  f" && sh f',
    'curl -o f.asc u && curl -o f v && gpg --verify f.asc f && sh f',
    'curl -o f u && cosign verify-blob --key k f && chmod +x f && ./f',
  ]
  for (const text of cases) assert.deepEqual(fetchAndRun(commandsOf(text)), [], text)
  assert.deepEqual(fetchAndRun(commandsOf('curl -o f u; sha256sum -c s; sh f'), { errexit: true }), [])
})

test('a file that a later RUN runs', () => {
  const first = commandsOf('x | y; curl -o ~/i.sh https://e/i.sh')
  const second = commandsOf('chmod +x ~/i.sh && echo $(bash ~/i.sh -b)')
  const joined = joinScripts([first, second])
  assert.deepEqual(
    joined.map(({ index }) => index),
    [0, 1, 2, 3, 4, 5],
  )
  assert.deepEqual(joined[5]?.within, { command: 4, how: 'substitution' })
  assert.equal(new Set(joined.map(({ pipeline }) => pipeline)).size, 5)
  assert.deepEqual(fetchAndRun(joined), [{ fetch: 2, sink: 5, how: 'file', url: 'https://e/i.sh' }])
  assert.deepEqual(runsOf(second, '~/i.sh'), [2])
})

test('downloads: URLs, where to, and whether certificates are checked', () => {
  const cases: [string, string][] = [
    ['curl -fsSLo f https://e/x', 'curl https://e/x f true false'],
    ['curl -kL --retry 3 -H "A: b" https://e/x', 'curl https://e/x - false true'],
    ['curl --output=f --url https://e/x --insecure', 'curl https://e/x f true true'],
    ['curl -LO --output-dir /d https://e/x.tgz', 'curl https://e/x.tgz /d/x.tgz true false'],
    ['curl https://e/$V/x.tgz -O', 'curl https://e/$V/x.tgz x.tgz true false'],
    ['curl u > f', 'curl u f true false'],
    ['wget --no-check-certificate https://e/', 'wget https://e/ index.html true true'],
    ['wget -nv -P d https://e/a https://e/b', 'wget https://e/a https://e/b d/a true false'],
    ['aria2c -x 16 -d m -o w.bin https://e/y', 'aria2c https://e/y m/w.bin true false'],
    [
      'python3 -c \'import requests; print(requests.get("https://e/z", verify=False).text)\'',
      'python https://e/z - false true',
    ],
  ]
  for (const [text, expected] of cases) {
    const [found] = downloads(commandsOf(text))
    assert.ok(found, text)
    const urls = found.urls.map(({ written }) => written).join(' ')
    assert.equal(`${found.tool} ${urls} ${found.file ?? '-'} ${found.to === 'file'} ${found.insecure}`, expected, text)
  }
  for (const text of ['echo curl u', 'curl', 'python x.py', 'apt-get install curl'])
    assert.deepEqual(downloads(commandsOf(text)), [], text)
})
