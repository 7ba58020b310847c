/** API sockets of container engines among mounts: whoever may write to one is root on the host. */
import type { Mount, Setting } from '../core/facts/workload.ts'
import { canonicalHostPath } from './host-paths.ts'

export interface EngineSocket {
  /** `Docker`, `containerd`; `a container engine` for a folder that holds them. */
  readonly engine: string
  /** The socket itself, or the folder in which it lies. */
  readonly through: 'socket' | 'folder'
  /** False where only the path in the container says so: a variable decides about the host's. */
  readonly sure: boolean
}

export function engineSocketOf(target: string, setting: Setting<Mount>): EngineSocket | undefined {
  if (setting.is === 'set' || setting.is === 'default') {
    const { kind, source } = setting.value
    if (source === null || (kind !== 'bind' && kind !== 'npipe')) return undefined
    return socketAt(source)
  }
  if (setting.is === 'unknown' && target.startsWith('/')) {
    const found = socketAt(target)
    if (found?.through === 'socket') return { ...found, sure: false }
  }
  return undefined
}

function socketAt(source: string): EngineSocket | undefined {
  const path = canonicalHostPath(source)
  const engine = SOCKETS.find(([pattern]) => pattern.test(path))?.[1]
  if (engine !== undefined) return { engine, through: 'socket', sure: true }
  const folder = FOLDERS.find(([name]) => name === path)?.[1]
  return folder === undefined ? undefined : { engine: folder, through: 'folder', sure: true }
}

/** Absolute paths only: a file of a project that is called so is no engine's. */
const SOCKETS: readonly (readonly [RegExp, string])[] = [
  [/^(?:\/|~\/).*\/?docker(?:\.raw)?\.sock$/, 'Docker'],
  [/^\\\\\.\\pipe\\docker_engine$|^\/+(?:\.\/)?pipe\/docker_engine$/, 'Docker'],
  [/^(?:\/|~\/).*\/podman(?:-machine-default)?(?:-api)?\.sock$/, 'Podman'],
  [/^\/.*\/?containerd\.sock$/, 'containerd'],
  [/^\/.*\/crio\.sock$/, 'CRI-O'],
  [/^\/.*\/(?:cri-dockerd|dockershim)\.sock$/, 'Docker (by CRI)'],
  [/^\/.*\/buildkitd\.sock$/, 'BuildKit'],
]

const FOLDERS: readonly (readonly [string, string])[] = [
  ['/run', 'the container engine'],
  ['/run/docker', 'Docker'],
  ['/run/podman', 'Podman'],
  ['/run/containerd', 'containerd'],
  ['/run/k3s/containerd', 'containerd'],
  ['/run/crio', 'CRI-O'],
]
