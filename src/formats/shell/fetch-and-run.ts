import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import type { Span } from '../../core/span.ts'
import { type Download, downloads, inlineProgram } from './downloads.ts'
import { ScriptFlow } from './flow.ts'
import { textOf } from './options.ts'

/** A download that is run without a look at what came. */
export interface FetchAndRun {
  /** Index in the list that was given of the command that fetches. */
  readonly fetch: number
  /** Index of the command that runs it; the same where one program does both. */
  readonly sink: number
  /** The first URL; null where it can't be told. */
  readonly url: string | null
  readonly how: 'pipe' | 'process-substitution' | 'substitution' | 'here-string' | 'variable' | 'file' | 'program'
}

/**
 * What is fetched and run: piped into an interpreter, substituted into one, or written to a file that is run later in
 * the list. Not where a hash or signature of the file is checked in between and a failure stops the script.
 *
 * `commands` are those of one script, or of several in order whose `index`, `pipeline` and `within` were renumbered so
 * that they are one list. `errexit` says that the script runs under `-e`; a `set -e` in it is seen anyway.
 */
export function fetchAndRun(
  commands: readonly ShellCommand[],
  options: { readonly errexit?: boolean } = {},
): FetchAndRun[] {
  const flow = new ScriptFlow(commands, options.errexit === true)
  return downloads(commands).flatMap((download) => {
    const sink = findSink(flow, download)
    return sink === undefined ? [] : [{ fetch: download.command, url: download.urls[0]?.url ?? null, ...sink }]
  })
}

type Sink = Pick<FetchAndRun, 'sink' | 'how'>

function findSink(flow: ScriptFlow, download: Download): Sink | undefined {
  const fetch = flow.commands[download.command] as ShellCommand
  if (download.tool === 'python' && runsWhatItFetched(inlineProgram(fetch) ?? '')) {
    return { sink: download.command, how: 'program' }
  }
  const written = download.to === 'file' && download.file !== undefined ? [download.file] : []
  if (download.to === 'stdout' || download.file === null) {
    const streamed = streamSink(flow, download.command, 0)
    if (streamed !== undefined) return streamed
    written.push(...filesAfter(flow, download.command))
  }
  for (const file of written) {
    if (file === null) continue
    const runs = flow.runsOf(file, download.command + 1)
    const sink = runs.find((run) => !flow.verifiedBetween(download.command, run, file))
    if (sink !== undefined) return { sink, how: 'file' }
  }
  return undefined
}

/** Python that runs what it fetched. */
function runsWhatItFetched(program: string): boolean {
  return ['exec(', 'eval(', 'os.system(', 'subprocess.', 'runpy.', 'compile('].some((call) => program.includes(call))
}

const MOST_HOPS = 8

/** Follows what a command writes to standard output. */
function streamSink(flow: ScriptFlow, source: number, hops: number): Sink | undefined {
  if (hops > MOST_HOPS) return undefined
  const { commands } = flow
  const piped = flow.pipedInto(source)
  if (piped !== undefined) return { sink: piped, how: 'pipe' }
  const command = commands[source] as ShellCommand
  // `| tee >(sh)`, `curl … > >(sh)`: the commands inside read what the outer one writes.
  const along = flow.inProcessSubstitution.find((index) => {
    const inner = commands[index] as ShellCommand
    const holder = commands[inner.within?.command ?? -1]
    if (holder === undefined || holder.pipeline !== command.pipeline || holder.position < command.position) return false
    return isOutput(holder, inner.span) && flow.calls[index]?.stdin === true
  })
  if (along !== undefined) return { sink: along, how: 'process-substitution' }
  if (!reachesEnd(flow, command)) return undefined
  const { within } = command
  if (within === undefined || within.command === source) return undefined
  const outer = commands[within.command]
  if (outer === undefined) return undefined
  if (within.how === 'substitution' || within.how === 'process-substitution') {
    return substitutionSink(flow, within.command, command.span, within.how, hops)
  }
  return undefined
}

/** What an outer command does with an inner one's output. */
function substitutionSink(
  flow: ScriptFlow,
  index: number,
  inner: Span,
  how: 'substitution' | 'process-substitution',
  hops: number,
): Sink | undefined {
  const outer = flow.commands[index] as ShellCommand
  const holder = outer.words.find((word) => contains(word.span, inner))
  const call = flow.calls[index]
  if (call !== undefined) {
    if (holder !== undefined && (holder === call.program || holder === call.file || isEvalWord(outer, holder)))
      return { sink: index, how }
    if (holder === undefined && call.stdin && !outer.assignments.some(({ span }) => contains(span, inner))) {
      const redirected = outer.redirects.some(({ operator, span }) => operator === '<' && contains(span, inner))
      if (redirected) return { sink: index, how: 'process-substitution' }
      if (outer.stdin !== undefined) return { sink: index, how: 'here-string' }
    }
  }
  // `$(curl …)` as the command word.
  if (how === 'substitution' && holder !== undefined && holder === outer.words[0]) return { sink: index, how }
  const assigned = outer.assignments.find(({ span }) => contains(span, inner))
  if (assigned !== undefined) return variableSink(flow, assigned.name, index, hops)
  // `echo "$(curl …)" | sh`
  return ['echo', 'printf', 'cat'].includes(outer.name ?? '') ? streamSink(flow, index, hops + 1) : undefined
}

function isEvalWord(command: ShellCommand, word: ShellWord): boolean {
  return command.name === 'eval' && command.words.includes(word)
}

/** Where `$name` is run: `eval "$name"`, `sh -c "$name"`, `sh <<< "$name"`, `echo "$name" | sh`. */
function variableSink(flow: ScriptFlow, name: string, from: number, hops: number): Sink | undefined {
  for (const index of flow.usesOf(name, from)) {
    const command = flow.commands[index] as ShellCommand
    if (command.name !== 'echo' && command.name !== 'printf') return { sink: index, how: 'variable' }
    const sink = streamSink(flow, index, hops + 1)
    if (sink !== undefined) return { sink: sink.sink, how: 'variable' }
  }
  return undefined
}

/** Files that the stream is written to further down its pipeline: `| tee f`, `| cat > f`, `| gunzip > f`. */
function filesAfter(flow: ScriptFlow, source: number): (string | null)[] {
  const fetch = flow.commands[source] as ShellCommand
  const files: (string | null)[] = []
  for (const index of flow.pipelineOf(fetch)) {
    const command = flow.commands[index] as ShellCommand
    if (command.position <= fetch.position) continue
    if (command.name === 'tee')
      files.push(
        ...command.words
          .slice(1)
          .map(textOf)
          .filter((text) => !text.startsWith('-')),
      )
    if (command.name !== 'tar') {
      for (const { operator, target } of command.redirects)
        if (operator.startsWith('>') || operator === '1>') files.push(target)
    }
  }
  return files
}

/** True where `inner` stands in a `>( )` of the command. */
function isOutput(command: ShellCommand, inner: Span | undefined): boolean {
  if (inner === undefined) return false
  const word = command.words.find(({ span }) => contains(span, inner))
  if (word !== undefined) return word.raw.includes('>(')
  return command.redirects.some(({ operator, span }) => operator.includes('>') && contains(span, inner))
}

/** True where the pipeline's output goes on to whoever started it. */
function reachesEnd(flow: ScriptFlow, command: ShellCommand): boolean {
  const last = flow.commands[flow.pipelineOf(command).at(-1) ?? -1] ?? command
  return !last.redirects.some(({ operator }) => operator === '>' || operator === '>>' || operator === '1>')
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}
