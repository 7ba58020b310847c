/** Recognises what each workload is (a notebook, a model server, a vector database …), and says by what evidence. */
import { defineResolver } from '../core/analyzer.ts'
import type { NewFactOf } from '../core/fact.ts'
import type { RoleFact } from '../core/facts/role.ts'
import type { ImageReference, WorkloadFact } from '../core/facts/workload.ts'
import type { Place } from '../core/place.ts'
import { known, placeOf } from '../core/setting.ts'
import { readExec } from '../formats/shell/read.ts'
import type { AuthSwitch, ServiceProfile } from '../knowledge/services/profile.ts'
import { SERVICES } from '../knowledge/services/services.ts'

export default defineResolver({
  id: 'roles',
  reads: ['workload'],
  emits: ['role'],
  resolve(view, emit) {
    for (const workload of view.all('workload')) {
      for (const role of rolesOf(workload)) emit.fact(role, workload)
    }
  },
})

/** A program that a workload starts, as its argument words after unwrapping shells and launchers. */
interface Started {
  readonly name: string
  readonly words: readonly { readonly value: string | null; readonly at: Place | undefined }[]
}

type NewRole = NewFactOf<'role'>

function rolesOf(workload: WorkloadFact): NewRole[] {
  const started = programsOf(workload)
  const image = known(workload.settings.image)
  const roles: NewRole[] = []
  for (const profile of SERVICES) {
    const evidence = evidenceOf(profile, image, placeOf(workload.settings.image), started)
    if (evidence.length > 0) roles.push(roleFact(workload, profile, evidence, started))
  }
  return roles
}

function roleFact(
  workload: WorkloadFact,
  profile: ServiceProfile,
  evidence: RoleFact['evidence'],
  started: readonly Started[],
): NewRole {
  const program = started.find(({ name, words }) => isProgramOf(profile, name, words))
  const { state, because, at } = authenticationOf(profile, workload, program ?? lastOf(started))
  const port = program === undefined ? undefined : portOf(program)
  return {
    kind: 'role',
    subject: `${workload.subject}#${profile.product}`,
    path: workload.path,
    confidence: 'high',
    workload: workload.id,
    role: profile.role,
    product: profile.product,
    productName: profile.name,
    evidence,
    authentication: state,
    authenticationBecause: because,
    ...(at === undefined ? {} : { authenticationAt: at }),
    ports: port === undefined ? profile.ports : [port, ...profile.ports.filter((other) => other !== port)],
  }
}

function evidenceOf(
  profile: ServiceProfile,
  image: ImageReference | undefined,
  imageAt: Place | undefined,
  started: readonly Started[],
): RoleFact['evidence'] {
  const evidence: { what: string; at?: Place }[] = []
  if (image !== undefined && profile.images.some((pattern) => isImage(pattern, image))) {
    evidence.push({ what: `image ${image.text}`, ...(imageAt === undefined ? {} : { at: imageAt }) })
  }
  for (const { name, words } of started) {
    if (!isProgramOf(profile, name, words)) continue
    const at = words[0]?.at
    evidence.push({ what: `it starts ${name}`, ...(at === undefined ? {} : { at }) })
  }
  return evidence
}

/** `qdrant/qdrant` and the like; without a registry the pattern means Docker Hub. One `*` at the end matches the rest. */
export function isImage(pattern: string, image: ImageReference): boolean {
  const registry = image.registry === 'docker.io' ? '' : `${image.registry}/`
  const repository = image.registry === 'docker.io' ? image.repository.replace(/^library\//, '') : image.repository
  const name = registry + repository
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function isProgramOf(profile: ServiceProfile, name: string, words: Started['words']): boolean {
  if (profile.commands?.includes(name)) return true
  if (profile.modules === undefined || !/^python[\d.]*$/.test(name)) return false
  const module = words.findIndex(({ value }) => value === '-m')
  const value = module === -1 ? undefined : words[module + 1]?.value
  return value !== undefined && value !== null && profile.modules.includes(value)
}

function programsOf(workload: WorkloadFact): Started[] {
  const { entrypoint, command } = workload.settings
  const words = [...(known(entrypoint) ?? []), ...(known(command) ?? [])]
  if (words.length === 0) return []
  const places = new Map(words.map((word, index) => [index, word.at]))
  const reading = readExec(words.map(({ value }, index) => ({ value, span: { start: index, end: index + 1 } })))
  return reading.commands.flatMap(({ name, words: own }) =>
    name === null ? [] : [{ name, words: own.map(({ value, span }) => ({ value, at: places.get(span.start) })) }],
  )
}

function authenticationOf(
  profile: ServiceProfile,
  workload: WorkloadFact,
  program: Started | undefined,
): { state: RoleFact['authentication']; because: string; at?: Place | undefined } {
  if (profile.authentication === 'not-applicable') return { state: 'not-applicable', because: '' }
  for (const [switches, state] of [
    [profile.off ?? [], 'off'],
    [profile.on ?? [], 'on'],
  ] as const) {
    for (const one of switches) {
      const found = switchIn(one, workload, program)
      if (found === undefined) continue
      return found.sure
        ? { state, because: found.because, at: found.at }
        : { state: 'unknown', because: found.because, at: found.at }
    }
  }
  if (profile.authentication === 'depends')
    return { state: 'unknown', because: `${profile.name} decides it by a file or its version` }
  // A key may come from an environment file that was not read, or by arguments that a script adds.
  const on = profile.on ?? []
  if (
    profile.authentication === 'off' &&
    on.some(({ env }) => env !== undefined) &&
    workload.settings.env.whole === false
  ) {
    return {
      state: 'unknown',
      because: `its environment was not fully read: ${workload.settings.env.why ?? 'a file is missing'}`,
    }
  }
  const because =
    profile.authentication === 'off'
      ? `${profile.name} asks for no password or key unless it is told to`
      : `${profile.name} asks for a password or token by default`
  return { state: profile.authentication, because }
}

function switchIn(
  { flag, env, values }: AuthSwitch,
  workload: WorkloadFact,
  program: Started | undefined,
): { sure: boolean; because: string; at: Place | undefined } | undefined {
  const counts = (value: string): boolean =>
    values === undefined ? value !== '' : values.includes(value.toLowerCase())
  if (flag !== undefined && program !== undefined) {
    for (const [index, word] of program.words.entries()) {
      if (word.value === null) continue
      const [name, ...rest] = word.value.split('=')
      if (name !== flag) continue
      const value = rest.length > 0 ? unquoted(rest.join('=')) : flagValue(program.words[index + 1]?.value, values)
      if (value === null) return { sure: false, because: `${flag} is given by a variable`, at: word.at }
      if (values === undefined || counts(value))
        return {
          sure: true,
          because: `${flag}${values?.includes('') && value === '' ? ' is empty' : ' is given'}`,
          at: word.at,
        }
    }
  }
  if (env !== undefined) {
    const setting = workload.settings.env.items[env]
    if (setting === undefined || setting.is === 'open') return undefined
    if (setting.is === 'unknown')
      return { sure: false, because: `${env} is decided elsewhere: ${setting.why}`, at: setting.by?.at }
    if (setting.value !== null && counts(setting.value)) {
      return { sure: true, because: setting.value === '' ? `${env} is empty` : `${env} is set`, at: setting.by.at }
    }
  }
  return undefined
}

/** A switch's next word, where it takes one; a bare switch counts as given. */
function flagValue(next: string | null | undefined, values: readonly string[] | undefined): string | null {
  if (next === null) return null
  if (next === undefined || next.startsWith('-')) return values === undefined ? 'given' : ''
  return unquoted(next)
}

/** Jupyter's own parser takes `--ServerApp.token=''` with the quotes in an exec-form command. */
function unquoted(value: string): string {
  return /^(['"]).*\1$/.test(value) ? value.slice(1, -1) : value
}

function portOf({ words }: Started): number | undefined {
  for (const [index, { value }] of words.entries()) {
    const match = /^(?:--port|-p|--http-port|--ServerApp\.port|--NotebookApp\.port)(?:=(\d{1,5}))?$/.exec(value ?? '')
    if (match === null) continue
    const port = Number(match[1] ?? words[index + 1]?.value)
    if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  }
  return undefined
}

function lastOf<T>(list: readonly T[]): T | undefined {
  return list[list.length - 1]
}
