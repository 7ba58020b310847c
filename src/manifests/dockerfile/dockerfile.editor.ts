import type { EditOutcome, Editor } from '../../core/editor.ts'
import type { DockerfileFact, Instruction, Pair } from '../../core/facts/dockerfile.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange, TextEdit } from '../../core/fix.ts'
import type { SourceText } from '../../core/span.ts'
import { insertAfter, removeExecWord, removeWord, replaceText } from './edits.ts'
import { evaluateStages } from './stages.ts'

const editor: Editor = {
  dialect: 'dockerfile',
  edit(workload, changes, read, view) {
    const dockerfile = view.at('dockerfile', workload.target, workload.path)[0]
    const source = read(workload.path)
    if (dockerfile === undefined || source === undefined) {
      return refuse(`${workload.path} could not be read`, 'Make the change by hand.')
    }
    const file = openFile(dockerfile, workload, source)
    if (file === undefined) return refuse('the Dockerfile has no such stage any more', 'Scan again.')
    const edits: TextEdit[] = []
    for (const change of changes) {
      const made = editFor(change, file)
      if (!Array.isArray(made)) return made
      edits.push(...made)
    }
    edits.sort((one, other) => one.span.start - other.span.start)
    return { ok: true, files: [{ path: workload.path, edits }] }
  },
}

export default editor

/** A Dockerfile under edit. */
interface File {
  readonly dockerfile: DockerfileFact
  readonly source: SourceText
  /** Instructions of the shipped stage, the FROM first; ONBUILD left out. */
  readonly own: readonly Instruction[]
  /** Those of the stages that it is FROM and its own, in the order in which they take effect. */
  readonly chain: readonly Instruction[]
}

type Refusal = Extract<EditOutcome, { ok: false }>

function refuse(why: string, manual: string): Refusal {
  return { ok: false, why, manual }
}

function openFile(dockerfile: DockerfileFact, workload: WorkloadFact, source: SourceText): File | undefined {
  const { stages } = evaluateStages(dockerfile)
  const shipped = stages.findLast((stage) => (stage.name ?? String(stage.index)) === workload.name)
  if (shipped === undefined) return undefined
  const instructionsOf = (stage: number) =>
    (dockerfile.stages[stage]?.instructions ?? []).flatMap((index) => {
      const found = dockerfile.instructions[index]
      return found === undefined || found.onbuild === true ? [] : [found]
    })
  const own = instructionsOf(shipped.index)
  const chain = [own]
  for (let base = shipped.base; base.is === 'stage'; base = stages[base.index]?.base ?? { is: 'scratch' }) {
    chain.unshift(instructionsOf(base.index))
  }
  return { dockerfile, source, own, chain: chain.flat() }
}

function editFor(change: SettingChange, file: File): TextEdit[] | Refusal {
  const key = 'set' in change ? change.set : 'remove' in change ? change.remove : change.removeItem
  if (key === 'user' && 'set' in change && (typeof change.value === 'string' || typeof change.value === 'number')) {
    return setUser(String(change.value), file)
  }
  const variable = /^env\[([^\]]+)\]$/.exec(key)?.[1]
  if (variable !== undefined) {
    if ('remove' in change) return removeVariable(variable, file)
    if ('set' in change && typeof change.value !== 'object') return setVariable(variable, String(change.value), file)
  }
  if (key === 'command' || key === 'entrypoint') {
    if ('removeItem' in change) return removeCommandWord(change.item, key, file)
    if ('set' in change && Array.isArray(change.value)) return setCommand(change.value as readonly string[], key, file)
  }
  return refuse(
    `a Dockerfile does not decide ${key}`,
    `Set ${key} where the container is run (Compose, Kubernetes, docker run).`,
  )
}

/** Replaces the USER that decides, or adds one behind the last instruction that works as root. */
function setUser(user: string, file: File): TextEdit[] | Refusal {
  if (!/^[A-Za-z0-9_.:-]+$/.test(user)) return refuse(`"${user}" is no user`, 'Name a user or a uid.')
  const builds = file.own.findLast(({ keyword }) => keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD')
  const current = file.own.findLast(({ keyword }) => keyword === 'USER')
  if (current !== undefined && current.text !== '' && (builds === undefined || current.index > builds.index)) {
    return [replaceText(current, 0, current.text.length, user)]
  }
  const after = builds ?? file.own[0]
  if (after === undefined) return refuse('the stage is empty', `Add \`USER ${user}\` to the stage that ships.`)
  if (danglingEnd(after, file.source)) {
    return refuse('the last instruction ends in a continuation', `Add \`USER ${user}\` below it.`)
  }
  return [insertAfter(file.dockerfile, after, `${indentOf(after, file.source)}USER ${user}`)]
}

function removeVariable(name: string, file: File): TextEdit[] | Refusal {
  const edits: TextEdit[] = []
  for (const instruction of file.chain) {
    if (instruction.keyword !== 'ENV') continue
    const pairs = instruction.pairs ?? []
    const gone = pairs.filter((pair) => pair.key === name)
    if (gone.length === 0) continue
    if (gone.length === pairs.length) edits.push(removeWhole(instruction, file))
    else if (gone.length === 1) edits.push(removeWord(instruction, (gone[0] as Pair).span))
    else return refuse(`one ENV sets ${name} more than once`, `Take ${name} out of the ENV by hand.`)
  }
  if (edits.length > 0) return edits
  return refuse(`no ENV of the stages that ship sets ${name}`, `Take ${name} out of the base image, or set it empty.`)
}

function setVariable(name: string, value: string, file: File): TextEdit[] | Refusal {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) return refuse(`"${name}" is no variable's name`, 'Set it by hand.')
  if (/[\r\n]/.test(value)) return refuse('the value has several lines', 'Set it by hand.')
  const written = quoted(value, file.dockerfile.escape)
  const last = file.chain.findLast((found) => found.keyword === 'ENV' && found.pairs?.some((pair) => pair.key === name))
  const pair = last?.pairs?.findLast((candidate) => candidate.key === name)
  if (pair?.valueSpan !== undefined) return [{ span: pair.valueSpan, text: written }]
  const after = file.own.findLast(({ keyword }) => keyword === 'ENV') ?? file.own[0]
  if (after === undefined || danglingEnd(after, file.source)) {
    return refuse('there is no place for an ENV', `Add \`ENV ${name}=${written}\` to the stage that ships.`)
  }
  return [insertAfter(file.dockerfile, after, `${indentOf(after, file.source)}ENV ${name}=${written}`)]
}

function quoted(value: string, escaper: string): string {
  if (value !== '' && /^[A-Za-z0-9_.,:/@%+=-]+$/.test(value)) return value
  const special = escaper === '`' ? /[`"$]/g : /[\\"$]/g
  return `"${value.replace(special, (character) => escaper + character)}"`
}

/** Takes a word out of CMD or ENTRYPOINT: the one named, or the other where the word stands there. */
function removeCommandWord(item: string, key: 'command' | 'entrypoint', file: File): TextEdit[] | Refusal {
  const keywords = key === 'command' ? ['CMD', 'ENTRYPOINT'] : ['ENTRYPOINT', 'CMD']
  for (const wanted of keywords) {
    const instruction = file.chain.findLast(({ keyword }) => keyword === wanted)
    if (instruction === undefined) continue
    const edit = removeFrom(instruction, item)
    if (edit !== undefined) return [edit]
  }
  return refuse(`neither CMD nor ENTRYPOINT has the word ${item}`, `Take ${item} out of the script that they run.`)
}

function removeFrom(instruction: Instruction, item: string): TextEdit | undefined {
  if (instruction.exec !== undefined) {
    return removeExecWord(
      instruction,
      instruction.exec.findIndex((word) => word.value === item),
    )
  }
  for (const match of instruction.text.matchAll(/[^ \t]+/g)) {
    const bare = match[0].replace(/^(["'])(.*)\1$/, '$2')
    if (bare !== item && match[0] !== item) continue
    const edit = replaceText(instruction, match.index, match.index + match[0].length, '')
    return removeWord(instruction, edit.span)
  }
  return undefined
}

function setCommand(words: readonly string[], key: 'command' | 'entrypoint', file: File): TextEdit[] | Refusal {
  const wanted = key === 'command' ? 'CMD' : 'ENTRYPOINT'
  const written = `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
  const instruction = file.own.findLast(({ keyword }) => keyword === wanted)
  if (instruction !== undefined && instruction.text !== '') {
    return [replaceText(instruction, 0, instruction.text.length, written)]
  }
  const after = file.own.at(-1)
  if (after === undefined || danglingEnd(after, file.source)) {
    return refuse(`the stage has no ${wanted}`, `Add \`${wanted} ${written}\` to the stage that ships.`)
  }
  return [insertAfter(file.dockerfile, after, `${indentOf(after, file.source)}${wanted} ${written}`)]
}

/** The instruction's lines as they stand: indentation and line break go too. */
function removeWhole(instruction: Instruction, { source }: File): TextEdit {
  const { text } = source
  let start = source.toUnit(instruction.span.start)
  while (start > 0 && text[start - 1] !== '\n') start--
  let end = source.toUnit(instruction.span.end)
  const feed = text.indexOf('\n', end)
  end = feed === -1 ? text.length : feed + 1
  return { span: source.span(start, end), text: '' }
}

/** The file ends inside a continuation: a line below would be drawn into it. */
function danglingEnd(instruction: Instruction, source: SourceText): boolean {
  const end = source.toUnit(instruction.span.end)
  if (instruction.heredocs.length > 0) return false
  const lineStart = source.text.lastIndexOf('\n', end - 1) + 1
  return /[\\`][ \t]*$/.test(source.text.slice(lineStart, end)) && source.text.slice(end).trim() === ''
}

function indentOf(instruction: Instruction, source: SourceText): string {
  const start = source.toUnit(instruction.span.start)
  const lineStart = source.text.lastIndexOf('\n', start - 1) + 1
  const indent = source.text.slice(lineStart, start)
  return /^[ \t]*$/.test(indent) ? indent : ''
}
