/** Passwords that a build gives to accounts. Never their values. */
import type { Instruction } from '../../core/facts/dockerfile.ts'
import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import type { Span } from '../../core/span.ts'
import { readArguments, textOf } from '../../formats/shell/meaning.ts'
import { type BuildCommand, type BuildStage, pipelineOf } from './build.ts'

export interface PasswordSet {
  readonly account: string | undefined
  /** The value is a build argument's or a variable's: it is in the history as well. */
  readonly fromVariable: boolean
  readonly span: Span
  readonly instruction: Instruction
}

export function passwordsSet(stage: BuildStage): PasswordSet[] {
  return stage.runs.flatMap((run) => {
    switch (run.command.name) {
      case 'chpasswd':
        return fed(run, true)
      case 'passwd':
        return run.command.words.some(({ value }) => value === '--stdin') || isFed(run) ? fed(run, false) : []
      case 'useradd':
      case 'usermod':
        return byOption(run)
    }
    return []
  })
}

const LOCKED = /^(?:[!*x]+|)$/

function byOption({ command, instruction }: BuildCommand): PasswordSet[] {
  const given = readArguments(command.words, 1, {
    short: 'bcdefgGkKpRPsuZ',
    long: new Set(
      'base-dir comment home-dir home expiredate inactive gid groups skel key password root prefix shell uid selinux-user login'.split(
        ' ',
      ),
    ),
  })
  const password = given.flags.get('-p') ?? given.flags.get('--password')
  if (password === undefined || LOCKED.test(textOf(password)) || isSecret(textOf(password))) return []
  const account = given.operands.at(-1)
  const word = command.words.find(({ span }) => span.start === password.span.start) ?? password
  return [
    {
      account: account?.value ?? undefined,
      fromVariable: password.value === null && !textOf(password).includes('openssl passwd'),
      span: word.span,
      instruction,
    },
  ]
}

/** What is piped or given on standard input: `user:password` lines, or the password alone. */
function fed(run: BuildCommand, named: boolean): PasswordSet[] {
  const { command, instruction } = run
  const last = command.words.findLast(({ raw }, index) => index > 0 && !raw.startsWith('-'))
  const source = feeder(run)
  const stdin = command.stdin
  const encrypted = command.words.some(({ value }) => value === '-e' || value === '--encrypted')
  if (stdin !== undefined) {
    if (isSecret(stdin)) return []
    return lines(stdin).map((line) => ({
      account: named ? accountIn(line) : (last?.value ?? undefined),
      fromVariable: line.includes('$') && !encrypted,
      span: command.span,
      instruction,
    }))
  }
  if (source === undefined) return []
  const words = source.words.slice(1).filter(({ raw }) => !/^-[neE]+$/.test(raw))
  const text = words.map(textOf).join(' ')
  if (text.trim() === '' || isSecret(text)) return []
  const account = named ? accountIn(text) : (last?.value ?? undefined)
  const span = { start: words[0]?.span.start ?? source.span.start, end: words.at(-1)?.span.end ?? source.span.end }
  return [{ account, fromVariable: isVariable(words), span, instruction }]
}

function feeder(run: BuildCommand): ShellCommand | undefined {
  const { command } = run
  return pipelineOf(run).find(
    ({ position, name, within }) =>
      position < command.position &&
      within?.command === command.within?.command &&
      (name === 'echo' || name === 'printf'),
  )
}

function isFed(run: BuildCommand): boolean {
  return feeder(run) !== undefined || run.command.stdin !== undefined
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 20)
}

/** `root:…`; undefined where a variable decides. */
function accountIn(text: string): string | undefined {
  return /^\s*["']?([a-z_][\w.-]{0,31}):/i.exec(text)?.[1]
}

function isVariable(words: readonly ShellWord[]): boolean {
  return words.some(({ value }) => value === null)
}

/** Read from a secret mount or made at random: nobody finds it in the history. */
function isSecret(text: string): boolean {
  return /\/run\/secrets\/|openssl rand|\/dev\/u?random|\b(?:pwgen|mkpasswd -R|uuidgen|apg)\b|\$RANDOM/.test(text)
}
