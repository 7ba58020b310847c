/** What commands write to, and how text looks there. */
import { reason } from '../config/load.ts'
import type { Style } from '../reports/terminal/style.ts'
import { CliError } from './errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Streams {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

export interface UiOptions {
  readonly color: string | undefined
  readonly 'no-color': boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Data goes to standard output and nothing else does; everything else goes to standard error. */
export class Ui {
  /** Style of standard output. */
  readonly style: Style
  readonly errorStyle: Style
  readonly quiet: boolean
  readonly verbose: boolean
  /** True where a person sees standard error: progress may be drawn. */
  readonly isInteractive: boolean
  readonly #streams: Streams
  /** Streams whose reader has gone: what is written after that is dropped. */
  readonly #closed = new Set<NodeJS.WriteStream>()

  constructor(streams: Streams, options: UiOptions, env: Environment) {
    this.#streams = streams
    this.quiet = options.quiet
    this.verbose = options.verbose
    this.style = styleOf(streams.stdout, options, env)
    this.errorStyle = styleOf(streams.stderr, options, env)
    this.isInteractive = streams.stderr.isTTY === true && env.TERM !== 'dumb' && !options.quiet && !options.verbose
  }

  /** Resolves when the text is handed over; a reader that has gone away is no error. */
  async out(text: string | Uint8Array): Promise<void> {
    await this.#write(this.#streams.stdout, text)
  }

  /** A line for the person: `bulkhead: …`. */
  async say(line: string): Promise<void> {
    await this.#write(this.#streams.stderr, `bulkhead: ${line}\n`)
  }

  /** A line that `--quiet` leaves out. */
  async hint(line: string): Promise<void> {
    if (!this.quiet) await this.say(line)
  }

  async detail(line: string): Promise<void> {
    if (this.verbose) await this.say(line)
  }

  /** Text as it is: help, a progress line. */
  async error(text: string): Promise<void> {
    await this.#write(this.#streams.stderr, text)
  }

  #write(stream: NodeJS.WriteStream, text: string | Uint8Array): Promise<void> {
    if (text.length === 0 || this.#closed.has(stream)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      stream.write(text, (error) => {
        if (error === null || error === undefined) return resolve()
        this.#closed.add(stream)
        if (isGone(error)) resolve()
        else reject(new CliError('output', `cannot write the output: ${reason(error)}`, [], { cause: error }))
      })
    })
  }
}

/** The reader of a pipe, or the terminal, is gone. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED' || code === 'EIO'
}

/** Columns where the output is no terminal. */
const PIPE_WIDTH = 100

export function styleOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  options: Pick<UiOptions, 'color' | 'no-color'>,
  env: Environment,
): Style {
  const isTerminal = stream.isTTY === true
  return {
    colour: wantsColour(isTerminal, options, env),
    unicode: speaksUnicode(env, process.platform),
    width: isTerminal ? Math.min(stream.columns || 80, 100) : PIPE_WIDTH,
  }
}

/** A flag over NO_COLOR over FORCE_COLOR over what the output is. */
function wantsColour(isTerminal: boolean, options: Pick<UiOptions, 'color' | 'no-color'>, env: Environment): boolean {
  if (options['no-color'] || options.color === 'never') return false
  if (options.color === 'always') return true
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '')
    return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTerminal && env.TERM !== 'dumb'
}

/** POSIX: LC_ALL over LC_CTYPE over LANG; none set means the C locale, except where terminals are known to be UTF-8. */
export function speaksUnicode(env: Environment, platform: NodeJS.Platform): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (locale !== undefined && locale !== '') return /utf-?8/i.test(locale)
  return platform === 'darwin' || platform === 'win32' || (env.CI !== undefined && env.CI !== '')
}
