/** What a workload starts: its programs as argument words, after unwrapping shells and launchers. */
import type { View } from '../core/fact.ts'
import type { ShellWord } from '../core/facts/script.ts'
import type { CommandWord, WorkloadFact } from '../core/facts/workload.ts'
import type { Place } from '../core/place.ts'
import { known } from '../core/setting.ts'
import type { Span } from '../core/span.ts'
import { readExec } from '../formats/shell/read.ts'

export interface ProgramWord {
  /** null where a variable decides. */
  readonly value: string | null
  readonly at: Place | undefined
  /** As the script writes it: `--api-key=$KEY`. */
  readonly written?: string
}

export interface Program {
  /** Base name: `vllm`, `python3`; for arguments to an image's own entrypoint their first word (`--model`); may be empty. */
  readonly name: string
  /** The program first. */
  readonly words: readonly ProgramWord[]
  /** Variables set for it: `A=1 program`, `env A=1 program`, and `export A=1` as a program of its own. */
  readonly assignments: readonly { readonly name: string; readonly value: string; readonly at: Place | undefined }[]
  /** The script, not read, that is handed it as arguments: by custom it ends with `exec "$@"`. */
  readonly passedTo?: string
}

/** Every program of entrypoint and command, in the order in which a script names them. Read once for all who ask. */
export function programsOf(workload: WorkloadFact): readonly Program[] {
  const known = programsRead.get(workload)
  if (known !== undefined) return known
  const programs = readPrograms(workload)
  programsRead.set(workload, programs)
  return programs
}

const programsRead = new WeakMap<WorkloadFact, readonly Program[]>()

function readPrograms(workload: WorkloadFact): readonly Program[] {
  const { entrypoint, command } = workload.settings
  const started = known(entrypoint) ?? []
  const words = [...started, ...(known(command) ?? [])]
  if (words.length === 0) return []
  const variables = variablesOf(workload)
  const programs = programsIn(words, 0, variables)
  const script = started.length === 1 ? scriptName(started[0]) : undefined
  const first = words[1]?.value
  if (script === undefined || first === undefined || !/^[\w/.]/.test(first)) return programs
  return [...programs, ...programsIn(words, 1, variables).map((program) => ({ ...program, passedTo: script }))]
}

/** `/docker/entrypoint.sh`, `/usr/local/bin/docker-entrypoint`. */
function scriptName(word: CommandWord | undefined): string | undefined {
  const name = word?.value.slice(word.value.lastIndexOf('/') + 1)
  return name !== undefined && /\.(?:sh|bash)$|entrypoint$/.test(name) ? name : undefined
}

/** What the words from number `from` on start. */
function programsIn(
  words: readonly CommandWord[],
  from: number,
  variables: Record<string, string | undefined>,
): readonly Program[] {
  const reading = readExec(
    words.slice(from).map((word, index) => ({ value: word.value, span: numbered(word, from + index) })),
    variables,
  )
  return reading.commands.map(
    ({ name, words: own, assignments }): Program => ({
      name: name ?? '',
      words: own.map(({ value, raw, span }) => ({ value, at: placeIn(words, span), written: raw })),
      assignments: [...assignments, ...exported(name, own)].flatMap(({ name: variable, value, span }) =>
        value === null ? [] : [{ name: variable, value, at: placeIn(words, span) }],
      ),
    }),
  )
}

function exported(name: string | null, words: readonly ShellWord[]) {
  if (name !== 'export') return []
  return words.slice(1).flatMap(({ value, span }) => {
    const at = value?.indexOf('=') ?? -1
    return value === null || at < 1 ? [] : [{ name: value.slice(0, at), value: value.slice(at + 1), span }]
  })
}

/** A word's file may differ from its neighbour's, so its number goes above its offset. */
const PER_WORD = 2 ** 32

function numbered({ value, at }: CommandWord, index: number): Span {
  // A Dockerfile's word without quotes in its span: any other length is a text over several lines, joined.
  const isJoined = /^(?:CMD|ENTRYPOINT)\b/.test(at?.key ?? '') && spanLength(at) !== Buffer.byteLength(value)
  const { start, end } = (isJoined ? undefined : at?.span) ?? { start: 0, end: 1 }
  return { start: index * PER_WORD + start, end: index * PER_WORD + end }
}

function spanLength(at: Place | undefined): number {
  return at?.span === undefined ? 0 : at.span.end - at.span.start
}

function placeIn(words: readonly CommandWord[], { start, end }: Span): Place | undefined {
  const index = Math.floor(start / PER_WORD)
  const at = words[index]?.at
  if (at?.span === undefined) return at
  const span = { start: start - index * PER_WORD, end: end - index * PER_WORD }
  return span.start >= at.span.start && span.end <= at.span.end && span.end > span.start ? { ...at, span } : at
}

function variablesOf(workload: WorkloadFact): Record<string, string | undefined> {
  const variables: Record<string, string | undefined> = Object.create(null)
  for (const [name, setting] of Object.entries(workload.settings.env.items))
    variables[name] = known(setting) ?? undefined
  return variables
}

export interface Flag {
  readonly name: string
  /** What follows its `=`, or the next word where that is no flag; undefined: it stands alone; null: a variable. */
  readonly value: string | null | undefined
  readonly at: Place | undefined
  /** True where the value is a word of its own. */
  readonly apart: boolean
}

/** The last of the flags by one of the names (`--api-key`, written with `=` or as two words): as parsers take it. */
export function flagOf(words: readonly ProgramWord[], names: readonly string[]): Flag | undefined {
  for (let index = words.length - 1; index >= 0; index--) {
    const word = words[index]
    if (word === undefined) continue
    if (word.value === null) {
      const name = names.find((one) => word.written?.replace(/^["']/, '').startsWith(`${one}=`))
      if (name !== undefined) return { name, value: null, at: word.at, apart: false }
      continue
    }
    const equals = word.value.indexOf('=')
    const name = equals === -1 ? word.value : word.value.slice(0, equals)
    if (!names.includes(name)) continue
    if (equals !== -1) return { name, value: unquoted(word.value.slice(equals + 1)), at: word.at, apart: false }
    const next = words[index + 1]
    const apart = next !== undefined && !next.value?.startsWith('-')
    const value = next === undefined ? undefined : next.value === null ? null : unquoted(next.value)
    return { name, value: apart ? value : undefined, at: word.at, apart }
  }
  return undefined
}

/** Jupyter's own parser takes `--ServerApp.token=''` with the quotes in an exec-form command. */
export function unquoted(value: string): string {
  return /^(['"]).*\1$/.test(value) ? value.slice(1, -1) : value
}

/** The program or module that a Python call runs: `python -m vllm.entrypoints.api_server`. */
export function moduleOf({ name, words }: Program): string | undefined {
  if (!/^(?:python|pypy)[\d.]*$/.test(name)) return undefined
  const at = words.findIndex(({ value }) => value === '-m')
  return at === -1 ? undefined : (words[at + 1]?.value ?? undefined)
}

/** Base name of the script that a Python call runs: `webui.py` of `python -u webui.py --listen`. */
export function scriptOf({ name, words }: Program): string | undefined {
  if (!/^(?:python|pypy)[\d.]*$/.test(name)) return undefined
  for (let at = 1; at < words.length; at++) {
    const value = words[at]?.value
    if (value === undefined || value === null || /^-[cm]/.test(value)) return undefined
    if (value === '-W' || value === '-X') at++
    else if (!value.startsWith('-')) return value.slice(value.lastIndexOf('/') + 1)
  }
  return undefined
}

/**
 * The place of a word inside a script: where its text runs over several lines, the workload knows only the whole
 * command, and the script's own reading knows better.
 */
export function exactPlace(view: View, workload: WorkloadFact, { value, at }: ProgramWord): Place | undefined {
  if (at?.span === undefined || value === null) return at
  const { start, end } = at.span
  if (end - start <= Buffer.byteLength(value) + 2) return at
  for (const script of view.at('script', workload.target, at.path)) {
    if (script.span.start > start || script.span.end < end) continue
    for (const { words } of script.commands) {
      const found = words.find((word) => word.value === value && word.span.start >= start && word.span.end <= end)
      if (found !== undefined) return { ...at, span: found.span }
    }
  }
  return at
}
