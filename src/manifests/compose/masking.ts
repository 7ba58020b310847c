/**
 * Every scalar of a Compose file on its way through `secrets/`: under the key that names it best (`- TOKEN=x` under
 * TOKEN, the word behind `--api-key` under api-key, the default of `${TOKEN:-x}` apart), with the carrier that says
 * how it would leak.
 */
import type { Emit } from '../../core/analyzer.ts'
import type { Carrier } from '../../core/facts/secret.ts'
import type { Span } from '../../core/span.ts'
import { defaultsIn } from './interpolate.ts'

export type Mask = (text: string, span: Span, keyPath: string, exact: boolean) => string

export function composeMask(emit: Pick<Emit, 'text'>): Mask {
  let before: { list: string; text: string } | undefined
  return (text, span, keyPath, exact) => {
    const carrier = carrierOf(keyPath)
    const list = /^(.*)\[\d+\]$/.exec(keyPath)?.[1]
    const flag =
      list !== undefined && before?.list === list ? /^--?([A-Za-z][\w-]{0,60})$/.exec(before.text)?.[1] : undefined
    before = list === undefined ? undefined : { list, text }
    if (list !== undefined && isPairList(list)) return maskPair(emit, text, span, list, exact, carrier)
    const key = flag !== undefined && carrier === 'command' ? `${list}.${flag}` : keyPath
    return maskText(emit, text, span, key, exact, carrier)
  }
}

/** `NAME=value`: only the value is handed over, under its name. */
function maskPair(
  emit: Pick<Emit, 'text'>,
  text: string,
  span: Span,
  list: string,
  exact: boolean,
  carrier: Carrier,
): string {
  const equals = text.indexOf('=')
  if (equals <= 0) return maskText(emit, text, span, list, exact, carrier)
  const name = text.slice(0, equals)
  const value = text.slice(equals + 1)
  const valueSpan = exact ? { start: span.start + equals + 1, end: span.end } : span
  // The name is handed over too: nothing enters a fact unseen.
  const maskedName = emit.text(name, {
    span: exact ? { start: span.start, end: span.start + equals } : span,
    exact,
    carrier: 'config-value',
  })
  return `${maskedName}=${maskText(emit, value, valueSpan, `${list}.${name}`, exact, carrier)}`
}

function maskText(
  emit: Pick<Emit, 'text'>,
  text: string,
  span: Span,
  key: string,
  exact: boolean,
  carrier: Carrier,
): string {
  if (text === '') return text
  let masked = text
  for (const part of text.includes('${') ? outermost(defaultsIn(text)) : []) {
    const partSpan = exact ? { start: span.start + part.start, end: span.start + part.end } : span
    const hidden = emit.text(text.slice(part.start, part.end), {
      span: partSpan,
      exact,
      // A default that is the whole value is named by its key, one among other text by its variable.
      key: /^\$\{[\s\S]*\}$/.test(text) && part.end === text.length - 1 ? key : `${key}.${part.name}`,
      carrier: 'environment-default',
    })
    masked = masked.slice(0, part.start) + hidden + masked.slice(part.end)
  }
  return emit.text(masked, { span, exact, key, carrier })
}

function outermost<T extends { readonly start: number; readonly end: number }>(parts: readonly T[]): T[] {
  return parts.filter(
    (part) => !parts.some((other) => other !== part && other.start <= part.start && part.end <= other.end),
  )
}

function isPairList(list: string): boolean {
  return /(?:^|\.)(?:environment|args|labels|annotations)$/.test(list)
}

function carrierOf(keyPath: string): Carrier {
  if (/(?:^|[.\]])environment(?:[.[]|$)/.test(keyPath) || /^x-[\w-]*env[\w-]*[.[]/.test(keyPath)) return 'environment'
  if (/(?:^|[.\]])build\.args(?:[.[]|$)/.test(keyPath) || /(?:^|\.)args[.[]/.test(keyPath)) return 'build-arg'
  if (/(?:^|[.\]])(?:command|entrypoint)(?:\[|$)/.test(keyPath) || /\.healthcheck\.test(?:\[|$)/.test(keyPath))
    return 'command'
  if (/(?:^|[.\]])labels(?:[.[]|$)/.test(keyPath)) return 'label'
  return 'config-value'
}
