/**
 * Random Dockerfiles for the differential test: mostly ones that a build takes, thick with what is easily read wrongly
 * (shadowed variables, inherited and cleared commands, odd layout), and some that it refuses.
 */
import { Random } from './random.ts'

export interface BuildCase {
  readonly seed: number
  readonly text: string
  readonly target?: string
  readonly args: Readonly<Record<string, string>>
}

/** What not every engine knows; see `differences.ts` for the reasons. */
export interface Features {
  readonly heredocs: boolean
  /** RUN and COPY, for engines that only plan the build: there is nothing to run or to copy. */
  readonly files: boolean
  /** `${V#a} ${V%a} ${V/a/b}`, and `-`, `+`, `?` without a colon. */
  readonly patterns: boolean
  readonly checkDirective: boolean
  /** `["a"] && b` is shell form. */
  readonly wholeJson: boolean
  readonly zeroDurations: boolean
  /** What can not be substituted stands in the default of an ARG too. */
  readonly refusedDefaults: boolean
  /** A global ARG may stand again without a default. */
  readonly repeatedGlobals: boolean
}

/** Images that the engine has: see `bases.ts`. */
export const BASES = ['bulkhead-test/base:1', 'python:3.12'] as const

export function dockerfileCase(seed: number, features: Features): BuildCase {
  return new Writer(seed, features).write()
}

const VARIABLES = ['A', 'B', 'U', 'G', 'V', 'WD', 'x_1'] as const
const PLAIN = ['', '0', '00', '1000', 'app', 'root', 'x', 'srv', 'a.b', 'v1-2', 'abcabc', '65534'] as const
const USERS = [
  '0',
  '00',
  '0:0',
  '000:1000',
  'root',
  'root:root',
  'root:1000',
  'app',
  'app:app',
  'app:0',
  ':0',
  ':app',
  ':',
  '1000',
  '1000:0',
  '1000:1000',
  '+0',
  '"1000"',
  "'0'",
  '"app"',
  '"root:root"',
  '$U',
  '${U}',
  '${U:-0}',
  '${U:-app}',
  '${U:+root}',
  '"$U"',
  "'$U'",
  '"${U}:${G}"',
  '$U:$G',
  '${UNSET}',
  '$BASE_U',
  '${BASE_U:-0}',
  '""',
  '\\$U',
  'ro"ot"',
  'root ',
  'app\t',
] as const
const COMMANDS = [
  '["a"]',
  '["a", "b c", "$A"]',
  '[]',
  '[""]',
  '["sh","-c","echo $A"]',
  "['a']",
  '["a",]',
  '["a"] && b',
  '["a"] # c',
  '[ "a" , "\\u0062" ]',
  '["a\\"b", "c\\\\d"]',
  'a b $A "c d"',
  'exec top -b',
  'a && b || c',
  '"quoted" word',
  'echo \\$A # not a comment',
  '',
] as const

class Writer {
  readonly #random: Random
  readonly #seed: number
  readonly #features: Features
  #escape = '\\'
  readonly #names: string[] = []
  #mayRefuse = true
  readonly #globals = new Set<string>()

  constructor(seed: number, features: Features) {
    this.#seed = seed
    this.#random = new Random(seed)
    this.#features = features
  }

  write(): BuildCase {
    const random = this.#random
    const lines: string[] = [...this.#head()]
    lines.push(...random.some(0, 3, () => this.#line('ARG', this.#argument(true))))
    const count = 1 + random.int(4)
    for (let index = 0; index < count; index++) {
      lines.push(this.#from(index))
      lines.push(...random.some(0, 9, () => this.#instruction()))
    }
    let text = `${lines.join('\n')}${random.once(3) ? '' : '\n'}`
    if (random.once(6)) text = text.replaceAll('\n', '\r\n')
    if (random.once(8)) text = `\uFEFF${text}`
    const args = Object.fromEntries(
      random.some(0, 3, () => [random.pick([...VARIABLES, 'BASE']), this.#argumentValue()]),
    )
    const target = random.once(4) && (this.#names.length > 0 || random.once(9)) ? this.#someName() : undefined
    return { seed: this.#seed, text, args, ...(target === undefined ? {} : { target }) }
  }

  /** Directives, comments that only look like one, blank lines. */
  #head(): string[] {
    const random = this.#random
    const lines: string[] = []
    if (random.once(5)) {
      this.#escape = random.pick(['`', '`', '\\'])
      lines.push(random.pick(['# escape=', '#escape = ', '# EsCaPe=', '  # escape=']) + this.#escape)
      if (random.once(30)) lines.push('# escape=`')
    } else if (random.once(8)) {
      lines.push(random.pick(['# a comment', '', '#!/bin/sh', '# key=value']), '# escape=`')
    }
    if (this.#features.checkDirective && random.once(10)) lines.unshift('# check=skip=all')
    if (random.once(4)) lines.push('# FROM python:3.12', '', '\t# USER root')
    return lines
  }

  #from(index: number): string {
    const random = this.#random
    const platform = random.once(8) ? random.pick(['--platform=$BUILDPLATFORM ', '--platform=linux/amd64 ']) : ''
    const name = random.pick(['build', 'Base', 'app', 'scratch2', `s${index}`, 'a.b-c_d', 'x'])
    const as = random.once(2) ? ` ${random.pick(['AS', 'as', 'As'])} ${name}` : ''
    let base: string = random.pick(['scratch', 'scratch', 'scratch', ...BASES])
    if (this.#names.length > 0 && random.once(2)) base = random.pick(this.#names)
    else if (random.once(10)) base = random.pick(['${BASE:-scratch}', '$BASE', '"scratch"', '${A:-build}'])
    if (as !== '') this.#names.push(name.toLowerCase())
    if (random.once(150)) return random.pick([`FROM ${base} AS 1x`, 'FROM', `FROM ${base} AS`])
    return this.#line('FROM', `${platform}${base}${as}`)
  }

  #instruction(): string {
    const random = this.#random
    if (random.once(12)) return random.pick(['', '# USER root', '  # a comment \\', '\t'])
    if (random.once(250))
      return random.pick(['FOO bar', 'USER', 'ENV A', 'EXPOSE', 'WORKDIR', 'SHELL /bin/sh', 'VOLUME []'])
    if (random.once(12)) {
      const { keyword, rest } = this.#body(true)
      return this.#line('ONBUILD', `${this.#case(keyword)} ${rest}`)
    }
    const { keyword, rest } = this.#body(false)
    return this.#line(keyword, rest)
  }

  #body(onbuild: boolean): { keyword: string; rest: string } {
    const random = this.#random
    const keyword = random.pick([
      ...['USER', 'USER', 'USER', 'ENV', 'ENV', 'ENV', 'ARG', 'ARG', 'ARG', 'WORKDIR', 'WORKDIR', 'CMD', 'CMD'],
      ...['ENTRYPOINT', 'ENTRYPOINT', 'SHELL', 'EXPOSE', 'VOLUME', 'LABEL', 'HEALTHCHECK', 'STOPSIGNAL'],
      ...(this.#features.files && !onbuild ? ['COPY', 'RUN', 'ADD'] : []),
    ])
    switch (keyword) {
      case 'USER':
        return { keyword, rest: random.pick(USERS) }
      case 'ENV':
      case 'LABEL':
        return { keyword, rest: this.#pairs(keyword) }
      case 'ARG':
        return { keyword, rest: this.#argument(false) }
      case 'WORKDIR':
        return { keyword, rest: this.#path() }
      case 'CMD':
      case 'ENTRYPOINT':
        return { keyword, rest: this.#command() }
      case 'SHELL':
        return { keyword, rest: random.pick(['["/bin/bash", "-o", "pipefail", "-c"]', '["sh","-c"]', '["$A"]']) }
      case 'EXPOSE':
        return {
          keyword,
          rest: random.pick([
            '80',
            '80 443/tcp',
            '53/udp',
            '80-82/udp',
            '$A',
            '8${V}0',
            '90/TCP',
            '127.0.0.1:90:91',
            '90:91-92',
            '90-92:91',
            '080/',
            ':81',
          ]),
        }
      case 'VOLUME':
        return {
          keyword,
          rest: random.pick(['/data', '/a /b', '["/data", "/x y"]', '/$A', '${V:-/v}', "['/a']", '["/a/../b"]', 'c/']),
        }
      case 'HEALTHCHECK':
        return { keyword, rest: this.#healthcheck() }
      case 'COPY':
      case 'ADD':
        return { keyword, rest: this.#copy(keyword) }
      case 'RUN':
        return { keyword, rest: this.#run() }
      default:
        return {
          keyword,
          rest: random.pick(['SIGINT', '9', '"SIGKILL"', 'kill', 'SIGRTMIN+3', random.once(4) ? '$A' : 'TERM']),
        }
    }
  }

  #copy(keyword: string): string {
    const random = this.#random
    if (this.#features.heredocs && random.once(2)) {
      return `<<${random.pick(['E', '"E"', '-E', "'E'"])} /f\nUSER root\n\tFROM $A\nE`
    }
    const stage = random.pick([...this.#names, 'x', '0', random.once(20) ? '99' : '0', this.#someName()])
    const from = keyword === 'COPY' && random.once(2) ? `--from=${random.once(40) ? '$A' : stage} ` : ''
    const owner = random.once(3) ? `--chown=${random.pick(['app', '0:0', '$U', '"$U:$G"', '1000'])} ` : ''
    return `${from}${owner}${random.pick(['a /b', '["a", "/b c/"]', './ .', '$A /$A/', 'a b c/', "['a'] /b", 'a'])}`
  }

  #run(): string {
    const random = this.#random
    if (this.#features.heredocs && random.once(2)) {
      return random.pick([
        `<<${random.pick(['E', '-E'])}\n# c\nUSER root\necho \\\nE`,
        'cat <<A <<"B" > /x\nUSER root\nA\nENTRYPOINT ["b"]\nB',
        'x # <<E\nUSER 0\nE',
        '3<<E cat\n\nE',
      ])
    }
    return random.pick([
      'echo $((1<<2)) <<<w "<<E"',
      '["a", "<<E"]',
      '--network=none true',
      '--mount=type=cache,target=/c true',
      '--mount=target=/s,type=secret,id=x id',
      `--mount=from=${random.pick([...this.#names, 'x'])},target=/m true`,
      `a && ${this.#escape}\n  # USER root\n b`,
      random.once(9) ? '--foo a' : 'a',
    ])
  }

  #command(): string {
    if (this.#random.once(12)) return `ends in an escape ${this.#escape}${this.#escape}`
    const command = this.#random.pick(COMMANDS)
    return this.#features.wholeJson || !/^\["a"\] ./.test(command) ? command : 'a'
  }

  #healthcheck(): string {
    const command = this.#random.pick(['curl -f http://x || exit 1', '["a", "$A"]', '"a b"', '["a",]'])
    return this.#random.pick([
      'NONE',
      'none',
      `CMD ${command}`,
      `cmd  ${command}`,
      `--interval=5s --retries=3 CMD ${command}`,
      `--timeout=1m CMD ${command}`,
      this.#random.once(5) ? '--timeout CMD a' : '--timeout=x NONE',
      `--start-period=${this.#random.pick(['1m30s', this.#features.zeroDurations ? '0' : '1s', '.5s', '5', '1us', 'x'])} CMD a`,
    ])
  }

  #argument(global: boolean): string {
    this.#mayRefuse = this.#features.refusedDefaults
    const argument = this.#defaults(global)
    this.#mayRefuse = true
    return argument
  }

  #defaults(global: boolean): string {
    const random = this.#random
    const name = global && random.once(3) ? 'BASE' : random.pick(VARIABLES)
    const one = () => {
      const mayBeBare = !global || this.#features.repeatedGlobals || !this.#globals.has(name)
      this.#globals.add(name)
      if (mayBeBare && random.once(3)) return name
      return `${name}=${name === 'BASE' ? random.pick(['scratch', BASES[0], 'build', '"scratch"']) : this.#value()}`
    }
    if (!random.once(8)) return one()
    const other = random.pick(VARIABLES)
    const first = one()
    if (global) this.#globals.add(other)
    return `${first} ${other}=${this.#value()}`
  }

  #argumentValue(): string {
    const random = this.#random
    return random.pick([...PLAIN, 'scratch', '$A', 'a b', '"q"', '/abs'])
  }

  #pairs(keyword: string): string {
    const random = this.#random
    const name = () =>
      keyword === 'LABEL'
        ? random.pick(['a', 'b.c', '"d e"', '$A', 'k-1', '"$V.x"'])
        : random.pick([...VARIABLES, 'PATH'])
    if (random.once(6)) return `${name()} ${random.pick(['x=1 "z"', 'a  b', '$A', '"a b" c', "'$A'", '\\$A  d'])}`
    return random.some(1, 3, () => `${name()}=${this.#value()}`).join(random.pick([' ', '  ', '\t']))
  }

  #path(): string {
    const random = this.#random
    return random.pick([
      ...[
        '/',
        '/srv',
        'a',
        'a/b',
        '..',
        '../c',
        './',
        '/a/./b//c/',
        '$WD',
        '${WD:-/w}',
        '/$A',
        '"/q r"',
        '/x y',
        '\\$A',
      ],
      this.#random.pick(['${A:-a}/b', '"$WD"', "'/$WD'", '$UNSET', '//a', 'C:\\x']),
    ])
  }

  /** A value as ENV, LABEL and ARG take it: one word, quotes and escapes included. */
  #value(): string {
    const random = this.#random
    const parts = random.some(0, 3, () => this.#piece())
    return parts.join('')
  }

  #piece(): string {
    const random = this.#random
    const variable = random.pick([...VARIABLES, 'UNSET', 'TARGETARCH', 'BASE_A'])
    const plain = random.pick(PLAIN)
    // Refused, all of them: seldom.
    if (this.#mayRefuse && random.once(80))
      return random.pick([
        `\${${variable}:0:3}`,
        this.#features.patterns ? '${' : '${A',
        '"open',
        `\${${variable}:?no}`,
        '${}',
        "'",
      ])
    const forms = [
      plain,
      plain,
      `$${variable}`,
      `\${${variable}}`,
      `\${${variable}:-${plain}}`,
      `\${${variable}:+${plain}}`,
      `\${${variable}:-\${A:-${plain}}}`,
      `"${plain} $${variable}"`,
      `'$${variable} x'`,
      `"a${this.#escape}"b${this.#escape}$${variable}"`,
      `${this.#escape}$${variable}`,
      `a${this.#escape} b`,
      `$(id)`,
      this.#mayRefuse || this.#escape !== '`' ? '`x`' : 'x',
      `"it's"`,
      '#x',
      '=',
      '$$',
      '$',
    ]
    if (this.#features.patterns) {
      forms.push(
        `\${${variable}-${plain}}`,
        `\${${variable}+${plain}}`,
        `\${${variable}#a*}`,
        `\${${variable}##a*}`,
        `\${${variable}%b*}`,
        `\${${variable}%%b?}`,
        `\${${variable}/a/x}`,
        `\${${variable}//a/x}`,
      )
    }
    return random.pick(forms)
  }

  #someName(): string {
    const name = this.#names.length > 0 ? this.#random.pick(this.#names) : 'none'
    return this.#random.pick([name, name, name.toUpperCase(), this.#random.once(8) ? 'missing' : name])
  }

  /** One instruction as somebody might lay it out. */
  #line(keyword: string, rest: string): string {
    const random = this.#random
    const feed = rest.indexOf('\n')
    const [first, tail] = feed === -1 ? [rest, ''] : [rest.slice(0, feed), rest.slice(feed)]
    const indent = random.once(10) ? random.pick([' ', '\t', '    ']) : ''
    const gap = random.once(8) ? random.pick(['  ', '\t', ' \t']) : ' '
    const trail = random.once(12) && tail === '' ? random.pick([' ', '\t', '  ']) : ''
    // Broken over lines, a substitution may lose its end.
    const isWhole = !this.#features.refusedDefaults && /^(?:ONBUILD )?ARG .*\$/i.test(`${keyword} ${first}`)
    const body = isWhole ? first : this.#continued(first)
    return `${indent}${this.#case(keyword)}${gap}${body}${trail}${tail}`
  }

  #case(keyword: string): string {
    if (!this.#random.once(8)) return keyword
    return this.#random.pick([keyword.toLowerCase(), (keyword[0] as string) + keyword.slice(1).toLowerCase()])
  }

  /** Broken over lines at a blank (rarely inside a word), with comments and blank lines between. */
  #continued(text: string): string {
    const random = this.#random
    if (!random.once(6) || text.length < 2) return text
    const blanks = [...text.matchAll(/ /g)].map((match) => match.index)
    const inside = blanks.length === 0 || random.once(8)
    const at = inside ? 1 + random.int(text.length - 1) : random.pick(blanks)
    const between = random.pick(['', '', '# a comment\n', '  # USER root\n', '\n', `# c ${this.#escape}\n`])
    const blank = random.pick(['', '', ' ', '\t'])
    return `${text.slice(0, at)}${this.#escape}${blank}\n${between}${inside && !random.once(9) ? '' : random.pick(['', '  ', '\t'])}${text.slice(at)}`
  }
}
