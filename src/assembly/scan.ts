/**
 * A scan from targets to report: gathers facts, evaluates the rules, applies the user's policy, illustrates findings
 * and writes fixes as edits. The command line, the server and the rule tests call this one function.
 */
import type { Knowledge } from '../core/analyzer.ts'
import type { LayerCache } from '../core/cache.ts'
import type { Config } from '../core/config.ts'
import type { CoverageLedger } from '../core/coverage-ledger.ts'
import type { Editor } from '../core/editor.ts'
import { evaluate } from '../core/evaluate.ts'
import type { FactStore } from '../core/fact-store.ts'
import type { Dialect } from '../core/facts/workload.ts'
import type { Finding } from '../core/finding.ts'
import type { Fix } from '../core/fix.ts'
import { gather } from '../core/gather.ts'
import { illustrate } from '../core/illustrate.ts'
import type { ScanReport } from '../core/report.ts'
import type { AnyRule } from '../core/rule.ts'
import type { SecretScanner } from '../core/secret.ts'
import { AREAS, type Area } from '../core/severity.ts'
import { SourceText } from '../core/span.ts'
import type { Target } from '../core/target.ts'
import { globMatcher } from '../files/glob.ts'
import { type Planning, writeFixes } from '../fixes/plan.ts'
import { baseImageKnowledge } from '../knowledge/base-images.ts'
import { serviceKnowledge } from '../knowledge/services/services.ts'
import { applyPolicy, type RulesInUse } from '../policy/policy.ts'
import { decideVerdict } from '../policy/verdict.ts'
import { createSecretScanner } from '../secrets/scanner.ts'
import { analyzers, analyzerVersions } from './generated/analyzers.ts'
import { editors } from './generated/editors.ts'
import { resolvers } from './generated/resolvers.ts'
import { ruleIndex, rulesByKind } from './generated/rules.ts'
import { secretKinds } from './generated/secret-kinds.ts'
import { countSeen } from './seen.ts'

export interface ScanOptions {
  readonly config: Config
  /** ISO 8601: ignores and waivers end on a day. */
  readonly now: string
  /** Version of the tool, for the report. */
  readonly version: string
  /** Salt of the keyed hash that joins the places of one credential: the cache folder's own. */
  readonly salt: Uint8Array
  /** Milliseconds from some start. */
  readonly clock: () => number
  /** False: ignores, waivers and baseline are as if they were not there. */
  readonly honourIgnores?: boolean
  readonly withFacts?: boolean
  readonly cache?: LayerCache
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly files: number; readonly path: string }) => void
  /** Where a configuration file's waivers are reported. */
  readonly configPlace?: { readonly target: string; readonly path: string }
}

export interface ScanOutcome {
  readonly report: ScanReport
  /** Fixes as the rules stated them, for planning several together. */
  readonly stated: readonly Fix[]
  readonly planning: Planning
  readonly secrets: SecretScanner
  readonly baselineGone: number
}

export async function scan(targets: readonly Target[], options: ScanOptions): Promise<ScanOutcome> {
  const { config } = options
  const secrets = createSecretScanner({ kinds: secretKinds, salt: options.salt })
  const { facts, coverage } = await gather(targets, {
    analyzers,
    analyzerVersions,
    resolvers,
    matchers: [],
    knowledge: NO_KNOWLEDGE,
    secrets,
    config,
    clock: options.clock,
    ...(options.cache === undefined ? {} : { cache: options.cache }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  })
  const rules = await rulesFor(facts, config)
  const evaluation = evaluate(facts, {
    rules: rules.chosen,
    severities: config.severities,
    findingsPerRule: config.limits.findingsPerRule,
  })
  for (const { rule, error } of evaluation.failures) coverage.guard(`rule:${rule}`, '', () => rethrow(error))
  for (const { rule, left } of evaluation.cut) {
    coverage.skip({
      code: 'limit-findings',
      what: rule,
      why: `${left} more findings of this rule`,
      count: left,
      required: false,
    })
  }
  const planning: Planning = {
    facts,
    editors: new Map<Dialect, Editor>(editors.map((editor) => [editor.dialect, editor])),
    read: sourceReader(targets, config),
  }
  const policy = applyPolicy({
    findings: evaluation.findings,
    ignores: facts.all('ignore'),
    config,
    now: options.now,
    ownTargets: new Set(targets.filter(({ own }) => own).map(({ id }) => id)),
    rules: rules.inUse,
    globMatcher,
    sourceOf: planning.read,
    ...(options.honourIgnores === undefined ? {} : { honour: options.honourIgnores }),
    ...(options.configPlace === undefined ? {} : { configPlace: options.configPlace }),
  })
  const findings = await illustrate(policy.findings, targets, facts, secrets, config.limits)
  const stated = [...evaluation.fixes, ...policy.fixes]
  const report = conclude(targets, facts, coverage, findings, writeFixes(stated, planning), policy.suppressed, options)
  return { report, stated, planning, secrets, baselineGone: policy.baselineGone }
}

function conclude(
  targets: readonly Target[],
  facts: FactStore,
  ledger: CoverageLedger,
  findings: readonly Finding[],
  fixes: readonly Fix[],
  suppressed: ScanReport['coverage']['suppressed'],
  options: ScanOptions,
): ScanReport {
  const { config } = options
  const coverage = ledger.close({
    only: areasOf(config),
    suppressed,
    knowledge: [baseImageKnowledge, serviceKnowledge],
  })
  const verdict = decideVerdict({
    findings,
    coverage,
    config,
    empty: targets.filter(({ id }) => !holdsSomething(facts, id)).map(({ name }) => name),
    bugs: coverage.analyzers.flatMap(({ id, errors }) => (errors.some(({ stack }) => stack !== undefined) ? [id] : [])),
  })
  return {
    schema: 'bulkhead.scan/1',
    tool: { name: 'bulkhead', version: options.version },
    date: options.now,
    targets: targets.map(({ id, kind, name }) => ({ id, kind, name })),
    findings,
    fixes,
    coverage,
    verdict,
    seen: countSeen(facts),
    failOn: config.failOn,
    ...(options.withFacts === true ? { facts: facts.everything() } : {}),
  }
}

/** Everything but what is found in passing: a folder with only an ignore file or a `.env` holds nothing to judge. */
function holdsSomething(facts: FactStore, target: string): boolean {
  return facts.kinds().some((kind) => kind !== 'ignore' && kind !== 'ignore-file' && facts.in(kind, target).length > 0)
}

/** The rules to run: only those whose kind of fact is present are loaded. */
async function rulesFor(facts: FactStore, config: Config): Promise<{ chosen: AnyRule[]; inUse: RulesInUse }> {
  const active = new Set(ruleIndex.filter((rule) => isChosen(rule, config)).map(({ id }) => id))
  const present = facts.kinds().filter((kind) => ruleIndex.some(({ id, reads }) => reads === kind && active.has(id)))
  const loaded = await Promise.all(present.map(async (kind) => (await rulesByKind[kind]?.()) ?? []))
  return {
    chosen: loaded.flat().filter(({ id }) => active.has(id)),
    inUse: {
      known: new Set(ruleIndex.map(({ id }) => id)),
      active,
      formerly: new Map(ruleIndex.flatMap(({ id, formerly }) => formerly.map((old) => [old, id] as const))),
    },
  }
}

function isChosen(rule: (typeof ruleIndex)[number], { only, allRules, severities }: Config): boolean {
  if (severities[rule.id] === 'off') return false
  const named = only.includes(rule.id)
  if (only.length > 0 && !named && !only.includes(rule.area)) return false
  return !rule.offByDefault || allRules || named || severities[rule.id] !== undefined
}

/** Areas that were asked for: all, or those that `--only` names or whose rules it names. */
function areasOf({ only }: Config): ReadonlySet<Area> {
  if (only.length === 0) return new Set(AREAS)
  const named = AREAS.filter((area) => only.includes(area))
  const ofRules = only
    .filter((word) => word.includes('/'))
    .map((id): Area => (id.startsWith('secret/') ? 'secrets' : 'configuration'))
  return new Set([...named, ...ofRules])
}

function sourceReader(targets: readonly Target[], config: Config): Planning['read'] {
  const read = new Map<string, SourceText | undefined>()
  return (target, path) => {
    const key = `${target}\n${path}`
    if (read.has(key)) return read.get(key)
    const layers = targets.find(({ id }) => id === target)?.layers ?? []
    let source: SourceText | undefined
    for (const layer of layers) {
      const file = layer.find(path)
      if (file === undefined || file === 'outside' || file.size > config.limits.textFile) continue
      try {
        source = new SourceText(file.bytes())
      } catch {
        source = undefined
      }
    }
    read.set(key, source)
    return source
  }
}

function rethrow(error: unknown): never {
  throw error
}

const NO_KNOWLEDGE: Knowledge = { sources: [], get: () => undefined }
