/** The values of Secret objects in a file, decoded, by where they stand. */
import type { SourceText } from '../../core/span.ts'
import { readYaml } from '../../formats/yaml/read.ts'
import { entriesOf, get } from '../../formats/yaml/tree.ts'
import { objectsOf } from './objects.ts'

/** Longer values are decoded up to here: no credential is longer. */
const MOST_DECODED = 64 * 1024

/** By byte offset of the text (behind an opening quote). Reads the file only where it speaks of a Secret. */
export function secretValues(source: SourceText): ReadonlyMap<number, string> {
  const values = new Map<number, string>()
  if (!/kind["']?\s*:\s*["']?Secret/.test(source.text)) return values
  for (const { objectKind, tree, context } of objectsOf(readYaml(source, { version: '1.1' }).documents)) {
    if (objectKind !== 'Secret') continue
    for (const { field, isBase64 } of [
      { field: 'data', isBase64: true },
      { field: 'stringData', isBase64: false },
    ]) {
      for (const { value } of entriesOf(get(tree, field, context), context)) {
        if (value.type !== 'scalar' || value.text === '') continue
        const quote = value.style === 'single' || value.style === 'double' ? 1 : 0
        const text = value.text.slice(0, MOST_DECODED * 2)
        values.set(value.span.start + quote, isBase64 ? decode(text) : text)
      }
    }
  }
  return values
}

function decode(text: string): string {
  const compact = text.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return text
  const bytes = Buffer.from(compact, 'base64')
  return bytes.subarray(0, MOST_DECODED).toString('utf8')
}
