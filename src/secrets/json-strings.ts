/**
 * The strings of a JSON text with their key path and place, in one linear pass without building the document: what a
 * notebook's places need, and what JSON.parse does not tell.
 */

export interface JsonString {
  /** Keys and indexes from the root: `['cells', 3, 'source', 0]`. */
  readonly path: readonly (string | number)[]
  /** UTF-16 range of the characters between the quotes. */
  readonly start: number
  readonly end: number
  /** Unescaped. */
  readonly value: string
}

const DEEPEST = 64

/**
 * Calls `visit` for every string that is a value, not a key. Returns false where the text stops being JSON; strings
 * before that point were visited.
 */
export function visitJsonStrings(text: string, visit: (found: JsonString) => void): boolean {
  const path: (string | number)[] = []
  /** One per open container: true for an object. */
  const objects: boolean[] = []
  let at = 0
  let key: string | undefined
  while (at < text.length) {
    const sign = text[at]
    if (sign === '"') {
      const end = stringEnd(text, at + 1)
      if (end === -1) return false
      const value = unescapeJson(text.slice(at + 1, end))
      if (value === null) return false
      if (objects.at(-1) === true && key === undefined) {
        key = value
        path[path.length - 1] = value
      } else {
        visit({ path, start: at + 1, end, value })
      }
      at = end + 1
      continue
    }
    if (sign === '{' || sign === '[') {
      if (objects.length >= DEEPEST) return false
      objects.push(sign === '{')
      path.push(sign === '{' ? '' : 0)
      key = undefined
    } else if (sign === '}' || sign === ']') {
      if (objects.pop() !== (sign === '}')) return false
      path.pop()
      key = objects.at(-1) === true ? String(path.at(-1)) : undefined
    } else if (sign === ',') {
      if (objects.at(-1) === true) key = undefined
      else path[path.length - 1] = Number(path.at(-1)) + 1
    } else if (!/[\s:\-+0-9.A-Za-z]/.test(sign ?? '')) return false
    at++
  }
  return objects.length === 0
}

function stringEnd(text: string, at: number): number {
  for (let end = at; end < text.length; end++) {
    const unit = text.charCodeAt(end)
    if (unit === 34) return end
    if (unit === 92) end++
    else if (unit === 10) return -1
  }
  return -1
}

function unescapeJson(raw: string): string | null {
  if (!raw.includes('\\')) return raw
  try {
    return String(JSON.parse(`"${raw.replace(/[\x00-\x1f]/g, ' ')}"`))
  } catch {
    return null
  }
}
