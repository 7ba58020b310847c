/**
 * The last report of each project, kept in the cache folder for `explain`: masked as every report, readable by the user
 * alone, and together no larger than {@link LARGEST}.
 */
import { createHash } from 'node:crypto'
import { readdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Finding, Location } from '../../core/finding.ts'
import type { ScanReport } from '../../core/report.ts'
import { cacheFolder, readPrivate, writePrivate } from '../cache-folder.ts'
import type { Environment } from '../ui.ts'

const SCHEMA = 'bulkhead.last-report/1'

/** Of one report and of all of them together: 20 MB. */
export const LARGEST = 20_000_000

export interface KeptReport {
  readonly schema: typeof SCHEMA
  /** Absolute paths of the targets, by their id. */
  readonly paths: Readonly<Record<string, string>>
  /** Files with findings as they were, so that `explain` knows whether they changed. */
  readonly files: readonly KeptFile[]
  readonly report: ScanReport
}

export interface KeptFile {
  readonly target: string
  readonly path: string
  readonly size: number
  /** Milliseconds. */
  readonly modified: number
}

/** Keeps the report; nothing is lost but convenience where that is not possible. */
export function keepReport(report: ScanReport, env: Environment): boolean {
  const folder = cacheFolder(env, 'reports')
  if (folder === undefined) return false
  const kept = shrink(toKept(report))
  if (kept === undefined) return false
  const name = createHash('sha256').update(Object.values(kept.paths).sort().join('\n')).digest('hex').slice(0, 32)
  try {
    writePrivate(join(folder, `${name}.json`), kept.text)
    forgetOld(folder)
    return true
  } catch {
    return false
  }
}

export interface Remembered {
  readonly kept: KeptReport
  readonly finding: Finding
}

/** Findings of kept reports whose fingerprint begins so: the project around `cwd` first, then the newest scan. */
export function findKept(prefix: string, cwd: string, env: Environment): Remembered[] {
  return keptReports(cwd, env).flatMap((kept) =>
    kept.report.findings
      .filter((finding) => finding.fingerprint.startsWith(prefix))
      .map((finding) => ({ kept, finding })),
  )
}

function keptReports(cwd: string, env: Environment): KeptReport[] {
  const folder = cacheFolder(env, 'reports')
  if (folder === undefined) return []
  return reportFiles(folder)
    .flatMap((path) => parseKept(readPrivate(path, LARGEST)) ?? [])
    .sort((one, other) => nearness(one, cwd) - nearness(other, cwd) || (one.report.date < other.report.date ? 1 : -1))
}

/** 0 where a target of the report holds `cwd` or lies in it, else 1. */
function nearness(kept: KeptReport, cwd: string): number {
  const isNear = Object.values(kept.paths).some((path) => isWithin(path, cwd) || isWithin(cwd, path))
  return isNear ? 0 : 1
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

function parseKept(bytes: Buffer | undefined): KeptReport | undefined {
  if (bytes === undefined) return undefined
  try {
    const kept = JSON.parse(bytes.toString('utf8')) as KeptReport
    return kept.schema === SCHEMA && Array.isArray(kept.report?.findings) ? kept : undefined
  } catch {
    return undefined
  }
}

function toKept(report: ScanReport): KeptReport {
  const paths: Record<string, string> = {}
  for (const { id, name } of report.targets) paths[id] = absolute(name.startsWith('dir:') ? name.slice(4) : name)
  const files = new Map<string, KeptFile>()
  for (const location of report.findings.flatMap(({ locations }) => locations)) {
    const key = `${location.target}\n${location.path}`
    const stat = files.has(key) ? undefined : statOf(fileOf(location, report, paths))
    if (stat !== undefined) {
      files.set(key, { target: location.target, path: location.path, size: stat.size, modified: stat.mtimeMs })
    }
  }
  const { facts: _, ...rest } = report
  return { schema: SCHEMA, paths, files: [...files.values()], report: rest }
}

/** Absolute path of the file that a location names. */
export function fileOf(
  location: Location,
  report: Pick<ScanReport, 'targets'>,
  paths: KeptReport['paths'],
): string | undefined {
  const target = report.targets.find(({ id }) => id === location.target)
  const path = paths[location.target]
  if (target === undefined || path === undefined || location.layer !== undefined) return undefined
  return join(target.kind === 'file' ? dirname(path) : path, location.path)
}

/** Too large a report loses its excerpts, and then its mildest findings. */
function shrink(kept: KeptReport): { readonly text: string; readonly paths: KeptReport['paths'] } | undefined {
  let findings: readonly Finding[] = kept.report.findings
  for (let attempt = 0; attempt < 12; attempt++) {
    const text = JSON.stringify({ ...kept, report: { ...kept.report, findings } })
    if (Buffer.byteLength(text) <= LARGEST) return { text, paths: kept.paths }
    findings = attempt === 0 ? findings.map(withoutExcerpts) : findings.slice(0, Math.floor(findings.length / 2))
  }
  return undefined
}

function withoutExcerpts(finding: Finding): Finding {
  return { ...finding, locations: finding.locations.map(({ excerpt: _, ...location }) => location) }
}

/** The newest stay while there is room. */
function forgetOld(folder: string): void {
  let room = LARGEST
  const files = reportFiles(folder).flatMap((path) => {
    const stat = statOf(path)
    return stat === undefined ? [] : [{ path, size: stat.size, modified: stat.mtimeMs }]
  })
  for (const { path, size } of files.sort((one, other) => other.modified - one.modified)) {
    room -= size
    if (room < 0) rmSync(path, { force: true })
  }
}

function reportFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
    .sort()
    .map((name) => join(folder, name))
}

function absolute(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function statOf(path: string | undefined) {
  if (path === undefined) return undefined
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
