import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SourceText } from '../../core/span.ts'
import type { TreeMap, TreeNode, TreeScalar } from '../../core/tree.ts'
import { readYaml, YAML_LIMITS } from './read.ts'
import { looksUnrendered } from './unrendered.ts'

function read(text: string, version: '1.2' | '1.1' = '1.2') {
  return readYaml(SourceText.of(text), { version })
}

/** The tree as plain data; aliases as `*name`. */
function plain(node: TreeNode | null | undefined): unknown {
  if (node === null || node === undefined) return node
  if (node.type === 'scalar') return node.value
  if (node.type === 'alias') return `*${node.name}>${node.to}`
  if (node.type === 'list') return node.items.map(plain)
  return node.entries.map((entry) => [entry.key, plain(entry.value)])
}

const DOCUMENTS: readonly { name: string; text: string; is: unknown }[] = [
  {
    name: 'block map',
    text: 'a: 1\nb:\n  c: x\n',
    is: [
      ['a', 1],
      ['b', [['c', 'x']]],
    ],
  },
  { name: 'list at the key’s own indent', text: 'a:\n- 1\n- 2\n', is: [['a', [1, 2]]] },
  {
    name: 'JSON',
    text: '{"a": [1, null, true], "b": {"c": "yes"}}',
    is: [
      ['a', [1, null, true]],
      ['b', [['c', 'yes']]],
    ],
  },
  {
    name: 'no values',
    text: 'a:\n"b":\n{c}:\n',
    is: [
      ['a', null],
      ['b', null],
      ['{c}', null],
    ],
  },
  {
    name: 'aliases stay aliases',
    text: 'a: &x [1]\nb: *x\n<<: *x\n',
    is: [
      ['a', [1]],
      ['b', '*x>0'],
      ['<<', '*x>0'],
    ],
  },
  { name: 'alias into itself', text: 'a: &x [*x]\n', is: [['a', ['*x>0']]] },
  { name: 'anchor used again', text: '- &x 1\n- *x\n- &x 2\n- *x\n', is: [1, '*x>0', 2, '*x>1'] },
  {
    name: 'block scalars',
    text: 'a: |\n  x\n  y\nb: >-\n  x\n  y\n',
    is: [
      ['a', 'x\ny\n'],
      ['b', 'x y'],
    ],
  },
  {
    name: 'quotes',
    text: `a: 'it''s'\nb: "q\\n\\u00e9"\nc: "1"\n`,
    is: [
      ['a', "it's"],
      ['b', 'q\né'],
      ['c', '1'],
    ],
  },
  {
    name: 'CRLF',
    text: 'a: 1\r\nb:\r\n  - x\r\n',
    is: [
      ['a', 1],
      ['b', ['x']],
    ],
  },
  { name: 'byte-order mark', text: '\uFEFFa: 1\n', is: [['a', 1]] },
  {
    name: 'prototype keys',
    text: '__proto__: 1\nconstructor: 2\n',
    is: [
      ['__proto__', 1],
      ['constructor', 2],
    ],
  },
  { name: 'a key hidden behind NEL', text: '# x\u0085a: true\n', is: [['a', true]] },
  { name: 'a key hidden behind a lone CR', text: '# x\ra: true\n', is: [['a', true]] },
  {
    name: 'tags',
    text: 'a: !!str 1\nb: !!int "7"\nc: !reset null\nd: !!binary aGVsbG8=\n',
    is: [
      ['a', '1'],
      ['b', 7],
      ['c', null],
      ['d', 'hello'],
    ],
  },
  { name: 'directive', text: '%YAML 1.1\n---\na: 1\n', is: [['a', 1]] },
]

for (const { name, text, is } of DOCUMENTS) {
  test(`yaml: ${name}`, () => {
    const { documents, problems } = read(text)
    assert.deepEqual(problems, [])
    assert.deepEqual(plain(documents[0]), is)
  })
}

const SCALARS: readonly [text: string, compose: unknown, kubernetes: unknown][] = [
  ['yes', 'yes', true],
  ['on', 'on', true],
  ['y', 'y', true],
  ['No', 'No', false],
  ['True', true, true],
  ['0644', 420, 420],
  ['0o17', 15, 15],
  ['08', 8, 8],
  ['0x1F', 31, 31],
  ['-0b11', -3, -3],
  ['1_000', 1000, 1000],
  ['1e3', 1000, 1000],
  ['1.10', 1.1, 1.1],
  ['22:22', '22:22', '22:22'],
  ['190:20:30', '190:20:30', '190:20:30'],
  ['~', null, null],
  ['.inf', '.inf', '.inf'],
  ['1.2.3', '1.2.3', '1.2.3'],
  ['2001-01-01', '2001-01-01', '2001-01-01'],
  ['+5', 5, 5],
  ['-', '-', '-'],
]

for (const [text, compose, kubernetes] of SCALARS) {
  test(`yaml: scalar ${text}`, () => {
    const value = (version: '1.2' | '1.1') =>
      (plain(read(`k: "x"\nv: ${text}\n`, version).documents[0]) as unknown[][])[1]?.[1]
    if (text === '-') return
    assert.deepEqual([value('1.2'), value('1.1')], [compose, kubernetes])
  })
}

test('yaml: documents, empty ones kept, none where there are only comments', () => {
  assert.deepEqual(read('---\n---\na: 1\n...\n---\nb: 2\n').documents.map(plain), [null, [['a', 1]], [['b', 2]]])
  assert.deepEqual(read('# only\n').documents, [])
  assert.deepEqual(read('').documents, [])
})

test('yaml: spans are bytes, without quotes’ neighbours or trailing blanks', () => {
  const text = 'é: "ü"\nmap:\n  a: 1\n  b: |\n    x\n\n# end\nlast: [1, 2]\n'
  const source = SourceText.of(text)
  const root = readYaml(source, { version: '1.2' }).documents[0] as TreeMap
  const shown = root.entries.map((entry) => [source.slice(entry.keySpan), source.slice(entry.value.span)])
  assert.deepEqual(shown, [
    ['é', '"ü"'],
    ['map', 'a: 1\n  b: |\n    x'],
    ['last', '[1, 2]'],
  ])
})

test('yaml: comments, but not a # inside a scalar', () => {
  const { comments } = read('# one\na: "# no" # two\nb: x#no\nc: |\n  # no\n')
  assert.deepEqual(
    comments.map((comment) => comment.text),
    ['# one', '# two'],
  )
})

test('yaml: a duplicate key is an error for Compose, a warning for Kubernetes', () => {
  const levels = (version: '1.2' | '1.1') =>
    read('a: 1\nb: 2\na: 3\n', version).problems.map(({ code, level }) => [code, level])
  assert.deepEqual(levels('1.2'), [['duplicate-key', 'error']])
  assert.deepEqual(levels('1.1'), [['duplicate-key', 'warning']])
})

for (const [name, text, message] of [
  ['tab', 'a:\n\tb: 1\n', /[Tt]ab/],
  ['nested compact map', 'a: b: c\n', /Nested mappings/],
  ['control character', 'a: \u0001\n', /control character/],
  ['dangling alias', 'a: *nowhere\n', /no anchor/],
  ['unclosed flow', 'a: [1, 2\n', /flow sequence/i],
] as const) {
  test(`yaml: ${name} is a problem, and what can be read is there`, () => {
    const { documents, problems } = read(text)
    assert.match(problems.map((problem) => problem.message).join(), message)
    assert.equal((documents[0] as TreeMap).entries[0]?.key, 'a')
  })
}

test('yaml: bytes that are no UTF-8, and UTF-16', () => {
  const bytes = new SourceText(Uint8Array.from([0x61, 0x3a, 0x20, 0xff]))
  assert.match(readYaml(bytes, { version: '1.2' }).problems[0]?.message ?? '', /not UTF-8/)
  const wide = new SourceText(Uint8Array.from([0xff, 0xfe, 0x61, 0, 0x3a, 0]))
  assert.match(readYaml(wide, { version: '1.2' }).problems[0]?.message ?? '', /UTF-16/)
})

test('yaml: the mask sees every scalar and key with its place, and only its answer enters the tree', () => {
  const source = SourceText.of('env:\n  - name: TOKEN\n    value: "abc"\n  - plain\na.b: "x\\ty"\n')
  const seen: unknown[] = []
  const mask = (text: string, span: { start: number; end: number }, keyPath: string, exact: boolean) => {
    seen.push([keyPath, text, exact, source.slice(span)])
    return text === 'abc' ? '***' : text
  }
  const root = readYaml(source, { version: '1.1', mask }).documents[0] as TreeMap
  assert.deepEqual(seen, [
    ['.(key)', 'env', true, 'env'],
    ['env[TOKEN].(key)', 'name', true, 'name'],
    ['env[TOKEN].name', 'TOKEN', true, 'TOKEN'],
    ['env[TOKEN].(key)', 'value', true, 'value'],
    ['env[TOKEN].value', 'abc', true, 'abc'],
    ['env[1]', 'plain', true, 'plain'],
    ['.(key)', 'a.b', true, 'a.b'],
    ['[a.b]', 'x\ty', false, 'x\\ty'],
  ])
  assert.ok(JSON.stringify(root).includes('***'))
  assert.ok(!JSON.stringify(root).includes('abc'))
})

test('yaml: depth and size are bounded, what was read is there', () => {
  const deep = read(`a: ${'['.repeat(5000)}`)
  assert.match(deep.problems[0]?.message ?? '', /nested deeper/)
  assert.equal(deep.problems.length, 1)
  assert.equal((deep.documents[0] as TreeMap).entries[0]?.key, 'a')
  const errors = read('] '.repeat(100_000))
  assert.ok(errors.problems.length <= YAML_LIMITS.problems + 1)
})

test('yaml: wide maps cost linear time', () => {
  const wide = (keys: number) => {
    const source = SourceText.of(Array.from({ length: keys }, (_, index) => `key${index}: v`).join('\n'))
    const before = process.cpuUsage().user
    readYaml(source, { version: '1.2' })
    return process.cpuUsage().user - before
  }
  wide(2000)
  const small = wide(5000)
  const large = wide(40_000)
  // Quadratic would be 64 times; generous, for a busy machine.
  assert.ok(large < small * 30 + 100_000, `${small} µs for 5,000 keys, ${large} µs for 40,000`)
})

const YAML_PIECES = [
  'a',
  ': ',
  '\n',
  '  ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  '&x ',
  '*x',
  '!t ',
  '"',
  "'",
  '|\n',
  '>-\n',
  '#c',
  '---\n',
  '? ',
  '<<: ',
  '\t',
  '\r\n',
  'é',
  '%Y',
  '__proto__',
  '\u0085',
  '\0',
  '0644',
]

test('yaml: no text makes it throw, and every span is inside the file', () => {
  const text = fc.array(
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...YAML_PIECES) }, fc.string({ maxLength: 3 })),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(text, fc.constantFrom('1.2' as const, '1.1' as const), (pieces, version) => {
      const source = SourceText.of(pieces.join(''))
      const { documents } = readYaml(source, { version })
      const check = (node: TreeNode | null, start: number, end: number): void => {
        if (node === null) return
        assert.ok(node.span.start >= start && node.span.end <= end && node.span.start <= node.span.end)
        if (node.type === 'map') for (const entry of node.entries) check(entry.value, 0, source.bytes.length)
        if (node.type === 'list') for (const item of node.items) check(item, 0, source.bytes.length)
      }
      for (const document of documents) check(document, 0, source.bytes.length)
      JSON.stringify(documents)
    }),
    { seed: 1, numRuns: 1500 },
  )
})

test('yaml: no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readYaml(new SourceText(bytes), { version: '1.1' })
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('yaml: a quoted scalar keeps its style and text', () => {
  const root = read('a: "1"\nb: 0644\n').documents[0] as TreeMap
  const [quoted, plainOne] = root.entries.map((entry) => entry.value as TreeScalar)
  assert.deepEqual(
    [quoted?.style, quoted?.text, plainOne?.style, plainOne?.text, plainOne?.value],
    ['double', '1', 'plain', '0644', 420],
  )
})

for (const [text, unrendered] of [
  ['a: {{ .Values.x }}\n', true],
  ['a: "{{ .Values.x }}"\n', true],
  ['{{- if .Values.on }}\na: 1\n{{- end }}\n', true],
  ['image: repo:{{ tag }}\n', true],
  ['  {% if x %}\na: 1\n', true],
  ['labels:\n  {{- include "x.labels" . | nindent 4 }}\n', true],
  ['a: 1\n', false],
  ['a: "{{inputs.parameters.x}}"\n', false],
  ["a: '{{ $labels.instance }}'\n", false],
  ['data:\n  t.jinja: |\n    {{ bos }}{% for m in messages %}\n', false],
  ['data:\n  t.jinja: |\n    {{ bos }}\nb: {{ x }}\n', true],
  ['a: 1 # {{ comment }}\n', false],
  ['a: {b: {c: 1}}\n', false],
] as const) {
  test(`yaml: ${JSON.stringify(text)} ${unrendered ? 'waits for rendering' : 'is ready'}`, () => {
    assert.equal(looksUnrendered(text), unrendered)
  })
}
