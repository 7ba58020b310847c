/** Hands every string of an instruction to the secrets masker before it may enter a fact, placed as exactly as can be. */
import type { Emit } from '../../core/analyzer.ts'
import type { Carrier } from '../../core/facts/secret.ts'
import type { SourceText } from '../../core/span.ts'
import type { JoinedLine, Range } from './lines.ts'

/** Masks a decoded string; gives back text of the same length. */
export type Mask = Emit['text']

/** For callers that parse text which holds no fact's strings (tests, text that is masked already). */
export const unmasked: Mask = (text) => text

/** The carrier and key under which an instruction's own text is looked at. */
export function carrierOf(keyword: string): Carrier {
  switch (keyword) {
    case 'ENV':
      return 'image-env'
    case 'ARG':
      return 'build-arg'
    case 'LABEL':
      return 'label'
    case 'CMD':
    case 'ENTRYPOINT':
    case 'HEALTHCHECK':
      return 'command'
    case 'RUN':
    case 'COPY':
    case 'ADD':
      return 'run'
    default:
      return 'file'
  }
}

/** `[start, end)` of a joined line, masked line by line so that a find is placed on its own line. */
export function maskRange(
  joined: JoinedLine,
  start: number,
  end: number,
  carrier: Carrier,
  key: string,
  mask: Mask,
  text = joined.text,
): string {
  let masked = ''
  for (const stretch of joined.stretches(start, end)) {
    const part = text.slice(stretch.start, stretch.end)
    const span = joined.source.span(stretch.from, stretch.from + part.length)
    masked += blank(part) ? part : sameLength(mask(part, { span, exact: isAscii(part), key, carrier }), part)
  }
  return masked
}

/** A value that has a name of its own: looked at whole, so that the name is known to belong to it. */
export function maskValue(joined: JoinedLine, value: Range, carrier: Carrier, key: string, mask: Mask): string {
  const text = joined.text
  const raw = text.slice(value.start, value.end)
  const quote = raw.length >= 2 && (raw[0] === '"' || raw[0] === "'") && raw.at(-1) === raw[0] ? (raw[0] as string) : ''
  const inner = quote === '' ? raw : raw.slice(1, -1)
  if (inner === '') return raw
  const start = value.start + quote.length
  const end = value.end - quote.length
  const exact = isAscii(inner) && joined.stretches(start, end).length === 1
  const masked = mask(inner, { span: joined.span(start, end), exact, key, carrier })
  return quote + sameLength(masked, inner) + quote
}

/** A contiguous range of the source (a comment, a here-document's body), masked whole. */
export function maskSource(source: SourceText, range: Range, carrier: Carrier, key: string, mask: Mask): string {
  const text = source.text.slice(range.start, range.end)
  if (blank(text)) return text
  return sameLength(mask(text, { span: source.span(range.start, range.end), exact: isAscii(text), key, carrier }), text)
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}

function blank(text: string): boolean {
  return text.trim() === ''
}

/** Offsets rely on equal length: a masker that breaks its word costs the text, never a secret. */
function sameLength(masked: string, text: string): string {
  return masked.length === text.length ? masked : '*'.repeat(text.length)
}
