/** What a name on the command line means, and opening it. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Config } from '../core/config.ts'
import type { Target } from '../core/target.ts'
import { DirectoryLayer } from '../files/directory.ts'

export class TargetError extends Error {
  override readonly name = 'TargetError'
  readonly code: 'not-found' | 'unreadable' | 'unsupported'

  constructor(code: TargetError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Schemes that the design reserves for targets that cannot be opened yet. */
const LATER = ['docker', 'registry', 'docker-archive', 'oci-dir', 'oci-archive', 'container', 'rootfs', 'sbom']

/**
 * Opens what `name` means: an existing path (a folder, a Dockerfile, a Compose file, a manifest), or `dir:PATH`.
 *
 * @throws TargetError with one line that says what is wrong and what to do.
 */
export function openTarget(name: string, config: Config): Target {
  const scheme = /^([a-z-]+):/.exec(name)?.[1]
  const path = scheme === 'dir' ? name.slice('dir:'.length) : name
  const stats = statOf(path)
  if (stats === undefined) {
    if (scheme !== undefined && LATER.includes(scheme)) {
      throw new TargetError(
        'unsupported',
        `cannot open ${name}: ${scheme}: targets are not supported yet; name a folder or a file`,
      )
    }
    throw new TargetError('not-found', `no such file or folder: ${name}`)
  }
  const shared = {
    exclude: config.exclude,
    includeIgnored: config.includeIgnored,
    maxDepth: config.limits.depth,
  }
  if (stats.isDirectory()) {
    return { id: name, kind: 'directory', name, own: true, layers: [new DirectoryLayer(resolve(path), shared)] }
  }
  if (!stats.isFile()) throw new TargetError('unsupported', `not a regular file or folder: ${name}`)
  try {
    accessSync(path, constants.R_OK)
  } catch (cause) {
    throw new TargetError('unreadable', `cannot read ${name}: permission denied`, { cause })
  }
  const absolute = realpathSync(resolve(path))
  return {
    id: name,
    kind: 'file',
    name,
    own: true,
    layers: [new DirectoryLayer(dirname(absolute), { ...shared, exclude: [], onlyFile: basename(absolute) })],
  }
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    throw new TargetError('unreadable', `cannot read ${path}: ${(cause as NodeJS.ErrnoException).code ?? 'error'}`, {
      cause,
    })
  }
}
