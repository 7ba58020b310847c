/** Bounds of one reading; a text that exceeds one is read as far as that, with a problem. */
export interface ShellLimits {
  /** UTF-16 units of one script. */
  readonly text: number
  /** `$( )` in `sh -c` in `eval` …: scripts within scripts. */
  readonly depth: number
  readonly commands: number
  /** Units of a variable's value; a longer one is unknown. Stops `a=$a$a` from doubling for ever. */
  readonly value: number
  /** Units of all values that variables gave, and of all texts within texts, of one reading together. */
  readonly expanded: number
  /** Here-documents in one script: the parser's time grows with their square. */
  readonly hereDocs: number
  /** Units of `stdin` that are kept. */
  readonly stdin: number
}

export const DEFAULT_LIMITS: ShellLimits = {
  text: 256 * 1024,
  depth: 16,
  commands: 20_000,
  value: 16 * 1024,
  expanded: 1024 * 1024,
  hereDocs: 1_000,
  stdin: 16 * 1024,
}
