/** The page `docs/cli.md`, generated from the table of commands. */
import { ENVIRONMENT } from '../config/environment.ts'
import { COMMAND_NAMES, COMMANDS, type Command, GLOBAL_OPTIONS, type Options } from './commands.ts'
import { optionUsage } from './help.ts'

export function cliReference(): string {
  return `${[
    '# The command line',
    'Generated from `src/cli/commands.ts` (`npm run generate`).',
    '`bulkhead COMMAND [options] [target...]`. Data goes to standard output, everything else to standard error.',
    ...COMMAND_NAMES.map(commandSection),
    '## Options of every command',
    optionTable(GLOBAL_OPTIONS),
    '## Exit codes',
    EXIT_CODES,
    '## Environment',
    'A flag wins over the environment, the environment over `bulkhead.yaml`, and that over the default.',
    environmentTable(),
  ].join('\n\n')}\n`
}

function commandSection(name: (typeof COMMAND_NAMES)[number]): string {
  const command: Command = COMMANDS[name]
  const operand =
    command.operand === undefined ? '' : ` [${command.operand.name}${command.operand.most > 1 ? '...' : ''}]`
  const hasOptions = Object.keys(command.options).length > 0
  return [
    `## bulkhead ${name}`,
    `${capital(command.summary)}.`,
    `\`bulkhead ${name}${hasOptions ? ' [options]' : ''}${operand}\``,
    ...command.about,
    ...(hasOptions ? [optionTable(command.options)] : []),
    [
      '| for example | |',
      '|---|---|',
      ...command.examples.map(([line, what]) => `| \`${cell(line)}\` | ${cell(what)} |`),
    ].join('\n'),
  ].join('\n\n')
}

function optionTable(options: Options): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const allowed =
      option.takes !== 'nothing' && option.oneOf !== undefined
        ? ` One of ${option.oneOf.map((word) => `\`${word}\``).join(', ')}.`
        : ''
    return `| \`${cell(optionUsage(name, option))}\` | ${cell(capital(option.help))}.${allowed} |`
  })
  return ['| option | |', '|---|---|', ...rows].join('\n')
}

function environmentTable(): string {
  const rows = Object.entries(ENVIRONMENT).map(([name, what]) => `| \`${name}\` | ${capital(what)}. |`)
  return [
    '| variable | |',
    '|---|---|',
    ...rows,
    '| `NO_COLOR` | No colours, where it is not empty. |',
    '| `FORCE_COLOR` | Colours also where the output is no terminal; `0` turns them off. |',
    '| `XDG_CACHE_HOME` | Where the cache folder `bulkhead` is kept (default `~/.cache`). |',
    '| `GITHUB_ACTIONS` | Where it is `true`, `scan` also prints workflow annotations. |',
  ].join('\n')
}

const EXIT_CODES = [
  '| code | when; the first that applies |',
  '|---|---|',
  '| 2 | bad usage or configuration, or a report that could not be written |',
  '| 1 | findings at or above `--fail-on` (default `high`) |',
  '| 3 | incomplete: a target, a file named singly or an area in `require:` could not be read; a bug |',
  '| 4 | nothing to scan |',
  '| 0 | passed |',
  '| 130 | interrupted |',
].join('\n')

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
