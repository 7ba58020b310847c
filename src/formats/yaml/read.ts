/**
 * YAML (and with it JSON) as a tree with spans. Lexer, parser and composer are those of the `yaml` package, driven
 * token by token so that depth, size and errors stay bounded; typing, duplicate keys and aliases are ours, because the
 * package's own are quadratic on wide maps or expand the document.
 *
 * go-yaml, which reads the files in the end, breaks lines at a lone CR, NEL, LS and PS too: a comment that hides
 * `privileged: true` behind one of them hides it from no one here.
 */
import type { Node, Pair, ParsedNode, Scalar } from 'yaml'
import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Lexer, Parser } from 'yaml'
import type { SourceText, Span } from '../../core/span.ts'
import type { TreeEntry, TreeNode, TreeScalar } from '../../core/tree.ts'
import { resolvePlain, resolveTagged } from './schema.ts'

export interface YamlOptions {
  /** `1.2`: as Compose types scalars; `1.1`: as Kubernetes does. */
  readonly version: '1.2' | '1.1'
  /**
   * Masks each scalar before it enters the tree; must keep its length. `span` is the text without its quotes.
   * `keyPath`: `services.api.environment.HF_TOKEN`; a list's item is addressed by its `name` where it has one
   * (`spec.containers[app].env[HF_TOKEN].value`), else by index; a key with a dot stands in brackets; a key's own text
   * comes with its mapping's path and `.(key)`. `exact`: unit i of the text is byte `span.start + i`.
   */
  readonly mask?: (text: string, span: Span, keyPath: string, exact: boolean) => string
}

export interface YamlProblem {
  readonly message: string
  readonly span: Span
  readonly level: 'error' | 'warning'
  /** `syntax` unless said otherwise; `limit`: the file was not read to its end. */
  readonly code: 'syntax' | 'duplicate-key' | 'unknown-alias' | 'limit'
}

export interface YamlReading {
  /** One per document; null where it is empty. */
  readonly documents: (TreeNode | null)[]
  readonly problems: YamlProblem[]
  readonly comments: { readonly text: string; readonly span: Span }[]
}

export const YAML_LIMITS = {
  depth: 100,
  nodes: 500_000,
  lexemes: 2_500_000,
  documents: 10_000,
  problems: 100,
  comments: 100_000,
} as const

/** Reads all documents of a file. Never throws: what is wrong is a problem, and what could be read is there. */
export function readYaml(source: SourceText, options: YamlOptions): YamlReading {
  const reading: YamlReading = { documents: [], problems: [], comments: [] }
  const problems = new Problems(source, reading.problems)
  if (/^(\uDCFF\uDCFE|\uDCFE\uDCFF)/.test(source.text)) {
    problems.add('limit', 'the file is UTF-16: only UTF-8 is read', 0, source.text.length)
    return reading
  }
  try {
    reportForbiddenCharacters(source.text, problems)
    for (const contents of composeDocuments(source, reading, problems)) {
      const builder = new TreeBuilder(source, options, problems)
      reading.documents.push(isNothing(contents) ? null : builder.node(contents, '', 0))
    }
  } catch (error) {
    if (!(error instanceof TooManyProblems)) problems.force(`the file could not be parsed: ${messageOf(error)}`)
  }
  return reading
}

/** An empty document is composed as a scalar of no text. */
function isNothing(contents: ParsedNode | null): contents is null {
  if (contents === null) return true
  return (
    isScalar(contents) &&
    contents.range[0] === contents.range[1] &&
    contents.anchor === undefined &&
    contents.tag === undefined
  )
}

class TooManyProblems extends Error {}

class Problems {
  readonly #source: SourceText
  readonly #list: YamlProblem[]
  #cut = false

  constructor(source: SourceText, list: YamlProblem[]) {
    this.#source = source
    this.#list = list
  }

  /** `start`, `end` in UTF-16 units. Throws once there are too many: such a file is no YAML. */
  add(
    code: YamlProblem['code'],
    message: string,
    start: number,
    end: number,
    level: YamlProblem['level'] = 'error',
  ): void {
    if (this.#cut) return
    if (code !== 'syntax' && code !== 'limit' && this.#list.length >= YAML_LIMITS.problems - 1) return
    this.#list.push({ code, message, span: this.#source.span(start, Math.max(start, end)), level })
    // What follows a cut is the cut's own doing.
    if (code === 'limit') this.#cut = true
    if (this.#list.length >= YAML_LIMITS.problems) throw new TooManyProblems('too many problems')
  }

  force(message: string): void {
    this.#list.push({ code: 'limit', message, span: { start: 0, end: 0 }, level: 'error' })
  }
}

/** The characters that go-yaml refuses anywhere in a file. */
const FORBIDDEN =
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\uFFFE\uFFFF]|[\uDC80-\uDCFF](?<![\uD800-\uDBFF][\uDC80-\uDCFF])/

function reportForbiddenCharacters(text: string, problems: Problems): void {
  const found = FORBIDDEN.exec(text)
  if (found === null) return
  const what = /[\uDC80-\uDCFF]/.test(found[0]) ? 'a byte that is not UTF-8' : 'a control character'
  problems.add('syntax', `${what} is not allowed in YAML`, found.index, found.index + 1)
}

/** Lexes, parses and composes, one document at a time. */
function* composeDocuments(source: SourceText, reading: YamlReading, problems: Problems): Generator<ParsedNode | null> {
  // Same length, so every offset stays true.
  const text = source.text.replace(/\r(?!\n)|[\u0085\u2028\u2029]/g, '\n')
  const parser = new Parser()
  // `failsafe`: every scalar stays text; typing is ours (schema.ts). Unique keys are checked in linear time below.
  const composer = new Composer({ schema: 'failsafe', resolveKnownTags: false, uniqueKeys: false, logLevel: 'silent' })
  const limits = new LexemeLimits(parser, problems)
  // The composer reports to this function; ours keeps no error objects and ends a file that is nothing but errors.
  Object.assign(composer, {
    onError: (at: unknown, code: string, message: string, warning?: boolean) => {
      if (code === 'TAG_RESOLVE_FAILED' && warning === true) return
      const [start, end] = errorRange(at)
      problems.add('syntax', message, start, end, warning === true ? 'warning' : 'error')
    },
  })
  let documents = 0
  const compose = function* (tokens: Iterable<Parameters<Composer['next']>[0]>): Generator<ParsedNode | null> {
    for (const token of tokens) {
      if (token.type === 'error') {
        const [start, end] = errorRange(token)
        problems.add('syntax', token.message, start, end)
        continue
      }
      for (const document of composer.next(token)) {
        documents++
        yield document.contents as ParsedNode | null
      }
    }
  }
  for (const lexeme of new Lexer().lex(text)) {
    const at = parser.offset
    if (limits.isComment(lexeme) && reading.comments.length < YAML_LIMITS.comments) {
      reading.comments.push({ text: lexeme, span: source.span(at, at + lexeme.length) })
    }
    if (!limits.accept(lexeme, documents)) break
    yield* compose(parser.next(lexeme))
  }
  yield* compose(parser.end())
  for (const document of composer.end(true, text.length)) {
    // An empty file, or only comments: no document for Compose and Kubernetes.
    if (documents > 0 || document.contents !== null) yield document.contents as ParsedNode | null
  }
}

/** Watches what goes into the parser, whose memory and recursion grow with it. */
class LexemeLimits {
  readonly #parser: Parser
  readonly #problems: Problems
  #nodes = 0
  #lexemes = 0
  #afterScalarMark = false

  constructor(parser: Parser, problems: Problems) {
    this.#parser = parser
    this.#problems = problems
  }

  isComment(lexeme: string): boolean {
    return lexeme.startsWith('#') && !this.#afterScalarMark
  }

  accept(lexeme: string, documents: number): boolean {
    const scalarBody = this.#afterScalarMark
    this.#afterScalarMark = !scalarBody && lexeme === SCALAR_MARK
    if (!scalarBody && COUNTED.has(lexeme.charAt(0))) this.#nodes++
    const why =
      this.#nodes > YAML_LIMITS.nodes
        ? `more than ${YAML_LIMITS.nodes} values`
        : ++this.#lexemes > YAML_LIMITS.lexemes
          ? `more than ${YAML_LIMITS.lexemes} tokens`
          : this.#parser.stack.length > YAML_LIMITS.depth + 2
            ? `nested deeper than ${YAML_LIMITS.depth} levels`
            : documents > YAML_LIMITS.documents
              ? `more than ${YAML_LIMITS.documents} documents`
              : undefined
    if (why === undefined) return true
    this.#problems.add('limit', `the file is not read further: ${why}`, this.#parser.offset, this.#parser.offset + 1)
    return false
  }
}

const SCALAR_MARK = '\u001F'
/** First characters of lexemes that make a node or may stand for an empty one. */
const COUNTED = new Set([SCALAR_MARK, '*', '-', ':', '?', '[', '{', ',', "'", '"', '&', '!'])

class TreeBuilder {
  readonly #source: SourceText
  readonly #options: YamlOptions
  readonly #problems: Problems
  readonly #anchors = new Map<string, number>()
  #ids = 0

  constructor(source: SourceText, options: YamlOptions, problems: Problems) {
    this.#source = source
    this.#options = options
    this.#problems = problems
  }

  node(node: Node | null | undefined, keyPath: string, at: number): TreeNode {
    if (node === null || node === undefined) return this.#empty(at)
    const range = (node.range ?? [at, at, at]) as [number, number, number]
    const span = this.#source.span(range[0], isScalar(node) ? this.#scalarEnd(node, range) : range[1])
    if (isAlias(node)) {
      const to = this.#anchors.get(node.source)
      if (to === undefined)
        this.#problems.add('unknown-alias', `no anchor "${node.source}" before this alias`, range[0], range[1])
      return { type: 'alias', name: node.source, span, ...(to === undefined ? {} : { to }) }
    }
    const base = { span, ...this.#properties(node as Scalar) }
    if (isScalar(node)) return this.#scalar(node, base, range, keyPath)
    if (isMap(node)) {
      const entries = this.#entries(node.items as Pair[], keyPath, range[0])
      return {
        type: 'map',
        flow: node.flow === true,
        entries,
        ...base,
        span: endingAt(base.span, node.flow, entries.at(-1)?.value),
      }
    }
    if (isSeq(node)) {
      const items = node.items.map((item, index) => {
        const where = limited(`${keyPath}[${nameOf(item) ?? index}]`)
        return isPair(item) ? this.#empty(range[0]) : this.node(item as Node | null, where, range[1])
      })
      return {
        type: 'list',
        flow: node.flow === true,
        items,
        ...base,
        span: endingAt(base.span, node.flow, items.at(-1)),
      }
    }
    return this.#empty(range[0])
  }

  /** A block scalar ends with its last line's text; with `+` its trailing blank lines are text too. */
  #scalarEnd(node: Scalar, range: readonly [number, number, number]): number {
    if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return range[1]
    const text = this.#source.text
    const keeps = /^[|>][0-9]?\+/.test(text.slice(range[0], range[0] + 3))
    let end = range[1]
    while (end > range[0] && /[\s]/.test(text.charAt(end - 1))) {
      end--
      if (keeps && text.charAt(end) === '\n') break
    }
    return keeps && text.charAt(end - 1) === '\r' ? end - 1 : end
  }

  #properties(node: { anchor?: string | undefined; tag?: string | undefined }): {
    id?: number
    anchor?: string
    tag?: string
  } {
    const properties: { id?: number; anchor?: string; tag?: string } = {}
    if (node.anchor !== undefined && node.anchor !== '') {
      properties.id = this.#ids++
      properties.anchor = node.anchor
      this.#anchors.set(node.anchor, properties.id)
    }
    const tag = node.tag
    if (tag !== undefined) properties.tag = tag.startsWith(YAML_TAG) ? `!!${tag.slice(YAML_TAG.length)}` : tag
    return properties
  }

  #entries(pairs: readonly Pair[], keyPath: string, start: number): TreeEntry[] {
    const seen = new Set<string>()
    const entries: TreeEntry[] = []
    let at = start
    for (const pair of pairs) {
      const keyNode = pair.key as Node | null
      const range = (keyNode?.range ?? [at, at, at]) as [number, number, number]
      const key = this.#key(keyNode, keyPath)
      // Two merge keys are allowed by both readers; a collection as a key has no text to compare.
      if (key.text !== '<<' && !key.collection) {
        if (seen.has(key.text)) this.#duplicate(key.text, range)
        seen.add(key.text)
      }
      const value = this.node(pair.value as Node | null, childPath(keyPath, key.text), range[1])
      at = value.span.end
      const keySpan = this.#source.span(range[0], range[1])
      entries.push({ key: key.text, keySpan, ...(key.isString ? {} : { keyNotString: true as const }), value })
    }
    return entries
  }

  #key(node: Node | null, keyPath: string): { text: string; isString: boolean; collection: boolean } {
    if (node === null) return { text: '', isString: false, collection: false }
    if (isAlias(node)) return { text: `*${node.source}`, isString: false, collection: true }
    // A key is no value of its parent's name: `password: { valueFrom: … }` holds no password "valueFrom".
    const tree = this.node(node, `${keyPath}.(key)`, node.range?.[0] ?? 0)
    if (tree.type !== 'scalar') {
      const text = this.#source.slice(tree.span).slice(0, 200)
      return { text: this.#mask(text, tree.span, `${keyPath}.(key)`, false), isString: false, collection: true }
    }
    return { text: tree.text, isString: typeof tree.value === 'string', collection: false }
  }

  #duplicate(key: string, range: readonly [number, number, number]): void {
    const lastWins = this.#options.version === '1.1'
    const message = `the key "${key.slice(0, 80)}" stands here twice${lastWins ? ': the last one counts' : ''}`
    this.#problems.add('duplicate-key', message, range[0], range[1], lastWins ? 'warning' : 'error')
  }

  #scalar(
    node: Scalar,
    base: { span: Span; id?: number; anchor?: string; tag?: string },
    range: readonly [number, number, number],
    keyPath: string,
  ): TreeScalar {
    const text = typeof node.value === 'string' ? node.value : String(node.source ?? '')
    const style = STYLES[node.type ?? 'PLAIN'] ?? 'plain'
    const quotes = style === 'single' || style === 'double' ? 1 : 0
    const exact =
      style !== 'block' &&
      this.#source.text.startsWith(text, range[0] + quotes) &&
      range[1] - range[0] - 2 * quotes === text.length
    const inside =
      quotes === 0 ? base.span : { start: base.span.start + 1, end: Math.max(base.span.start + 1, base.span.end - 1) }
    const masked = this.#mask(text, inside, keyPath, exact && inside.end - inside.start === text.length)
    const value =
      masked !== text
        ? masked
        : base.tag !== undefined && base.tag !== '!!str' && base.tag !== '!'
          ? this.#tagged(base.tag, text, style !== 'plain', inside, keyPath)
          : style === 'plain' && base.tag === undefined
            ? resolvePlain(text, this.#options.version)
            : text
    return { type: 'scalar', value, text: masked, style, ...base }
  }

  #tagged(tag: string, text: string, quoted: boolean, span: Span, keyPath: string): TreeScalar['value'] {
    const value = resolveTagged(tag, text, quoted, this.#options.version)
    return typeof value === 'string' && value !== text ? this.#mask(value, span, keyPath, false) : value
  }

  #mask(text: string, span: Span, keyPath: string, exact: boolean): string {
    return text === '' || this.#options.mask === undefined ? text : this.#options.mask(text, span, keyPath, exact)
  }

  #empty(at: number): TreeScalar {
    return { type: 'scalar', value: null, text: '', style: 'plain', span: this.#source.span(at, at) }
  }
}

/** A block collection ends where its last value does, not behind the blanks and comments that follow. */
function endingAt(span: Span, flow: boolean | undefined, last: TreeNode | undefined): Span {
  return flow === true || last === undefined ? span : { start: span.start, end: Math.max(span.start, last.span.end) }
}

const YAML_TAG = 'tag:yaml.org,2002:'

const STYLES: Readonly<Record<string, TreeScalar['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
}

/** The `name` of a list's item, which addresses it better than its index. */
function nameOf(item: unknown): string | undefined {
  if (!isMap(item)) return undefined
  for (const pair of item.items.slice(0, 20)) {
    if (
      isScalar(pair.key) &&
      pair.key.value === 'name' &&
      isScalar(pair.value) &&
      typeof pair.value.value === 'string'
    ) {
      return pair.value.value === '' ? undefined : pair.value.value.slice(0, LONGEST_SEGMENT)
    }
  }
  return undefined
}

const LONGEST_SEGMENT = 200
const LONGEST_PATH = 2000

function childPath(keyPath: string, key: string): string {
  const segment = key.slice(0, LONGEST_SEGMENT)
  if (segment.includes('.')) return limited(`${keyPath}[${segment}]`)
  return limited(keyPath === '' ? segment : `${keyPath}.${segment}`)
}

/** Bounded, or a deep document with long keys would cost depth × length for each scalar. */
function limited(keyPath: string): string {
  return keyPath.length > LONGEST_PATH ? keyPath.slice(0, LONGEST_PATH) : keyPath
}

function errorRange(at: unknown): [number, number] {
  if (typeof at === 'number') return [at, at + 1]
  if (Array.isArray(at)) return [Number(at[0]), Number(at[1] ?? at[0])]
  const { offset, source } = at as { offset: number; source?: unknown }
  return [offset, offset + (typeof source === 'string' ? Math.min(source.length, 200) : 1)]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
