/**
 * What every rule is put through: its bad example is reported, its good one is not, and its fix turns bad into good,
 * changes nothing else, and is done when done.
 */
import type { Config } from '../core/config.ts'
import { DEFAULT_LIMITS } from '../core/config.ts'
import type { Finding } from '../core/finding.ts'
import type { AnyRule, Example } from '../core/rule.ts'
import { decodeText } from '../core/span.ts'
import type { Target } from '../core/target.ts'
import { MemoryLayer } from '../files/memory.ts'
import { applyEdits } from '../fixes/edits.ts'
import { planEdits } from '../fixes/plan.ts'
import { secretKinds } from './generated/secret-kinds.ts'
import { type ScanOutcome, scan } from './scan.ts'

export type Files = Readonly<Record<string, string>>

export const EXAMPLE_CONFIG: Config = {
  failOn: 'high',
  only: [],
  allRules: true,
  require: [],
  exclude: [],
  includeIgnored: false,
  waivers: [],
  severities: {},
  limits: DEFAULT_LIMITS,
  profiles: ['*'],
}

/** What is wrong with a rule's examples; empty where all is well. */
export async function tryExamples(rule: AnyRule): Promise<string[]> {
  const problems: string[] = []
  for (const [index, example] of rule.examples.entries()) {
    const told = (text: string): void => void problems.push(`${rule.id}, example ${index + 1}: ${text}`)
    const { bad, good, fixed } = halves(example)
    const badScan = await scanFiles(bad)
    const found = ofRule(badScan, rule)
    if (found.length === 0) told('the bad half is not reported')
    for (const failure of failuresOf(badScan)) told(failure)
    for (const text of unshapelyBreaks(badScan, rule)) told(`"${text}" is no fragment as "may break:" goes before`)
    const goodScan = await scanFiles(good)
    for (const finding of ofRule(goodScan, rule)) told(`the good half is reported: ${finding.message}`)
    for (const failure of failuresOf(goodScan)) told(failure)
    for (const text of await tryFix(rule, bad, fixed, badScan)) told(text)
  }
  return problems
}

/** Texts about what a fix may break that do not go on in the sentence that reports begin: a capital, a full stop. */
function unshapelyBreaks(outcome: ScanOutcome, rule: AnyRule): string[] {
  const ids = new Set(ofRule(outcome, rule).flatMap(({ fixes }) => fixes))
  return outcome.stated.flatMap(({ id, breaks }) =>
    breaks !== undefined && ids.has(id) && !/^[a-z`].*[^.]$/s.test(breaks) ? [breaks] : [],
  )
}

/** True where one of the rule's bad examples is mended by an edit. */
export async function mendsByEdit(rule: AnyRule): Promise<boolean> {
  for (const example of rule.examples) {
    const { bad } = halves(example)
    if (fixedFiles(bad, await scanFiles(bad), rule) !== undefined) return true
  }
  return false
}

async function tryFix(rule: AnyRule, bad: Files, fixed: Files | undefined, outcome: ScanOutcome): Promise<string[]> {
  const after = fixedFiles(bad, outcome, rule)
  if (after === undefined) return []
  const problems: string[] = []
  const left = ofRule(await scanFiles(after), rule)
  // Findings without an edit (a manual step) stay.
  const mendable = ofRule(outcome, rule).filter((finding) => hasEdit(finding, outcome))
  if (left.length > ofRule(outcome, rule).length - mendable.length) {
    problems.push(`the fix does not silence the rule: ${left.map(({ message }) => message).join('; ')}\n${show(after)}`)
  }
  for (const [path, text] of Object.entries(after)) {
    const wanted = fixed?.[path]
    if (wanted !== undefined && text !== wanted)
      problems.push(`the fix of ${path} gives\n${text}\ninstead of\n${wanted}`)
  }
  const again = fixedFiles(after, await scanFiles(after), rule)
  if (again !== undefined && show(again) !== show(after))
    problems.push(`a second run of the fix changes the file again:\n${show(again)}`)
  return problems
}

/** The files after all edits of the rule's fixes; undefined where it has none. */
export function fixedFiles(files: Files, outcome: ScanOutcome, rule: AnyRule): Files | undefined {
  const ids = new Set(ofRule(outcome, rule).flatMap(({ fixes }) => fixes))
  const plan = planEdits(
    outcome.stated.filter(({ id }) => ids.has(id)),
    outcome.planning,
  )
  if (plan.files.length === 0) return undefined
  const after: Record<string, string> = { ...files }
  for (const { path, edits } of plan.files) {
    const before = after[path]
    if (before !== undefined) after[path] = decodeText(applyEdits(Buffer.from(before), edits)).text
  }
  return after
}

export async function scanFiles(files: Files, config: Config = EXAMPLE_CONFIG): Promise<ScanOutcome> {
  const target: Target = {
    id: 'example',
    kind: 'directory',
    name: 'example',
    own: true,
    layers: [new MemoryLayer(files)],
  }
  return scan([target], {
    config,
    now: '2026-11-25T12:00:00Z',
    version: '0.0.0',
    salt: Buffer.from('rule examples'),
    clock: () => 0,
    withFacts: true,
  })
}

/** The two halves as sets of files, with `{{sample:kind}}` replaced by a credential made from that kind's shape. */
export function halves(example: Example): { bad: Files; good: Files; fixed: Files | undefined } {
  const half = (name: 'bad' | 'good' | 'fixed'): Files =>
    Object.fromEntries(
      Object.entries(example).map(([path, content]) => [
        path,
        withSamples(typeof content === 'string' ? content : (content[name] ?? content.good)),
      ]),
    )
  return { bad: half('bad'), good: half('good'), fixed: hasFixedHalf(example) ? half('fixed') : undefined }
}

function hasFixedHalf(example: Example): boolean {
  return Object.values(example).some((content) => typeof content !== 'string' && content.fixed !== undefined)
}

function withSamples(text: string): string {
  return text.replace(/\{\{sample:([a-z0-9-]+)\}\}/g, (_, id: string) => {
    const kind = secretKinds.find((one) => one.id === id)
    if (kind === undefined) throw new Error(`no kind of secret is called ${id}`)
    return kind.sample(seeded(id))
  })
}

/** A small generator (mulberry32), seeded by a name: the same sample in every run. */
function seeded(name: string): () => number {
  let state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function ofRule(outcome: ScanOutcome, rule: AnyRule): readonly Finding[] {
  return outcome.report.findings.filter((finding) => finding.rule === rule.id)
}

function hasEdit(finding: Finding, outcome: ScanOutcome): boolean {
  return outcome.report.fixes.some(
    (fix) => finding.fixes.includes(fix.id) && fix.steps.some((step) => step.do === 'edit'),
  )
}

function failuresOf(outcome: ScanOutcome): string[] {
  return outcome.report.coverage.analyzers.flatMap(({ id, errors }) =>
    errors.map(({ path, message, stack }) => `${id} failed on ${path}: ${stack ?? message}`),
  )
}

function show(files: Files): string {
  return Object.entries(files)
    .map(([path, text]) => `--- ${path}\n${text}`)
    .join('\n')
}
