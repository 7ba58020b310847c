import type { ShellCommand } from '../../core/facts/script.ts'
import type { Span } from '../../core/span.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { readExecWords, readScript } from './reader.ts'

export { splitWords } from './split.ts'

/** A script as the file holds it, and what runs it. */
export interface ShellSource {
  readonly text: string
  /**
   * What runs it: a name (`sh`, `bash`, `python3`, `cmd`), a path, or a whole command whose options count
   * (`/bin/bash -eo pipefail -c`).
   */
  readonly shell: string
  /**
   * The environment that is known: values of ENV, ARG, `environment:`. A key with `undefined` is declared without a
   * value. They decide `$V` where the script itself did not assign V.
   */
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** The file's span of the range `[start, end)` of `text` (UTF-16 units). */
  span(start: number, end: number): Span
}

/** What a script does: every simple command, in source order. */
export interface ShellReading {
  readonly commands: ShellCommand[]
  /** `-e` is on where the script ends: by `set -e`, the shell's options, or the shebang. */
  readonly errexit: boolean
  /** `pipefail` is on where the script ends. */
  readonly pipefail: boolean
  /** Set where the text could not be followed, or a limit was met: `commands` is then what was understood. */
  readonly problem?: string
}

/**
 * Reads a script. Never throws. Nested scripts (`$( )`, backquotes, `sh -c STR`, `eval`, here-documents that a shell
 * reads) are read too; wrappers (`sudo`, `env`, `timeout`, …) are taken off and recorded.
 *
 * - A command that has no words (`A=$(b)`) is there with `words: []` and `name: null`.
 * - `${V:-d}` is `d` where nothing known sets V; a plain `$V` is then unknown.
 * - A redirect's `operator` has its descriptor in front (`2>`, `>&`); here-documents and here-strings are `stdin` only.
 * - A compound command's members share the number and the position of the pipeline it stands in; a pipeline inside
 *   (`| (cat | sh)`) continues it. So does `sh -c STR`, whose commands come after the `sh`.
 * - `within`: `substitution` and `process-substitution` mean that the output reaches the outer command; `argument`,
 *   `here-doc`, `here-string` mean that the outer command runs the text; so does `echo TEXT | sh`, as `here-string`.
 * - `name` is null, too, where a function of the script has that name: what runs is its body, which is listed.
 * - `asUser` is as written (`$APP_USER`) where it is a variable.
 * - Texts for `cmd` and PowerShell are only cut at `&&`, `||`, `|`, `;`, `&` and new lines, and at spaces outside quotes:
 *   enough to name the commands; a word with `%V%`, `$v` or `(` is unknown.
 * - A text for another interpreter (`python3`) is one command of that name whose `stdin` is the text.
 */
export function readShell(source: ShellSource): ShellReading {
  return readScript(source, DEFAULT_LIMITS)
}

/**
 * Reads an exec-form command (a JSON array, a Kubernetes `command` and `args`): no shell expands it, but `["sh", "-c",
 * STR]` and other wrappers are followed as in a script. A span of a word may cover its quotes.
 */
export function readExec(
  words: readonly { readonly value: string; readonly span: Span }[],
  variables?: Readonly<Record<string, string | undefined>>,
): ShellReading {
  return readExecWords(words, variables, DEFAULT_LIMITS)
}
