/** What BuildKit refuses in a single instruction, or warns about. */
import type { DockerfileProblem, Instruction } from '../../core/facts/dockerfile.ts'
import type { Shape } from './instruction.ts'
import type { LogicalLine } from './lines.ts'
import { MAX_WORDS } from './words.ts'

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  FROM: ['platform'],
  RUN: ['mount', 'network', 'security', 'device'],
  COPY: ['from', 'chown', 'chmod', 'link', 'parents', 'exclude'],
  ADD: ['chown', 'chmod', 'link', 'keep-git-dir', 'checksum', 'exclude', 'unpack'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
  ARG: [],
  CMD: [],
  ENTRYPOINT: [],
  ENV: [],
  EXPOSE: [],
  LABEL: [],
  MAINTAINER: [],
  SHELL: [],
  STOPSIGNAL: [],
  USER: [],
  VOLUME: [],
  WORKDIR: [],
}

export const KEYWORDS: readonly string[] = [...Object.keys(FLAGS), 'ONBUILD']

export function problemsOf(instruction: Instruction, shape: Shape, line: LogicalLine): DockerfileProblem[] {
  const problems: DockerfileProblem[] = []
  const add = (code: string, message: string, span = instruction.keywordSpan, level: 'error' | 'warning' = 'error') => {
    problems.push({ code, message, span, level })
  }
  const { keyword } = instruction
  const flags = Object.hasOwn(FLAGS, keyword) ? FLAGS[keyword] : undefined
  if (line.emptyContinuation) {
    add('empty-continuation', 'a blank line stands inside a continued instruction', instruction.span, 'warning')
  }
  if (instruction.onbuild && (keyword === 'ONBUILD' || keyword === 'FROM' || keyword === 'MAINTAINER')) {
    add('onbuild-trigger', `${keyword} can not be triggered by ONBUILD`)
    return problems
  }
  if (instruction.onbuild && keyword === '') {
    add('missing-arguments', 'ONBUILD needs an instruction')
    return problems
  }
  if (flags === undefined) {
    add('unknown-instruction', 'there is no such instruction')
    return problems
  }
  for (const flag of instruction.flags) {
    if (!flags.includes(flag.name)) {
      const name = flag.name.slice(0, 32)
      add('unknown-flag', `${keyword} has no flag --${name}`, flag.span)
    } else if (flag.value === null && !SWITCHES.has(flag.name) && !isOff(instruction)) {
      add('flag-value', `--${flag.name} needs a value`, flag.span)
    } else if (!takes(flag.name, flag.value) && !isOff(instruction)) {
      add('flag-value', `--${flag.name} does not take this value`, flag.span)
    }
  }
  if (shape.json.is === 'mixed') {
    add('json-not-strings', 'an array of the JSON form may hold strings only', instruction.textSpan)
  }
  if (instruction.stage === -1 && keyword !== 'ARG') {
    add('no-stage-yet', `${keyword} stands before the first FROM`)
  }
  if (instruction.args.length >= MAX_WORDS || (instruction.pairs?.length ?? 0) >= MAX_WORDS) {
    add('too-many-words', `more than ${MAX_WORDS} words: the rest was not read`)
  }
  argumentProblems(instruction, add)
  return problems
}

const SWITCHES = new Set(['link', 'parents', 'keep-git-dir', 'unpack'])

/** HEALTHCHECK NONE looks at no flag. */
function isOff({ keyword, args }: Instruction): boolean {
  return keyword === 'HEALTHCHECK' && args[0]?.value.toUpperCase() === 'NONE'
}

/** Whether BuildKit's parser takes a flag's value; a variable may stand in those that it expands later. */
function takes(flag: string, value: string | null): boolean {
  if (SWITCHES.has(flag)) return value === null || /^(?:true|false|)$/i.test(value)
  if (flag === 'mount') return value !== ''
  if (value === null || value === '') return true
  switch (flag) {
    case 'network':
      return ['default', 'none', 'host'].includes(value.toLowerCase())
    case 'security':
      return ['sandbox', 'insecure'].includes(value.toLowerCase())
    case 'retries':
      return /^\+?[0-9]{1,9}$/.test(value)
    case 'interval':
    case 'timeout':
    case 'start-period':
    case 'start-interval':
      return isDuration(value)
    default:
      return true
  }
}

/** Go's durations; a health check's are 0 or at least one millisecond. */
function isDuration(text: string): boolean {
  if (/^[+-]?0$/.test(text)) return true
  if (!/^\+?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:ns|us|µs|μs|ms|s|m|h)/.test(text)) return false
  let milliseconds = 0
  let rest = text.replace(/^\+/, '')
  while (rest !== '') {
    const part = /^([0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(ns|us|µs|μs|ms|s|m|h)/.exec(rest)
    if (part === null) return false
    milliseconds += Number(part[1]) * (MILLISECONDS[part[2] as string] ?? 0)
    rest = rest.slice(part[0].length)
  }
  return milliseconds === 0 || milliseconds >= 1
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
}

type Add = (code: string, message: string, span?: Instruction['span'], level?: 'error' | 'warning') => void

function argumentProblems(instruction: Instruction, add: Add): void {
  const { keyword, args, text } = instruction
  switch (keyword) {
    case 'FROM':
      if (args.length === 3 && args[1]?.value.toLowerCase() === 'as') {
        if (!/^[a-z][a-z0-9._-]*$/.test(args[2]?.value.toLowerCase() ?? '')) {
          add(
            'stage-name',
            'a stage name starts with a letter and holds letters, digits, - _ and . only',
            args[2]?.span,
          )
        }
      } else if (args.length !== 1) {
        add('from-words', 'FROM takes an image, or an image, AS and a name', instruction.textSpan)
      }
      return
    case 'COPY':
    case 'ADD':
      if (args.length < 2) add('missing-arguments', `${keyword} needs at least one source and a destination`)
      return
    case 'SHELL':
      if (instruction.exec === undefined || instruction.exec.length === 0) {
        add('shell-not-json', 'SHELL takes a JSON array of strings', instruction.textSpan)
      }
      return
    case 'HEALTHCHECK': {
      const type = args[0]?.value.toUpperCase()
      if (type === undefined) add('missing-arguments', 'HEALTHCHECK needs CMD or NONE')
      else if (type === 'NONE') {
        if (text.length > 4) add('healthcheck-none', 'HEALTHCHECK NONE takes no arguments', instruction.textSpan)
      } else if (type !== 'CMD') add('healthcheck-type', 'HEALTHCHECK takes CMD or NONE', args[0]?.span)
      else if (instruction.exec?.length === 0 || (instruction.exec === undefined && text.length <= 3)) {
        add('missing-arguments', 'HEALTHCHECK CMD needs a command')
      }
      return
    }
    case 'VOLUME':
      if (args.length === 0) add('missing-arguments', 'VOLUME needs at least one path')
      return
    case 'CMD':
    case 'ENTRYPOINT':
      return
    case 'RUN':
      return
    default:
      if (text === '') add('missing-arguments', `${keyword} needs an argument`)
  }
}
