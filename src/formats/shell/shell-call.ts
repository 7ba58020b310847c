/** A word as the readers of options see it; `text` stands for the value where that can't be told. */
export interface CallWord {
  readonly text: string
  readonly value: string | null
}

/** How a shell is called: what it reads and which options are on. */
export interface ShellCall<W extends CallWord> {
  /** The text after `-c`. */
  readonly script?: W
  /** `$0 $1 …` after it. */
  readonly positional: readonly W[]
  /** The script's file. */
  readonly file?: W
  /** True where it reads its commands from standard input. */
  readonly stdin: boolean
  /** Undefined where no option says so. */
  readonly errexit?: boolean
  readonly pipefail?: boolean
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'rbash'])

export function isShell(name: string | null): boolean {
  return name !== null && SHELLS.has(name)
}

/** Reads the words of a call of a shell, the shell's name first. */
export function shellCall<W extends CallWord>(words: readonly W[]): ShellCall<W> {
  let command = false
  let stdin = false
  const flags: { errexit?: boolean; pipefail?: boolean } = {}
  let at = 1
  for (; at < words.length; at++) {
    const text = (words[at] as W).text
    if (text === '-' || text === '--') {
      at++
      break
    }
    if (text.startsWith('--')) {
      if (text === '--rcfile' || text === '--init-file') at++
      continue
    }
    const on = text.startsWith('-')
    if (!on && !text.startsWith('+')) break
    for (const letter of text.slice(1)) {
      if (letter === 'c') command = true
      else if (letter === 's') stdin = true
      else if (letter === 'e') flags.errexit = on
      else if (letter === 'o' || letter === 'O') {
        at++
        const option = words[at]?.value
        if (option === 'pipefail') flags.pipefail = on
        else if (option === 'errexit') flags.errexit = on
      }
    }
  }
  const first = words[at]
  if (command) {
    const positional = words.slice(at + 1)
    return first === undefined
      ? { positional, stdin: false, ...flags }
      : { script: first, positional, stdin: false, ...flags }
  }
  if (stdin || first === undefined) return { positional: words.slice(at), stdin: true, ...flags }
  const fromInput = first.value === '/dev/stdin' || first.value === '/proc/self/fd/0'
  return { file: first, positional: words.slice(at + 1), stdin: fromInput, ...flags }
}
