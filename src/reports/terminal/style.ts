/** How text looks on a terminal: colour roles, glyphs with ASCII twins, and the one door for text from elsewhere. */
import type { Severity } from '../../core/severity.ts'
import { forTerminal } from '../neutralise.ts'

export interface Style {
  /** ANSI colours. They repeat what words say and carry no meaning alone. */
  readonly colour: boolean
  /** Characters beyond ASCII may be printed. */
  readonly unicode: boolean
  /** Columns of the terminal; at most 100 are used. */
  readonly width: number
}

export type Role = Severity | 'strong' | 'dim' | 'frame' | 'good' | 'bad' | 'unsure' | 'added' | 'removed'

/** Columns to fill: a line longer than 100 is hard to read, and one below 60 cannot hold a table. */
export function columns(style: Style): number {
  return Math.max(60, Math.min(100, Number.isFinite(style.width) ? Math.floor(style.width) : 100))
}

/** Text from anywhere (a target, a rule) made harmless, on one line; in ASCII where the terminal asks for it. */
export function shown(style: Style, text: string): string {
  const safe = forTerminal(text, { newline: 'space', tab: 'space' })
  return style.unicode ? safe : inAscii(safe)
}

/** As {@link shown} with tabs kept, for source lines that know where their tab stops are. */
export function shownSource(style: Style, text: string): string {
  const safe = forTerminal(text, { newline: 'escape', tab: 'keep' })
  return style.unicode ? safe : escapeBeyondAscii(safe)
}

/** Colours text that was already made harmless. */
export function paint(style: Style, role: Role, text: string): string {
  if (!style.colour || text === '') return text
  return `\x1b[${CODES[role]}m${text}\x1b[0m`
}

/** A separator between phrases of one line. */
export function dot(style: Style): string {
  return style.unicode ? ' · ' : ' - '
}

export function ellipsis(style: Style): string {
  return style.unicode ? '…' : '...'
}

/** Severity as a word of at most four letters, for columns. */
export function shortSeverity(severity: Severity): string {
  return SHORT[severity]
}

const SHORT: Readonly<Record<Severity, string>> = {
  critical: 'CRIT',
  high: 'HIGH',
  medium: 'MED',
  low: 'LOW',
  info: 'INFO',
}

/** The sixteen colours that every theme of a terminal defines, so that they follow the user's own. */
const CODES: Readonly<Record<Role, string>> = {
  critical: '1;35',
  high: '1;31',
  medium: '33',
  low: '34',
  info: '2',
  strong: '1',
  dim: '2',
  frame: '36',
  good: '1;32',
  bad: '1;31',
  unsure: '1;33',
  added: '32',
  removed: '31',
}

const TYPOGRAPHIC: Readonly<Record<string, string>> = {
  '·': '-',
  '→': '->',
  '…': '...',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '×': 'x',
  '≤': '<=',
  '≥': '>=',
}

function inAscii(text: string): string {
  return escapeBeyondAscii(text.replace(/[·→…–—‘’“”×≤≥]/g, (character) => TYPOGRAPHIC[character] ?? character))
}

function escapeBeyondAscii(text: string): string {
  return text.replace(/[^\x00-\x7f]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
