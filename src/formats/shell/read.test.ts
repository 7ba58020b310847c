import assert from 'node:assert/strict'
import test from 'node:test'
import { readExec, readShell, type ShellReading } from './read.ts'

function read(text: string, shell = 'bash', variables?: Record<string, string | undefined>): ShellReading {
  return readShell({
    text,
    shell,
    span: (start, end) => ({ start, end }),
    ...(variables === undefined ? {} : { variables }),
  })
}

function words(reading: ShellReading): (string | null)[][] {
  return reading.commands.map((command) => command.words.map((word) => word.value))
}

function names(text: string, shell?: string): (string | null)[] {
  return read(text, shell).commands.map(({ name }) => name)
}

test('quotes, backslashes and variables vanish before a command is named', () => {
  const cases: [string, (string | null)[][]][] = [
    [`"c"u\\rl -s 'a b'`, [['curl', '-s', 'a b']]],
    ['c=cu; ${c}rl x', [[], ['curl', 'x']]],
    ['c="curl -s"; $c x', [[], ['curl', '-s', 'x']]],
    ['c="curl -s"; "$c" x', [[], ['curl -s', 'x']]],
    ["echo $'\\x41b'", [['echo', 'Ab']]],
    ['a\\\nb c', [['ab', 'c']]],
    ['echo "a\\"b\\c" $(( 1 + 2 ))', [['echo', 'a"b\\c', null]]],
    ['echo "" $empty', [['echo', '', null]]],
    ['e=; echo $e x "$e"', [[], ['echo', 'x', '']]],
    [
      'v=1.2.3; echo ${v%.*} ${v%%.*} ${v#1.} ${v/./-} ${v//./-} ${v:0:3} ${v^^}',
      [[], ['echo', '1.2', '1', '2.3', '1-2.3', '1-2-3', '1.2', '1.2.3']],
    ],
    ['a=1 b=$a; echo $b', [[], ['echo', '1']]],
    ['a=1; a+=2; echo $a', [[], [], ['echo', '12']]],
    ['echo {a,b{c,d}}e {1..3}', [['echo', 'ae', 'bce', 'bde', null]]],
    ['A=1 echo $A', [['echo', null]]],
    ['x=1; unset x; echo a$x', [[], ['unset', 'x'], ['echo', 'a']]],
    ['echo ${P:-8000} ${P:+x} ${P:?no}', [['echo', '8000', null, null]]],
    ['P=1; echo ${P:-8000} ${P:+x} ${P:?no}', [[], ['echo', '1', 'x', '1']]],
    [
      ': ${P:=5}; echo $P',
      [
        [':', '5'],
        ['echo', '5'],
      ],
    ],
  ]
  for (const [text, expected] of cases) assert.deepEqual(words(read(text)), expected, text)
})

test('braces are literal where the shell may not know them', () => {
  assert.deepEqual(words(read('echo {a,b}', 'sh')), [['echo', '{a,b}']])
})

test('variables: known ones are used, what a branch, a loop or a subshell sets is not', () => {
  const environment = { V: '2.0', U: undefined }
  const cases: [string, string | null][] = [
    ['echo $V', '2.0'],
    ['echo $U', null],
    ['echo ${U:-d}', 'd'],
    ['V=3; echo $V', '3'],
    ['if a; then V=3; fi; echo $V', null],
    ['a || V=3; echo $V', null],
    ['(V=3); echo $V', '2.0'],
    ['V=3 | a; echo $V', '2.0'],
    ['V=3 & echo $V', '2.0'],
    ['for i in 1 2; do V=$i; done; echo $V', null],
    ['read V; echo $V', null],
    ['V=$(x); echo $V', null],
    ['f() { V=3; }; f; echo $V', null],
    ['export V=4; echo $V', '4'],
    ['for V in only; do echo $V; done', 'only'],
    ['for V in a b; do echo $V; done', null],
    ['V=1; while a; do echo $V; V=2; done', null],
    ['case x in a) V=5;; esac; echo $V', null],
  ]
  for (const [text, expected] of cases) {
    const echo = read(text, 'bash', environment).commands.find(({ name }) => name === 'echo')
    assert.equal(echo?.words[1]?.value, expected, text)
  }
})

test('a shell that a command starts sees the environment and what was exported', () => {
  const inner = (text: string) => read(text, 'sh', { E: 'env' }).commands.at(-1)?.words[1]?.value
  assert.equal(inner(`A=1 sh -c 'echo $A'`), '1')
  assert.equal(inner(`A=1; sh -c 'echo $A'`), null)
  assert.equal(inner(`export A=1; sh -c 'echo $A'`), '1')
  assert.equal(inner(`A=1; export A; sh -c 'echo $A'`), '1')
  assert.equal(inner(`sh -c 'echo $E'`), 'env')
  assert.equal(inner(`env -i B=2 sh -c 'echo $B'`), '2')
  assert.equal(inner(`env -i sh -c 'echo $E'`), null)
  assert.equal(inner(`sh -c 'echo $1' name first`), 'first')
  assert.equal(inner(`A=1; eval 'echo $A'`), '1')
})

test('every command is found, wherever it is nested', () => {
  const cases: [string, (string | null)[]][] = [
    ['a $(b `c`) <(d) >(e)', ['a', 'b', 'c', 'd', 'e']],
    ['(a; { b; }) && if c; then d; elif e; then f; else g; fi', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
    ['for i in $(a); do b; done; while c; do d; done; until e; do f; done', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['case $(a) in x) b;; *) c;; esac', ['a', 'b', 'c']],
    ['f() { a; }; [[ -n $(b) ]] && c', ['a', 'b', 'c']],
    ['X=$(a) b; echo "${Y:-$(c)}" $(( $(d) + 1 ))', ['b', 'a', 'echo', 'c', 'd']],
    ['sh -c "a; b" && bash -lc \'c | d\' && bash -euxo pipefail -c e', ['sh', 'a', 'b', 'bash', 'c', 'd', 'bash', 'e']],
    ['eval "a b"; eval c d', ['eval', 'a', 'eval', 'c']],
    ['sh <<E\na | b\nE\nc', ['sh', 'a', 'b', 'c']],
    ["bash -s <<'E'\na $(b)\nE", ['bash', 'a', 'b']],
    ['cat <<E\na $(b)\nE', ['cat', 'b']],
    ["cat <<'E'\n$(b)\nE", ['cat']],
    ['bash <<< "a; b"', ['bash', 'a', 'b']],
    ['echo "a | b" | sh; printf "c\\n" | sudo bash -s', ['echo', 'a', 'b', 'sh', 'printf', 'c', 'bash']],
    ["cat <<'E' | sh\na; b\nE", ['cat', 'sh', 'a', 'b']],
    ['echo a | cat; echo b | sh x', ['echo', 'cat', 'echo', 'sh']],
    ['trap "a; b" EXIT', ['trap', 'a', 'b']],
    ['find / -name x -exec rm {} \\; -o -execdir a {} +', ['find', 'rm', 'a']],
    ['find . -print0 | xargs -0 -n1 a b', ['find', 'a']],
    ['su - u -c "a b"; su -c c u; runuser u -c "d"', ['su', 'a', 'su', 'c', 'runuser', 'd']],
    ['uv run --with x python a.py', ['uv', 'python']],
    ['coproc a; time b; ! c; d &', ['a', 'b', 'c', 'd']],
    ['alias x="a b"; x c', ['alias', 'x']],
    ['a > $(b) 2>&1; { c; } < <(d)', ['a', 'b', 'c', 'd']],
  ]
  for (const [text, expected] of cases) {
    const reading = read(text)
    assert.deepEqual(
      reading.commands.map(({ name }) => name),
      expected,
      text,
    )
    assert.equal(reading.problem, undefined, text)
  }
})

test('an alias is a command in sh, a function hides one', () => {
  assert.deepEqual(words(read('alias x="curl -s"; x u', 'sh')).at(-1), ['curl', '-s', 'u'])
  assert.deepEqual(names('curl() { wget x; }; curl y; command curl z'), ['wget', null, 'curl'])
})

test('wrappers are taken off and recorded', () => {
  const cases: [string, string, string[], string | undefined][] = [
    ['sudo -E -u bob A=1 curl x', 'curl', ['sudo'], 'bob'],
    ['sudo --user=bob -- curl x', 'curl', ['sudo'], 'bob'],
    ['sudo curl x', 'curl', ['sudo'], 'root'],
    ['/usr/bin/env -i -u X A=b curl', 'curl', ['env'], undefined],
    ['env -S "curl -s" x', 'curl', ['env'], undefined],
    ['exec gosu app:app curl', 'curl', ['exec', 'gosu'], 'app:app'],
    ['su-exec "$U" curl', 'curl', ['su-exec'], '$U'],
    ['chpst -u www curl', 'curl', ['chpst'], 'www'],
    ['setpriv --reuid=1000 --regid 1000 --init-groups curl', 'curl', ['setpriv'], '1000'],
    ['runuser -u app -- curl', 'curl', ['runuser'], 'app'],
    [
      'timeout -k 5 --signal=TERM 10 nice -n 5 ionice -c2 nohup curl',
      'curl',
      ['timeout', 'nice', 'ionice', 'nohup'],
      undefined,
    ],
    ['command -p curl', 'curl', ['command'], undefined],
    ['command -v curl', 'command', [], undefined],
    ['stdbuf -oL -e 0 curl', 'curl', ['stdbuf'], undefined],
    ['tini -g -- curl', 'curl', ['tini'], undefined],
    ['dumb-init -r 15:2 curl', 'curl', ['dumb-init'], undefined],
    ['busybox wget x', 'wget', ['busybox'], undefined],
    ['conda run --no-capture-output -n env curl', 'curl', ['conda run'], undefined],
    ['micromamba run -n env curl', 'curl', ['micromamba run'], undefined],
    ['conda install x', 'conda', [], undefined],
    ['poetry run curl', 'curl', ['poetry run'], undefined],
    ['chroot --userspec=u:g /mnt curl', 'curl', ['chroot'], 'u:g'],
    ['doas -u u curl', 'curl', ['doas'], 'u'],
    ['xargs -I{} -P 4 curl {}', 'curl', ['xargs'], undefined],
    ['exec >log', 'exec', [], undefined],
    ['$BIN/curl x', 'curl', [], undefined],
  ]
  for (const [text, name, wrappers, user] of cases) {
    const command = read(text).commands[0]
    assert.deepEqual([command?.name, command?.wrappers, command?.asUser], [name, wrappers, user], text)
  }
  const nested = read('sudo -u bob sh -c "a $(b)"').commands
  assert.deepEqual(
    nested.map(({ name, wrappers, asUser }) => [name, wrappers, asUser]),
    [
      ['sh', ['sudo'], 'bob'],
      ['a', ['sudo', 'sh -c'], 'bob'],
      // The outer shell runs a substitution within double quotes, before sudo starts.
      ['b', [], undefined],
    ],
  )
})

test('what runs in a script that succeeds', () => {
  const cases: [string, boolean[]][] = [
    ['a && b && c', [true, true, true]],
    ['a || b', [true, false]],
    ['true || a && b', [true, false, true]],
    ['a && b || c', [true, false, false]],
    ['[ -f x ] && a; b', [true, false, true]],
    ['b; [ -f x ] && a', [true, true, true]],
    ['if a; then b; fi', [true, false]],
    ['for i in 1; do a; done', [false]],
    ['f() { a; }; f', [false, true]],
    ['(a; b) && { c; }', [true, true, true]],
    ['a || { b; sh -c "c"; }', [true, false, false, false]],
    ['echo $(a)', [true, true]],
    ['trap "a" EXIT', [true, false]],
  ]
  for (const [text, expected] of cases) {
    assert.deepEqual(
      read(text).commands.map(({ always }) => always),
      expected,
      text,
    )
  }
})

test('pipelines: number, position, length and how a command is joined', () => {
  const shape = (text: string) => {
    const { commands } = read(text)
    return commands.map(
      (c) => `${c.name} ${c.pipeline - (commands[0]?.pipeline ?? 0)}.${c.position}/${c.pipelineLength} ${c.after}`,
    )
  }
  assert.deepEqual(shape('a | b |& c && d; e || f'), [
    'a 0.0/3 start',
    'b 0.1/3 |',
    'c 0.2/3 |',
    'd 1.0/1 &&',
    'e 2.0/1 ;',
    'f 3.0/1 ||',
  ])
  assert.deepEqual(shape('a | (b | c)'), ['a 0.0/3 start', 'b 0.1/3 |', 'c 0.2/3 |'])
  assert.deepEqual(shape('{ a; b; } | c'), ['a 0.0/2 start', 'b 0.0/2 ;', 'c 0.1/2 |'])
  assert.deepEqual(shape("a | sh -c 'b | c'"), ['a 0.0/3 start', 'sh 0.1/3 |', 'b 0.1/3 start', 'c 0.2/3 |'])
})

test('redirects and standard input', () => {
  const [first] = read('a 2>/dev/null >"$f" >>x </in').commands
  assert.deepEqual(
    first?.redirects.map(({ operator, target }) => [operator, target]),
    [
      ['2>', '/dev/null'],
      ['>', null],
      ['>>', 'x'],
      ['<', '/in'],
    ],
  )
  assert.deepEqual(
    read('{ a; b | c; } > f').commands.map(({ redirects }) => redirects.length),
    [1, 0, 1],
  )
  const python = read('v=1; python3 - <<E\nprint("$v $u")\nE').commands[1]
  assert.equal(python?.stdin, 'print("1 $u")\n')
  assert.equal(read("cat <<-'E'\n\ta\n\t\tb $x\n\tE").commands[0]?.stdin, 'a\nb $x\n')
  assert.equal(read('cat <<< "a b"').commands[0]?.stdin, 'a b')
  assert.equal(read(`cat <<'E'\n${'x'.repeat(20_000)}\nE`).commands[0]?.stdin?.length, 16 * 1024)
})

test('within says how a nested command meets its outer one', () => {
  const within = (text: string) => read(text).commands.map((c) => c.within && `${c.within.command} ${c.within.how}`)
  assert.deepEqual(within('a "$(b)" <(c)'), [undefined, '0 substitution', '0 process-substitution'])
  assert.deepEqual(within('sh -c "a $(b)"'), [undefined, '0 argument', '0 substitution'])
  assert.deepEqual(within('sh <<E\na\nE'), [undefined, '0 here-doc'])
  assert.deepEqual(within('sh <<< a'), [undefined, '0 here-string'])
  assert.deepEqual(within('x; y; bash <<< "$(a)"'), [undefined, undefined, undefined, '2 substitution'])
})

test('errexit and pipefail', () => {
  const cases: [string, string, boolean, boolean][] = [
    ['a', 'sh', false, false],
    ['a', '/bin/bash -eo pipefail -c', true, true],
    ['a', '/bin/bash -o pipefail -c', false, true],
    ['set -euo pipefail; a', 'bash', true, true],
    ['set -e; set +e; a', 'bash', false, false],
    ['set -o errexit -o pipefail', 'bash', true, true],
    ['(set -e); a', 'bash', false, false],
    ['if x; then set -e; fi; a', 'bash', false, false],
    ['#!/bin/bash -e\na', 'sh', true, false],
    ["bash -euxo pipefail -c 'a | b'", 'sh', true, true],
    ["bash -euxo pipefail -c 'a | b'; c", 'sh', false, false],
    ["sh -c 'set -e; a'", 'sh', true, false],
  ]
  for (const [text, shell, errexit, pipefail] of cases) {
    const reading = read(text, shell)
    assert.deepEqual([reading.errexit, reading.pipefail], [errexit, pipefail], text)
  }
})

test('spans point at the text, through nested scripts and their escapes', () => {
  const text = `x; sh -c "a \\"b c\\" | curl 'u'" && eval 'd e'; f \`g \\\`h i\\\`\``
  const { commands } = read(text)
  const shown = commands.map(({ span }) => text.slice(span.start, span.end))
  assert.deepEqual(shown.slice(2, 4), ['a \\"b c\\"', "curl 'u'"])
  assert.equal(shown[5], 'd e')
  assert.deepEqual(shown.slice(-2), ['g \\`h i\\`', 'h i'])
  assert.equal(commands[2]?.words[1]?.raw, '\\"b c\\"')
  assert.equal(commands[2]?.words[1]?.value, 'b c')
})

test('another interpreter is one command that is given the text', () => {
  const reading = read('import os\n', '/usr/bin/env python3')
  assert.deepEqual(
    reading.commands.map(({ name, stdin, span }) => [name, stdin, span]),
    [['python3', 'import os\n', { start: 0, end: 10 }]],
  )
  assert.deepEqual(names('#!/usr/bin/python\nprint(1)', 'sh'), ['python'])
})

test('Windows shells are cut into commands and words only', () => {
  const { commands, problem } = read('curl.exe -o "a b" x && iwr $url | iex; echo %A%', 'cmd /S /C')
  assert.equal(problem, undefined)
  assert.deepEqual(
    commands.map((c) => [c.name, c.after, c.words.map((word) => word.value)]),
    [
      ['curl', 'start', ['curl.exe', '-o', 'a b', 'x']],
      ['iwr', '&&', ['iwr', null]],
      ['iex', '|', ['iex']],
      ['echo', ';', ['echo', null]],
    ],
  )
  assert.deepEqual(names('a', 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe -Command'), ['a'])
})

test('exec form: words are not expanded, a shell in them is followed', () => {
  const exec = (...values: string[]) => {
    let at = 1
    return readExec(
      values.map((value) => {
        const span = { start: at, end: at + value.length + 2 }
        at = span.end + 2
        return { value, span }
      }),
    )
  }
  assert.deepEqual(words(exec('echo', '$HOME', '*')), [['echo', '$HOME', '*']])
  const reading = exec('tini', '--', 'bash', '-euo', 'pipefail', '-c', 'é; exec jupyter lab')
  assert.deepEqual(
    reading.commands.map(({ name, wrappers }) => [name, wrappers]),
    [
      ['bash', ['tini']],
      ['é', ['tini', 'bash -c']],
      ['jupyter', ['tini', 'bash -c', 'exec']],
    ],
  )
  assert.deepEqual([reading.errexit, reading.pipefail], [true, true])
  // `["sh", "-c", "a; curl x"]`: to the character.
  assert.deepEqual(exec('sh', '-c', 'a; curl x').commands[2]?.span, { start: 17, end: 23 })
  assert.deepEqual(exec(), { commands: [], errexit: false, pipefail: false })
})

test('what can not be followed is a problem, and what was understood stays', () => {
  const open = read('curl x\nsh -c "a')
  assert.equal(open.commands[0]?.name, 'curl')
  assert.match(open.problem ?? '', /offset/)
  assert.match(read(`${'a;'.repeat(20_001)}`).problem ?? '', /20000 commands/)
  assert.match(read('a\n'.repeat(200_000)).problem ?? '', /longer than/)
  let deep = 'curl x'
  for (let level = 0; level < 20; level++) deep = `a $(${deep})`
  assert.match(read(deep).problem ?? '', /deeper than 16/)
})
