/** Failures that a user can mend: told in one line, with what to do. Anything else is a bug and keeps its stack. */
export class CliError extends Error {
  readonly code: 'usage' | 'config' | 'target' | 'output' | 'internal'
  /** Lines below the first: what to do. */
  readonly hints: readonly string[]
  readonly exitCode: number

  constructor(code: CliError['code'], message: string, hints: readonly string[] = [], options?: ErrorOptions) {
    super(message, options)
    this.name = 'CliError'
    this.code = code
    this.hints = hints
    this.exitCode = code === 'internal' ? 3 : 2
  }
}
