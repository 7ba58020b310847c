/** More lines around a kept finding's places than its report shows, read again where the file is unchanged. */
import { readFileSync, statSync } from 'node:fs'
import { resolveSettings } from '../../config/resolve.ts'
import type { Finding, Location } from '../../core/finding.ts'
import { SourceText } from '../../core/span.ts'
import type { Context } from '../context.ts'
import { fileOf, type KeptReport, type Remembered } from './last-report.ts'
import { scanProjects } from './scan-project.ts'

const MORE_LINES = 4
const MOST_LINES = 30
const LARGEST_FILE = 8 * 1024 * 1024

export interface Reread {
  readonly finding: Finding
  /** Paths of files that are not any more what they were. */
  readonly changed: readonly string[]
}

export async function withMoreSource({ kept, finding }: Remembered, context: Context): Promise<Reread> {
  const changed = new Set<string>()
  const files = new Map<string, readonly string[] | undefined>()
  const locations: Location[] = []
  for (const location of finding.locations) {
    const state = stateOf(location, kept)
    if (state === 'changed') changed.add(location.path)
    if (typeof state !== 'object') {
      locations.push(location)
      continue
    }
    if (!files.has(state.path)) files.set(state.path, await maskedLines(state.path, context))
    const lines = files.get(state.path)
    locations.push(lines === undefined ? location : widened(location, lines))
  }
  return { finding: { ...finding, locations }, changed: [...changed] }
}

function stateOf(location: Location, kept: KeptReport): { readonly path: string } | 'changed' | 'no-file' {
  const path = fileOf(location, kept.report, kept.paths)
  if (path === undefined || location.line === undefined) return 'no-file'
  const before = kept.files.find((file) => file.target === location.target && file.path === location.path)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || before === undefined) return 'changed'
  if (stat.size !== before.size || stat.mtimeMs !== before.modified) return 'changed'
  return stat.isFile() && stat.size <= LARGEST_FILE ? { path } : 'no-file'
}

/**
 * The file is scanned alone, so that its analyzers say where its secrets stand: what only a key's name makes a secret,
 * the text alone does not show.
 */
async function maskedLines(path: string, context: Context): Promise<readonly string[] | undefined> {
  const { baseline: _, ...config } = resolveSettings({ flags: {}, environment: {}, file: {} })
  try {
    const [outcome] = await scanProjects(
      [{ targets: [path], config }],
      { honourIgnores: false, withFacts: false },
      context,
    )
    if (outcome === undefined) return undefined
    const source = new SourceText(readFileSync(path))
    let text = outcome.secrets.mask(source.text)
    for (const { span } of outcome.planning.facts.all('secret')) {
      const [start, end] = [source.toUnit(span.start), source.toUnit(span.end)]
      text = text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, '*') + text.slice(end)
    }
    return text.split('\n')
  } catch {
    return undefined
  }
}

/** Lines that the report shows stay as it shows them: its masking knew more files than this one. */
function widened(location: Location, lines: readonly string[]): Location {
  const first = Math.max(1, (location.line ?? 1) - MORE_LINES)
  const last = Math.min(lines.length, (location.endLine ?? location.line ?? 1) + MORE_LINES, first + MOST_LINES - 1)
  const known = location.excerpt
  const shown: string[] = []
  for (let line = first; line <= last; line++) {
    const kept = known === undefined ? undefined : known.lines[line - known.firstLine]
    shown.push(kept ?? (lines[line - 1] ?? '').replace(/\r$/, '').slice(0, 2000))
  }
  return { ...location, excerpt: { firstLine: first, lines: shown } }
}
