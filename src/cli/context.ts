import type { CommandName, CommandValues } from './commands.ts'
import type { Environment, Ui } from './ui.ts'

/** What a command is given besides its own arguments. */
export interface Context {
  readonly ui: Ui
  readonly env: Environment
  /** Version of Bulkhead. */
  readonly version: string
  /** The moment that everything is judged at, ISO 8601. */
  readonly now: string
  /** Milliseconds from some start. */
  readonly clock: () => number
  /** Aborted on interrupt. */
  readonly signal: AbortSignal
}

/** A command's implementation: resolves to its exit code. */
export interface CommandModule<K extends CommandName> {
  run(options: CommandValues<K>, operands: readonly string[], context: Context): Promise<number>
}
