/** Words that messages are put together from. */

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** A label at the start of a sentence: `Service "api"`. */
export function atStart(label: string): string {
  return label.slice(0, 1).toUpperCase() + label.slice(1)
}

/** Several reasons as one, or none. */
export function because(reasons: readonly (string | undefined)[]): string | undefined {
  const given = reasons.filter((reason) => reason !== undefined)
  return given.length === 0 ? undefined : given.join('; ')
}
