/** Random Compose projects: a file, mostly an override, and a `.env`, of what Compose 1.29 and later ones read alike. */
import { Random } from './random.ts'

export interface ProjectCase {
  readonly seed: number
  readonly files: Readonly<Record<string, string>>
}

export interface ComposeFeatures {
  /** What Compose 1.29 does not know or reads otherwise; see `compose-differences.ts`. */
  readonly current: boolean
}

export function projectCase(seed: number, features: ComposeFeatures): ProjectCase {
  return new Writer(seed, features).write()
}

const NAMES = ['A', 'B', 'C', 'LONG_NAME'] as const

class Writer {
  readonly #random: Random
  readonly #seed: number
  readonly #current: boolean

  constructor(seed: number, features: ComposeFeatures) {
    this.#seed = seed
    this.#random = new Random(seed)
    this.#current = features.current
  }

  write(): ProjectCase {
    const random = this.#random
    const services: string[] = ['base', 'app', ...(random.once(2) ? ['third'] : [])]
    const extended = !random.once(3)
    const lines = ['x-env: &env', ...this.#block(this.#pairs()), 'services:']
    for (const name of services) {
      const isChild = extended && name === 'app'
      const keys = this.#service(isChild || !random.once(4))
      const how = isChild ? ['    extends:', '      service: base'] : ['    image: example/app:1']
      lines.push(`  ${name}:`, ...how, ...keys)
    }
    lines.push('volumes:', '  named: {}', '  other: {}')
    const files: Record<string, string> = { 'docker-compose.yml': `${lines.join('\n')}\n`, '.env': this.#env() }
    if (!random.once(4)) {
      const name = random.pick(services)
      const keys = this.#service(false)
      if (keys.length > 0) files['docker-compose.override.yml'] = `services:\n  ${name}:\n${keys.join('\n')}\n`
    }
    return { seed: this.#seed, files }
  }

  /** Lines of a service's settings, indented by four. */
  #service(mayMerge: boolean): string[] {
    const random = this.#random
    const makers: (() => string[])[] = [
      () => this.#environment(mayMerge),
      () => this.#environment(mayMerge),
      () => ['    ports:', ...this.#unique(1, 4, () => this.#port()).map((port) => `      - ${port}`)],
      () => ['    volumes:', ...this.#targets().map((target) => `      - ${this.#volume(target)}`)],
      () => [
        `    user: ${random.pick(['"0"', '"1000:1000"', 'root', '"${USER_ID:-0}"', 'app', "'${NUMBER}'", '"0:5"'])}`,
      ],
      () => [`    privileged: ${random.pick(['true', 'false', '${YES:-true}', '${NO:-false}', '${YES}'])}`],
      () => [
        '    cap_add:',
        ...this.#unique(1, 3, () => random.pick(['SYS_ADMIN', 'NET_ADMIN', '${CAP:-KILL}'])).map(
          (cap) => `      - ${cap}`,
        ),
      ],
      () => [`    command: ${this.#command()}`],
      () => [`    entrypoint: ${this.#command()}`],
    ]
    const chosen = new Map<string, string[]>()
    for (const lines of random.some(1, 5, () => random.pick(makers)()))
      chosen.set((lines[0] as string).split(':')[0] as string, lines)
    return [...chosen.values()].flat()
  }

  #environment(mayMerge: boolean): string[] {
    const pairs = this.#pairs()
    if (this.#random.once(2))
      return ['    environment:', ...pairs.map(([key, value]) => `      - ${this.#item(key, value)}`)]
    const merged = mayMerge && this.#random.once(3) ? ['      <<: *env'] : []
    return ['    environment:', ...merged, ...this.#block(pairs).map((line) => `    ${line}`)]
  }

  #item(key: string, value: string | null): string {
    if (value === null) return key
    const text = `${key}=${value}`
    return /^[A-Za-z0-9_=./-]*$/.test(text) && !text.endsWith('=') ? text : `'${text.replaceAll("'", "''")}'`
  }

  #block(pairs: readonly (readonly [string, string | null])[]): string[] {
    return pairs.map(([key, value]) => `  ${key}:${value === null ? '' : ` ${this.#scalar(value)}`}`)
  }

  #scalar(value: string): string {
    if (
      /^(?:[1-9][0-9]{0,3}|[a-z]{3,}[a-z0-9]*)$/.test(value) &&
      !/^(?:true|false|yes|null|off)$/.test(value) &&
      this.#random.once(2)
    )
      return value
    return this.#random.once(2) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value)
  }

  #pairs(): [string, string | null][] {
    const random = this.#random
    const chosen = new Map<string, string | null>()
    for (const name of random.some(1, 4, () => random.pick(NAMES))) chosen.set(name, this.#value())
    return [...chosen]
  }

  #value(): string | null {
    const random = this.#random
    const name = random.pick(['NUMBER', 'WORD', 'EMPTY', 'YES', 'SPACED', 'UNSET'])
    const word = random.pick(['', 'x', '5', 'a b', 'https://h:1/p?q=1'])
    const values: (string | null)[] = [
      ...[word, word, 'plain', '8080', `$${name}`, `\${${name}}`, `a\${${name}}b`],
      ...[
        `\${${name}:-${word}}`,
        `\${${name}-${word}}`,
        '$$HOME',
        '$${NUMBER}',
        'a$$',
        '"quoted"',
        "it's",
        '#no comment',
      ],
      ...(this.#current
        ? [
            `\${${name}:+${word}}`,
            `\${${name}+${word}}`,
            `\${UNSET:-\${${name}:-${word}}}`,
            '${WORD:?no}',
            '${EMPTY?no}',
            null,
          ]
        : []),
    ]
    return random.pick(values)
  }

  #port(): string {
    const random = this.#random
    const container = random.pick(['80', '443', '5432', '90-92'])
    const host =
      container === '90-92'
        ? random.pick(['90-92', '190-192'])
        : random.pick(['80', '8080', '${PORT:-9000}', '$NUMBER'])
    const address = random.pick(['', '', '127.0.0.1:', '0.0.0.0:'])
    const protocol = random.pick(['', '', '/udp', '/tcp'])
    const short = random.once(5) ? `${container}${protocol}` : `${address}${host}:${container}${protocol}`
    const long = random.pick([
      '{target: 81, published: 8081}',
      '{target: 82, published: 82, protocol: udp}',
      '{target: 83}',
      ...(this.#current ? ['{target: 84, published: "84", host_ip: 127.0.0.1}'] : []),
    ])
    return random.once(6) ? long : `"${short}"`
  }

  #targets(): string[] {
    return this.#unique(1, 3, () => this.#random.pick(['/data', '/a/b', '/x', '/var/run/docker.sock']))
  }

  #volume(target: string): string {
    const random = this.#random
    const source = random.pick([
      './data',
      '../up',
      '/srv/x',
      'named',
      'other',
      '.',
      '/var/run/docker.sock',
      '${FOLDER:-./f}',
      './$WORD/a',
    ])
    const mode = random.pick(['', '', ':ro', ':rw'])
    const long = random.pick([
      `{type: bind, source: ./long, target: ${target}, read_only: true}`,
      `{type: volume, source: named, target: ${target}}`,
      `{type: tmpfs, target: ${target}}`,
    ])
    if (random.once(5)) return long
    return random.once(8) ? `"${target}"` : `"${source}:${target}${mode}"`
  }

  #command(): string {
    return this.#random.pick([
      'run --flag value',
      '["run", "two words", "$$HOME"]',
      '\'sh -c "echo $$HOME | cat"\'',
      `"a 'b c' \\\\d"`,
      'serve --port ${PORT:-9000}',
      '[]',
      '["${WORD}", "${EMPTY}"]',
    ])
  }

  #env(): string {
    return 'NUMBER=1000\nWORD=word\nEMPTY=\nYES=true\nSPACED=a b\nPORT=7000\n# comment\n'
  }

  /** Compose refuses equal entries of some lists. */
  #unique(least: number, most: number, make: () => string): string[] {
    return [...new Set(this.#random.some(least, most, make))]
  }
}
