import type { ShellCommand } from '../../core/facts/script.ts'
import type { ScriptFlow } from './flow.ts'
import { hasFlag, textOf } from './options.ts'

const SUMMERS = new Set('md5sum sha1sum sha224sum sha256sum sha384sum sha512sum shasum b2sum rhash'.split(' '))

/** True where a command checks a hash or a signature. */
export function isCheck(command: ShellCommand, commands: readonly ShellCommand[]): boolean {
  const name = command.name ?? ''
  const verb = command.words[1]?.value ?? ''
  if (SUMMERS.has(name)) {
    if (hasFlag(command, ['-c', '--check'], 'a')) return true
    // `[ "$(sha256sum f | cut …)" = "$SUM" ]`
    const outer = command.within === undefined ? undefined : commands[command.within.command]
    return outer !== undefined && ['[', 'test'].includes(outer.name ?? '')
  }
  if (name === 'gpg' || name === 'gpg2') return hasFlag(command, ['--verify'])
  if (name === 'gpgv' || name === 'gpgv2' || name === 'slsa-verifier') return true
  if (name === 'cosign') return verb.startsWith('verify')
  if (name === 'gh') return verb === 'attestation' && command.words[2]?.value === 'verify'
  if (name === 'minisign' || name === 'signify') return hasFlag(command, ['-V'], 'pPxmsS')
  if (name === 'openssl') return command.words.some((word) => ['-verify', '-signature'].includes(word.value ?? ''))
  return name === 'apt-key' ? false : name === 'sigstore' && verb === 'verify'
}

/** The check's words and what is piped or given to it say which file it is about. */
export function concerns(check: number, base: string, flow: ScriptFlow): boolean {
  const command = flow.commands[check] as ShellCommand
  const members = flow.pipelineOf(command).map((index) => flow.commands[index] as ShellCommand)
  const feeders = members.filter(({ position }) => position < command.position)
  const spoken = feeders.filter(({ name }) => name === 'echo' || name === 'printf')
  const given = [...spoken.flatMap(({ words }) => words), ...command.words].map(textOf)
  if (command.stdin !== undefined) given.push(command.stdin)
  if (given.some((text) => text.includes(base))) return true
  const decided = spoken.length > 0 || command.stdin !== undefined
  return !decided || given.some((text) => text.includes('$'))
}

/** True where the script does not go on after the check failed. */
export function stops(check: number, flow: ScriptFlow, errexit: boolean): boolean {
  const { commands } = flow
  let outer = commands[check] as ShellCommand
  while (outer.within !== undefined && outer.within.how === 'substitution')
    outer = commands[outer.within.command] as ShellCommand
  const last = flow.pipelineOf(outer).at(-1) ?? check
  let at = last + 1
  while (
    at < commands.length &&
    (commands[at]?.after === '|' || commands[at]?.within?.command !== outer.within?.command)
  )
    at++
  const next = commands[at]
  if (next === undefined || next.after === '&&' || next.after === 'start') return true
  if (next.after === '||') {
    // `|| exit 1`, `|| { echo bad; exit 1; }`; `|| true` forgives.
    const rest = commands.slice(at, at + 6)
    return rest.some(({ name, always }) => !always && ['exit', 'false', 'return'].includes(name ?? ''))
  }
  // The check is the condition of the branch that runs the file, or that leaves.
  if (outer.always && !next.always) return true
  return errexit || commands.slice(0, check).some((command) => setsErrexit(command))
}

function setsErrexit(command: ShellCommand): boolean {
  if (command.name !== 'set' || !command.always) return false
  return command.words
    .slice(1)
    .some(({ value }) => value === 'errexit' || (value !== null && /^-[a-zA-Z]*e[a-zA-Z]*$/.test(value)))
}
