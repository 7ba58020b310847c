/** Recognises what each workload is (a notebook, a model server, a vector database …), and says by what evidence. */
import { defineResolver } from '../core/analyzer.ts'
import type { NewFactOf, View } from '../core/fact.ts'
import type { RoleFact } from '../core/facts/role.ts'
import type { ImageReference, WorkloadFact } from '../core/facts/workload.ts'
import type { Place } from '../core/place.ts'
import { known, placeOf } from '../core/setting.ts'
import type { ServiceProfile } from '../knowledge/services/profile.ts'
import { SERVICES } from '../knowledge/services/services.ts'
import { authenticationOf, grantOf, type Service, wordsInEnvironment } from './authentication.ts'
import { flagOf, moduleOf, type Program, programsOf, scriptOf } from './programs.ts'

export default defineResolver({
  id: 'roles',
  reads: ['workload', 'script'],
  emits: ['role'],
  resolve(view, emit) {
    for (const workload of view.all('workload')) {
      const built = workload.builtFrom === undefined ? undefined : view.byId('workload', workload.builtFrom)
      const clones = () => clonedFor(built ?? workload, view)
      for (const role of rolesOf(workload, built, clones)) emit.fact(role, workload)
    }
  },
})

type NewRole = NewFactOf<'role'>

/**
 * `built`: the workload of the Dockerfile that it is built from: its base speaks as well as the name of the result.
 * `clones`: repositories that its build clones, as `github.com/owner/name` in lower case.
 */
export function rolesOf(
  workload: WorkloadFact,
  built?: WorkloadFact,
  clones: () => ReadonlySet<string> = () => new Set(),
): NewRole[] {
  const started = programsOf(workload)
  const images = [workload.settings.image, built?.settings.image].flatMap((setting): NamedImage[] => {
    const image = known(setting)
    if (image !== undefined) return [{ image, at: placeOf(setting), versionKnown: true }]
    const partly = setting?.is === 'unknown' ? setting.partly : undefined
    return partly === undefined ? [] : [{ image: partly, at: placeOf(setting), versionKnown: false }]
  })
  const roles: NewRole[] = []
  for (const profile of SERVICES) {
    const found = images.find(({ image }) => profile.images.some((pattern) => isImage(pattern, image)))
    const programs = started.filter((one) => isProgramOf(profile, one) || isScriptOf(profile, one, workload, clones))
    const evidence = evidenceOf(found, programs)
    if (evidence.length > 0) roles.push(roleFact({ workload, profile, evidence, started, programs, found }))
  }
  return roles
}

interface NamedImage {
  readonly image: ImageReference
  readonly at: Place | undefined
  /** False where a variable gives its tag. */
  readonly versionKnown: boolean
}

const CLONE = /^(?:https?:\/\/|git@|ssh:\/\/git@)([\w.-]{1,100})[:/]([\w.-]{1,100}\/[\w.-]{1,100}?)(?:\.git)?\/?$/

/** The repositories that the Dockerfile of a workload clones. */
function clonedFor({ target, path, dialect }: WorkloadFact, view: View): ReadonlySet<string> {
  const clones = new Set<string>()
  if (dialect !== 'dockerfile') return clones
  for (const { commands } of view.at('script', target, path)) {
    for (const { name, words } of commands) {
      if (name !== 'git' || !words.some(({ value }) => value === 'clone')) continue
      for (const { value } of words) {
        const match = CLONE.exec(value ?? '')
        if (match !== null) clones.add(`${match[1]}/${match[2]}`.toLowerCase())
      }
    }
  }
  return clones
}

interface Recognised {
  readonly workload: WorkloadFact
  readonly profile: ServiceProfile
  readonly evidence: RoleFact['evidence']
  readonly started: readonly Program[]
  /** Those that are the service. */
  readonly programs: readonly Program[]
  readonly found: NamedImage | undefined
}

function roleFact({ workload, profile, evidence, started, programs, found }: Recognised): NewRole {
  const [program] = programs
  const { image, versionKnown = true } = found ?? {}
  const service: Service = { workload, image, versionKnown, program, started }
  const { state, because, at, confidence } = authenticationOf(profile, service)
  const { reach, callerCan } = grantOf(profile, service) ?? profile
  const port = portOf(profile, workload, program ?? started.at(-1))
  return {
    kind: 'role',
    subject: `${workload.subject}#${profile.product}`,
    path: workload.path,
    confidence: program?.passedTo === undefined ? confidence : 'medium',
    workload: workload.id,
    role: profile.role,
    product: profile.product,
    productName: profile.name,
    evidence,
    authentication: state,
    authenticationBecause: because,
    ...(at === undefined ? {} : { authenticationAt: at }),
    ...switchedOnBy(profile),
    reach,
    callerCan,
    ports: port === undefined ? profile.ports : [port, ...profile.ports.filter((other) => other !== port)],
  }
}

/** A variable rather than a flag: a secret on the command line shows in every list of processes. */
function switchedOnBy({ on, switchesBefore }: ServiceProfile): { switchedOnBy?: string } {
  const one = on?.find(({ env }) => env !== undefined) ?? on?.[0]
  if (one === undefined || switchesBefore !== undefined) return {}
  const name = one.env ?? one.flag ?? ''
  const value = one.values?.[0]
  return { switchedOnBy: value === undefined ? name : `${name}=${value}` }
}

function evidenceOf(found: NamedImage | undefined, programs: readonly Program[]): RoleFact['evidence'] {
  const evidence: { what: string; at?: Place }[] = []
  if (found !== undefined)
    evidence.push({ what: `image ${found.image.text}`, ...(found.at === undefined ? {} : { at: found.at }) })
  for (const program of programs) {
    const at = program.words[0]?.at
    evidence.push({
      what: `it starts ${moduleOf(program) ?? scriptOf(program) ?? program.name}`,
      ...(at === undefined ? {} : { at }),
    })
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

function isProgramOf(profile: ServiceProfile, program: Program): boolean {
  if (profile.commands?.includes(program.name)) return true
  const module = moduleOf(program)
  return module !== undefined && profile.modules?.includes(module) === true
}

function isScriptOf(
  { scripts, argumentsIn }: ServiceProfile,
  program: Program,
  workload: WorkloadFact,
  clones: () => ReadonlySet<string>,
): boolean {
  const script = scriptOf(program) ?? program.name
  if (scripts === undefined || !scripts.names.includes(script)) return false
  const words = [...program.words, ...wordsInEnvironment(argumentsIn, workload)]
  const isGiven = (flag: string): boolean => flagOf(words, [flag]) !== undefined
  if (!scripts.listens.some(isGiven)) return false
  if (scripts.flags.some(isGiven)) return true
  const cloned = clones()
  return scripts.repositories.some((repository) => cloned.has(repository))
}

const PORT_FLAGS = ['--port', '-p', '--http-port', '--ServerApp.port', '--NotebookApp.port', '--server.port'] as const

/** The port that a flag or variable gives, where it is not the usual one. */
function portOf(profile: ServiceProfile, workload: WorkloadFact, program: Program | undefined): number | undefined {
  const { env } = workload.settings
  const texts = [
    program === undefined ? undefined : flagOf(program.words, PORT_FLAGS)?.value,
    ...(profile.portIn ?? []).map((name) => (Object.hasOwn(env.items, name) ? known(env.items[name]) : undefined)),
  ]
  for (const text of texts) {
    const port = Number(/(?:^|:)(\d{1,5})$/.exec(text ?? '')?.[1])
    if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  }
  return undefined
}
