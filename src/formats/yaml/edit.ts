/**
 * A run of changes to one YAML document by path. Each is spliced into the text and the text is read again, so that the
 * next one sees it; in the end the edits are told in terms of the original file.
 */
import type { TextEdit } from '../../core/fix.ts'
import { encodeText, SourceText, type Span } from '../../core/span.ts'
import type { TreeNode } from '../../core/tree.ts'
import { readYaml, type YamlOptions, type YamlReading } from './read.ts'
import type { BlockStyle, YamlValue } from './render.ts'
import { appendItem, blockStyleOf, removeEntry, removeItem, type Splice, setEntry } from './splice.ts'
import { readWindow, type Window, windowAround } from './window.ts'

/** Keys, and list indexes as numbers. */
export type YamlPath = readonly (string | number)[]

/** A file as it is before it is edited. Read once, however many changes are tried on it; no scalar is masked. */
export function readOriginal(source: SourceText, version: YamlOptions['version']): YamlReading {
  const known = originals.get(source)
  if (known?.version === version) return known.reading
  const reading = readYaml(source, { version })
  originals.set(source, { version, reading })
  return reading
}

const originals = new WeakMap<SourceText, { readonly version: YamlOptions['version']; readonly reading: YamlReading }>()

export class YamlEdit {
  readonly #version: YamlOptions['version']
  readonly #document: number
  #pieces: Pieces
  #isSound = true
  #source: SourceText
  /** Stale, but for its shape outside of the window, as soon as there is one. */
  #root: TreeNode | null
  /** The entry that was changed and read again. */
  #window: Window | undefined
  #style: BlockStyle | undefined

  /** `document`: its index among the file's documents. */
  constructor(source: SourceText, version: YamlOptions['version'], document: number) {
    this.#version = version
    this.#document = document
    this.#pieces = new Pieces(source.bytes)
    this.#source = source
    this.#root = this.#take(readOriginal(source, version))
  }

  /** The text as it is now. */
  get source(): SourceText {
    return this.#source
  }

  /** The document as it is now. */
  get root(): TreeNode | null {
    if (this.#window !== undefined) this.#readWhole()
    return this.#root
  }

  /** What changed since the beginning, in bytes of the original, sorted and apart. */
  edits(): readonly TextEdit[] {
    return this.#pieces.edits()
  }

  /** The node at `path` as written; undefined where there is none, or an alias or merge key is in the way. */
  node(path: YamlPath): TreeNode | undefined {
    const window = this.#window
    const isInside = window?.path.every((step, index) => path[index] === step) === true
    let node: TreeNode | null | undefined = isInside ? window?.value : this.root
    for (const step of isInside ? path.slice(window?.path.length) : path) {
      if (node?.type === 'map') node = node.entries.findLast((entry) => entry.key === String(step))?.value
      else if (node?.type === 'list' && typeof step === 'number') node = node.items[step]
      else return undefined
    }
    return node ?? undefined
  }

  /** Sets the value at `path`, making the mappings above it. Gives back why not, where it cannot. */
  set(path: YamlPath, value: YamlValue): string | undefined {
    for (let length = path.length - 1; length >= 0; length--) {
      const owner = this.node(path.slice(0, length))
      const isEmpty = owner?.type === 'scalar' && owner.value === null && length > 0
      if (owner === undefined || isEmpty) continue
      if (owner.type === 'alias') return `an alias (*${owner.name}) stands at ${show(path.slice(0, length))}`
      if (owner.type !== 'map') return `${show(path.slice(0, length)) || 'the document'} is no mapping`
      const rest = path.slice(length + 1)
      if (rest.some((step) => typeof step === 'number')) return `there is no ${show(path.slice(0, -1))}`
      const nested = rest.reduceRight<YamlValue>((inner, step) => ({ [String(step)]: inner }), value)
      const splice = setEntry(this.#source, owner, String(path[length]), nested, this.#blockStyle())
      return this.#apply(splice, path.slice(0, length))
    }
    return 'the document is empty'
  }

  /** Appends to the list at `path`, or makes it. */
  append(path: YamlPath, value: YamlValue): string | undefined {
    const list = this.node(path)
    if (list === undefined || (list.type === 'scalar' && list.value === null)) return this.set(path, [value])
    if (list.type === 'alias') return `an alias (*${list.name}) stands at ${show(path)}`
    if (list.type !== 'list') return `${show(path)} is no list`
    if (list.id !== undefined) return `the list carries the anchor &${list.anchor}, which others may use`
    return this.#apply(appendItem(this.#source, list, value, this.#blockStyle()), path)
  }

  /**
   * Removes the entry or item at `path`. `prune`: collections that this empties go too, up to a list's item or the
   * document; else `{}` or `[]` is left.
   */
  remove(path: YamlPath, options: { readonly prune: boolean }): string | undefined {
    let target = path
    while (options.prune && target.length > 1) {
      const owner = this.node(target.slice(0, -1))
      const size = owner?.type === 'map' ? owner.entries.length : owner?.type === 'list' ? owner.items.length : 0
      const isItem = typeof target.at(-2) === 'number'
      if (size !== 1 || isItem || owner?.id !== undefined) break
      target = target.slice(0, -1)
    }
    const last = target.at(-1)
    const above = target.slice(0, -1)
    const owner = this.node(above)
    if (owner?.type === 'map' && last !== undefined)
      return this.#apply(removeEntry(this.#source, owner, String(last)), above)
    if (owner?.type === 'list' && typeof last === 'number')
      return this.#apply(removeItem(this.#source, owner, last), above)
    return `there is no ${show(path)}`
  }

  /** `owner`: the path of the collection that changes. */
  #apply(splice: Splice, owner: YamlPath): string | undefined {
    if (typeof splice === 'string') return splice
    if (!this.#isSound) return 'the file is not valid YAML'
    if (splice.length === 0) return undefined
    const before = { pieces: this.#pieces.copy(), source: this.#source, root: this.#root, window: this.#window }
    const window = this.#window ?? windowAround(this.#source, this.#root, owner)
    this.#pieces.apply(splice)
    this.#source = new SourceText(this.#pieces.bytes())
    if (window !== undefined && splice.every(({ span }) => contains(window.lines, span))) {
      const growth = this.#source.bytes.length - before.source.bytes.length
      this.#window = readWindow(this.#source, window, growth, this.#version)
      if (this.#window !== undefined) return undefined
    }
    this.#readWhole()
    if (this.#isSound) return undefined
    // The last line of defence: a file that could be read before can be read after.
    this.#pieces = before.pieces
    this.#source = before.source
    this.#root = before.root
    this.#window = before.window
    this.#isSound = true
    return 'the change would leave the file unreadable'
  }

  #readWhole(): void {
    this.#window = undefined
    this.#root = this.#take(readYaml(this.#source, { version: this.#version }))
  }

  #take({ documents, problems }: YamlReading): TreeNode | null {
    this.#isSound = !problems.some(({ code, level }) => level === 'error' && code !== 'duplicate-key')
    return documents[this.#document] ?? null
  }

  /** The style of the file as it was. */
  #blockStyle(): BlockStyle {
    this.#style ??= blockStyleOf(this.#source, this.root)
    return this.#style
  }
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}

function show(path: YamlPath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}

/** A text as ranges of the original and insertions, so that edits on edits can be told as edits of the original. */
class Pieces {
  readonly #original: Uint8Array
  #pieces: ({ readonly start: number; readonly end: number } | { readonly added: Uint8Array })[]

  constructor(original: Uint8Array) {
    this.#original = original
    this.#pieces = [{ start: 0, end: original.length }]
  }

  copy(): Pieces {
    const copy = new Pieces(this.#original)
    copy.#pieces = [...this.#pieces]
    return copy
  }

  apply(edits: readonly TextEdit[]): void {
    for (const edit of [...edits].sort((one, other) => other.span.start - one.span.start)) {
      const [before, rest] = split(this.#pieces, edit.span.start)
      const [, after] = split(rest, edit.span.end - edit.span.start)
      const added = encodeText(edit.text)
      this.#pieces = [...before, ...(added.length > 0 ? [{ added }] : []), ...after]
    }
  }

  bytes(): Uint8Array {
    return Buffer.concat(
      this.#pieces.map((piece) => ('added' in piece ? piece.added : this.#original.subarray(piece.start, piece.end))),
    )
  }

  edits(): TextEdit[] {
    const edits: TextEdit[] = []
    let at = 0
    let added: Uint8Array[] = []
    const flush = (end: number) => {
      if (end > at || added.length > 0)
        edits.push({ span: { start: at, end }, text: new TextDecoder().decode(Buffer.concat(added)) })
      added = []
    }
    for (const piece of this.#pieces) {
      if ('added' in piece) {
        added.push(piece.added)
        continue
      }
      flush(piece.start)
      at = piece.end
    }
    flush(this.#original.length)
    return edits
  }
}

type Piece = { readonly start: number; readonly end: number } | { readonly added: Uint8Array }

function split(pieces: readonly Piece[], at: number): [Piece[], Piece[]] {
  const before: Piece[] = []
  let left = at
  for (const [index, piece] of pieces.entries()) {
    const length = 'added' in piece ? piece.added.length : piece.end - piece.start
    if (left >= length) {
      before.push(piece)
      left -= length
      continue
    }
    if (left === 0) return [before, pieces.slice(index)]
    const [one, other]: [Piece, Piece] =
      'added' in piece
        ? [{ added: piece.added.subarray(0, left) }, { added: piece.added.subarray(left) }]
        : [
            { start: piece.start, end: piece.start + left },
            { start: piece.start + left, end: piece.end },
          ]
    return [
      [...before, one],
      [other, ...pieces.slice(index + 1)],
    ]
  }
  return [before, []]
}
