/** `--out patch=PATH`: all safe edits as one diff that `git apply` takes. */
import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import type { ScanOutcome } from '../../assembly/scan.ts'
import type { SecretFact } from '../../core/facts/secret.ts'
import type { Fix } from '../../core/fix.ts'
import type { SecretScanner } from '../../core/secret.ts'
import { decodeText, type SourceText, type Span } from '../../core/span.ts'
import { unifiedDiff } from '../../fixes/diff.ts'
import { planEdits } from '../../fixes/plan.ts'
import { repositoryBase, repositoryRoot } from './repository.ts'

export interface Patch {
  readonly bytes: Uint8Array
  /** What is not in it, in words. */
  readonly notices: readonly string[]
}

/** All safe edits of open findings as one diff. */
export function patchOf(outcomes: readonly ScanOutcome[]): Patch {
  const parts: string[] = []
  const notices: string[] = []
  for (const outcome of outcomes) {
    const patch = patchOfFixes(outcome, safeFixes(outcome))
    parts.push(patch.text)
    notices.push(...patch.notices)
  }
  return { bytes: Buffer.from(parts.join(''), 'latin1'), notices: [...new Set(notices)] }
}

/** The diff of one fix alone, for showing; undefined where it has no edits that may be shown. */
export function diffOfFix(outcomes: readonly ScanOutcome[], id: string): string | undefined {
  for (const outcome of outcomes) {
    const stated = outcome.stated.filter((fix) => fix.id === id)
    const { text } = patchOfFixes(outcome, stated)
    if (text !== '') return decodeText(Buffer.from(text, 'latin1')).text
  }
  return undefined
}

/** The diff as Latin-1 text. */
function patchOfFixes(outcome: ScanOutcome, fixes: readonly Fix[]): { text: string; notices: string[] } {
  let text = ''
  const plan = planEdits(fixes, outcome.planning)
  const notices = plan.left.map(({ title, why }) => `not in the patch: ${title} (${why})`)
  for (const { target, path, edits } of plan.files) {
    const source = outcome.planning.read(target, path)
    if (source === undefined) continue
    const place = pathForGit(target, path, outcome)
    if (place.outside !== undefined)
      notices.push(`${place.path}: git apply takes this part of the patch in ${place.outside}`)
    const diff = unifiedDiff(source.bytes, edits, {
      path: place.path,
      ...secretLines(source, outcome.planning.facts.at('secret', target, path), outcome.secrets),
    })
    text += diff.text
    for (const line of diff.leftOut) notices.push(`not in the patch: ${path}:${line}, because a secret stands there`)
  }
  return { text, notices }
}

/** Safe as written (an edit in a shared place asks for review), and needed by a finding that counts. */
function safeFixes({ report, stated }: ScanOutcome): Fix[] {
  const safe = new Set(
    report.fixes.filter(({ safety, action }) => safety === 'safe' && action === 'edit').map(({ id }) => id),
  )
  const open = new Set(
    report.findings.filter(({ status }) => status.is === 'open').map(({ fingerprint }) => fingerprint),
  )
  return stated.filter(({ id, resolves }) => safe.has(id) && resolves.some((fingerprint) => open.has(fingerprint)))
}

/**
 * `git apply` reads paths from the root of the repository around the current folder, and from the current folder where
 * there is none. What lies elsewhere is given from the root of its own, which is then named.
 */
function pathForGit(id: string, path: string, outcome: ScanOutcome): { path: string; outside?: string } {
  const target = outcome.report.targets.find((one) => one.id === id)
  const real = realpathSync((target?.name ?? id).replace(/^dir:/, ''))
  const folder = target?.kind === 'file' ? dirname(real) : real
  const here = repositoryBase().root
  if (isWithin(folder, here)) return { path: pathFrom(here, folder, path) }
  const there = repositoryRoot(folder)
  return { path: pathFrom(there, folder, path), outside: there }
}

function isWithin(folder: string, root: string): boolean {
  const way = relative(root, folder)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function pathFrom(root: string, folder: string, path: string): string {
  const way = relative(root, folder).split(sep).join('/')
  return way === '' ? path : `${way}/${path}`
}

/** Lines that hold a secret: by the masker, and by what analyzers found where the masker alone sees no name. */
function secretLines(source: SourceText, found: readonly SecretFact[], secrets: SecretScanner) {
  const masked = secrets.mask(source.text).split('\n')
  const lines = source.text.split('\n')
  const known = new Set(found.flatMap(({ span }) => linesOf(source, span)))
  return {
    isSecretLine: (line: number) => lines[line - 1] !== masked[line - 1] || known.has(line),
    isSecretText: (text: string) => secrets.mask(text) !== text,
  }
}

function linesOf(source: SourceText, span: Span): number[] {
  const first = source.lineColumn(span.start).line
  const last = source.lineColumn(Math.max(span.start, span.end - 1)).line
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
