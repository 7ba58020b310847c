import {
  type AndOr,
  type Assignment,
  type Command,
  type CommandNode,
  type CompoundList,
  forEachChild,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Redirection,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash'
import type { ShellCommand } from '../../core/facts/script.ts'
import { asks } from './conditions.ts'
import { applyEffects, ERREXIT, PIPEFAIL } from './effects.ts'
import type { AssignmentFact, Gatherer, Place, Redirect, Simple } from './gather.ts'
import { childScope, flagsOf, isBash, joined } from './nested.ts'
import { type Emitted, type InputText, writtenText } from './piped-text.ts'
import { isShell, shellCall } from './shell-call.ts'
import { type Chunk, nestedText, UNKNOWN } from './text.ts'
import { nameOf, type ScriptArgument, splitField, type Unwrapped, unwrap } from './unwrap.ts'
import {
  type ExpandContext,
  expandHereDoc,
  expandSingle,
  expandWord,
  type Field,
  type Substitution,
  visitArray,
  visitSubstitutions,
} from './words.ts'

/** Loops within loops beyond which a loop's variables are all given up instead of looked for. */
const LOOPS = 6

/** Walks a script's tree and has its commands gathered. */
export class Walk {
  readonly #gatherer: Gatherer
  readonly #functions = new Set<string>()
  readonly #aliases = new Map<string, Field>()
  #previous: Emitted | undefined
  /** Options of the last `sh -c` that the outermost script called. */
  #innerFlags: { errexit: boolean; pipefail: boolean } | undefined

  constructor(gatherer: Gatherer) {
    this.#gatherer = gatherer
  }

  get innerFlags(): { errexit: boolean; pipefail: boolean } | undefined {
    return this.#innerFlags
  }

  /** Parses and walks a text; what was understood stays where it can't go on. Returns its number of statements. */
  read(place: Place): number {
    return this.#gatherer.guard(() => this.#text(place)) ?? 0
  }

  /** Reads words that no shell expands. */
  readWords(fields: readonly Field[], place: Place): void {
    const start = fields[0]?.start ?? 0
    const end = fields.at(-1)?.end ?? 0
    this.#gatherer.guard(() => this.#emit({ start, end, fields, assignments: [], redirects: [], found: [] }, place))
  }

  #text(place: Place): number {
    const { text } = place.text
    if (place.depth > this.#gatherer.limits.depth) {
      this.#gatherer.tooDeep()
      return 0
    }
    let hereDocs = 0
    for (let at = text.indexOf('<<'); at !== -1; at = text.indexOf('<<', at + 2)) hereDocs++
    if (hereDocs > this.#gatherer.limits.hereDocs) {
      this.#gatherer.note(`more than ${this.#gatherer.limits.hereDocs} here-documents`)
      return 0
    }
    if (place.depth > 0 && !this.#gatherer.spend(text.length)) return 0
    const script = parse(text)
    this.#script(script, place)
    return script.commands.length === 1 && script.commands[0]?.command.type === 'Command'
      ? 1
      : script.commands.length + 1
  }

  #script(script: ParsedScript, place: Place): void {
    const error = script.errors?.[0]
    if (error !== undefined) this.#gatherer.note(`${error.message} (offset ${error.pos})`)
    this.#statements(script.commands, place)
  }

  #list(list: CompoundList, place: Place): number {
    return this.#statements(list.commands, place)
  }

  /** Returns the position after the last that was used in the place's pipeline; so do the others. */
  #statements(statements: readonly Statement[], place: Place): number {
    let next = place.pipeline?.position ?? 0
    statements.forEach((statement, index) => {
      const last = place.last && index === statements.length - 1 && statement.background !== true
      const here = { ...place, after: index === 0 ? place.after : (';' as const), last }
      next = Math.max(
        next,
        statement.background === true
          ? this.#apart(here, () => this.#andOr(statement.command, here))
          : this.#andOr(statement.command, here),
      )
    })
    return next
  }

  /** What `work` does to variables stays there: a subshell. */
  #apart<T>(place: Place, work: () => T): T {
    place.scope.enter()
    const result = work()
    place.scope.leave()
    return result
  }

  /** Walks branches of which one or none runs: what they set can't be told afterwards. */
  #branches(place: Place, branches: readonly ((place: Place) => number)[]): number {
    const here = { ...place, always: false, last: false }
    const changed = new Set<string>()
    let next = place.pipeline?.position ?? 0
    for (const branch of branches) {
      place.scope.enter()
      next = Math.max(next, branch(here))
      for (const name of place.scope.leave()) changed.add(name)
    }
    for (const name of changed) place.scope.set(name, null)
    return next
  }

  #andOr(node: AndOr | PipelineNode, place: Place): number {
    if (node.type !== 'AndOr') return this.#pipeline(node, place)
    const lastOr = node.operators.lastIndexOf('||')
    let next = place.pipeline?.position ?? 0
    let condition = false
    node.commands.forEach((command, index) => {
      const operator = index === 0 ? undefined : node.operators[index - 1]
      // Right of `||` it may not run; right of `&&` it runs if the script succeeds, unless a later `||` forgives, or the
      // left side only asks something and its failure is not the script's.
      const maybe = index > 0 && (operator === '||' || lastOr >= index || (condition && !place.last))
      const here = { ...place, after: operator ?? place.after, last: place.last && index === node.commands.length - 1 }
      if (maybe) next = Math.max(next, this.#branches(here, [(branch) => this.#pipeline(command, branch)]))
      else next = Math.max(next, this.#pipeline(command, here))
      condition ||= asks(command)
    })
    return next
  }

  #pipeline(node: PipelineNode, place: Place): number {
    if (node.type !== 'Pipeline') return this.#command(node, place)
    if (node.commands.length === 1) return this.#command(node.commands[0] as CommandNode, place)
    const id = place.pipeline?.id ?? this.#gatherer.newPipeline()
    let next = place.pipeline?.position ?? 0
    node.commands.forEach((command, index) => {
      const after = index === 0 ? place.after : ('|' as const)
      const redirects = place.redirects.filter(({ operator }) =>
        operator.includes('<') ? index === 0 : index === node.commands.length - 1 || operator.startsWith('2'),
      )
      const here = { ...place, after, redirects, pipeline: { id, position: next } }
      next = Math.max(
        next + 1,
        this.#apart(here, () => this.#command(command, here)),
      )
    })
    return next
  }

  #command(node: CommandNode | CompoundList, place: Place): number {
    switch (node.type) {
      case 'Command':
        return this.#simple(node, place)
      case 'CompoundList':
        return this.#list(node, place)
      case 'Redirected': {
        const { redirects, found } = this.#redirects(node.redirects, place)
        this.#loose(found, place)
        return this.#command(node.command, { ...place, redirects: [...place.redirects, ...redirects] })
      }
      case 'Subshell':
        return this.#apart(place, () => this.#list(node.body, place))
      case 'BraceGroup':
        return this.#list(node.body, place)
      case 'If': {
        let next = this.#list(node.clause, { ...place, last: false })
        const branches = [(here: Place) => this.#list(node.then, here)]
        for (const branch of node.elif) {
          branches.push((here) => Math.max(this.#list(branch.clause, here), this.#list(branch.then, here)))
        }
        const otherwise = node.else
        if (otherwise !== undefined) branches.push((here) => this.#list(otherwise, here))
        next = Math.max(next, this.#branches({ ...place, after: ';' }, branches))
        return next
      }
      case 'While': {
        this.#loopVariables(node, place)
        const next = this.#list(node.clause, { ...place, last: false, loops: place.loops + 1 })
        return Math.max(next, this.#loop(node.body, place))
      }
      case 'For':
      case 'Select': {
        const found: Substitution[] = []
        const context = this.#expander(place, found)
        const values = (node.wordlist ?? []).flatMap((word) => expandWord(word, context))
        this.#loose(found, place)
        this.#loopVariables(node, place)
        const only = node.type === 'For' && values.length === 1 && node.wordlist?.length === 1 ? values[0] : undefined
        place.scope.set(node.name.value, only !== undefined && !hasPattern(only) ? only.value : null)
        return this.#loop(node.body, place)
      }
      case 'ArithmeticFor': {
        this.#looseIn(node.initialize, place)
        this.#looseIn(node.test, place)
        this.#looseIn(node.update, place)
        this.#loopVariables(node, place)
        return this.#loop(node.body, place)
      }
      case 'Case': {
        this.#looseIn(node.word, place)
        const branches = node.items.map((item) => (here: Place) => {
          for (const pattern of item.pattern) this.#looseIn(pattern, here)
          return this.#list(item.body, here)
        })
        return this.#branches({ ...place, after: ';' }, branches)
      }
      case 'Function': {
        this.#functions.add(node.name.value)
        const body = (here: Place) => this.#command(node.body, { ...here, pipeline: undefined, after: 'start' })
        this.#branches(place, [body])
        return place.pipeline?.position ?? 0
      }
      case 'Coproc':
        return this.#apart(place, () => this.#command(node.body, place))
      case 'TestCommand':
        this.#looseIn(node.expression, place)
        return place.pipeline?.position ?? 0
      case 'ArithmeticCommand':
        this.#looseIn(node.expression, place)
        return place.pipeline?.position ?? 0
    }
  }

  #loop(body: CompoundList, place: Place): number {
    const inner = { ...place, loops: place.loops + 1, after: ';' as const }
    return this.#branches(inner, [(here) => this.#list(body, here)])
  }

  /** A variable set in a loop's body is unknown from the second round on. */
  #loopVariables(node: SyntaxNode, place: Place): void {
    if (place.loops >= LOOPS) {
      place.scope.forget()
      return
    }
    const visit = (child: SyntaxNode): void => {
      if (child.type === 'Assignment') place.scope.set(child.name, null)
      else if (child.type === 'For' || child.type === 'Select') place.scope.set(child.name.value, null)
      else if (child.type === 'Word') return
      forEachChild(child, visit)
    }
    forEachChild(node, visit)
  }

  #simple(node: Command, place: Place): number {
    const found: Substitution[] = []
    const context = this.#expander(place, found)
    const assignments: AssignmentFact[] = []
    const redirections: Redirection[] = []
    for (const item of node.prefix) {
      if (item.type !== 'Assignment') {
        redirections.push(item)
        continue
      }
      const { value } = this.#assignment(item, context)
      assignments.push({ name: item.name, value, span: place.text.span(item.pos, item.end) })
      // `A=1 B=$A` sees the new A; `A=1 echo $A` does not, and A is gone afterwards.
      if (node.name === undefined) place.scope.set(item.name, item.index === undefined ? value : null)
    }
    const fields = node.name === undefined ? [] : expandWord(node.name, context)
    for (const item of node.suffix) {
      if (item.type === 'Word') fields.push(...expandWord(item, context))
      else if (item.type === 'Assignment') fields.push(this.#assignment(item, context).field)
      else redirections.push(item)
    }
    const { redirects, stdin } = this.#redirects(redirections, place, found)
    const words = this.#unalias(fields, place)
    return this.#emit({ start: node.pos, end: node.end, fields: words, assignments, redirects, stdin, found }, place)
  }

  #assignment(item: Assignment, context: ExpandContext): { value: string | null; field: Field } {
    const name = `${item.name}${item.append === true ? '+=' : '='}`
    const head: Chunk = { at: 0, length: name.length, start: item.pos, end: item.pos + name.length, exact: true }
    const base = { start: item.pos, end: item.end }
    if (item.value.type === 'ArrayValue') {
      visitArray(item.value, context)
      const tail: Chunk = { at: name.length, length: 1, start: item.value.pos, end: item.value.end, exact: false }
      return { value: null, field: { ...base, value: null, text: name + UNKNOWN, chunks: [head, tail], quoted: false } }
    }
    const field = expandSingle(item.value, context)
    let value = field.value
    if (item.append === true) {
      const before = context.scope.get(item.name)
      const old = before.is === 'value' ? before.value : before.is === 'unset' ? '' : null
      value =
        old === null || value === null || old.length + value.length > this.#gatherer.limits.value ? null : old + value
    }
    const chunks = [head, ...field.chunks.map((chunk) => ({ ...chunk, at: chunk.at + name.length }))]
    const whole = field.value === null ? null : name + field.value
    return { value, field: { ...base, value: whole, text: name + field.text, chunks, quoted: field.quoted } }
  }

  #redirects(items: readonly Redirection[], place: Place, found: Substitution[] = []) {
    const context = this.#expander(place, found)
    const redirects: Redirect[] = []
    let stdin: Simple['stdin']
    for (const item of items) {
      const descriptor = item.descriptor
      const onInput = descriptor === undefined || (descriptor.type === 'FileDescriptor' && descriptor.value === 0)
      if (item.type === 'HereDoc') {
        const field = expandHereDoc(item, context)
        if (onInput) stdin = { field, how: 'here-doc' }
      } else if (item.type === 'HereString') {
        const field = item.target === undefined ? undefined : expandSingle(item.target, context)
        if (onInput && field !== undefined) stdin = { field, how: 'here-string' }
      } else {
        const target = item.target === undefined ? null : expandSingle(item.target, context).value
        const front = descriptor?.type === 'FileDescriptor' ? String(descriptor.value) : ''
        redirects.push({ operator: front + item.operator, target, span: place.text.span(item.pos, item.end) })
      }
    }
    return { redirects, stdin, found }
  }

  /** A non-interactive bash does not look at aliases; the other shells do. */
  #unalias(fields: Field[], place: Place): Field[] {
    const first = fields[0]
    if (place.bash || first === undefined || first.quoted || first.value === null) return fields
    const alias = this.#aliases.get(first.value)
    if (alias === undefined) return fields
    const words = splitField({ ...alias, start: first.start, end: first.end })
    return [...words, ...fields.slice(1)]
  }

  /** Puts a simple command down, then what stands inside it. */
  #emit(simple: Simple, place: Place): number {
    const unwrapped = unwrap(simple.fields)
    const called = unwrapped.wrappers.length === 0 ? unwrapped.words[0]?.value : undefined
    const shadowed = called !== undefined && called !== null && this.#functions.has(called)
    const before = this.#previous
    const command = this.#gatherer.put(simple, unwrapped, place, shadowed)
    const { index } = command
    for (const item of simple.found) this.#nested(item, { ...place, within: { command: index, how: item.how } })
    const position = { id: command.pipeline, position: command.position }
    const inside: Place = {
      ...place,
      asUser: command.asUser,
      wrappers: [...place.wrappers, ...unwrapped.wrappers],
      within: { command: index, how: 'argument' },
      pipeline: position,
      after: 'start',
      redirects: [],
      last: false,
      depth: place.depth + 1,
    }
    for (const { label, words } of unwrapped.inner) {
      const start = words[0]?.start ?? simple.start
      const inner = { start, end: words.at(-1)?.end ?? start, fields: words, assignments: [], redirects: [], found: [] }
      if (inside.depth > this.#gatherer.limits.depth) this.#gatherer.tooDeep()
      else this.#emit(inner, { ...inside, wrappers: [...inside.wrappers, label] })
    }
    for (const script of unwrapped.scripts) this.#argument(script, simple, unwrapped, inside)
    const input = this.#inputOf(simple, unwrapped, command, place, before)
    if (input !== undefined) this.#input(input, simple, unwrapped, inside)
    this.#previous = { simple, unwrapped, command, text: place.text }
    applyEffects(unwrapped, place.scope, (name, value) => this.#aliases.set(name, value))
    return this.#gatherer.nextPosition(command)
  }

  #argument(argument: ScriptArgument, simple: Simple, unwrapped: Unwrapped, inside: Place): void {
    const script = joined(argument.fields, inside.text)
    const known = script.text.split(UNKNOWN).join('').trim()
    if (known === '') return
    const wrappers = [...inside.wrappers, argument.label]
    const bash = argument.sameShell ? inside.bash : argument.label !== 'sh -c' && isBash(argument.label)
    const always = inside.always && !argument.later
    if (argument.sameShell) {
      this.#text({ ...inside, text: script, wrappers, always })
      return
    }
    const scope = childScope(simple, unwrapped, inside.scope)
    argument.call?.positional.forEach((field, index) => {
      scope.set(String(index), field.value)
    })
    if (argument.call?.errexit !== undefined) scope.set(ERREXIT, argument.call.errexit ? '1' : '')
    if (argument.call?.pipefail !== undefined) scope.set(PIPEFAIL, argument.call.pipefail ? '1' : '')
    this.#text({ ...inside, text: script, scope, wrappers, always, last: true, bash })
    if (inside.depth === 1) this.#innerFlags = flagsOf(scope)
  }

  /** A text that is given to a command on its standard input: its own here-document, or what `echo` pipes to it. */
  #inputOf(
    simple: Simple,
    unwrapped: Unwrapped,
    command: ShellCommand,
    place: Place,
    before: Emitted | undefined,
  ): InputText | undefined {
    const { stdin } = simple
    if (stdin !== undefined)
      return { text: nestedText(stdin.field.text, stdin.field.chunks, place.text), how: stdin.how }
    if (before === undefined || place.after !== '|' || !isShell(nameOf(unwrapped.words[0]))) return undefined
    const joins = before.command.pipeline === command.pipeline && before.command.position === command.position - 1
    return joins ? writtenText(before) : undefined
  }

  /** A text that a shell reads is a script. */
  #input(input: InputText, simple: Simple, unwrapped: Unwrapped, inside: Place): void {
    const name = nameOf(unwrapped.words[0])
    if (name === null) return
    const call = isShell(name) ? shellCall(unwrapped.words) : undefined
    const reads = call?.stdin === true || (name === 'su' && unwrapped.scripts.length === 0)
    if (!reads || input.text.text.split(UNKNOWN).join('').trim() === '') return
    const scope = childScope(simple, unwrapped, inside.scope)
    if (call?.errexit !== undefined) scope.set(ERREXIT, call.errexit ? '1' : '')
    const within = { command: inside.within?.command ?? 0, how: input.how }
    const wrappers = [...inside.wrappers, name]
    const { text } = input
    this.#text({ ...inside, text, scope, wrappers, within, pipeline: undefined, last: true, bash: isBash(name) })
  }

  #nested(item: Substitution, place: Place): void {
    if (place.depth >= this.#gatherer.limits.depth) {
      this.#gatherer.tooDeep()
      return
    }
    const here: Place = {
      ...place,
      text: item.text,
      depth: place.depth + 1,
      pipeline: undefined,
      after: 'start',
      redirects: [],
      last: false,
    }
    this.#apart(here, () => this.#script(item.script, here))
  }

  /** Walks substitutions that belong to no simple command. */
  #loose(found: readonly Substitution[], place: Place): void {
    for (const item of found) this.#nested(item, place)
  }

  #looseIn(node: SyntaxNode | Word | undefined, place: Place): void {
    if (node === undefined) return
    const found: Substitution[] = []
    visitSubstitutions(node, this.#expander(place, found))
    this.#loose(found, place)
  }

  #expander(place: Place, found: Substitution[]): ExpandContext {
    const { text, scope, bash } = place
    return {
      text,
      scope,
      braces: bash,
      valueLimit: this.#gatherer.limits.value,
      found,
      tooDeep: () => this.#gatherer.tooDeep(),
      spend: (units) => this.#gatherer.spend(units),
    }
  }
}

function hasPattern(field: Field): boolean {
  return !field.quoted && /[*?[]/.test(field.text)
}
