import type { Scope } from './scope.ts'
import { assignmentAt, nameOf, type Unwrapped } from './unwrap.ts'
import type { Field } from './words.ts'

/** Names under which a scope keeps the shell's options; no variable has a space in its name. */
export const ERREXIT = ' errexit'
export const PIPEFAIL = ' pipefail'

/** What a builtin does to the shell that runs it: variables, options, aliases. */
export function applyEffects(unwrapped: Unwrapped, scope: Scope, alias: (name: string, value: Field) => void): void {
  // `sudo export A=b` changes nothing here.
  if (unwrapped.wrappers.some((wrapper) => wrapper !== 'builtin' && wrapper !== 'command')) return
  const [first, ...rest] = unwrapped.words
  const name = nameOf(first)
  switch (name) {
    case 'export':
    case 'declare':
    case 'typeset':
    case 'readonly':
    case 'local':
      declareVariables(name, rest, scope)
      return
    case 'read':
    case 'readarray':
    case 'mapfile':
    case 'getopts':
      for (const { text } of rest) if (isName(text)) scope.set(text, null)
      if (name === 'mapfile' || name === 'readarray') scope.set('MAPFILE', null)
      if (name === 'read') scope.set('REPLY', null)
      return
    case 'unset':
      for (const { text } of rest) if (isName(text)) scope.unset(text)
      return
    case 'printf':
      if (rest[0]?.value === '-v' && rest[1] !== undefined && isName(rest[1].text)) scope.set(rest[1].text, null)
      return
    case 'let':
      for (const { text } of rest) {
        const equals = assignmentAt(text)
        if (equals !== -1) scope.set(text.slice(0, equals), null)
      }
      return
    case 'set':
      setOptions(rest, scope)
      return
    case 'alias':
      for (const field of rest) {
        const equals = field.text.indexOf('=')
        if (equals <= 0) continue
        const value = field.value === null ? null : field.value.slice(equals + 1)
        alias(field.text.slice(0, equals), { ...field, text: field.text.slice(equals + 1), value })
      }
  }
}

function isName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text)
}

function declareVariables(builtin: string, words: readonly Field[], scope: Scope): void {
  const flags = words.filter(({ text }) => text.startsWith('-')).map(({ text }) => text)
  const exports =
    builtin === 'export' ? !flags.some((flag) => flag.includes('n')) : flags.some((flag) => flag.includes('x'))
  for (const { text, value } of words) {
    const equals = text.indexOf('=')
    const append = equals > 0 && text[equals - 1] === '+'
    const name = equals === -1 ? text : text.slice(0, append ? equals - 1 : equals)
    if (!isName(name)) continue
    if (append) scope.set(name, null)
    else if (equals !== -1) scope.set(name, value === null ? null : value.slice(equals + 1))
    if (exports) scope.export(name)
  }
}

/** `set -euxo pipefail`, `set +e`, `set -o errexit`; the words after the options are positional. */
function setOptions(words: readonly Field[], scope: Scope): void {
  for (let at = 0; at < words.length; at++) {
    const text = (words[at] as Field).text
    if (text === '--' || text === '-' || !/^[-+]/.test(text)) return
    const value = text.startsWith('-') ? '1' : ''
    for (const letter of text.slice(1)) {
      if (letter === 'e') scope.set(ERREXIT, value)
      if (letter !== 'o') continue
      const option = words[++at]?.value
      if (option === 'errexit') scope.set(ERREXIT, value)
      else if (option === 'pipefail') scope.set(PIPEFAIL, value)
    }
  }
}
