/** Words that single values of the configuration are written in: from the file, a flag or the environment alike. */
import { AREAS } from '../core/severity.ts'
import { didYouMean } from './nearest.ts'

/** The rules that exist, as far as the configuration must know them. */
export interface KnownRules {
  readonly ids: ReadonlySet<string>
  /** Earlier id → today's. */
  readonly formerly: ReadonlyMap<string, string>
}

/** A value, or what is wrong with it: the rest of a sentence that begins with where it stands. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly wrong: string }

export function checkWord<const T extends string>(word: string, allowed: readonly T[]): Checked<T> {
  const found = allowed.find((one) => one === word)
  if (found !== undefined) return { ok: true, value: found }
  return { ok: false, wrong: `${quote(word)} is none of ${allowed.join(', ')}${didYouMean(word, allowed)}` }
}

/** Today's id of a rule. */
export function checkRule(word: string, rules: KnownRules): Checked<string> {
  if (rules.ids.has(word)) return { ok: true, value: word }
  const renamed = rules.formerly.get(word)
  if (renamed !== undefined) return { ok: true, value: renamed }
  return { ok: false, wrong: `there is no rule ${quote(word)}${didYouMean(word, rules.ids)}` }
}

export function checkAreaOrRule(word: string, rules: KnownRules): Checked<string> {
  if ((AREAS as readonly string[]).includes(word)) return { ok: true, value: word }
  const rule = checkRule(word, rules)
  if (rule.ok) return rule
  return { ok: false, wrong: `there is no area or rule ${quote(word)}${didYouMean(word, [...AREAS, ...rules.ids])}` }
}

/** A calendar day that exists, `YYYY-MM-DD`. */
export function checkDate(word: string): Checked<string> {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(word)
  if (parts !== null) {
    const date = new Date(`${word}T00:00:00Z`)
    if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(word)) return { ok: true, value: word }
  }
  return { ok: false, wrong: `${quote(word)} is not a day; write it as 2027-03-31` }
}

/** The whole fingerprint or its first six digits and more. */
export function checkFingerprint(word: string): Checked<string> {
  if (/^[0-9a-f]{6,64}$/.test(word)) return { ok: true, value: word }
  return {
    ok: false,
    wrong: `${quote(word)} is not a fingerprint: 6 to 64 hexadecimal digits, as the report shows them`,
  }
}

/** Bytes or milliseconds, with the unit behind the number where there is one. */
export function checkQuantity(word: string, unit: 'bytes' | 'milliseconds'): Checked<number> {
  const parts = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Za-z]{1,3})$/.exec(word)
  const factor = parts === null ? undefined : FACTORS[unit].get(parts[2] ?? '')
  const value = factor === undefined ? Number.NaN : Math.round(Number(parts?.[1]) * factor)
  if (Number.isSafeInteger(value) && value > 0) return { ok: true, value }
  const example = unit === 'bytes' ? '8 MiB' : '90s'
  return { ok: false, wrong: `${quote(word)} is not a number of ${unit}; write it as ${example}` }
}

/** The word in quotes, cut where it is long, without anything that moves a cursor. */
export function quote(word: string): string {
  const shown = word.length > 60 ? `${word.slice(0, 60)}…` : word
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const FACTORS = {
  bytes: new Map([
    ['B', 1],
    ['kB', 1e3],
    ['KB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
    ['KiB', 1024],
    ['kiB', 1024],
    ['MiB', 1024 ** 2],
    ['GiB', 1024 ** 3],
  ]),
  milliseconds: new Map([
    ['ms', 1],
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
  ]),
}
