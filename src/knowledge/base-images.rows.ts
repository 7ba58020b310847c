/** How the table of base images is written: a row, and short forms for rows alike. */

/** `root`, or uid, gid, account name and home. */
export type DefaultUser = 'root' | readonly [uid: number | null, gid: number | null, name: string | null, home?: string]

export interface BaseImageRow {
  /** `registry/repository`; `*` is one path part or any characters of one, `**` any rest. */
  readonly repository: string
  /** null: not the same for every version. */
  readonly user: DefaultUser | null
  /** Tags with a user of their own, first match wins. */
  readonly tags?: readonly {
    readonly tag: string
    readonly user: DefaultUser | null
    readonly variables?: Readonly<Record<string, string>>
  }[]
  /** Starts as root and runs its server as this account. */
  readonly drops?: string
  readonly packages?: 'apt' | 'apk' | 'dnf' | 'microdnf' | 'yum' | 'tdnf' | 'zypper' | 'pacman' | 'none'
  readonly shell?: readonly string[]
  readonly entrypoint?: boolean
  readonly variables?: Readonly<Record<string, string>>
  /** Accounts that it has and does not start as: name → uid. */
  readonly accounts?: Readonly<Record<string, number>>
  readonly windows?: boolean
  /** Read in the image's own Dockerfile or its publisher's documentation (the `source`). */
  readonly verified?: boolean
  /** Not read, but built upon by so many that a change would be news. */
  readonly settled?: boolean
  readonly source?: string
}

export type Extra = Omit<BaseImageRow, 'repository' | 'user'>

/** Official images that start as root, by package manager: `name` or `name>account that its entrypoint drops to`. */
export function official(
  packages: BaseImageRow['packages'],
  entrypoint: boolean | undefined,
  names: string,
): BaseImageRow[] {
  return names.split(' ').map((entry) => {
    const [name, drops] = entry.split('>') as [string, string?]
    return {
      repository: `docker.io/library/${name}`,
      user: 'root',
      settled: true,
      ...(entrypoint === undefined ? {} : { entrypoint }),
      ...(packages === undefined ? {} : { packages }),
      ...(drops === undefined ? {} : { drops }),
    }
  })
}

export function root(names: string, extra: Extra = {}): BaseImageRow[] {
  return names.split(' ').map((repository) => ({ repository, user: 'root', ...extra }))
}

export function as(user: DefaultUser, names: string, extra: Extra = {}): BaseImageRow[] {
  return names.split(' ').map((repository) => ({ repository, user, ...extra }))
}
