/** Opens a project's targets and scans them. */
import { type ScanOutcome, scan } from '../../assembly/scan.ts'
import type { Config } from '../../core/config.ts'
import type { Target } from '../../core/target.ts'
import { openTarget, TargetError } from '../../targets/open.ts'
import { cacheSalt } from '../cache-folder.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { newScanner } from '../masking.ts'
import { drawProgress } from './progress.ts'
import type { Project } from './projects.ts'

export interface ScanProjectOptions {
  readonly honourIgnores: boolean
  readonly withFacts: boolean
}

/** @throws CliError where a target's name means nothing that can be opened. */
export async function scanProjects(
  projects: readonly Project[],
  options: ScanProjectOptions,
  context: Context,
): Promise<ScanOutcome[]> {
  // All names are looked at before the first is scanned: a misspelt one costs no waiting.
  const opened = projects.map((project) => ({ project, targets: project.targets.map((name) => open(name, project)) }))
  const salt = cacheSalt(context.env)
  const progress = drawProgress(context.ui, context.clock)
  const outcomes: ScanOutcome[] = []
  try {
    for (const { project, targets } of opened) {
      const outcome = await scan(targets, {
        config: withMaskedReasons(project.config),
        now: context.now,
        version: context.version,
        salt,
        clock: context.clock,
        signal: context.signal,
        honourIgnores: options.honourIgnores,
        withFacts: options.withFacts,
        onProgress: progress.update,
        ...(project.configPlace === undefined ? {} : { configPlace: project.configPlace }),
      })
      outcomes.push(outcome)
    }
  } finally {
    progress.clear()
    for (const { targets } of opened) for (const target of targets) await target.close?.()
  }
  return outcomes
}

/** What a person writes into a waiver ends up in every report: a password in it must not. */
function withMaskedReasons(config: Config): Config {
  if (config.waivers.length === 0) return config
  const secrets = newScanner()
  return { ...config, waivers: config.waivers.map((waiver) => ({ ...waiver, reason: secrets.mask(waiver.reason) })) }
}

function open(name: string, project: Project): Target {
  try {
    return openTarget(name, project.config)
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    if (error.code === 'unreadable') return unreadable(name, error.message)
    throw new CliError('target', error.message, TARGET_HINTS, { cause: error })
  }
}

const TARGET_HINTS = ['a target is an existing folder or file (dir:PATH where a name could mean something else)']

/** A target that is there and cannot be read makes the scan incomplete, and costs no other target its findings. */
function unreadable(name: string, why: string): Target {
  return {
    id: name,
    kind: 'file',
    name,
    own: false,
    layers: [
      {
        walk: async (visitor) => visitor.skipped('unreadable', name, why, true),
        find: () => undefined,
        read: async () => undefined,
      },
    ],
  }
}
