/**
 * Compose's interpolation (compose-go, `template`): `$V ${V} ${V:-d} ${V-d} ${V:?e} ${V?e} ${V:+r} ${V+r}`, nested,
 * and `$$`. Three-valued: Compose reads an unset variable as the empty string, but for us it is a hole that the
 * environment of whoever starts the project will fill. The environment of the machine that scans is never read.
 */

/** Stands in {@link Interpolated.marked} where a variable without a known value stood (a Unicode noncharacter). */
export const HOLE = '\uFDD0'

export interface Interpolated {
  /** As Compose has it when nobody sets the unset variables: they are empty. */
  readonly text: string
  /** The same with {@link HOLE} for each of them. */
  readonly marked: string
  /** The variable of each HOLE in `marked`, in order: neither a value nor a default was found for it. */
  readonly unset: readonly string[]
  /** True where a variable or escape was replaced. */
  readonly changed: boolean
  /** Why Compose would refuse the text. */
  readonly error?: string
}

/** Undefined: not set. */
export type Variables = (name: string) => Interpolated | undefined

const MAX_DEPTH = 24
const MAX_LENGTH = 256 * 1024
const TOO_LONG = 'the text grows too long when its variables are replaced'

/** Never throws; a text that Compose would refuse comes back as written, with `error`. */
export function interpolate(text: string, variables: Variables): Interpolated {
  if (!text.includes('$')) {
    return literal(text)
  }
  const out = new Output()
  const error = expand(text, variables, out, 0)
  if (error !== undefined) return { text, marked: HOLE, unset: ['?'], changed: false, error }
  return { text: out.text, marked: out.marked, unset: out.unset, changed: out.changed }
}

/** A text in which nothing is to be replaced. */
export function literal(text: string): Interpolated {
  return { text, marked: text, unset: text.includes(HOLE) ? holesIn(text).map(() => '?') : [], changed: false }
}

/** Positions of the holes in a marked text. */
export function holesIn(marked: string): number[] {
  const found: number[] = []
  for (let at = marked.indexOf(HOLE); at !== -1; at = marked.indexOf(HOLE, at + 1)) found.push(at)
  return found
}

/** Where `${VAR:-default}` defaults stand in a text as written: UTF-16 ranges with the variable they belong to. */
export function defaultsIn(text: string): { readonly name: string; readonly start: number; readonly end: number }[] {
  const found: { name: string; start: number; end: number }[] = []
  collectDefaults(text, 0, found, 0)
  return found
}

class Output {
  text = ''
  marked = ''
  readonly unset: string[] = []
  changed = false

  add(value: Interpolated): void {
    this.text += value.text
    this.marked += value.marked
    for (const name of value.unset) this.unset.push(name)
  }

  hole(name: string): void {
    this.marked += HOLE
    this.unset.push(name)
  }
}

/** Appends to `out`; returns why the text is refused. */
function expand(text: string, variables: Variables, out: Output, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return 'variables are nested too deeply'
  let plain = 0
  for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', plain)) {
    out.add(literal(text.slice(plain, at)))
    if (text[at + 1] === '$') {
      out.add(literal('$'))
      out.changed = true
      plain = at + 2
      continue
    }
    if (text[at + 1] === '{') {
      const close = closingBrace(text, at + 1)
      if (close === -1) return `"${shorten(text.slice(at))}" has no closing brace`
      const error = expandBraced(text.slice(at + 2, close), variables, out, depth)
      if (error !== undefined) return error
      plain = close + 1
      if (out.marked.length > MAX_LENGTH) return TOO_LONG
      continue
    }
    const name = nameAt(text, at + 1)
    if (name === '') {
      out.add(literal('$'))
      plain = at + 1
      continue
    }
    substitute(name, variables, out)
    plain = at + 1 + name.length
    if (out.marked.length > MAX_LENGTH) return TOO_LONG
  }
  out.add(literal(text.slice(plain)))
  return out.marked.length > MAX_LENGTH ? TOO_LONG : undefined
}

function expandBraced(inner: string, variables: Variables, out: Output, depth: number): string | undefined {
  const name = nameAt(inner, 0)
  const rest = inner.slice(name.length)
  const operator = /^:?[-?+]/.exec(rest)?.[0]
  if (name === '' || (rest !== '' && operator === undefined))
    return `"\${${shorten(inner)}}" is not a form that Compose knows`
  if (operator === undefined) {
    substitute(name, variables, out)
    return undefined
  }
  out.changed = true
  const word = rest.slice(operator.length)
  const value = variables(name)
  const counts = value !== undefined && (operator.length === 1 || value.marked !== '')
  if (operator.endsWith('-')) {
    if (counts) out.add(value)
    else return expand(word, variables, out, depth + 1)
  } else if (operator.endsWith('?')) {
    if (counts) out.add(value)
    else out.hole(name)
  } else if (counts) {
    return expand(word, variables, out, depth + 1)
  } else if (value === undefined) {
    out.hole(name)
  }
  return undefined
}

function substitute(name: string, variables: Variables, out: Output): void {
  out.changed = true
  const value = variables(name)
  if (value === undefined) out.hole(name)
  else out.add(value)
}

function collectDefaults(
  text: string,
  offset: number,
  found: { name: string; start: number; end: number }[],
  depth: number,
): void {
  if (depth > MAX_DEPTH) return
  for (let at = text.indexOf('$'); at !== -1 && found.length < 1_000; at = text.indexOf('$', at)) {
    if (text[at + 1] !== '{') {
      at += text[at + 1] === '$' ? 2 : 1
      continue
    }
    const close = closingBrace(text, at + 1)
    if (close === -1) return
    const inner = text.slice(at + 2, close)
    const name = nameAt(inner, 0)
    const operator = /^:?-/.exec(inner.slice(name.length))?.[0]
    if (name !== '' && operator !== undefined) {
      const start = at + 2 + name.length + operator.length
      if (start < close) found.push({ name, start: offset + start, end: offset + close })
      collectDefaults(text.slice(start, close), offset + start, found, depth + 1)
    }
    at = close + 1
  }
}

/** Index of the brace that closes the one at `open`, counting every brace between, or -1. */
function closingBrace(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const char = text[at]
    if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at
  }
  return -1
}

function nameAt(text: string, at: number): string {
  let end = at
  while (end < text.length && /[A-Za-z0-9_]/.test(text[end] as string)) end++
  const name = text.slice(at, end)
  return /^[A-Za-z_]/.test(name) ? name : ''
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
