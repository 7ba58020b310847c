/** Markup that is safe by construction: whatever is put into a template is neutralised unless it is markup itself. */
import { forHtml } from '../neutralise.ts'

export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type MarkupValue = string | number | Markup | readonly Markup[] | undefined

/** A template of trusted HTML; strings put into it become text or the inside of a quoted attribute. */
export function html(template: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  let out = template[0] ?? ''
  for (const [index, value] of values.entries()) out += render(value) + (template[index + 1] ?? '')
  return new Markup(out)
}

/** Markup joined with nothing, or `separator`, between. */
export function joined(parts: readonly Markup[], separator = ''): Markup {
  return new Markup(parts.map((part) => part.text).join(separator))
}

function render(value: MarkupValue): string {
  if (value === undefined) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map((part) => part.text).join('')
  return forHtml(String(value))
}
