/** Command line → command, option values and operands, by the table of commands. */
import { parseArgs } from 'node:util'
import { commaList } from '../config/environment.ts'
import { didYouMean, nearest } from '../config/nearest.ts'
import { quote } from '../config/values.ts'
import {
  COMMAND_NAMES,
  COMMANDS,
  type Command,
  type CommandName,
  type CommandValues,
  GLOBAL_OPTIONS,
  type Option,
  type Options,
  optionsOf,
} from './commands.ts'
import { CliError } from './errors.ts'

export interface Invocation<K extends CommandName = CommandName> {
  readonly command: K
  readonly options: CommandValues<K>
  readonly operands: readonly string[]
}

export type ParsedLine =
  | { readonly show: 'help'; readonly of?: CommandName }
  | { readonly show: 'version' }
  | { readonly show: 'run'; readonly invocation: Invocation }

/** @throws CliError (usage, exit code 2) with what was probably meant. */
export function parseLine(argv: readonly string[]): ParsedLine {
  const at = commandIndex(argv)
  const word = at === undefined ? undefined : argv[at]
  const isCommand = word !== undefined && isCommandName(word)
  if (word === undefined || !isCommand) {
    const { values } = parseOptions(argv.slice(0, at), GLOBAL_OPTIONS, undefined)
    if (values.version === true) return { show: 'version' }
    if (word === undefined) return { show: 'help' }
    throw unknownCommand(word)
  }
  const rest = [...argv.slice(0, at), ...argv.slice((at ?? 0) + 1)]
  const { values, operands } = parseOptions(rest, optionsOf(word), word)
  if (values.help === true) return { show: 'help', of: word }
  if (values.version === true) return { show: 'version' }
  if (word === 'help') return helpOf(operands)
  checkOperands(word, operands)
  return {
    show: 'run',
    invocation: { command: word, options: values as unknown as CommandValues<CommandName>, operands },
  }
}

/** The first word that is neither an option nor the value of one; options may stand before the command. */
function commandIndex(argv: readonly string[]): number | undefined {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') return undefined
    if (word === '-' || !word.startsWith('-')) return at
    if (TAKES_VALUE.has(word)) at++
  }
  return undefined
}

const TAKES_VALUE: ReadonlySet<string> = new Set(
  [GLOBAL_OPTIONS, ...COMMAND_NAMES.map((name) => COMMANDS[name].options)].flatMap((options: Options) =>
    Object.entries(options).flatMap(([name, option]) => (option.takes === 'nothing' ? [] : [`--${name}`])),
  ),
)

type Values = Record<string, boolean | string | readonly string[] | undefined>

function parseOptions(
  args: readonly string[],
  options: Options,
  command: CommandName | undefined,
): { values: Values; operands: string[] } {
  const values: Values = {}
  for (const [name, option] of Object.entries(options)) {
    values[name] = option.takes === 'nothing' ? false : option.takes === 'list' ? [] : undefined
  }
  const operands: string[] = []
  const { tokens } = parseArgs({
    args: [...args],
    options: forNode(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (option === undefined) throw unknownOption(token.rawName, options, command)
    values[token.name] = readValue(token.name, option, token.value, values[token.name], command)
  }
  return { values, operands }
}

function forNode(options: Options) {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      {
        type: option.takes === 'nothing' ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(option.short === undefined ? {} : { short: option.short }),
      },
    ]),
  )
}

function readValue(
  name: string,
  option: Option,
  value: string | undefined,
  before: Values[string],
  command: CommandName | undefined,
): Values[string] {
  if (option.takes === 'nothing') {
    if (value !== undefined) throw usage(`--${name} takes no value`, command)
    return true
  }
  const example = option.oneOf === undefined ? option.value : option.oneOf.join(', ')
  if (value === undefined || value === '') throw usage(`--${name} needs a value: ${example}`, command)
  if (option.takes === 'value') return oneOf(name, option.oneOf, value, command)
  const items = option.commas ? commaList(value) : [value]
  for (const item of items) oneOf(name, option.oneOf, item, command)
  return [...((before as readonly string[]) ?? []), ...items]
}

function oneOf(
  name: string,
  allowed: readonly string[] | undefined,
  value: string,
  command: CommandName | undefined,
): string {
  if (allowed === undefined || allowed.includes(value)) return value
  throw usage(`--${name}: ${quote(value)} is none of ${allowed.join(', ')}${didYouMean(value, allowed)}`, command)
}

function checkOperands(name: CommandName, operands: readonly string[]): void {
  const { operand }: Command = COMMANDS[name]
  const most = operand?.most ?? 0
  const extra = operands[most]
  if (extra !== undefined) {
    throw usage(
      most === 0
        ? `${name} takes no ${quote(extra)}`
        : `${name} takes one ${operand?.name}, and ${quote(extra)} is one more`,
      name,
    )
  }
  const wrong = operand?.words === undefined ? undefined : operands.find((word) => !operand.words?.includes(word))
  if (wrong !== undefined) {
    throw usage(
      `${quote(wrong)} is none of ${operand?.words?.join(', ')}${didYouMean(wrong, operand?.words ?? [])}`,
      name,
    )
  }
}

function helpOf(operands: readonly string[]): ParsedLine {
  const [word, extra] = operands
  if (extra !== undefined) checkOperands('help', operands)
  if (word === undefined) return { show: 'help' }
  if (!isCommandName(word)) throw unknownCommand(word)
  return { show: 'help', of: word }
}

function unknownCommand(word: string): CliError {
  const guess = nearest(word, COMMAND_NAMES)
  const hint =
    guess === undefined && /[./\\]|^dir:/.test(word) ? `to scan it: bulkhead scan ${word}` : 'see: bulkhead --help'
  return new CliError('usage', `there is no command ${quote(word)}${didYouMean(word, COMMAND_NAMES)}`, [hint])
}

function unknownOption(raw: string, options: Options, command: CommandName | undefined): CliError {
  const shown = raw.startsWith('--') ? quote(raw).slice(1, -1) : raw
  const guess = raw.startsWith('--') ? nearest(raw.slice(2), Object.keys(options)) : undefined
  const elsewhere = COMMAND_NAMES.filter(
    (name) => name !== command && Object.hasOwn(COMMANDS[name].options, raw.slice(2)),
  )
  const meant =
    guess !== undefined
      ? `; did you mean "--${guess}"?`
      : elsewhere.length > 0
        ? `; it belongs to ${elsewhere.join(' and ')}`
        : ''
  return usage(`unknown option ${shown}${meant}`, command)
}

function usage(message: string, command: CommandName | undefined): CliError {
  return new CliError('usage', message, [`see: bulkhead ${command === undefined ? '' : `${command} `}--help`])
}

function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word)
}
