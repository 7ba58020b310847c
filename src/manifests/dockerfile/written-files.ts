/** Texts that a build writes into files: `echo … > f`, `printf … | tee f`, `cat > f <<E`, `COPY <<E f`. */
import type { Instruction } from '../../core/facts/dockerfile.ts'
import type { ShellCommand } from '../../core/facts/script.ts'
import type { Span } from '../../core/span.ts'
import { outputRedirect } from '../../formats/shell/downloads.ts'
import { textOf } from '../../formats/shell/meaning.ts'
import { type BuildStage, pipelineOf } from './build.ts'

export interface WrittenFile {
  readonly path: string
  /** The text; of a `sed`, what it puts in. */
  readonly text: string
  readonly span: Span
  readonly instruction: Instruction
  /** False where a condition decides whether it is written. */
  readonly always: boolean
}

export function filesWritten(stage: BuildStage): WrittenFile[] {
  return [...byCommands(stage), ...byCopies(stage)]
}

function byCommands(stage: BuildStage): WrittenFile[] {
  const runs = stage.runs
  return runs.flatMap((run) => {
    const { command, instruction } = run
    const written = (path: string, text: string): WrittenFile[] => [
      { path, text, span: command.span, instruction, always: command.always },
    ]
    if (command.name === 'sed' || command.name === 'perl') {
      const words = command.words.map(textOf)
      const path = words.at(-1) ?? ''
      const scripts = words.slice(1, -1).filter((word) => !/^-(?:[a-zA-Z.]+|-[a-z-]+(?:=.*)?)$/.test(word))
      return scripts.length > 0 ? written(path, scripts.map(putInBySed).join('\n')) : []
    }
    const text = spoken(command)
    if (text === undefined) return []
    const redirect = outputRedirect(command)
    if (redirect !== undefined) return redirect === null ? [] : written(redirect, text)
    const tee = pipelineOf(run).find(({ name, position }) => name === 'tee' && position === command.position + 1)
    const target = tee?.words.slice(1).find(({ raw }) => !raw.startsWith('-'))
    return target === undefined ? [] : written(textOf(target), text)
  })
}

/** What a script of `sed` puts in: replacements, not what they look for; nothing of a deletion. */
export function putInBySed(script: string): string {
  const parts: string[] = []
  for (const match of script.matchAll(/(?:^|[;{}\s\d$/])s([/|#,!@~%:])/g)) {
    const separator = match[1] as string
    const start = match.index + match[0].length
    const middle = endOfField(script, start, separator)
    if (middle < script.length) parts.push(script.slice(middle + 1, endOfField(script, middle + 1, separator)))
    if (parts.length >= 32) break
  }
  if (parts.length > 0) return parts.join('\n')
  return /^[^aic]*d\s*$/.test(script) ? '' : script
}

function endOfField(script: string, from: number, separator: string): number {
  let at = from
  while (at < script.length && script[at] !== separator) at += script[at] === '\\' ? 2 : 1
  return Math.min(at, script.length)
}

function spoken(command: ShellCommand): string | undefined {
  if (command.name === 'echo' || command.name === 'printf') return command.words.slice(1).map(textOf).join(' ')
  return command.name === 'cat' || command.name === 'tee' ? command.stdin : undefined
}

function byCopies(stage: BuildStage): WrittenFile[] {
  return stage.instructions.flatMap((instruction) => {
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return []
    const path = instruction.args.at(-1)?.value ?? ''
    return instruction.heredocs.map(({ name, body, bodySpan }) => {
      return { path: path.endsWith('/') ? path + name : path, text: body, span: bodySpan, instruction, always: true }
    })
  })
}
