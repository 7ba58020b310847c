/** The shell scripts and commands of a Dockerfile: RUN, and the CMD, ENTRYPOINT and HEALTHCHECK of each stage that count. */
import { type DockerfileFact, type Instruction, spanInText } from '../../core/facts/dockerfile.ts'
import type { ScriptFact, ScriptOrigin } from '../../core/facts/script.ts'
import type { SourceText, Span } from '../../core/span.ts'
import { readExec, readShell, type ShellReading, type ShellSource } from '../../formats/shell/read.ts'
import { parseHeredocWord } from './heredocs.ts'
import { healthcheckCommandStart } from './instruction.ts'
import { evaluateStages, type StageState } from './stages.ts'

export type Script = Pick<ScriptFact, 'span' | 'origin' | 'shell' | 'errexit' | 'pipefail' | 'commands' | 'problem'>

type Dockerfile = Pick<DockerfileFact, 'path' | 'instructions' | 'stages' | 'escape'>
type Role = Extract<ScriptOrigin, { in: 'dockerfile' }>['as']

const ROLES: Readonly<Record<string, Role>> = {
  RUN: 'run',
  CMD: 'cmd',
  ENTRYPOINT: 'entrypoint',
  HEALTHCHECK: 'healthcheck',
}

/** Every script of the file, in source order. `source` gives the places inside here-documents. */
export function scriptsOf(dockerfile: Dockerfile, source: SourceText): Script[] {
  const drafts: { script: Omit<Script, 'origin'>; instruction: Instruction; as: Role; stage: number }[] = []
  const overridden = overriddenIn(dockerfile)
  const graph = evaluateStages(dockerfile, {
    visit(instruction, state, stage) {
      const as = Object.hasOwn(ROLES, instruction.keyword) ? ROLES[instruction.keyword] : undefined
      if (as === undefined || instruction.onbuild || overridden.has(instruction.index)) return
      const script = read(instruction, as, state, source)
      if (script !== undefined) drafts.push({ script, instruction, as, stage })
    },
  })
  return drafts.map(({ script, instruction, as, stage }) => {
    const ships = graph.stages[stage]?.ships === true
    return {
      ...script,
      origin: { in: 'dockerfile', dockerfile: dockerfile.path, stage, instruction: instruction.index, as, ships },
    }
  })
}

/** CMD, ENTRYPOINT and HEALTHCHECK instructions that a later one of their stage replaces. */
function overriddenIn(dockerfile: Dockerfile): Set<number> {
  const overridden = new Set<number>()
  const last = new Map<string, number>()
  for (const { index, stage, keyword, onbuild } of dockerfile.instructions) {
    if (onbuild || (keyword !== 'CMD' && keyword !== 'ENTRYPOINT' && keyword !== 'HEALTHCHECK')) continue
    const key = `${stage} ${keyword}`
    const before = last.get(key)
    if (before !== undefined) overridden.add(before)
    last.set(key, index)
  }
  return overridden
}

function read(
  instruction: Instruction,
  as: Role,
  state: StageState,
  source: SourceText,
): Omit<Script, 'origin'> | undefined {
  if (instruction.exec !== undefined) {
    if (instruction.exec.length === 0) return undefined
    const reading = readExec(
      instruction.exec,
      variablesFor(instruction.exec.map((word) => word.value).join(' '), as, state),
    )
    return finish(instruction, reading, interpreterOf(instruction.exec[0]?.value ?? ''))
  }
  const from = as === 'healthcheck' ? healthcheckCommandStart(instruction.text) : 0
  if (as === 'healthcheck' && instruction.args[0]?.value.toUpperCase() !== 'CMD') return undefined
  const text = textOf(instruction, from, source)
  if (text.text.trim() === '') return undefined
  const shell = shebang(text) ?? state.shell.join(' ')
  const reading = readShell({ ...text, shell, variables: variablesFor(text.text, as, state) })
  return finish(instruction, reading, shellName(shell))
}

function finish(instruction: Instruction, reading: ShellReading, shell: string): Omit<Script, 'origin'> {
  const { commands, errexit, pipefail, problem } = reading
  return { span: instruction.span, shell, errexit, pipefail, commands, ...(problem === undefined ? {} : { problem }) }
}

/** `/bin/bash -o pipefail -c` is `bash`. */
function shellName(command: string): string {
  const first = command.trim().split(/[ \t]/, 1)[0] ?? ''
  return first.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '') || 'sh'
}

/** What reads an exec form: the shell that it calls, or nobody (`exec`). */
function interpreterOf(program: string): string {
  const name = shellName(program)
  return /^(?:ba|da|a|z|k|c|tc|fi)?sh$|^(?:pwsh|powershell|cmd)$/.test(name) ? name : 'exec'
}

/**
 * The text that the shell gets. A lone here-document is the script itself; otherwise the shell reads the line with its
 * here-documents below it.
 */
function textOf(instruction: Instruction, from: number, source: SourceText): Omit<ShellSource, 'shell' | 'variables'> {
  const [first] = instruction.heredocs
  if (instruction.heredocs.length === 1 && first !== undefined && parseHeredocWord(instruction.text) !== undefined) {
    const start = source.toUnit(first.bodySpan.start)
    return { text: first.body, span: (low, high) => source.span(start + low, start + high) }
  }
  let text = instruction.text.slice(from)
  const inLine = (low: number, high: number) => spanInText(instruction, from + low, from + high)
  if (instruction.heredocs.length === 0) return { text, span: inLine }
  const parts: Part[] = [{ at: 0, span: inLine }]
  for (const heredoc of instruction.heredocs) {
    text += '\n'
    const start = source.toUnit(heredoc.bodySpan.start)
    const length = heredoc.body.length
    parts.push({
      at: text.length,
      span: (low, high) => source.span(start + Math.min(low, length), start + Math.min(high, length)),
    })
    text += heredoc.body + heredoc.name
  }
  return { text, span: (low, high) => spanOver(parts, low, high) }
}

interface Part {
  /** Where it begins in the text. */
  readonly at: number
  readonly span: (low: number, high: number) => Span
}

function spanOver(parts: readonly Part[], low: number, high: number): Span {
  if (high <= low) return spanOfOne(parts, low, low)
  const { start } = spanOfOne(parts, low, low + 1)
  return { start, end: Math.max(start, spanOfOne(parts, high - 1, high).end) }
}

/** The span of a range that lies in one part. */
function spanOfOne(parts: readonly Part[], low: number, high: number): Span {
  const part = parts.findLast(({ at }) => at <= low) ?? parts[0]
  return part === undefined ? { start: 0, end: 0 } : part.span(low - part.at, high - part.at)
}

/** A here-document that starts with `#!` runs as that program. */
function shebang(source: { text: string }): string | undefined {
  const match = /^#![ \t]*([^\r\n]{1,256})/.exec(source.text)
  if (match === null) return undefined
  return (match[1] as string).replace(/^\S*\/env[ \t]+(?:-S[ \t]+)?/, '').trim()
}

/** Values of the variables that a text names: ARG and ENV while building, ENV alone when the container runs. */
function variablesFor(text: string, as: Role, state: StageState): Record<string, string | undefined> {
  const variables: Record<string, string | undefined> = Object.create(null)
  for (const match of text.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)) {
    const name = match[1] as string
    if (name in variables) continue
    if (as === 'run') {
      const variable = state.scope.get(name)
      if (variable !== undefined) variables[name] = variable.is === 'value' ? variable.value : undefined
    } else {
      const setting = state.env.get(name)
      if (setting !== undefined) {
        variables[name] = setting.is === 'set' || setting.is === 'default' ? setting.value : undefined
      }
    }
  }
  return variables
}
