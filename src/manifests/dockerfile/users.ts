/** USER's argument, and the accounts that a RUN makes: how a name becomes a number. */
import { expandWord, type Lookup } from './expand.ts'

export interface UserSpec {
  /** null: not known. */
  readonly uid: number | null
  readonly gid: number | null
  /** The user's name where it was given by name. */
  readonly name: string | null
}

/** `user`, `user:group`, `:group`, digits or names; the empty text is root. `accounts`: uids of names made in the file. */
export function parseUser(text: string, accounts: ReadonlyMap<string, number | null>): UserSpec {
  const colon = text.indexOf(':')
  const user = colon === -1 ? text : text.slice(0, colon)
  const group = colon === -1 ? '' : text.slice(colon + 1)
  const uid = numberOf(user)
  const gid = group === '' ? null : group === 'root' ? 0 : numberOf(group)
  // No passwd entry is known for a bare number; Docker then takes group 0.
  if (uid !== undefined)
    return { uid, gid: group === '' ? (uid === 0 ? 0 : null) : (gid ?? null), name: uid === 0 ? 'root' : null }
  const known = user === 'root' ? 0 : accounts.get(user)
  return { uid: known ?? null, gid: group === '' ? (known === 0 ? 0 : null) : (gid ?? null), name: user }
}

/** Digits are a number, never a name: `00`, `+0` and `-0` are 0. '' is 0. undefined: a name, or no process's number. */
function numberOf(text: string): number | undefined {
  if (text === '') return 0
  if (!/^[+-]?[0-9]{1,10}$/.test(text)) return undefined
  const value = Math.abs(Number(text))
  return value <= 0x7fffffff && (value === 0 || !text.startsWith('-')) ? value : undefined
}

/**
 * Accounts that a script makes or renumbers with `useradd`, `adduser` or `usermod`: name → uid, null where the file does
 * not say which. Not a shell: words are cut at blanks and operators, which is how these commands are written.
 */
export function accountsMade(script: string, lookup: Lookup): Map<string, number | null> {
  const made = new Map<string, number | null>()
  if (!/\b(?:useradd|adduser|usermod)\b/.test(script) || script.length > MAX_SCRIPT) return made
  const words = script.match(/&&|\|\||(?:\$\([^()\n]*\)|[^\s;|&()])+|[;|&\n()]/g) ?? []
  for (let index = 0; index < words.length; index++) {
    const command = (words[index] as string).replace(/^.*\//, '')
    if (command !== 'useradd' && command !== 'adduser' && command !== 'usermod') continue
    let end = index + 1
    while (end < words.length && !/^(?:&&|\|\||[;|&\n()])$/.test(words[end] as string)) end++
    const account = readAccount(command, words.slice(index + 1, end), lookup)
    if (account !== undefined && (command !== 'usermod' || account.uid !== undefined)) {
      made.set(account.name, account.uid ?? null)
    }
    index = end - 1
  }
  return made
}

const MAX_SCRIPT = 1 << 20

/** Options that take a value as the next word. */
const VALUED: Readonly<Record<string, ReadonlySet<string>>> = {
  useradd: new Set(
    '-u --uid -g --gid -G --groups -d --home --home-dir -s --shell -c --comment -b --base-dir -k --skel -K --key -e --expiredate -f --inactive -p --password -R --root -P --prefix -Z --selinux-user'.split(
      ' ',
    ),
  ),
  adduser: new Set(
    '-u --uid -g --gecos -G --gid --ingroup -h --home -s --shell -k --conf --firstuid --lastuid --comment'.split(' '),
  ),
  usermod: new Set(
    '-u --uid -g --gid -G --groups -d --home -s --shell -c --comment -l --login -e --expiredate -f --inactive -p --password -R --root -P --prefix'.split(
      ' ',
    ),
  ),
}

function readAccount(
  command: string,
  words: readonly string[],
  lookup: Lookup,
): { name: string; uid?: number | null } | undefined {
  const valued = VALUED[command] as ReadonlySet<string>
  const positional: string[] = []
  let uid: number | null | undefined
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string
    if (!word.startsWith('-') || word === '-') {
      if (!/^[<>0-9]*[<>]/.test(word)) positional.push(word)
      continue
    }
    const equals = word.indexOf('=')
    const option = equals === -1 ? word : word.slice(0, equals)
    // Short options may be glued (`-ms /bin/bash`, `-u1000`).
    const last = option.startsWith('--') ? option : `-${option.at(-1)}`
    if (option === '--uid' || last === '-u') {
      const value = equals === -1 ? words[++index] : word.slice(equals + 1)
      uid = numberIn(value, lookup)
    } else if (/^-u[0-9]+$/.test(option)) {
      uid = Number(option.slice(2))
    } else if (equals === -1 && valued.has(last)) {
      // A quoted value with blanks in it goes on until its quote ends.
      const value = words[++index] ?? ''
      const quote = value[0]
      if ((quote === '"' || quote === "'") && !(value.length > 1 && value.endsWith(quote))) {
        while (index + 1 < words.length && !(words[++index] as string).endsWith(quote));
      }
    }
  }
  // `adduser user group` adds to a group; useradd and usermod take the name last.
  const written = command === 'adduser' ? positional[0] : positional.at(-1)
  if (written === undefined || (command === 'adduser' && positional.length > 1)) return undefined
  const name = expandWord(written, lookup, '\\').value
  return name === null || name === '' ? undefined : { name, ...(uid === undefined ? {} : { uid }) }
}

function numberIn(word: string | undefined, lookup: Lookup): number | null {
  const value = word === undefined ? null : expandWord(word, lookup, '\\').value
  return value !== null && /^[0-9]{1,10}$/.test(value) ? Number(value) : null
}
