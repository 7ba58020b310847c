/** As whom a workload's first process runs, as far as it can be told, and why. */
import type { View } from '../core/fact.ts'
import type { ShellCommand } from '../core/facts/script.ts'
import type { CommandWord, Setting, WorkloadFact } from '../core/facts/workload.ts'
import { known } from '../core/setting.ts'
import type { Confidence } from '../core/severity.ts'
import { readExec } from '../formats/shell/read.ts'
import { type BaseImage, baseImage } from '../knowledge/base-images.ts'

export type EffectiveUser =
  /** uid 0 is the user that the process starts as. */
  | { readonly is: 'root'; readonly how: RootHow; readonly confidence: Confidence; readonly dropsTo?: string }
  /** No USER, and the base is not known: root in all likelihood. */
  | { readonly is: 'probably-root'; readonly why: string }
  | { readonly is: 'other' }
  | { readonly is: 'unknown'; readonly why: string }

export type RootHow =
  /** Written by number or name where it is run or built. */
  | 'said'
  /** `USER $NAME` of a build argument that has no value: an empty user is root. */
  | 'empty-argument'
  /** The base image starts as root and nobody changed it. */
  | 'base'
  /** A Windows container's administrator, who is also the default of Server Core images. */
  | 'windows-administrator'

export function effectiveUser(workload: WorkloadFact): EffectiveUser {
  const { uid, name, mustBeNonRoot } = workload.settings.user
  // The kubelet refuses to start it as root.
  if (known(mustBeNonRoot) === true) return { is: 'other' }
  if (isWindows(workload)) return windowsUser(workload)
  const value = known(uid)
  if (value !== undefined && value !== 0) return { is: 'other' }
  if (value === 0) {
    const fromBase = uid.is === 'default'
    const base = fromBase ? baseOf(workload) : undefined
    const dropsTo = dropOf(workload, base)
    return {
      is: 'root',
      how: fromBase ? 'base' : 'said',
      confidence: base?.user?.confidence ?? 'high',
      ...(dropsTo === undefined ? {} : { dropsTo }),
    }
  }
  const given = known(name)
  if (given !== undefined && given !== '') return { is: 'other' }
  if (uid.is !== 'unknown') return { is: 'unknown', why: 'the user is not decided here' }
  return unknownUser(workload, uid)
}

/** Windows knows no uid 0; its ContainerAdministrator may do everything inside of the container. */
function windowsUser({ settings }: WorkloadFact): EffectiveUser {
  const { uid, name } = settings.user
  const isWritten = name.is === 'set' || (uid.is !== 'default' && uid.is !== 'open' && uid.by?.at?.key === 'USER')
  const given = known(name)
  if (isWritten && given === undefined) return { is: 'unknown', why: 'its USER is a variable' }
  const user = isWritten ? given : undefined
  if (user !== undefined && !/^(?:.*\\)?ContainerAdministrator$/i.test(user)) return { is: 'other' }
  return { is: 'root', how: 'windows-administrator', confidence: isWritten ? 'high' : 'medium' }
}

/** Official images have Windows variants under the same name: accounts, paths and shells tell. */
function isWindows({ settings }: WorkloadFact): boolean {
  if (/^(?:.*\\)?Container(?:Administrator|User)$/i.test(known(settings.user.name) ?? '')) return true
  if (/^[A-Za-z]:/.test(known(settings.workdir) ?? '')) return true
  const first = (known(settings.entrypoint) ?? known(settings.command) ?? [])[0]?.value ?? ''
  return /^(?:powershell|cmd)(?:\.exe)?$/i.test(first)
}

function unknownUser(workload: WorkloadFact, uid: Extract<Setting<number>, { is: 'unknown' }>): EffectiveUser {
  const dropsTo = dropOf(workload, undefined)
  if (uid.by?.at?.key === 'USER') {
    // BuildKit leaves an argument without a value empty, and an empty USER is root.
    return /^build argument \S+ has no default$/.test(uid.why)
      ? {
          is: 'root',
          how: 'empty-argument',
          confidence: 'medium',
          ...(dropsTo === undefined ? {} : { dropsTo }),
        }
      : { is: 'unknown', why: uid.why }
  }
  // Only a Dockerfile says all of the chain but its base; elsewhere an image that was not read may have any user.
  if (workload.dialect !== 'dockerfile' || uid.by?.who !== 'base' || dropsTo !== undefined)
    return { is: 'unknown', why: uid.why }
  return { is: 'probably-root', why: uid.why }
}

/** What the table knows of the image that the workload runs, or that the shipped stage goes back to. */
export function baseOf(workload: WorkloadFact): BaseImage | undefined {
  const reference = known(workload.settings.image)
  return reference === undefined ? undefined : baseImage(reference)
}

/** The user that it becomes right away: by the image's own entrypoint, or by a literal `gosu app …` of this workload. */
function dropOf(workload: WorkloadFact, base: BaseImage | undefined): string | undefined {
  const { entrypoint, command } = workload.settings
  const literal = literalDrop([...(known(entrypoint) ?? []), ...(known(command) ?? [])])
  if (literal !== undefined) return literal
  const drops = base?.user?.startsAsRootThenDrops
  // An entrypoint of its own, or a command that is not the server, goes past the script that drops.
  if (drops === undefined || entrypoint.is === 'set' || startsShell(known(command))) return undefined
  return drops
}

function startsShell(command: readonly CommandWord[] | null | undefined): boolean {
  const first = command?.[0]?.value
  return first !== undefined && /^(?:\/usr)?(?:\/bin\/)?(?:ba|da|a|z)?sh$/.test(first)
}

function literalDrop(words: readonly CommandWord[]): string | undefined {
  if (words.length === 0) return undefined
  const reading = readExec(words.map(({ value }, index) => ({ value, span: { start: index, end: index + 1 } })))
  // The last command is the one that stays: what runs before it has ended by then.
  const last = reading.commands.findLast((one) => one.always && one.within === undefined)
  return last === undefined ? undefined : userOf(last)
}

function userOf(command: ShellCommand): string | undefined {
  const { asUser } = command
  if (asUser === undefined || asUser === '' || asUser.includes('$')) return undefined
  const user = asUser.split(':', 1)[0] ?? ''
  return user === 'root' || /^0*$/.test(user) ? undefined : user
}

/** Services of the run that are built from this image. */
export function servicesBuiltFrom(image: WorkloadFact, view: View): readonly WorkloadFact[] {
  return view.in('workload', image.target).filter((workload) => workload.builtFrom === image.id)
}
