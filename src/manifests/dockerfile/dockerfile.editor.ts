import type { EditOutcome, Editor } from '../../core/editor.ts'
import { type Argument, type DockerfileFact, type Instruction, spanInText } from '../../core/facts/dockerfile.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange, TextEdit } from '../../core/fix.ts'
import type { SourceText } from '../../core/span.ts'
import { insertAfter, removeExecWords, removeWords, replaceText } from './edits.ts'
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
    for (const step of stepsOf(changes)) {
      const made = step(file)
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

type Step = (file: File) => TextEdit[] | Refusal

/** What is to be taken out of the same instruction is taken out together. */
function stepsOf(changes: readonly SettingChange[]): Step[] {
  const steps: Step[] = []
  const variables: string[] = []
  const words: string[] = []
  for (const change of changes) {
    const key = 'set' in change ? change.set : 'remove' in change ? change.remove : change.removeItem
    const variable = /^env\[([^\]]+)\]$/.exec(key)?.[1]
    const isCommand = key === 'command' || key === 'entrypoint'
    if (variable !== undefined && 'remove' in change) variables.push(variable)
    else if (isCommand && 'removeItem' in change) words.push(change.item)
    else steps.push((file) => setFor(change, key, variable, file))
  }
  if (variables.length > 0) steps.push((file) => removeVariables(variables, file))
  if (words.length > 0) steps.push((file) => removeCommandWords(words, file))
  return steps
}

function setFor(change: SettingChange, key: string, variable: string | undefined, file: File): TextEdit[] | Refusal {
  if ('set' in change) {
    const { value } = change
    if (key === 'user' && (typeof value === 'string' || typeof value === 'number')) return setUser(String(value), file)
    if (variable !== undefined && typeof value !== 'object') return setVariable(variable, String(value), file)
    if ((key === 'command' || key === 'entrypoint') && Array.isArray(value)) {
      return setCommand(value as readonly string[], key, file)
    }
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
  const byArgument = current === undefined ? undefined : setUserArgument(user, current, file)
  if (byArgument !== undefined) return [byArgument]
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

/**
 * `ARG USER_ID=0` … `USER $USER_ID:$USER_ID`: the default is changed, for the same argument makes the account and gives
 * it its folders. Undefined where the USER is written another way.
 */
function setUserArgument(user: string, current: Instruction, file: File): TextEdit | undefined {
  const [uid = '', gid = uid] = user.split(':')
  const reference = /^"?\$(?:\{(\w+)\}|(\w+))(?::\$(?:\{(\w+)\}|(\w+)))?"?$/.exec(current.text)
  const name = reference?.[1] ?? reference?.[2]
  const group = reference?.[3] ?? reference?.[4] ?? name
  if (name === undefined || group !== name || uid !== gid || !/^\d+$/.test(uid)) return undefined
  const sets = file.own.filter(
    ({ keyword, index, pairs }) =>
      (keyword === 'ARG' || keyword === 'ENV') && index < current.index && pairs?.some(({ key }) => key === name),
  )
  const [argument] = sets
  const pair = argument?.pairs?.find(({ key }) => key === name)
  if (sets.length !== 1 || argument?.keyword !== 'ARG' || !/^0+$/.test(pair?.value ?? '')) return undefined
  return pair?.valueSpan === undefined ? undefined : { span: pair.valueSpan, text: uid }
}

function removeVariables(names: readonly string[], file: File): TextEdit[] | Refusal {
  const edits: TextEdit[] = []
  const found = new Set<string>()
  for (const instruction of file.chain) {
    if (instruction.keyword !== 'ENV') continue
    const pairs = instruction.pairs ?? []
    const gone = pairs.flatMap((pair, index) => (names.includes(pair.key) ? [index] : []))
    for (const index of gone) found.add(pairs[index]?.key ?? '')
    if (gone.length === 0) continue
    if (gone.length === pairs.length) edits.push(removeWhole(instruction, file))
    else
      edits.push(
        ...removeWords(
          instruction,
          pairs.map((pair) => pair.span),
          gone,
        ),
      )
  }
  const missing = names.find((name) => !found.has(name))
  if (missing === undefined) return edits
  return refuse(
    `no ENV of the stages that ship sets ${missing}`,
    `Take ${missing} out of the base image, or set it empty.`,
  )
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

/** Takes words out of CMD and ENTRYPOINT, wherever each stands. */
function removeCommandWords(items: readonly string[], file: File): TextEdit[] | Refusal {
  const edits: TextEdit[] = []
  const found = new Set<string>()
  for (const wanted of ['CMD', 'ENTRYPOINT']) {
    const instruction = file.chain.findLast(({ keyword }) => keyword === wanted)
    if (instruction === undefined) continue
    const words = instruction.exec ?? shellWords(instruction)
    const gone = words.flatMap((word, index) => (items.includes(word.value) && !found.has(word.value) ? [index] : []))
    for (const index of gone) found.add(words[index]?.value ?? '')
    if (instruction.exec !== undefined) edits.push(...removeExecWords(instruction, gone))
    else
      edits.push(
        ...removeWords(
          instruction,
          words.map((word) => word.span),
          gone,
        ),
      )
  }
  const missing = items.find((item) => !found.has(item))
  if (missing === undefined) return edits
  return refuse(
    `neither CMD nor ENTRYPOINT has the word ${missing}`,
    `Take ${missing} out of the script that they run.`,
  )
}

/** Words of the shell form as they are written, quotes around a whole word taken off. */
function shellWords(instruction: Instruction): Argument[] {
  return [...instruction.text.matchAll(/[^ \t]+/g)].map((match) => ({
    value: match[0].replace(/^(["'])(.*)\1$/, '$2'),
    span: spanInText(instruction, match.index, match.index + match[0].length),
  }))
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
