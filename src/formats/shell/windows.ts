import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import type { Gatherer } from './gather.ts'
import type { MappedText } from './text.ts'

const WINDOWS_SHELLS = new Set(['cmd', 'powershell', 'pwsh'])

export function isWindowsShell(name: string): boolean {
  return WINDOWS_SHELLS.has(name.toLowerCase())
}

type After = ShellCommand['after']

/**
 * Cuts a text for `cmd` or PowerShell into commands and words, quotes taken off; nothing is expanded and nothing
 * nested is followed. A word that a variable or parentheses decide is unknown.
 */
export function readWindows(text: MappedText, gatherer: Gatherer): ShellCommand[] {
  const commands: ShellCommand[] = []
  let words: ShellWord[] = []
  let after: After = 'start'
  let pipeline = 0
  let position = 0
  const source = text.text
  const close = (next: After) => {
    const first = words[0]
    const last = words.at(-1)
    if (first !== undefined && last !== undefined) {
      const span = { start: first.span.start, end: last.span.end }
      const always = after !== '||'
      const joined = { wrappers: [], assignments: [], redirects: [], pipelineLength: 1 }
      commands.push({
        index: commands.length,
        span,
        name: nameOf(first.value),
        words,
        ...joined,
        pipeline,
        position,
        after,
        always,
      })
      after = next
      if (next === '|') position++
      else {
        pipeline++
        position = 0
      }
    }
    words = []
  }
  for (let at = 0; at < source.length; ) {
    if (commands.length >= gatherer.limits.commands) {
      gatherer.note(`more than ${gatherer.limits.commands} commands`)
      break
    }
    const char = source[at] as string
    if (char === ' ' || char === '\t' || char === '\r') at++
    else if (source.startsWith('&&', at) || source.startsWith('||', at)) {
      close(char === '&' ? '&&' : '||')
      at += 2
    } else if (char === '&' && words.length === 0) at++
    else if (char === '|' || char === ';' || char === '\n' || char === '&') {
      close(char === '|' ? '|' : ';')
      at++
    } else {
      const end = wordEnd(source, at)
      const raw = source.slice(at, end)
      const value = /[%$()`^{}\uFDD0]/.test(raw) ? null : raw.replace(/["']/g, '')
      words.push({ value, raw, span: text.span(at, end), quoted: /["']/.test(raw) })
      at = end
    }
  }
  close('start')
  const lengths = new Map<number, number>()
  for (const command of commands) lengths.set(command.pipeline, command.position + 1)
  return commands.map((command) => ({ ...command, pipelineLength: lengths.get(command.pipeline) ?? 1 }))
}

function wordEnd(source: string, start: number): number {
  let quote = ''
  let at = start
  for (; at < source.length; at++) {
    const char = source[at] as string
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (' \t\r\n;|&'.includes(char)) break
  }
  return at
}

/** `C:\\tools\\curl.exe` is `curl`; cmdlets keep their case. */
function nameOf(value: string | null): string | null {
  if (value === null) return null
  const base = value.slice(Math.max(value.lastIndexOf('\\'), value.lastIndexOf('/')) + 1)
  return (base.toLowerCase().endsWith('.exe') ? base.slice(0, -4) : base) || null
}
