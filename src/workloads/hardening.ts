/**
 * The switches that every container can have and that nobody sets: which of them a workload lacks, and the one fix per
 * project that sets them.
 */
import type { WorkloadFact } from '../core/facts/workload.ts'
import type { FixDraft, FixStep, SettingChange } from '../core/fix.ts'
import { known } from '../core/setting.ts'
import { baseImageUser } from '../knowledge/base-images.ts'
import { dropsAll } from './capabilities.ts'
import { allOfProject, projectOf } from './project.ts'

export type Hardening = 'capabilities' | 'no-new-privileges' | 'seccomp' | 'read-only' | 'memory' | 'cpus' | 'pids'

/** What could not be told is not missing. */
export function missingHardening(workload: WorkloadFact): readonly Hardening[] {
  const { settings, dialect } = workload
  // A privileged container has all capabilities, no seccomp profile, and on Kubernetes may always gain privileges.
  const isPrivileged = known(settings.privileged) === true
  const isKubernetes = dialect === 'kubernetes'
  const missing: Hardening[] = []
  if (!isPrivileged && dropsAll(workload) === false) missing.push('capabilities')
  if (!(isPrivileged && isKubernetes) && known(settings.noNewPrivileges) === false) missing.push('no-new-privileges')
  if (
    isKubernetes &&
    !isPrivileged &&
    settings.seccomp.is === 'default' &&
    settings.seccomp.value.mode === 'unconfined'
  )
    missing.push('seccomp')
  if (known(settings.readOnlyRoot) === false) missing.push('read-only')
  if (known(settings.limits.memory) === null) missing.push('memory')
  // A limit on processors slows pods down rather than protecting their neighbours: requests do that.
  if (!isKubernetes && known(settings.limits.cpus) === null) missing.push('cpus')
  if (known(settings.limits.pids) === null) missing.push('pids')
  return missing
}

/** What the fix writes; the rest depends on what the program does and must be measured. */
const WRITTEN: ReadonlySet<Hardening> = new Set(['capabilities', 'no-new-privileges', 'seccomp', 'pids'])

/** True where one of the switches that no measurement is needed for is off. */
export function lacksPrivilegeSwitch(missing: readonly Hardening[]): boolean {
  return missing.includes('capabilities') || missing.includes('no-new-privileges')
}

/** One fix for all workloads of a project, which sets what this workload lacks. */
export function hardeningFix(workload: WorkloadFact): FixDraft | undefined {
  const missing = missingHardening(workload).filter((one) => WRITTEN.has(one))
  const changes = missing.flatMap((one) => changesFor(one, workload))
  if (changes.length === 0) return undefined
  const step: FixStep = { do: 'set', target: workload.target, workload: workload.id, changes }
  return {
    title: titleOf(workload),
    safety: 'review',
    breaks: BREAKS,
    steps: [step],
    group: `harden ${projectOf(workload)}`,
  }
}

const BREAKS =
  'entrypoints that change owners or switch users, until CHOWN, DAC_OVERRIDE, FOWNER, SETGID and SETUID are given back; sudo and ping; programs with more than 4096 threads'

function titleOf(workload: WorkloadFact): string {
  const what = workload.dialect === 'kubernetes' ? 'use the default seccomp profile' : 'limit processes'
  return `Harden ${allOfProject(workload)}: drop capabilities, forbid new privileges, ${what}`
}

function changesFor(missing: Hardening, workload: WorkloadFact): readonly SettingChange[] {
  switch (missing) {
    case 'capabilities': {
      const needed = neededToDrop(workload)
      const drop: SettingChange = { set: 'capabilities.drop', value: ['ALL'] }
      if (needed.length === 0) return [drop]
      const added = known(workload.settings.capabilities.add) ?? []
      return [drop, { set: 'capabilities.add', value: [...added, ...needed] }]
    }
    case 'no-new-privileges':
      return [{ set: 'noNewPrivileges', value: true }]
    case 'seccomp':
      return [{ set: 'seccomp', value: 'default' }]
    case 'pids':
      return [{ set: 'limits.pids', value: 4096 }]
    default:
      return []
  }
}

/** An image whose entrypoint starts as root to give its folders to another user, and then becomes that user. */
function neededToDrop(workload: WorkloadFact): readonly string[] {
  const { image, user, entrypoint, build } = workload.settings
  const reference = known(image)
  if (reference === undefined || build.is === 'set' || known(user.uid) !== 0 || entrypoint.is === 'set') return []
  if (baseImageUser(reference)?.startsAsRootThenDrops === undefined) return []
  return ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']
}
