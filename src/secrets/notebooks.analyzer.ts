/** Hands over what Jupyter notebooks hold: the source of each cell, and what it printed. */
import { defineAnalyzer, type Emit, type TextFile } from '../core/analyzer.ts'
import type { Carrier } from '../core/facts/secret.ts'
import { type JsonString, visitJsonStrings } from './json-strings.ts'

const MOST_STRINGS = 200_000

export default defineAnalyzer({
  id: 'notebooks',
  area: 'secrets',
  reads: 'text',
  emits: ['secret'],
  selects: { suffixes: ['.ipynb'] },
  analyze(file, emit) {
    const blocks = new Map<string, Block>()
    let strings = 0
    const isJson = visitJsonStrings(file.source.text, (found) => {
      const part = partOf(found.path)
      if (part === null) return
      if (++strings > MOST_STRINGS) return
      emitString(file, emit, found, part)
      collect(blocks, found, part)
    })
    if (strings > MOST_STRINGS)
      emit.skipped('too-many-strings', `more than ${MOST_STRINGS} lines in the notebook's cells`)
    for (const block of blocks.values()) emitBlock(file, emit, block)
    if (isJson) return
    emit.skipped('not-a-notebook', 'the notebook is not whole JSON: its text was searched as it stands')
    emit.text(file.source.text, { span: file.source.span(0, file.source.text.length), carrier: 'file' })
  },
})

interface Part {
  readonly key: string
  readonly carrier: Carrier
}

interface Block extends Part {
  readonly start: number
  end: number
  text: string
}

/** The cell and half of it that a string belongs to; null for pictures, metadata and everything else. */
function partOf(path: readonly (string | number)[]): Part | null {
  const cells = path.indexOf('cells')
  // Format 3 kept its cells in worksheets and its code in `input`.
  if (cells === -1 || cells > 2) return null
  const key = `cells[${path[cells + 1]}]`
  const field = path[cells + 2]
  if (field === 'source' || field === 'input') return { key: `${key}.source`, carrier: 'notebook-source' }
  if (field !== 'outputs') return null
  const output = path[cells + 4]
  if (output === 'metadata' || output === 'output_type') return null
  const type = String(path[cells + 5] ?? '')
  if (output === 'data' && !/^text\/|^application\/(?:json|javascript)$/.test(type)) return null
  if (output === 'png' || output === 'jpeg' || output === 'pdf' || output === 'svg') return null
  return { key: `${key}.outputs`, carrier: 'notebook-output' }
}

/** One line of the notebook: its find has the line's place, and its exact one where nothing in it was escaped. */
function emitString({ source }: TextFile, emit: Emit, { start, end, value }: JsonString, part: Part): void {
  const line = value.endsWith('\n') ? value.slice(0, -1) : value
  if (line === '') return
  const exact = !/[^\x20-\x7e]/.test(line) && source.text.startsWith(line, start)
  const span = exact ? source.span(start, start + line.length) : source.span(start, end)
  emit.text(line, exact ? { span, exact, ...part } : { span, ...part })
}

/** What spans lines, a private key, is found in the joined lines. */
function collect(blocks: Map<string, Block>, { start, end, value }: JsonString, part: Part): void {
  const block = blocks.get(part.key)
  if (block === undefined) blocks.set(part.key, { ...part, start, end, text: value })
  else if (block.text.length < 1 << 20) {
    block.text += value
    block.end = end
  }
}

function emitBlock({ source }: TextFile, emit: Emit, { key, carrier, start, end, text }: Block): void {
  const at = text.indexOf('-----BEGIN')
  if (at === -1 || !text.includes('PRIVATE KEY')) return
  emit.text(text, { span: source.span(start, end), key, carrier })
}
