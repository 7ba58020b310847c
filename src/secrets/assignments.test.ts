import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { assignmentsIn, valueRange } from './assignments.ts'

const CASES: readonly [text: string, expected: readonly string[]][] = [
  ['API_KEY=abc', ['API_KEY=abc']],
  ['export API_KEY="a b"', ['API_KEY=a b']],
  ['ENV API_KEY abc', ['API_KEY=abc']],
  ['"password": "abc",', ['password=abc']],
  ["{'api_key': 'abc'}", ['api_key=abc']],
  ['password: abc', ['password=abc']],
  ['{password: abc, user: x}', ['password=abc']],
  ['  password   =   abc  ', ['password=abc']],
  ['password: str = "abc"', ['password=abc']],
  ['password := "abc"', ['password=abc']],
  ['"password" => "abc"', ['password=abc']],
  ['tool --password abc --user x', ['--password=abc']],
  ['tool --api-key=abc', ['--api-key=abc']],
  ['["--password", "abc"]', ['--password=abc']],
  ['os.environ["HF_TOKEN"] = "abc"', ['HF_TOKEN=abc']],
  ['os.environ.setdefault("HF_TOKEN", "abc")', ['HF_TOKEN=abc']],
  ['<password>abc</password>', ['password=abc']],
  ['- name: DB_PASSWORD\n  value: abc', ['DB_PASSWORD=abc']],
  ['{"name": "DB_PASSWORD", "value": "abc"}', ['DB_PASSWORD=abc']],
  ['PASSWORD=${PASSWORD:-abc}', ['PASSWORD=abc']],
  ['url: x://u:${PASSWORD:-abc}@h', ['PASSWORD=abc']],
  ['requirepass abc', ['requirepass=abc']],
  ['machine h login u password abc', ['password=abc']],
  ['"{\\"password\\": \\"abc\\"}"', ['password=abc']],
  ['curl "https://h/?token=abc&x=1"', ['token=abc']],
  ['password = b"abc"', ['password=abc']],
  ['if password == "abc":', []],
  ['the password abc', []],
  ['${PASSWORD}', []],
  ['${PASSWORD:?must be set}', []],
  ['password:', []],
  ['password=', []],
  ['std::token::abc', []],
  ['["password", "token"]', []],
]

for (const [text, expected] of CASES) {
  test(`assignments of ${JSON.stringify(text)}`, () => {
    const found = assignmentsIn(text)
    assert.deepEqual(
      found.map(({ nameStart, start, end, name }) => {
        assert.ok(text.startsWith(name, nameStart))
        return `${name}=${text.slice(start, end)}`
      }),
      expected,
    )
  })
}

test('the range of a whole value loses quotes, blanks and the variable around a default', () => {
  const ranges: readonly [string, string, boolean][] = [
    [' abc\n', 'abc', false],
    ['"abc"', 'abc', false],
    ['${X:-abc}', 'abc', true],
    ['${X-${Y:-abc}}', 'abc', true],
    ['${X}', '${X}', false],
  ]
  for (const [text, value, fallback] of ranges) {
    const range = valueRange(text, 0, text.length)
    assert.equal(text.slice(range.start, range.end), value)
    assert.equal(range.fallback, fallback)
  }
})

test('ranges lie within any text', () => {
  const text = fc.string({
    unit: fc.constantFrom(
      'password',
      'TOKEN',
      '=',
      ':',
      '"',
      "'",
      '\\',
      ' ',
      '\n',
      '${',
      ':-',
      '}',
      'b',
      '--',
      ',',
      '<',
      '>',
    ),
    maxLength: 40,
  })
  fc.assert(
    fc.property(text, (sample) => {
      for (const { start, end, nameStart } of assignmentsIn(sample)) {
        assert.ok(
          0 <= nameStart && nameStart < start && start < end && end <= sample.length,
          `${nameStart} ${start} ${end}`,
        )
      }
    }),
    { seed: 1, numRuns: 500 },
  )
})
