import type { Span } from '../../core/span.ts'
import { ERREXIT, PIPEFAIL } from './effects.ts'
import { Gatherer, type Place } from './gather.ts'
import type { ShellLimits } from './limits.ts'
import { flagsOf } from './nested.ts'
import type { ShellReading, ShellSource } from './read.ts'
import { environmentOf, Scope } from './scope.ts'
import { isShell, shellCall } from './shell-call.ts'
import { splitWords } from './split.ts'
import { type MappedText, UNKNOWN } from './text.ts'
import { nameOf, unwrap } from './unwrap.ts'
import { Walk } from './walk.ts'
import { isWindowsShell, readWindows } from './windows.ts'
import type { Field } from './words.ts'

/** What runs a text: the interpreter's base name and its words. */
interface Interpreter {
  readonly name: string
  readonly words: readonly Field[]
}

export function readScript(source: ShellSource, limits: ShellLimits): ShellReading {
  const shebang = shebangOf(source.text)
  const interpreter = shebang ?? interpreterOf(source.shell)
  const whole: MappedText = { text: source.text, span: source.span, raw: (start, end) => source.text.slice(start, end) }
  const gatherer = new Gatherer(limits)
  const text = cut(whole, gatherer)
  if (isWindowsShell(interpreter.name)) {
    return { commands: readWindows(text, gatherer), errexit: false, pipefail: false, ...problemOf(gatherer) }
  }
  if (!isShell(interpreter.name)) return readInterpreted(text, interpreter, gatherer)
  const call = shellCall(interpreter.words)
  const scope = new Scope(environmentOf(source.variables))
  if (call.errexit !== undefined) scope.set(ERREXIT, call.errexit ? '1' : '')
  if (call.pipefail !== undefined) scope.set(PIPEFAIL, call.pipefail ? '1' : '')
  const walk = new Walk(gatherer)
  const statements = walk.read(place(text, scope, /^(r?bash|zsh|m?ksh)$/.test(interpreter.name)))
  return finish(gatherer, walk, scope, statements === 1)
}

export function readExecWords(
  words: readonly { readonly value: string; readonly span: Span }[],
  variables: Readonly<Record<string, string | undefined>> | undefined,
  limits: ShellLimits,
): ShellReading {
  const gatherer = new Gatherer(limits)
  const { text, fields } = execText(words, gatherer)
  const scope = new Scope(environmentOf(variables))
  const walk = new Walk(gatherer)
  if (fields.length > 0) walk.readWords(fields, place(text, scope, false))
  return finish(gatherer, walk, scope, true)
}

/** Where a script is the call of a shell and nothing else, that shell's options are the script's. */
function finish(gatherer: Gatherer, walk: Walk, scope: Scope, single: boolean): ShellReading {
  const flags = (single ? walk.innerFlags : undefined) ?? flagsOf(scope)
  return { commands: gatherer.finish(), ...flags, ...problemOf(gatherer) }
}

function problemOf(gatherer: Gatherer): { problem?: string } {
  return gatherer.problem === undefined ? {} : { problem: gatherer.problem }
}

function place(text: MappedText, scope: Scope, bash: boolean): Place {
  return {
    text,
    scope,
    bash,
    depth: 0,
    always: true,
    wrappers: [],
    after: 'start',
    redirects: [],
    last: true,
    loops: 0,
  }
}

/** A text beyond the limit is read up to the last whole line before it. */
function cut(whole: MappedText, gatherer: Gatherer): MappedText {
  if (whole.text.length <= gatherer.limits.text) return whole
  gatherer.note(`longer than ${gatherer.limits.text} characters`)
  const end = whole.text.lastIndexOf('\n', gatherer.limits.text)
  return { ...whole, text: whole.text.slice(0, end > 0 ? end : gatherer.limits.text) }
}

/** Another interpreter's program (`SHELL ["python3", "-c"]`, a body with `#!`): one command that is given the text. */
function readInterpreted(text: MappedText, interpreter: Interpreter, gatherer: Gatherer): ShellReading {
  const words = unwrap(interpreter.words).words.map((field) => ({ ...field, start: 0, end: 0 }))
  new Walk(gatherer).readWords(words, place(text, new Scope(new Map()), false))
  const commands = gatherer.finish().map((command) => ({
    ...command,
    span: text.span(0, text.text.length),
    stdin: text.text.slice(0, gatherer.limits.stdin),
  }))
  return { commands, errexit: false, pipefail: false, ...problemOf(gatherer) }
}

function interpreterOf(shell: string): Interpreter {
  const words = (splitWords(shell.replaceAll('\\', '/')) ?? []).map(({ value }) => bare(value))
  const taken = unwrap(words)
  return { name: windowsName(nameOf(taken.words[0]) ?? 'sh'), words: taken.words }
}

function shebangOf(text: string): Interpreter | undefined {
  if (!text.startsWith('#!')) return undefined
  const end = text.indexOf('\n')
  const line = text.slice(2, end === -1 ? undefined : end).trim()
  return line === '' || line.length > 1024 ? undefined : interpreterOf(line)
}

/** `CMD.EXE` is `cmd`. */
function windowsName(name: string): string {
  const lower = name.toLowerCase()
  const base = lower.endsWith('.exe') ? lower.slice(0, -4) : lower
  return isWindowsShell(base) ? base : name
}

function bare(value: string): Field {
  return {
    value,
    text: value,
    chunks: [{ at: 0, length: value.length, start: 0, end: 0, exact: false }],
    start: 0,
    end: 0,
    quoted: false,
  }
}

/**
 * The words of an exec form as one text, so that a script inside a word knows its place: to the character where the
 * word's span says that nothing in it is escaped, else to the word.
 */
function execText(words: readonly { readonly value: string; readonly span: Span }[], gatherer: Gatherer) {
  const fields: Field[] = []
  const starts: number[] = []
  let text = ''
  for (const { value } of words) {
    if (text.length + value.length > gatherer.limits.text) {
      gatherer.note(`longer than ${gatherer.limits.text} characters`)
      break
    }
    const start = text.length
    starts.push(start)
    text += `${value} `
    const end = start + value.length
    const chunks = value === '' ? [] : [{ at: 0, length: value.length, start, end, exact: true }]
    fields.push({ value: value.includes(UNKNOWN) ? null : value, text: value, chunks, start, end, quoted: true })
  }
  const wordAt = (at: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= at) low = middle
      else high = middle - 1
    }
    return low
  }
  const span = (start: number, end: number): Span => {
    const first = wordAt(start)
    const last = end > start ? wordAt(end - 1) : first
    const from = execWordSpan(
      words[first],
      start - (starts[first] ?? 0),
      first === last ? end - (starts[first] ?? 0) : undefined,
    )
    const to = first === last ? from : execWordSpan(words[last], 0, undefined)
    return { start: from.start, end: Math.max(from.end, to.end) }
  }
  const mapped: MappedText = { text, span, raw: (start, end) => text.slice(start, end) }
  return { text: mapped, fields }
}

function execWordSpan(
  word: { readonly value: string; readonly span: Span } | undefined,
  start: number,
  end: number | undefined,
): Span {
  if (word === undefined) return { start: 0, end: 0 }
  const { span, value } = word
  const whole = start <= 0 && (end === undefined || end >= value.length)
  const length = span.end - span.start
  const bytes = Buffer.byteLength(value)
  const quotes = length === bytes + 2 ? 1 : 0
  if (whole || end === undefined || (quotes === 0 && length !== bytes)) return span
  // Escapes lengthen a word, so equal lengths mean that there are none.
  const offset = span.start + quotes
  const from = offset + Buffer.byteLength(value.slice(0, start))
  return { start: from, end: from + Buffer.byteLength(value.slice(start, end)) }
}
