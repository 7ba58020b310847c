/** Help texts, from the table of commands: at most 100 columns, plain ASCII. */
import {
  COMMAND_NAMES,
  COMMANDS,
  type Command,
  type CommandName,
  GLOBAL_OPTIONS,
  type Option,
  type Options,
} from './commands.ts'

const WIDTH = 100

export function generalHelp(version: string): string {
  const commands = COMMAND_NAMES.map((name) => row(name, COMMANDS[name].summary, 12))
  return lines(
    `bulkhead ${version}: keeps containerised AI safe from its Dockerfile to its running GPU service`,
    '',
    'Usage  bulkhead COMMAND [options] [target...]',
    '',
    'Commands',
    ...commands.flat(),
    '',
    'Begin with',
    ...examples([
      ['bulkhead scan', 'what is wrong in the current folder, and what to fix first'],
      ['bulkhead scan --full', 'every finding with its source, reason and fix'],
      ['bulkhead explain', 'what there is to learn'],
    ]),
    '',
    'Options of every command',
    ...optionRows(GLOBAL_OPTIONS),
    '',
    ...exitCodes(),
    '',
    'bulkhead COMMAND --help says more about a command.',
  )
}

export function commandHelp(name: CommandName): string {
  const command: Command = COMMANDS[name]
  const operand =
    command.operand === undefined ? '' : ` [${command.operand.name}${command.operand.most > 1 ? '...' : ''}]`
  const hasOptions = Object.keys(command.options).length > 0
  return lines(
    `bulkhead ${name}: ${command.summary}`,
    '',
    `Usage  bulkhead ${name}${hasOptions ? ' [options]' : ''}${operand}`,
    ...command.about.flatMap((paragraph) => ['', ...wrap(paragraph, WIDTH - 2).map((line) => `  ${line}`)]),
    ...(command.operand?.words === undefined
      ? []
      : ['', `  ${command.operand.name}: ${command.operand.words.join(', ')}`]),
    ...(hasOptions ? ['', 'Options', ...optionRows(command.options)] : []),
    '',
    'Options of every command',
    ...optionRows(GLOBAL_OPTIONS),
    '',
    'Examples',
    ...examples(command.examples),
    ...(name === 'scan' ? ['', ...exitCodes()] : []),
  )
}

function exitCodes(): string[] {
  return [
    'Exit codes',
    ...row('0', 'passed', 4),
    ...row('1', 'findings at or above --fail-on', 4),
    ...row('2', 'bad usage or configuration', 4),
    ...row('3', 'incomplete: something that was asked for could not be read', 4),
    ...row('4', 'nothing to scan', 4),
  ]
}

function optionRows(options: Options): string[] {
  return Object.entries(options).flatMap(([name, option]) => row(optionUsage(name, option), option.help, 26))
}

/** `-q, --quiet`, `--fail-on SEVERITY`. */
export function optionUsage(name: string, option: Option): string {
  const short = option.short === undefined ? '' : `-${option.short}, `
  return `${short}--${name}${option.takes === 'nothing' ? '' : ` ${option.value}`}`
}

function row(left: string, right: string, width: number): string[] {
  const indent = ' '.repeat(width + 2)
  const [first = '', ...more] = wrap(right, WIDTH - width - 2)
  const rest = more.map((line) => indent + line)
  if (left.length >= width) return [`  ${left}`, indent + first, ...rest]
  return [`  ${left.padEnd(width)}${first}`, ...rest]
}

function examples(given: Command['examples']): string[] {
  const width = Math.max(...given.map(([line]) => line.length)) + 2
  return given.flatMap(([line, what]) => row(line, what, Math.min(width, 62)))
}

function wrap(text: string, width: number): string[] {
  const out: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      out.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...out, line]
}

function lines(...given: readonly string[]): string {
  return `${given.join('\n')}\n`
}
