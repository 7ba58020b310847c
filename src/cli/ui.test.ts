import assert from 'node:assert/strict'
import { test } from 'node:test'
import { speaksUnicode, styleOf } from './ui.ts'

const none = { color: undefined, 'no-color': false }
const terminal = { isTTY: true, columns: 80 }
const utf8 = { LANG: 'en_US.UTF-8' }

const COLOURS: readonly (readonly [
  name: string,
  stream: { isTTY?: boolean },
  options: { color: string | undefined; 'no-color': boolean },
  env: Record<string, string>,
  colour: boolean,
])[] = [
  ['a terminal', terminal, none, {}, true],
  ['a pipe', {}, none, {}, false],
  ['a dumb terminal', terminal, none, { TERM: 'dumb' }, false],
  ['NO_COLOR', terminal, none, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', terminal, none, { NO_COLOR: '' }, true],
  ['FORCE_COLOR on a pipe', {}, none, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0 on a terminal', terminal, none, { FORCE_COLOR: '0' }, false],
  ['NO_COLOR over FORCE_COLOR', terminal, none, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ['--color=always over NO_COLOR', {}, { ...none, color: 'always' }, { NO_COLOR: '1' }, true],
  ['--color=never over FORCE_COLOR', terminal, { ...none, color: 'never' }, { FORCE_COLOR: '1' }, false],
  ['--no-color', terminal, { ...none, 'no-color': true }, {}, false],
  ['--color=auto', terminal, { ...none, color: 'auto' }, {}, true],
]
for (const [name, stream, options, env, colour] of COLOURS) {
  test(`${name}: ${colour ? 'colour' : 'no colour'}`, () => assert.equal(styleOf(stream, options, env).colour, colour))
}

test('the width is the terminal’s, at most 100, and 100 in a pipe', () => {
  assert.equal(styleOf(terminal, none, utf8).width, 80)
  assert.equal(styleOf({ isTTY: true, columns: 240 }, none, utf8).width, 100)
  assert.equal(styleOf({ isTTY: true, columns: 0 }, none, utf8).width, 80)
  assert.equal(styleOf({ columns: 40 }, none, utf8).width, 100)
})

const LOCALES: readonly (readonly [env: Record<string, string>, platform: NodeJS.Platform, unicode: boolean])[] = [
  [{ LANG: 'en_US.UTF-8' }, 'linux', true],
  [{ LANG: 'C.utf8' }, 'linux', true],
  [{ LANG: 'C' }, 'linux', false],
  [{ LANG: 'de_DE.ISO-8859-1' }, 'linux', false],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux', false],
  [{ LC_ALL: '', LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, 'linux', true],
  [{}, 'linux', false],
  [{ CI: 'true' }, 'linux', true],
  [{}, 'darwin', true],
]
for (const [env, platform, unicode] of LOCALES) {
  test(`${JSON.stringify(env)} on ${platform}: ${unicode ? 'Unicode' : 'ASCII'}`, () =>
    assert.equal(speaksUnicode(env, platform), unicode))
}
