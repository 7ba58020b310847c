/** What a stage's image configuration is at a point of its build, and how a stage starts from another or from an image. */
import type { Instruction } from '../../core/facts/dockerfile.ts'
import type { CommandWord, ImageReference, Origin, Setting } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import { type BaseImage, baseImage } from '../../knowledge/base-images.ts'
import type { Variable } from './lexer.ts'

export type Base =
  | { readonly is: 'scratch' }
  | { readonly is: 'stage'; readonly index: number }
  | { readonly is: 'image'; readonly reference: ImageReference; readonly known?: BaseImage }
  /** A variable that whoever builds decides, a name that is no image's … */
  | { readonly is: 'unknown'; readonly text: string; readonly why: string }

export interface HealthCheck {
  readonly test: readonly string[]
  readonly disabled: boolean
}

/** Image configuration as far as it is known. A missing entry of a map says nothing where `whole` is false. */
export interface StageState {
  user: { uid: Setting<number>; gid: Setting<number>; name: Setting<string> }
  /** The USER instruction that decides, where one does. */
  userAt?: Instruction
  env: Map<string, Setting<string>>
  labels: Map<string, Setting<string>>
  exposed: Map<string, Place>
  volumes: Map<string, Place>
  /** False: the base image may have set more variables, labels, ports and volumes. */
  whole: boolean
  workdir: Setting<string>
  entrypoint: Setting<readonly CommandWord[] | null>
  command: Setting<readonly CommandWord[] | null>
  health: Setting<HealthCheck | null>
  /** The SHELL: null where the base's is not known (then it is the engine's default, in all likelihood). */
  shell: readonly string[]
  shellAt?: Place
  /** ONBUILD instructions waiting for a child. */
  onbuild: Instruction[]
  /** Variables that expansion and RUN see: ARG and ENV, the later wins. */
  scope: Map<string, Variable>
  /** uids of accounts that RUN made. */
  accounts: Map<string, number | null>
  /** What an undeclared variable is. */
  undeclared: (name: string) => Variable
  windows: boolean
}

export const DEFAULT_SHELL: readonly string[] = ['/bin/sh', '-c']
/** What BuildKit gives an image that has no PATH. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
export const WINDOWS_SHELL: readonly string[] = ['cmd', '/S', '/C']

/** State at a FROM an image (or scratch, or something unknown). */
export function startingState(base: Exclude<Base, { is: 'stage' }>, at: Place): StageState {
  if (base.is === 'scratch') return scratchState(at)
  const known = base.is === 'image' ? base.known : undefined
  const name = base.is === 'image' ? base.reference.text : base.text
  const why = base.is === 'image' ? `the configuration of ${name} was not read` : base.why
  const unknown = { is: 'unknown', why, by: { who: 'base', at } } as const
  const by = (because: string): Origin => ({ who: 'base', at, because })
  const user = known?.user
  const userUnknown = {
    is: 'unknown',
    why: base.is === 'image' ? `the user that ${name} starts as is not known here` : base.why,
    by: { who: 'base', at },
  } as const
  const numberOf = (value: number | null | undefined, because: string, missing: string): Setting<number> =>
    value === null || value === undefined
      ? user === undefined
        ? userUnknown
        : { is: 'unknown', why: missing, by: by(because) }
      : { is: 'default', value, by: by(because) }
  const because = user?.because ?? ''
  const env = new Map<string, Setting<string>>()
  for (const [variable, value] of Object.entries(known?.variables ?? {})) {
    env.set(variable, { is: 'default', value, by: by(`${name} sets it`) })
  }
  const windows = known?.windows === true
  const own: [string, number | null][] = user?.name == null ? [] : [[user.name, user.uid]]
  return {
    user: {
      uid: numberOf(user?.uid, because, `the number of "${user?.name}" in ${name} is not known here`),
      gid: numberOf(user?.gid, because, `the group of "${user?.name}" in ${name} is not known here`),
      name:
        user === undefined
          ? userUnknown
          : user.name === null
            ? { is: 'unknown', why: `${name} gives a number only`, by: by(because) }
            : { is: 'default', value: user.name, by: by(because) },
    },
    env,
    labels: new Map(),
    exposed: new Map(),
    volumes: new Map(),
    whole: false,
    workdir: unknown,
    entrypoint: unknown,
    command: unknown,
    health: unknown,
    shell: known?.shell ?? (windows ? WINDOWS_SHELL : DEFAULT_SHELL),
    onbuild: [],
    scope: new Map([...env].map(([key, setting]) => [key, variableOf(setting)])),
    accounts: new Map([...Object.entries(known?.accounts ?? {}), ...own]),
    undeclared: (variable) => undeclaredIn(base, variable),
    windows,
  }
}

/** A child's state: the parent's configuration, build arguments' values included; its ONBUILD instructions run next. */
export function childState(parent: StageState): StageState {
  return {
    ...parent,
    env: new Map(parent.env),
    labels: new Map(parent.labels),
    exposed: new Map(parent.exposed),
    volumes: new Map(parent.volumes),
    // Build arguments come along, but the image's own variables go before them.
    scope: new Map([...parent.scope, ...[...parent.env].map(([key, set]) => [key, variableOf(set)] as const)]),
    accounts: new Map(parent.accounts),
    onbuild: [],
  }
}

/** How much a copy of the state costs. */
export function sizeOf(state: StageState): number {
  return (
    8 +
    state.env.size +
    state.labels.size +
    state.exposed.size +
    state.volumes.size +
    state.scope.size +
    state.accounts.size +
    state.onbuild.length
  )
}

export function variableOf(setting: Setting<string>): Variable {
  if (setting.is === 'set' || setting.is === 'default') return { is: 'value', value: setting.value }
  return { is: 'unknown', why: setting.is === 'unknown' ? setting.why : 'it is not decided here' }
}

export function knownBase(reference: ImageReference): Extract<Base, { is: 'image' }> {
  const known = baseImage(reference)
  return { is: 'image', reference, ...(known === undefined ? {} : { known }) }
}

function scratchState(at: Place): StageState {
  const none = { who: 'default', at, because: 'the stage starts from scratch' } as const
  const path: Setting<string> = { is: 'default', value: DEFAULT_PATH, by: { ...none, because: 'BuildKit sets it' } }
  return {
    user: {
      uid: { is: 'default', value: 0, by: { ...none, because: 'FROM scratch starts as root' } },
      gid: { is: 'default', value: 0, by: { ...none, because: 'FROM scratch starts as root' } },
      name: { is: 'default', value: 'root', by: { ...none, because: 'FROM scratch starts as root' } },
    },
    env: new Map([['PATH', path]]),
    labels: new Map(),
    exposed: new Map(),
    volumes: new Map(),
    whole: true,
    workdir: { is: 'default', value: '/', by: none },
    entrypoint: { is: 'default', value: null, by: none },
    command: { is: 'default', value: null, by: none },
    health: { is: 'default', value: null, by: none },
    shell: DEFAULT_SHELL,
    onbuild: [],
    scope: new Map([['PATH', variableOf(path)]]),
    accounts: new Map(),
    undeclared: () => ({ is: 'unset' }),
    windows: false,
  }
}

/** Names that images set for themselves, whatever they are: a base may know them though nobody here wrote them. */
const USUAL =
  /^(?:PATH|HOME|LANG|LANGUAGE|TZ|SHELL|HOSTNAME|DEBIAN_FRONTEND|VIRTUAL_ENV|PWD|USER|LC_.*|GPG_.*|NV_.*|NVIDIA_.*|CUDA.*|CUDNN.*|NCCL.*|LD_.*|LIBRARY_PATH|ROCM.*|PYTHON.*|PIP_.*|CONDA.*|MAMBA.*|NODE.*|NPM.*|YARN.*|GO.*|JAVA.*|RUSTUP.*|CARGO.*|DOTNET.*|ASPNET.*|PG.*|.*_(?:VERSION|HOME|DIR|PATH|ROOT|SHA256|URL|PREFIX))$/

function undeclaredIn(base: Base, name: string): Variable {
  if (base.is === 'image') {
    if (base.known?.user !== undefined && !USUAL.test(name)) return { is: 'unset' }
    return { is: 'unknown', why: `$${name} is not declared here; ${base.reference.text} may set it` }
  }
  return { is: 'unknown', why: `$${name} is not declared here; the base image may set it` }
}
