import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsed } from './testing/parsed.ts'

/** Each row: the text behind `FROM a`, and the texts of the instructions that it makes. */
for (const [name, text, expected] of [
  ['a continuation joins without a space', 'RUN a\\\nUSER 1', ['RUN aUSER 1']],
  ['blanks after the escape still continue', 'RUN a \\ \t\n b', ['RUN a  b']],
  ['an escaped escape does not continue', 'RUN a \\\\\nUSER 1', ['RUN a \\\\', 'USER 1']],
  ['a comment behind the escape ends the line', 'RUN a \\ # c\nUSER 1', ['RUN a \\ # c', 'USER 1']],
  ['comments and blank lines inside are skipped', 'RUN a \\\n  # c \\\n\n  b', ['RUN a   b']],
  ['a hash after the start is no comment', 'USER root # x', ['USER root # x']],
  ['keywords have any case, lines any indentation', '  uSeR\t app  ', ['USER app']],
  ['carriage returns belong to the line break', 'RUN a \\\r\n b\r\nUSER x\r\n', ['RUN a  b', 'USER x']],
  ['an escape at the end of the file', 'RUN a \\', ['RUN a']],
  ['a lone escape continues', 'RUN \\\n\\\necho', ['RUN echo']],
] as const) {
  test(`lines: ${name}`, () => {
    const { fact } = parsed(`FROM a\n${text}`)
    assert.deepEqual(
      fact.instructions.slice(1).map(({ keyword, text: rest }) => `${keyword} ${rest}`),
      expected,
    )
  })
}

test('a byte-order mark stands before the first instruction', () => {
  const { fact, source } = parsed('\uFEFFFROM a')
  assert.equal(fact.instructions[0]?.keyword, 'FROM')
  assert.deepEqual(fact.instructions[0]?.span, { start: 3, end: 9 })
  assert.equal(source.slice(fact.instructions[0].span), 'FROM a')
})

for (const [name, text, escaper, names] of [
  [
    'directives in any case and spacing',
    '# Syntax = docker/dockerfile:1\n#escape=`\n#check=skip=all\nFROM a',
    '`',
    ['syntax', 'escape', 'check'],
  ],
  ['a blank line ends them', '# syntax=docker/dockerfile:1\n\n# escape=`\nFROM a', '\\', ['syntax']],
  ['another comment ends them', '# hello\n# escape=`\nFROM a', '\\', []],
  ['an unknown key ends them', '# foo=bar\n# escape=`\nFROM a', '\\', []],
  ['a shebang ends them', '#!/usr/bin/env x\n# escape=`\nFROM a', '\\', []],
] as const) {
  test(`directives: ${name}`, () => {
    const { fact } = parsed(text)
    assert.equal(fact.escape, escaper)
    assert.deepEqual(
      fact.directives.map((directive) => directive.name),
      names,
    )
  })
}

test('the escape directive rules continuations and quoting', () => {
  const { fact } = parsed('# escape=`\nFROM a\nRUN dir C:\\ `\n  x\nENV P=C:\\x Q=a` b')
  assert.equal(fact.instructions[1]?.text, 'dir C:\\   x')
  assert.deepEqual(
    fact.instructions[2]?.pairs?.map((pair) => [pair.key, pair.value]),
    [
      ['P', 'C:\\x'],
      ['Q', 'a b'],
    ],
  )
})

for (const [syntax, foreign] of [
  ['# syntax=docker/dockerfile:1.7-labs@sha256:abc', undefined],
  ['# syntax=docker.io/docker/dockerfile-upstream:master', undefined],
  ['# syntax=docker/dockerfilex', 'docker/dockerfilex'],
  ['# syntax=ghcr.io/x/mopy', 'ghcr.io/x/mopy'],
  ['#!/bin/x\n# syntax=ghcr.io/x/mopy', 'ghcr.io/x/mopy'],
] as const) {
  test(`frontend: ${syntax}`, () => assert.equal(parsed(`${syntax}\nFROM a`).fact.foreignFrontend, foreign))
}

for (const [name, text, heredocs, rest] of [
  ['a lone one', 'RUN <<E\nx\nE\nUSER 1', [['E', true, false, 'x\n']], 1],
  ['the end word stands alone', 'RUN <<E\n E\nEE\nE\nUSER 1', [['E', true, false, ' E\nEE\n']], 1],
  ['tabs are stripped before the end word', 'RUN <<-E\n\tx\n\tE\nUSER 1', [['E', true, true, '\tx\n']], 1],
  ['a quoted word does not expand', 'RUN cat <<"E" >f\n$x\nE\nUSER 1', [['E', false, false, '$x\n']], 1],
  [
    'several follow in order',
    'COPY <<a <<b /d/\n1\na\n2\nb\nUSER 1',
    [
      ['a', true, false, '1\n'],
      ['b', true, false, '2\n'],
    ],
    1,
  ],
  ['blanks before the word', 'RUN cat <<  E\nx\nE\nUSER 1', [['E', true, false, 'x\n']], 1],
  ['an escaped word expands still', 'RUN cat <<\\E\nx\nE\nUSER 1', [['E', true, false, 'x\n']], 1],
  ['not a here-string with blanks', 'RUN cat <<< w\nUSER 1', [], 1],
  ['with a descriptor', 'RUN x 3<<E\n1\nE\nUSER 1', [['E', true, false, '1\n']], 1],
  [
    'comments and continuations in the body are data',
    'RUN <<E\n# c\na \\\nE\nUSER 1',
    [['E', true, false, '# c\na \\\n']],
    1,
  ],
  ['ONBUILD of RUN', 'ONBUILD RUN <<E\nx\nE\nUSER 1', [['E', true, false, 'x\n']], 1],
  ['not in CMD', 'CMD <<E\nUSER 1', [], 1],
  ['not a shift', 'RUN echo $((1<<2))\nUSER 1', [], 1],
  ['not a here-string', 'RUN cat <<<w\nUSER 1', [], 1],
  ['not inside quotes', 'RUN echo "<<E" \'<<F\'\nUSER 1', [], 1],
  ['not in exec form', 'RUN ["a", "<<E"]\nUSER 1', [], 1],
  ['not where quotes do not match', "RUN echo it's <<E\nUSER 1", [], 1],
] as const) {
  test(`here-documents: ${name}`, () => {
    const { fact, source } = parsed(`FROM a\n${text}`)
    const found = fact.instructions[1]?.heredocs ?? []
    assert.deepEqual(
      found.map((heredoc) => [heredoc.name, heredoc.expands, heredoc.stripTabs, heredoc.body]),
      heredocs,
    )
    for (const heredoc of found) assert.equal(source.slice(heredoc.bodySpan), heredoc.body)
    assert.equal(fact.instructions.length - 2, rest)
    assert.equal(fact.problems.length, 0)
  })
}

for (const text of ['RUN x # <<E', 'RUN echo $((1 << N))', 'RUN <<E\nx']) {
  test(`here-documents: ${JSON.stringify(text)} has no end`, () => {
    assert.deepEqual(
      parsed(`FROM a\n${text}\n`).fact.problems.map((problem) => problem.code),
      ['unterminated-heredoc'],
    )
  })
}

for (const [text, exec, problems] of [
  ['CMD ["a", "b\\u0041\\n"]', ['a', 'bA\n'], []],
  ['CMD []', [], []],
  ['CMD [""]', [''], []],
  ["CMD ['a']", undefined, []],
  ['CMD ["a",]', undefined, []],
  ['CMD ["a"] && b', undefined, []],
  ['CMD ["a"] # c', undefined, []],
  ['CMD ["a",1]', undefined, ['json-not-strings']],
  ['RUN [ -f x ]', undefined, []],
  ['HEALTHCHECK --interval=5s CMD ["curl", "x"]', ['curl', 'x'], []],
  ['VOLUME ["/a b", "/c"]', ['/a b', '/c'], []],
  ['SHELL ["/bin/bash", "-c"]', ['/bin/bash', '-c'], []],
  ['SHELL /bin/bash', undefined, ['shell-not-json']],
] as const) {
  test(`exec form: ${text}`, () => {
    const { fact } = parsed(`FROM a\n${text}`)
    assert.deepEqual(
      fact.instructions[1]?.exec?.map((word) => word.value),
      exec,
    )
    assert.deepEqual(
      fact.problems.map((problem) => problem.code),
      problems,
    )
  })
}

for (const [text, pairs] of [
  [
    'ENV A=1 B="x y" C=\'$v\' D=a\\ b',
    [
      ['A', '1'],
      ['B', 'x y'],
      ['C', '$v'],
      ['D', 'a b'],
    ],
  ],
  ['ENV A x=1 "z"', [['A', 'x=1 z']]],
  ['ENV A=1 # c', [['A', '1']]],
  ['LABEL a b=c', [['a', 'b=c']]],
  ['LABEL "com.x y"=1', [['com.x y', '1']]],
  [
    'ARG A B=2 C=',
    [
      ['A', null],
      ['B', '2'],
      ['C', ''],
    ],
  ],
  [
    'ENV A=${B:-"x y"} C=d',
    [
      ['A', '${B:-x y}'],
      ['C', 'd'],
    ],
  ],
] as const) {
  test(`pairs: ${text}`, () => {
    const { fact, source } = parsed(`FROM a\n${text}`)
    const found = fact.instructions[1]?.pairs ?? []
    assert.deepEqual(
      found.map((pair) => [pair.key, pair.value]),
      pairs,
    )
    for (const pair of found) {
      if (pair.raw === null || pair.valueSpan === undefined) continue
      assert.equal(source.slice(pair.valueSpan), pair.raw)
    }
  })
}

test('flags stand before everything else', () => {
  const { fact } = parsed(
    'FROM --platform=linux/amd64 a AS B\nCOPY --from=x --chown="a b" --link a --chmod=1 /b\nRUN -- x',
  )
  assert.deepEqual(
    fact.instructions.map(({ flags }) => flags.map((flag) => [flag.name, flag.value])),
    [
      [['platform', 'linux/amd64']],
      [
        ['from', 'x'],
        ['chown', 'a b'],
        ['link', null],
      ],
      [],
    ],
  )
  assert.deepEqual(
    fact.instructions[1]?.args.map((word) => word.value),
    ['a', '--chmod=1', '/b'],
  )
  assert.equal(fact.stages[0]?.name, 'b')
})

for (const [text, code] of [
  ['', 'no-stage'],
  ['# only a comment', 'no-stage'],
  ['RUN x', 'no-stage'],
  ['FROM a b', 'from-words'],
  ['FROM a AS 1x', 'stage-name'],
  ['FROM a\nFOO bar', 'unknown-instruction'],
  ['FROM a\nCOPY x', 'missing-arguments'],
  ['FROM a\nENV A', 'missing-value'],
  ['FROM a\nENV A=1 b', 'missing-equals'],
  ['FROM a\nENV =1', 'blank-name'],
  ['FROM a\nRUN --foo=1 x', 'unknown-flag'],
  ['FROM a\nCMD --foo x', 'unknown-flag'],
  ['FROM a\nONBUILD FROM b', 'onbuild-trigger'],
  ['FROM a\nONBUILD', 'missing-arguments'],
  ['FROM a\nONBUILD ENV A', 'missing-value'],
  ['FROM a\nVOLUME []', 'missing-arguments'],
  ['FROM a\nCOPY --from x y', 'flag-value'],
  ['FROM a\nCOPY --link=x a b', 'flag-value'],
  ['FROM a\nRUN --network=x y', 'flag-value'],
  ['FROM a\nRUN --mount= y', 'flag-value'],
  ['FROM a\nHEALTHCHECK --interval=5 CMD a', 'flag-value'],
  ['FROM a\nHEALTHCHECK --interval=1us CMD a', 'flag-value'],
  ['FROM a\nHEALTHCHECK --retries=-1 CMD a', 'flag-value'],
  ['FROM a\nUSER', 'missing-arguments'],
  ['FROM a\nHEALTHCHECK NONE x', 'healthcheck-none'],
  ['FROM a\nHEALTHCHECK curl x', 'healthcheck-type'],
  ['# escape=x\nFROM a', 'invalid-escape'],
  ['# syntax=docker/dockerfile\n# syntax=b\nFROM a', 'repeated-directive'],
  [`FROM a\nRUN ${'x'.repeat(65_536)}`, 'line-too-long'],
] as const) {
  test(`refused: ${text.slice(0, 40)}`, () => {
    const errors = parsed(text).fact.problems.filter((problem) => problem.level === 'error')
    assert.ok(errors.map((problem) => problem.code).includes(code), JSON.stringify(errors))
  })
}

for (const text of [
  'FROM a\nONBUILD USER\nONBUILD FOO\nONBUILD ENV =1\nONBUILD CMD --x',
  'FROM a\nHEALTHCHECK --interval=x NONE',
  'FROM a\nHEALTHCHECK --interval=1h2m.5s --retries=0 --start-period=0 CMD a',
  'FROM a\nCOPY --link --parents=FALSE a b\nRUN --network=HOST --security=insecure x',
]) {
  test(`not refused: ${text}`, () => {
    assert.deepEqual(
      parsed(text).fact.problems.filter((problem) => problem.level === 'error'),
      [],
    )
  })
}

test('ONBUILD keeps the inner keyword', () => {
  const { fact, source } = parsed('FROM a\nONBUILD COPY --chown=1 a b')
  const [, instruction] = fact.instructions
  assert.equal(instruction?.keyword, 'COPY')
  assert.equal(instruction?.onbuild, true)
  assert.equal(source.slice(instruction.keywordSpan), 'COPY')
  assert.deepEqual(
    instruction.flags.map((flag) => flag.name),
    ['chown'],
  )
})

test('instructions know their stage; those before the first FROM have none', () => {
  const { fact } = parsed('ARG A\nFROM a\nRUN x\nFROM b AS c\nUSER d')
  assert.deepEqual(
    fact.instructions.map((instruction) => instruction.stage),
    [-1, 0, 0, 1, 1],
  )
  assert.deepEqual(
    fact.stages.map((stage) => stage.instructions),
    [
      [1, 2],
      [3, 4],
    ],
  )
})

test('masked values are what the fact holds, at their own offsets', () => {
  const seen: string[] = []
  const mask = (text: string, origin: { key?: string; carrier: string }) => {
    seen.push(`${origin.carrier} ${origin.key} ${text}`)
    return text.replaceAll('hunter2', '*******')
  }
  const { fact } = parsed('FROM a\nENV A=1 B="hunter2 x"\nARG C=hunter2\nRUN x hunter2 \\\n  y\nCMD ["hunter2"]', mask)
  assert.ok(!JSON.stringify(fact).includes('hunter2'))
  assert.ok(seen.includes('image-env ENV.B hunter2 x'))
  assert.ok(seen.includes('build-arg ARG.C hunter2'))
  assert.equal(fact.instructions[1]?.pairs?.[1]?.value, '******* x')
  assert.equal(fact.instructions[4]?.exec?.[0]?.value, '*******')
})
