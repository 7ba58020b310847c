/**
 * Completion scripts for bash, zsh and fish, from the table of commands. They hold every word as text and call nothing:
 * completing costs no start of Node.
 */
import { AREAS } from '../core/severity.ts'
import {
  COMMAND_NAMES,
  COMMANDS,
  type Command,
  type CommandName,
  type Completes,
  GLOBAL_OPTIONS,
  type Option,
  type Options,
} from './commands.ts'

export function completionScript(shell: 'bash' | 'zsh' | 'fish', ruleIds: readonly string[]): string {
  if (shell === 'bash') return bashScript(ruleIds)
  return shell === 'zsh' ? zshScript(ruleIds) : fishScript(ruleIds)
}

/** Words that may follow an option or stand as an operand; `files` where a path may. */
interface Offer {
  readonly words: readonly string[]
  readonly files: 'none' | 'files' | 'folders'
  /** `json=` and kin: a path follows in the same word. */
  readonly beforePath: boolean
}

const NOTHING: Offer = { words: [], files: 'none', beforePath: false }

function offerOf(
  completes: Completes | undefined,
  oneOf: readonly string[] | undefined,
  ruleIds: readonly string[],
): Offer {
  if (oneOf !== undefined) return { ...NOTHING, words: oneOf }
  if (completes === undefined) return NOTHING
  if (completes === 'file') return { ...NOTHING, files: 'files' }
  if (completes === 'folder') return { ...NOTHING, files: 'folders' }
  if (completes === 'rule') return { ...NOTHING, words: ruleIds }
  if (completes === 'area-or-rule') return { ...NOTHING, words: [...AREAS, ...ruleIds] }
  return { words: completes.beforePath.map((word) => `${word}=`), files: 'files', beforePath: true }
}

function optionOffer(option: Option, ruleIds: readonly string[]): Offer {
  return option.takes === 'nothing' ? NOTHING : offerOf(option.completes, option.oneOf, ruleIds)
}

function operandOffer(name: CommandName, ruleIds: readonly string[]): Offer {
  const { operand }: Command = COMMANDS[name]
  if (name === 'help') return { ...NOTHING, words: COMMAND_NAMES }
  return operand === undefined ? NOTHING : offerOf(operand.completes, operand.words, ruleIds)
}

function optionsFor(name: CommandName | undefined): [string, Option][] {
  const options: Options = name === undefined ? GLOBAL_OPTIONS : { ...COMMANDS[name].options, ...GLOBAL_OPTIONS }
  return Object.entries(options)
}

function bashScript(ruleIds: readonly string[]): string {
  const commands = COMMAND_NAMES.map((name) => {
    const flags = optionsFor(name).map(([option]) => `--${option}`)
    return `    ${name}) flags='${flags.join(' ')}' ;;`
  })
  const valued = new Map<string, Offer>()
  for (const name of [undefined, ...COMMAND_NAMES]) {
    for (const [option, spec] of optionsFor(name)) {
      // `baseline --out` takes a file and `scan --out` a format: the command decides.
      if (spec.takes !== 'nothing') valued.set(`${name ?? ''}:--${option}`, optionOffer(spec, ruleIds))
    }
  }
  const values = [...valued].map(([key, offer]) => `    ${key.replace(/^:/, '*:')}) ${bashOffer(offer)} ;;`)
  const operands = COMMAND_NAMES.map((name) => `    ${name}) ${bashOffer(operandOffer(name, ruleIds))} ;;`)
  return `# bash completion for bulkhead; load it with: source <(bulkhead completion bash)
_bulkhead() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= flags= word at
  # COMP_WORDBREAKS splits --flag=value into three words.
  if [[ $current == '=' ]]; then current=; fi
  if [[ $previous == '=' ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case $word in ${COMMAND_NAMES.join('|')}) command=$word; break ;; esac
  done
  COMPREPLY=()
  case $command in
${commands.join('\n')}
    *) flags='${optionsFor(undefined)
      .map(([option]) => `--${option}`)
      .join(' ')}' ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
    return
  fi
  case $command:$previous in
${values.join('\n')}
    *) _bulkhead_operand ;;
  esac
}
_bulkhead_operand() {
  case $command in
${operands.join('\n')}
    *) COMPREPLY=($(compgen -W '${COMMAND_NAMES.join(' ')}' -- "$current")) ;;
  esac
}
_bulkhead_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$current"))
}
complete -F _bulkhead bulkhead
`
}

function bashOffer({ words, files, beforePath }: Offer): string {
  const these = `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current"))`
  if (beforePath) {
    // The word is split at the equals sign: what is completed is a format before it, and a path behind.
    const isBehind = "[[ ${COMP_WORDS[COMP_CWORD]} == '=' || ${COMP_WORDS[COMP_CWORD-1]} == '=' ]]"
    return `if ${isBehind}; then _bulkhead_paths -f; else compopt -o nospace 2>/dev/null; ${these}; fi`
  }
  if (files === 'files') return '_bulkhead_paths -f'
  if (files === 'folders') return '_bulkhead_paths -d'
  return words.length === 0 ? ':' : these
}

function zshScript(ruleIds: readonly string[]): string {
  const commands = COMMAND_NAMES.map((name) => `    ${zshQuote(`${name}:${COMMANDS[name].summary}`)}`)
  const cases = COMMAND_NAMES.map((name) => {
    const specs = optionsFor(name).flatMap(([option, spec]) => zshSpecs(option, spec, ruleIds))
    const { operand }: Command = COMMANDS[name]
    const many = (operand?.most ?? 0) > 1 ? '*' : '1'
    const rest =
      operand === undefined ? [] : [zshQuote(`${many}:${operand.name}:${zshOffer(operandOffer(name, ruleIds))}`)]
    return `    ${name})\n      _arguments -s ${[...specs, ...rest].map((spec) => `\\\n        ${spec}`).join(' ')}\n      ;;`
  })
  return `#compdef bulkhead
# zsh completion for bulkhead; load it below compinit with: source <(bulkhead completion zsh)
_bulkhead() {
  local curcontext="$curcontext" context state line
  local -a commands
  commands=(
${commands.join('\n')}
  )
  _arguments -C ${optionsFor(undefined)
    .flatMap(([option, spec]) => zshSpecs(option, spec, ruleIds))
    .map((spec) => `\\\n    ${spec}`)
    .join(' ')} \\
    '1:command:->command' '*::argument:->argument'
  if [[ $state == command ]]; then
    _describe command commands
    return
  fi
  case $line[1] in
${cases.join('\n')}
  esac
}
compdef _bulkhead bulkhead
`
}

function zshSpecs(name: string, option: Option, ruleIds: readonly string[]): string[] {
  const about = option.help.replace(/[[\]:\\]/g, '\\$&')
  const repeat = option.takes === 'list' ? '*' : ''
  const value =
    option.takes === 'nothing'
      ? ''
      : `:${option.value.replace(/[:|=]/g, ' ')}:${zshOffer(optionOffer(option, ruleIds))}`
  const long = zshQuote(`${repeat}--${name}${option.takes === 'nothing' ? '' : '='}[${about}]${value}`)
  return option.short === undefined ? [long] : [long, zshQuote(`-${option.short}[${about}]`)]
}

function zshOffer({ words, files, beforePath }: Offer): string {
  if (beforePath) return `{ if compset -P "*="; then _files; else compadd -S "" -- ${words.join(' ')}; fi }`
  if (files === 'files') return '_files'
  if (files === 'folders') return '_files -/'
  return words.length === 0 ? ' ' : `(${words.join(' ')})`
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function fishScript(ruleIds: readonly string[]): string {
  const seen = `__fish_seen_subcommand_from ${COMMAND_NAMES.join(' ')}`
  const lines = COMMAND_NAMES.map(
    (name) => `complete -c bulkhead -n 'not ${seen}' -a ${name} -d ${fishQuote(COMMANDS[name].summary)}`,
  )
  for (const [name, option] of optionsFor(undefined)) lines.push(fishOption(name, option, undefined, ruleIds))
  for (const command of COMMAND_NAMES) {
    const when = `__fish_seen_subcommand_from ${command}`
    for (const [name, option] of Object.entries(COMMANDS[command].options)) {
      lines.push(fishOption(name, option, when, ruleIds))
    }
    const offer = fishOffer(operandOffer(command, ruleIds))
    if (offer !== '') lines.push(`complete -c bulkhead -n '${when}' ${offer}`)
  }
  return `# fish completion for bulkhead; load it with: bulkhead completion fish | source\ncomplete -c bulkhead -f\n${lines.join('\n')}\n`
}

function fishOption(name: string, option: Option, when: string | undefined, ruleIds: readonly string[]): string {
  const condition = when === undefined ? '' : ` -n '${when}'`
  const short = option.short === undefined ? '' : ` -s ${option.short}`
  const value = option.takes === 'nothing' ? '' : ` -x ${fishOffer(optionOffer(option, ruleIds))}`
  return `complete -c bulkhead${condition} -l ${name}${short}${value.trimEnd()} -d ${fishQuote(option.help)}`
}

function fishOffer({ words, files, beforePath }: Offer): string {
  if (beforePath) return `-a '${words.join(' ')}'`
  if (files === 'files') return "-a '(__fish_complete_path)'"
  if (files === 'folders') return "-a '(__fish_complete_directories)'"
  return words.length === 0 ? '' : `-a '${words.join(' ')}'`
}

function fishQuote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
