import type { FactBase, FactId } from '../fact.ts'
import type { Place } from '../place.ts'
import type { Span } from '../span.ts'

/**
 * One container: as built (shipped stage, image config), as declared (Compose service, pod container, `docker run`),
 * as seen (inspect, /proc). Every reader translates into this; rules, fixes, standards and drift read it.
 */
export interface WorkloadFact extends FactBase {
  readonly kind: 'workload'
  readonly phase: 'built' | 'declared' | 'seen'
  readonly dialect: Dialect
  /** The file that declares it. */
  readonly path: string
  /** Service, stage, container or image name. */
  readonly name: string
  /** In words, for messages: `service "jupyter"`, `container "app" of Deployment "api"`, `the image`. */
  readonly label: string
  /** Compose project, Kubernetes owner (`Deployment/default/api`). */
  readonly group?: string
  /** Init, sidecar and ephemeral containers are workloads too. */
  readonly part: 'main' | 'init' | 'sidecar' | 'ephemeral'
  /** The built workload whose settings it inherits, where a resolver joined them. */
  readonly builtFrom?: FactId
  /** Off unless a profile, target or condition switches it on. */
  readonly conditional?: string
  readonly settings: Settings
}

export type Dialect = 'dockerfile' | 'compose' | 'kubernetes' | 'image' | 'inspect'

/** A setting is set, default, unknown or open (not decided here): never just absent. */
export type Setting<T> =
  | {
      readonly is: 'set'
      readonly value: T
      readonly by: Origin
      readonly hides?: readonly Origin[]
      readonly slot?: Slot
    }
  | { readonly is: 'default'; readonly value: T; readonly by: Origin; readonly slot?: Slot }
  | {
      readonly is: 'unknown'
      readonly why: string
      readonly by?: Origin
      readonly slot?: Slot
      /** What of it is known: an image by its name, where a variable gives the tag. */
      readonly partly?: T
    }
  | { readonly is: 'open' }

export interface Origin {
  readonly who: 'base' | 'image' | 'compose' | 'pod' | 'container' | 'engine' | 'proc' | 'default'
  /** Where it is written. */
  readonly at?: Place
  /** Why this value, where nobody wrote it: `Docker's default`, `python's image runs as root`. */
  readonly because?: string
}

/** Where an editor would write the setting; an address, not an edit. */
export interface Slot {
  readonly path: string
  readonly key: string
  /** The mapping or instruction that owns it. */
  readonly owner?: Span
  /** True where an alias, merge key, `extends` base or several workloads share the owner. */
  readonly shared: boolean
}

/** A map of settings. `whole: false`: items may be missing, so absence proves nothing. */
export interface Keyed<T> {
  readonly items: Readonly<Record<string, Setting<T>>>
  readonly whole: boolean | 'open'
  readonly why?: string
  readonly slot?: Slot
}

export interface Settings {
  readonly image: Setting<ImageReference>
  readonly build: Setting<BuildReference>
  readonly pullPolicy: Setting<string>
  readonly user: {
    readonly uid: Setting<number>
    readonly gid: Setting<number>
    /** The user's name where it was given by name. */
    readonly name: Setting<string>
    /** Kubernetes' runAsNonRoot: checks, never sets. */
    readonly mustBeNonRoot: Setting<boolean>
    readonly groups: Setting<readonly (number | string)[]>
  }
  /** null: cleared or never given. */
  readonly entrypoint: Setting<readonly CommandWord[] | null>
  readonly command: Setting<readonly CommandWord[] | null>
  readonly workdir: Setting<string>
  readonly env: Keyed<string | null>
  readonly labels: Keyed<string>
  readonly secrets: Keyed<Mount>
  readonly configs: Keyed<Mount>
  readonly init: Setting<boolean>

  readonly privileged: Setting<boolean>
  readonly capabilities: { readonly add: Setting<readonly string[]>; readonly drop: Setting<readonly string[]> }
  readonly noNewPrivileges: Setting<boolean>
  readonly seccomp: Setting<Profile>
  readonly apparmor: Setting<Profile>
  readonly selinux: Setting<Profile>
  /** False: the masked and read-only paths of /proc and /sys are open. */
  readonly maskedPaths: Setting<boolean>

  readonly namespaces: {
    readonly network: Setting<NamespaceMode>
    readonly pid: Setting<NamespaceMode>
    readonly ipc: Setting<NamespaceMode>
    readonly uts: Setting<NamespaceMode>
    readonly user: Setting<NamespaceMode>
    readonly cgroup: Setting<NamespaceMode>
  }
  readonly readOnlyRoot: Setting<boolean>
  /** By path in the container. */
  readonly mounts: Keyed<Mount>
  /** The engine's API socket handed in by a switch of its own (`use_api_socket`). */
  readonly engineSocket: Setting<boolean>

  /** By container port: `8888/tcp`. */
  readonly ports: Keyed<Port>
  /** Ports that the image or service only names (EXPOSE, expose, containerPort). */
  readonly exposed: Setting<readonly string[]>
  readonly networks: Keyed<{ readonly aliases: readonly string[]; readonly internal: boolean | null }>
  readonly extraHosts: Setting<readonly string[]>

  /** By path in the container. */
  readonly devices: Keyed<{ readonly source: string; readonly permissions: string }>
  readonly deviceRules: Setting<readonly string[]>
  readonly gpus: Setting<readonly GpuRequest[]>

  readonly limits: {
    /** Bytes; null: unlimited. */
    readonly memory: Setting<number | null>
    readonly cpus: Setting<number | null>
    readonly pids: Setting<number | null>
    readonly shm: Setting<number | null>
    readonly ulimits: Keyed<{ readonly soft: number; readonly hard: number }>
  }
  readonly sysctls: Keyed<string>
  readonly health: Setting<{ readonly test: readonly string[]; readonly disabled: boolean } | null>
  readonly restart: Setting<string>
  readonly logging: Setting<{ readonly driver: string }>
  /** Commands run beside the main one (`post_start`, `pre_stop`, lifecycle hooks). */
  readonly hooks: Setting<
    readonly {
      readonly when: string
      readonly command: readonly string[]
      readonly privileged: boolean
      readonly user?: string
      readonly at?: Place
    }[]
  >
  /** Kubernetes: is a service-account token mounted? */
  readonly serviceAccountToken: Setting<boolean>
}

export interface ImageReference {
  /** As written, after interpolation. */
  readonly text: string
  /** `docker.io`, `nvcr.io`; lower case. */
  readonly registry: string
  /** `library/python`, `vllm/vllm-openai`. */
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

export interface BuildReference {
  /** Relative to the target; null where it is a URL. */
  readonly context: string | null
  /** Relative to the target too (as written where the context is a URL). */
  readonly dockerfile: string
  /** True where the Dockerfile's text stands in the Compose file (`dockerfile_inline`). */
  readonly inline?: boolean
  readonly target?: string
  readonly args: Readonly<Record<string, string | null>>
  readonly privileged: boolean
  readonly entitlements: readonly string[]
}

/** One word of a command, with its own place where it has one. Masked. */
export interface CommandWord {
  readonly value: string
  readonly at?: Place
}

export interface Profile {
  readonly mode: 'default' | 'unconfined' | 'custom'
  readonly name?: string
}

export interface NamespaceMode {
  readonly mode: 'private' | 'host' | 'none' | 'shareable' | 'container' | 'service' | 'named'
  readonly of?: string
}

export interface Mount {
  readonly kind:
    | 'bind'
    | 'volume'
    | 'tmpfs'
    | 'empty-dir'
    | 'secret'
    | 'config'
    | 'image'
    | 'npipe'
    | 'cluster'
    | 'other'
  /** Host path (bind), volume name; null: anonymous. */
  readonly source: string | null
  readonly readOnly: boolean
  readonly exec?: boolean
  readonly propagation?: string
  readonly subpath?: string
  /** Bytes, for memory-backed ones. */
  readonly size?: number | null
}

export interface Port {
  readonly container: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly bindings: readonly PortBinding[]
}

export interface PortBinding {
  /** `''`: all addresses. */
  readonly hostIp: string
  /** null: a random one. */
  readonly hostPort: number | null
  /** How it is published; `service` and `ingress` are Kubernetes objects in front. */
  readonly by: 'publish' | 'host-port' | 'host-network' | 'node-port' | 'load-balancer' | 'ingress' | 'external-ip'
  readonly at?: Place
}

export interface GpuRequest {
  readonly driver: string
  /** null: all. */
  readonly count: number | null
  readonly ids: readonly string[]
  readonly at?: Place
}
