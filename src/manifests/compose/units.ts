/** Sizes and durations as Compose reads them. */

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  p: 1024 ** 5,
}

/** `512m`, `2gb`, `1.5 GiB`, `1048576` in bytes (powers of 1024); undefined where Docker refuses it. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d{1,20}(?:\.\d{1,20})?) ?([kmgtp])?i?b?$/i.exec(text)
  if (match === null) return undefined
  return Math.floor(Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] as number))
}

const DURATIONS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `1m30s`, `500ms`, `1.5h` in milliseconds; undefined where Compose refuses it. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (text.length === 0 || text.length > 100) return undefined
  const part = /(\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(ns|us|µs|μs|ms|s|m|h|d|w)/y
  let at = /^[-+]/.test(text) ? 1 : 0
  let total = 0
  if (at === text.length) return undefined
  while (at < text.length) {
    part.lastIndex = at
    const match = part.exec(text)
    if (match === null) return undefined
    total += Number(match[1]) * (DURATIONS[match[2] as string] as number)
    at = part.lastIndex
  }
  return text.startsWith('-') ? -total : total
}
