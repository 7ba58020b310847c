/** Compose's short syntaxes as text, variables left as they are written. */

/** Splits at `separator` outside `${…}`. */
export function splitOutsideVariables(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '$' && text[at + 1] === '{') {
      depth++
      at++
    } else if (char === '}' && depth > 0) depth--
    else if (char === separator && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

/** A port with another host address; undefined where a variable may hold the address already. */
export function withHostIp(text: string, ip: string): string | undefined {
  const address = ip.includes(':') ? `[${ip}]` : ip
  if (text.startsWith('[')) {
    const close = text.indexOf(']:')
    return close === -1 ? undefined : `${address}${text.slice(close + 1)}`
  }
  const parts = splitOutsideVariables(text, ':')
  const [first = '', second, third] = parts
  if (parts.length === 1) return first.includes('$') ? undefined : `${address}::${first}`
  if (parts.length === 2) return isPortText(first) ? `${address}:${first}:${second}` : undefined
  if (parts.length === 3) return first.includes('$') ? undefined : `${address}:${second}:${third}`
  return undefined
}

/** Empty, digits, a range, or one variable whose default is one of these. */
function isPortText(text: string): boolean {
  if (/^(?:\d{1,5}(?:-\d{1,5})?)?$/.test(text)) return true
  if (/^\$[A-Za-z_]\w{0,200}$/.test(text)) return true
  return /^\$\{[A-Za-z_]\w{0,200}(?::?[-?][^:${}]{0,200})?\}$/.test(text) && !/\d\.\d/.test(text)
}

/** A short volume made read-only; undefined for an anonymous one, or where a variable holds the mode. */
export function withReadOnly(text: string): string | undefined {
  const parts = joinDrive(splitOutsideVariables(text, ':'))
  if (parts.length === 2) return /^\$\{?\w+\}?$/.test(parts[1] ?? '') ? undefined : `${text}:ro`
  if (parts.length !== 3) return undefined
  const [source, target, mode = ''] = parts
  if (mode.includes('$')) return undefined
  const options = mode.split(',').filter((option) => option !== 'rw' && option !== 'ro' && option !== '')
  return [source, target, [...options, 'ro'].join(',')].join(':')
}

/** `C:\data:/data`: the drive's colon is none of the syntax. */
function joinDrive(parts: readonly string[]): string[] {
  const [first, second, ...rest] = parts
  if (first === undefined || second === undefined || !/^\p{L}$/u.test(first)) return [...parts]
  return [`${first}:${second}`, ...rest]
}

/** Bytes as Compose writes them: `2g`, `512m`, else the number. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['g', 1024 ** 3],
    ['m', 1024 ** 2],
    ['k', 1024],
  ] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`
  }
  return String(Math.floor(bytes))
}
