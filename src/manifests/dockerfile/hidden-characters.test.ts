import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SourceText } from '../../core/span.ts'
import { hiddenCharacters } from './hidden-characters.ts'

const CASES: readonly [what: string, text: string, codes: readonly number[]][] = [
  ['an override in a comment', '# a \u202e b\n', [0x202e]],
  ['an isolate beside Latin letters', 'RUN a \u2066x\u2069\n', [0x2066, 0x2069]],
  ['no width inside a word', 'RUN cu\u200brl\n', [0x200b]],
  ['a soft hyphen in an address', 'ADD https://exa\u00admple.org/x /x\n', [0xad]],
  ['a joiner between Latin letters', 'RUN pi\u200dp\n', [0x200d]],
  ['tags that spell something', 'FROM a # \u{e0041}\u{e0042}\n', [0xe0041, 0xe0042]],
  ['a second byte order mark', '\ufeffFROM a\n\ufeffUSER b\n', [0xfeff]],
  ['a byte order mark', '\ufeffFROM a\n', []],
  ['marks beside Hebrew', '# \u05e9\u05dc\u05d5\u05dd \u200e(x)\u200f\n', []],
  ['a joiner in an emoji', '# \u{1f468}\u200d\u{1f469}\u200d\u{1f467} family\n', []],
  ['a flag of tags', '# \u{1f3f4}\u{e0067}\u{e0062}\u{e007f} flag\n', []],
  ['a selector behind an ideograph', '# \u845b\u{e0100}\n', []],
  ['no width at the end of a comment', '# copied from a page\u200b\n', []],
  ['plain text', 'FROM a\nRUN b\n', []],
]

for (const [what, text, codes] of CASES) {
  test(`hidden characters: ${what}`, () => {
    const found = hiddenCharacters(new SourceText(Buffer.from(text)))
    assert.deepEqual(
      found.flatMap((one) => one.codes),
      codes,
    )
  })
}

test('hidden characters: spans are bytes of their line', () => {
  const text = 'FROM \u00e4\nRUN cu\u200brl \u202e\n'
  const [found] = hiddenCharacters(new SourceText(Buffer.from(text)))
  const bytes = Buffer.from(text)
  assert.equal(bytes.subarray(found?.span.start, found?.span.end).toString(), '\u200brl \u202e')
  assert.equal(found?.count, 2)
})
