import type { ShellCommand } from '../../core/facts/script.ts'
import { hasFlag, textOf } from './options.ts'
import { baseOf } from './runs.ts'

/**
 * True where a command between two others checks a hash or a signature of `file` and its failure keeps `sink` from
 * running. A check that names other files only is none; one that reads a list of sums is taken to hold the file.
 */
export function verifiedBetween(
  commands: readonly ShellCommand[],
  fetch: number,
  sink: number,
  file: string,
  errexit: boolean,
): boolean {
  for (let index = fetch + 1; index < sink; index++) {
    const command = commands[index] as ShellCommand
    if (checks(commands, index) && concerns(commands, command, baseOf(file)) && stops(commands, index, sink, errexit))
      return true
  }
  return false
}

const SUMMERS = new Set('md5sum sha1sum sha224sum sha256sum sha384sum sha512sum shasum b2sum rhash'.split(' '))

function checks(commands: readonly ShellCommand[], index: number): boolean {
  const command = commands[index] as ShellCommand
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
function concerns(commands: readonly ShellCommand[], command: ShellCommand, base: string): boolean {
  const feeders = commands.filter(
    ({ pipeline, position }) => pipeline === command.pipeline && position < command.position,
  )
  const spoken = feeders.filter(({ name }) => name === 'echo' || name === 'printf')
  const given = [...spoken.flatMap(({ words }) => words), ...command.words].map(textOf)
  if (command.stdin !== undefined) given.push(command.stdin)
  if (given.some((text) => text.includes(base))) return true
  const decided = spoken.length > 0 || command.stdin !== undefined
  return !decided || given.some((text) => text.includes('$'))
}

/** True where the script does not go on to `sink` after a failed check. */
function stops(commands: readonly ShellCommand[], check: number, sink: number, errexit: boolean): boolean {
  let outer = commands[check] as ShellCommand
  while (outer.within !== undefined && outer.within.how === 'substitution')
    outer = commands[outer.within.command] as ShellCommand
  const last = commands.findLast(({ pipeline }) => pipeline === outer.pipeline) as ShellCommand
  const next = commands.find(
    ({ index, after, within }) => index > last.index && after !== '|' && within?.command === outer.within?.command,
  )
  if (next === undefined || next.after === '&&' || next.after === 'start') return true
  if (next.after === '||') {
    // `|| exit 1`, `|| { echo bad; exit 1; }`; `|| true` forgives.
    const rest = commands.slice(next.index, Math.min(sink, next.index + 6))
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
