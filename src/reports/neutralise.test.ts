import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeText } from '../core/span.ts'
import {
  forAnnotation,
  forAnnotationProperty,
  forCsv,
  forHtml,
  forJson,
  forMarkdown,
  forMarkdownBlock,
  forMarkdownCode,
  forScript,
  forTerminal,
  forXml,
  forXmlAttribute,
  pathToUri,
  webAddress,
} from './neutralise.ts'
import { HOSTILE, HOSTILE_TEXT, ORDINARY } from './testing/sample-report.ts'

const RUNS = { seed: 1, numRuns: 300 }

/** Ordinary text, all that is hostile, and lone surrogates, mixed. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        ...Object.values(HOSTILE),
        ...ORDINARY,
        '`',
        '|',
        '\\',
        '@',
        '#',
        '\n',
        '##',
        '[',
        '::',
        'a',
        '\u200d',
      ),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

/** What no medium may show: written out here, so that the test does not share the table it tests. */
function isDangerous(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    [0xad, 0x61c, 0x180e, 0x2028, 0x2029, 0x3164, 0xfeff, 0xfffe, 0xffff].includes(code) ||
    (code >= 0x200b && code <= 0x200c) ||
    (code >= 0x200e && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xe0000 && code <= 0xe007f)
  )
}

function dangers(text: string, allowed = ''): string[] {
  return [...text]
    .filter((character) => isDangerous(character.codePointAt(0) as number) && !allowed.includes(character))
    .map((character) => (character.codePointAt(0) as number).toString(16))
}

const MEDIA: readonly (readonly [name: string, neutralise: (text: string) => string, allowed: string])[] = [
  ['terminal', (text) => forTerminal(text), ''],
  ['terminal, lines kept', (text) => forTerminal(text, { newline: 'keep', tab: 'keep' }), '\n\t'],
  ['html', (text) => forHtml(text), '\n\t'],
  ['json', (text) => forJson(JSON.stringify(text)), ''],
  ['pretty json', (text) => forJson(JSON.stringify([text], null, 2)), '\n'],
  ['script', (text) => forScript(JSON.stringify(text)), ''],
  ['markdown', forMarkdown, ''],
  ['markdown code', (text) => forMarkdownCode(text), ''],
  ['markdown code in a table', (text) => forMarkdownCode(text, { table: true }), ''],
  ['markdown block', (text) => forMarkdownBlock(text.split('\n')), '\n\t'],
  ['xml', (text) => forXml(text), '\n\t'],
  ['xml attribute', (text) => forXmlAttribute(text), ''],
  ['annotation', forAnnotation, ''],
  ['annotation property', forAnnotationProperty, ''],
  ['csv', forCsv, '\n'],
]

for (const [name, neutralise, allowed] of MEDIA) {
  test(`${name}: no control, bidirectional, invisible or undecodable character comes through`, () => {
    fc.assert(
      fc.property(anyText, (text) => assert.deepEqual(dangers(neutralise(text), allowed), [])),
      RUNS,
    )
  })

  test(`${name}: no command for a build log comes through anywhere in a line`, () => {
    for (const command of ['##[set-output name=x]y', 'x ##vso[task.x]y', '##TeamCity[x]', '###[x]']) {
      assert.doesNotMatch(neutralise(command), /##(?:\[|vso\[|teamcity\[)/i)
    }
  })
}

for (const [name, neutralise] of [
  ['terminal', forTerminal],
  ['html', forHtml],
  ['xml', forXml],
  ['annotation', forAnnotation],
] as const) {
  test(`${name}: ordinary text of any language stays as it is`, () => {
    for (const text of ORDINARY) assert.equal(neutralise(text), text)
  })
}

test('terminal: what was hidden can be read', () => {
  const cases = [
    ['\u001b[2J', '\\x1b[2J'],
    ['a\u202eb', 'a\\u{202e}b'],
    ['\udc80', '\\x80'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['a\nb\r\nc\rd\te', 'a\\nb\\r\\nc\\rd\\te'],
    ['\u0301x', '\\u{301}x'],
    ['a\u200db', 'a\\u{200d}b'],
    ['a\ufe0f', 'a\\u{fe0f}'],
    ['❤️\ufe0f', '❤️\\u{fe0f}'],
    ['葛\u{e0100}\u{e0101}', '葛\u{e0100}\\u{e0101}'],
    ['::error::x', '\\x3a:error::x'],
    [' \u00a0::add-mask::x', ' \u00a0\\x3a:add-mask::x'],
    ['::1 a::b', '::1 a::b'],
  ] as const
  for (const [text, shown] of cases) assert.equal(forTerminal(text), shown)
  assert.equal(forTerminal('a\n::error::x', { newline: 'keep' }), 'a\n\\x3a:error::x')
  assert.equal(forTerminal('a\r\nb\tc', { newline: 'keep', tab: 'space' }), 'a\nb c')
  assert.match(forTerminal(HOSTILE.marks), /^z\u0301{8}(?:\\u\{301\}){32}$/)
})

test('terminal: is idempotent', () => {
  fc.assert(
    fc.property(anyText, (text) => assert.equal(forTerminal(forTerminal(text)), forTerminal(text))),
    RUNS,
  )
})

test('terminal: a long hostile text takes linear time', () => {
  for (const unit of ['\n', '\u0301', '##', ':', '\u200d', '🚀\u200d', '`', '\\|', ' \n', ':a', '-', 'GH-']) {
    const text = unit.repeat(40_000 / unit.length)
    const start = process.cpuUsage().user
    for (const [, neutralise] of MEDIA) neutralise(text)
    assert.ok(process.cpuUsage(undefined).user - start < 3_000_000, `slow on ${JSON.stringify(unit)}`)
  }
})

test('html and xml: nothing is markup', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const shown of [forHtml(text), forXml(text), forXmlAttribute(text)]) {
        assert.doesNotMatch(shown, /[<>"'`]/)
        assert.doesNotMatch(shown, /&(?!(?:amp|lt|gt|quot|#39|#96|#35|#9|#10);)/)
      }
    }),
    RUNS,
  )
})

test('json: the value is the same', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.dictionary(anyText, anyText)), (value) => {
      const json = JSON.stringify(value, null, 2)
      assert.deepEqual(JSON.parse(forJson(json)), JSON.parse(json))
      assert.deepEqual(JSON.parse(forScript(json)), JSON.parse(json))
      assert.doesNotMatch(forScript(json), /[<>&]/)
    }),
    RUNS,
  )
})

test('markdown: text is escaped, and mentions, references and links stay dead', () => {
  const cases = [
    [
      '*a* _b_ `c` ~d~ [e](f) ![g](h) <i> &j; $k$ |',
      '\\*a\\* \\_b\\_ \\`c\\` \\~d\\~ \\[e\\](f) \\!\\[g\\](h) \\<i\\> \\&j; \\$k\\$ \\|',
    ],
    ['@team', '\\@&#8203;team'],
    ['see org/repo#12', 'see org/repo\\#&#8203;12'],
    ['GH-3', 'GH\\-&#8203;3'],
    ['https://x.y', 'https\\:&#8203;//x.y'],
    ['www.x.y', 'www\\.x.y'],
    [':tada:', '\\:&#8203;tada:'],
    ['1. one', '1\\. one'],
    ['- one', '\\- one'],
    ['  # one', '\\# one'],
    ['a\nb', 'a b'],
    ['a\\|b', 'a\\\\\\|b'],
  ] as const
  for (const [text, shown] of cases) assert.equal(forMarkdown(text), shown)
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = forMarkdown(text)
      const bare = shown.replace(/\\[^A-Za-z0-9\s]/g, '').replaceAll('&#8203;', '\u200b')
      assert.doesNotMatch(bare, /[\\`*_[\]<>&~$|#@!\n]/)
      const rendered = shown.replaceAll('&#8203;', '\u200b').replace(/\\([^A-Za-z0-9\s])/g, '$1')
      assert.doesNotMatch(rendered, /@\w|#\d|:\/\/|GH-\d/i)
    }),
    RUNS,
  )
})

test('markdown code: the span ends where it should, and shows what it was given', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const span = /^(`+)(.*?)\1$/s.exec(forMarkdownCode(text))
      assert.ok(span)
      const [, fence = '', inside = ''] = span
      assert.ok(!(inside.match(/`+/g) ?? []).some((run) => run.length === fence.length))
      const shown =
        / /.test(inside[0] ?? '') && inside.endsWith(' ') && inside.trim() !== '' ? inside.slice(1, -1) : inside
      assert.equal(shown.trim(), forTerminal(text).trim())
    }),
    RUNS,
  )
})

test('markdown code: a table cell does not end inside', () => {
  assert.equal(forMarkdownCode('a|b', { table: true }), '`a\\|b`')
  assert.equal(forMarkdownCode('a\\\\|b', { table: true }), '`a\\\\\\|b`')
  fc.assert(
    fc.property(anyText, (text) => {
      // As GitHub reads a row: a backslash and what follows it, or anything but a pipe.
      assert.match(forMarkdownCode(text, { table: true }), /^(?:\\.|[^|\\\n])*$/)
    }),
    RUNS,
  )
})

test('markdown block: the fence is longer than any within', () => {
  assert.equal(forMarkdownBlock(['a', '````', 'b\nc']), '`````\na\n````\nb\\nc\n`````')
  fc.assert(
    fc.property(fc.array(anyText), (lines) => {
      const shown = forMarkdownBlock(lines).split('\n')
      assert.equal(shown.length, lines.length + 2)
      assert.equal(shown[0], shown.at(-1))
      assert.ok(!shown.slice(1, -1).some((line) => line.includes(shown[0] as string)))
    }),
    RUNS,
  )
})

test('annotation: one line, and a property holds no delimiter', () => {
  assert.equal(forAnnotation('50% a\nb: c, d'), '50%25 a%0Ab: c, d')
  assert.equal(forAnnotationProperty('50% a\nb: c, d'), '50%25 a b%3A c%2C d')
  assert.equal(forAnnotation(HOSTILE.percent), '%250A::error::owned%250D%2525')
  fc.assert(
    fc.property(anyText, (text) => {
      assert.doesNotMatch(forAnnotation(text), /[\r\n]|%(?!0A|25)/)
      assert.doesNotMatch(forAnnotationProperty(text), /[\r\n:,]|%(?!3A|2C|25)/)
    }),
    RUNS,
  )
})

test('csv: one field that is no formula', () => {
  assert.equal(forCsv('say "hi", all'), '"say ""hi"", all"')
  for (const formula of ['=1', '+1', '-1', '@x', ' =1', '\t=1', '＝1']) assert.match(forCsv(formula), /^"'/)
  fc.assert(
    fc.property(anyText, (text) => assert.match(forCsv(text), /^"(?!\s*[=+\-@])(?:[^"]|"")*"$/)),
    RUNS,
  )
})

test('web address: http and https alone', () => {
  assert.equal(webAddress('https://example.com/a?b#c'), 'https://example.com/a?b#c')
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    '//x.y',
    'CWE-1',
    'https://',
    'https://u:p@x.y',
    HOSTILE_TEXT,
  ]) {
    assert.equal(webAddress(text), undefined)
  }
})

test('path to URI: relative, and decodes to the same bytes', () => {
  assert.equal(pathToUri('a b/c#d?e:f%g.yaml'), 'a%20b/c%23d%3Fe%3Af%25g.yaml')
  assert.equal(pathToUri(decodeText(Uint8Array.of(0x61, 0xff, 0xc3, 0xa9)).text), 'a%FF%C3%A9')
  assert.equal(pathToUri('//evil.example/x'), 'evil.example/x')
  fc.assert(
    fc.property(anyText, (path) => {
      const uri = pathToUri(path)
      const base = 'https://base.example/root/'
      assert.ok(URL.canParse(uri, base))
      assert.equal(new URL(uri, base).host, 'base.example')
      assert.equal(new URL(uri, base).search + new URL(uri, base).hash, '')
    }),
    RUNS,
  )
})
