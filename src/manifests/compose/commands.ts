/**
 * `command`, `entrypoint` and healthcheck tests: a list is taken as it is; a string is split into words by the rules of
 * the library that Compose uses (no shell runs, and the text ends at the first unquoted `|`, `;`, `&`, `<`, `>`).
 */

export interface CommandPart {
  readonly value: string
  /** UTF-16 range in the text, quotes included. */
  readonly start: number
  readonly end: number
}

export type CommandReading =
  | { readonly ok: true; readonly words: readonly CommandPart[]; readonly cut: boolean }
  | { readonly ok: false }

/** `ok: false`: Compose refuses the text (a quote or `$(` without its end). */
export function splitCommand(text: string): CommandReading {
  const words: CommandPart[] = []
  let value = ''
  let start = -1
  let state: 'plain' | 'single' | 'double' | 'back' | 'dollar' = 'plain'
  const take = (char: string, at: number) => {
    if (start === -1) start = at
    value += char
  }
  const end = (at: number) => {
    if (start !== -1) words.push({ value, start, end: at })
    value = ''
    start = -1
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === '\\' && state !== 'single') {
      const next = text[at + 1]
      if (next === undefined) return { ok: false }
      take(next === 't' ? '\t' : next === 'n' ? '\n' : next, at)
      at++
    } else if (' \t\r\n'.includes(char)) {
      if (state === 'plain') end(at)
      else take(char, at)
    } else if (char === "'" && state !== 'double' && state !== 'dollar' && state !== 'back') {
      if (start === -1) start = at
      state = state === 'single' ? 'plain' : 'single'
    } else if (char === '"' && state !== 'single' && state !== 'dollar' && state !== 'back') {
      if (start === -1) start = at
      state = state === 'double' ? 'plain' : 'double'
    } else if (char === '`' && (state === 'plain' || state === 'back')) {
      take(char, at)
      state = state === 'back' ? 'plain' : 'back'
    } else if (char === '(' && (state === 'plain' || state === 'dollar')) {
      if (state === 'dollar' || !value.endsWith('$')) return { ok: false }
      take(char, at)
      state = 'dollar'
    } else if (char === ')' && (state === 'plain' || state === 'dollar')) {
      take(char, at)
      state = state === 'dollar' ? 'plain' : 'dollar'
    } else if (state === 'plain' && ';&|<>'.includes(char)) {
      // `2>` redirects: the digit before it goes too.
      if (char === '>' && /^[0-9]/.test(value)) start = -1
      end(at)
      return { ok: true, words, cut: true }
    } else {
      take(char, at)
    }
  }
  if (state !== 'plain') return { ok: false }
  end(text.length)
  return { ok: true, words, cut: false }
}
