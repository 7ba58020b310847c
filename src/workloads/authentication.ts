/** Does a service ask its callers who they are? By its switches, else as it comes; three answers. */
import type { RoleFact } from '../core/facts/role.ts'
import type { ImageReference, WorkloadFact } from '../core/facts/workload.ts'
import type { Place } from '../core/place.ts'
import { isSet, known } from '../core/setting.ts'
import { splitWords } from '../formats/shell/read.ts'
import type { AuthSwitch, DefaultAuthentication, ServiceProfile } from '../knowledge/services/profile.ts'
import { flagOf, type Program, type ProgramWord } from './programs.ts'

export interface Authentication {
  readonly state: RoleFact['authentication']
  readonly because: string
  readonly at?: Place | undefined
  /** Lower where a value comes from outside and is empty only as it stands. */
  readonly confidence: 'high' | 'medium'
}

/** A workload of a product. */
export interface Service {
  readonly workload: WorkloadFact
  /** The product's image. */
  readonly image: ImageReference | undefined
  /** False where a variable gives the image's tag. */
  readonly versionKnown?: boolean
  /** The program that is the service; undefined where the image starts it by itself. */
  readonly program: Program | undefined
  /** All that it starts. */
  readonly started: readonly Program[]
}

export function authenticationOf(profile: ServiceProfile, service: Service): Authentication {
  if (profile.authentication === 'not-applicable') return { state: 'not-applicable', because: '', confidence: 'high' }
  const { workload, image } = service
  const words = wordsOf(profile, service)
  const byFile = configurationFile(profile, workload, words)
  const given = switched(profile, workload, words, image)
  if (given !== undefined) return given.state === 'off' && byFile !== undefined ? byFile : given
  if (byFile !== undefined) return byFile
  const byDefault = defaultOf(profile, service)
  if (byDefault.state === 'off') return hidden(profile, service) ?? byDefault
  return byDefault
}

/** What its switches let callers do beyond the usual. */
export function grantOf(
  profile: ServiceProfile,
  service: Service,
): Pick<ServiceProfile, 'reach' | 'callerCan'> | undefined {
  if (profile.grants === undefined) return undefined
  const words = wordsOf(profile, service)
  return profile.grants.find((one) => switchIn(one, service.workload, words)?.sure === true)
}

function wordsOf(profile: ServiceProfile, { workload, program, started }: Service): readonly ProgramWord[] {
  return [...((program ?? started.at(-1))?.words ?? []), ...wordsInEnvironment(profile.argumentsIn, workload)]
}

function switched(
  profile: ServiceProfile,
  workload: WorkloadFact,
  words: readonly ProgramWord[],
  image: ImageReference | undefined,
): Authentication | undefined {
  for (const [switches, state] of [
    [profile.onDespite ?? [], 'on'],
    [profile.off ?? [], 'off'],
    [profile.on ?? [], 'on'],
  ] as const) {
    for (const one of switches) {
      const found = switchIn(one, workload, words)
      if (found === undefined) continue
      const { because, at } = found
      if (!found.sure) return { state: 'unknown', because, at, confidence: 'high' }
      if (profile.switchesBefore !== undefined && !(majorOf(image) < profile.switchesBefore)) {
        const why = `${profile.name} ${profile.switchesBefore} and later do not read ${one.env ?? one.flag}`
        return { state: 'unknown', because: why, at, confidence: 'high' }
      }
      return { state, because, at, confidence: at?.via === 'interpolation' && state === 'off' ? 'medium' : 'high' }
    }
  }
  return undefined
}

function switchIn(
  { flag, env, values }: AuthSwitch,
  workload: WorkloadFact,
  words: readonly ProgramWord[],
): { sure: boolean; because: string; at: Place | undefined } | undefined {
  const counts = (value: string): boolean =>
    values === undefined ? value !== '' : values.includes(value.toLowerCase())
  if (flag !== undefined) {
    const found = flagOf(words, [flag])
    if (found?.value === null) return { sure: false, because: `a variable decides about ${flag}`, at: found.at }
    // A switch without a value is given; one that wants `''` may be given an empty word.
    if (
      found !== undefined &&
      (found.value === undefined ? values === undefined || values.includes('') : counts(found.value))
    )
      return {
        sure: true,
        because: (found.value ?? 'given') === '' ? `${flag} is empty` : spoken(flag, found.value, values),
        at: found.at,
      }
  }
  if (env !== undefined) {
    const setting = Object.hasOwn(workload.settings.env.items, env) ? workload.settings.env.items[env] : undefined
    if (setting === undefined || setting.is === 'open') return undefined
    if (setting.is === 'unknown')
      return { sure: false, because: `${env} is decided elsewhere: ${setting.why}`, at: setting.by?.at }
    if (setting.value !== null && counts(setting.value)) {
      const because = setting.value === '' ? `${env} is empty` : spoken(env, setting.value, values)
      return { sure: true, because, at: setting.by.at }
    }
  }
  return undefined
}

/** A value is told only where it is one of ours: others are keys and passwords. */
function spoken(name: string, value: string | undefined, values: readonly string[] | undefined): string {
  return values === undefined || value === undefined ? `${name} is given` : `${name} is ${value}`
}

/** Words that the image adds to its command from a variable. */
export function wordsInEnvironment(variables: readonly string[] | undefined, workload: WorkloadFact): ProgramWord[] {
  return (variables ?? []).flatMap((name) => {
    const setting = Object.hasOwn(workload.settings.env.items, name) ? workload.settings.env.items[name] : undefined
    if (!isSet(setting) || setting.value === null) return []
    return (splitWords(setting.value) ?? []).map(({ value }) => ({ value, at: setting.by.at }))
  })
}

function configurationFile(
  profile: ServiceProfile,
  workload: WorkloadFact,
  words: readonly ProgramWord[],
): Authentication | undefined {
  const flag = flagOf(words, profile.fileFlags ?? [])
  if (flag !== undefined && flag.value !== undefined)
    return unread(profile, `the file that ${flag.name} names`, flag.at)
  const named = words.slice(1).find(({ value }) => profile.fileSuffixes?.some((end) => value?.endsWith(end)) === true)
  if (named !== undefined) return unread(profile, 'its configuration file', named.at)
  const { mounts, configs, secrets } = workload.settings
  for (const keyed of [mounts, configs, secrets]) {
    for (const [target, setting] of Object.entries(keyed.items)) {
      const path = target.replace(/\/+$/, '')
      const covers = profile.files?.some((file) => file === path || (path !== '' && file.startsWith(`${path}/`)))
      const kind = known(setting)?.kind
      if (covers === true && kind !== 'tmpfs' && kind !== 'empty-dir')
        return unread(profile, `what is mounted at ${target}`, 'by' in setting ? setting.by?.at : undefined)
    }
  }
  return undefined
}

function unread({ name }: ServiceProfile, what: string, at: Place | undefined): Authentication {
  return {
    state: 'unknown',
    because: `${what} decides whether ${name} asks for a password or key`,
    at,
    confidence: 'high',
  }
}

function defaultOf(profile: ServiceProfile, { image, versionKnown = true }: Service): Authentication {
  const { name, before } = profile
  const byVersion: DefaultAuthentication =
    before === undefined
      ? profile.authentication
      : !versionKnown
        ? 'depends'
        : majorOf(image) < before.major
          ? before.authentication
          : profile.authentication
  switch (byVersion) {
    case 'off':
      return { state: 'off', because: `${name} asks for no password or key unless it is told to`, confidence: 'high' }
    case 'on':
      return { state: 'on', because: `${name} asks for a password or token by default`, confidence: 'high' }
    default:
      return { state: 'unknown', because: `a file or the version of ${name} decides`, confidence: 'high' }
  }
}

/** The number that an image's tag starts with; infinity for `latest` and the like. */
function majorOf(image: ImageReference | undefined): number {
  const digits = /^v?(\d{1,4})(?=[.\-_]|$)/.exec(image?.tag ?? '')?.[1]
  return digits === undefined ? Number.POSITIVE_INFINITY : Number(digits)
}

/** What could switch it on unseen: variables from a file that was not read, or a script that starts the service. */
function hidden(profile: ServiceProfile, { workload, program, started }: Service): Authentication | undefined {
  const on = [...(profile.on ?? []), ...(profile.onDespite ?? [])]
  const { env, entrypoint, command } = workload.settings
  if (on.some((one) => one.env !== undefined) && env.whole === false) {
    const because = `its environment was not fully read: ${env.why ?? 'a file is missing'}`
    return { state: 'unknown', because, confidence: 'high' }
  }
  if (!on.some((one) => one.flag !== undefined)) return undefined
  for (const setting of [entrypoint, command]) {
    // What an image of the product starts by itself is the product; what the user's own files say is not always known.
    if (setting.is === 'unknown' && setting.by?.at !== undefined && setting.by.who !== 'base')
      return { state: 'unknown', because: `what it starts is not known: ${setting.why}`, confidence: 'high' }
  }
  const passed = program?.words.find(({ value, written }) => hidesArguments(value ?? written ?? ''))
  if (passed !== undefined) {
    const because = `${passed.value ?? passed.written} holds arguments that are not known`
    return { state: 'unknown', because, at: passed.at, confidence: 'high' }
  }
  const script = program === undefined ? started.find(({ name }) => isOpaque(name)) : undefined
  return script === undefined
    ? undefined
    : {
        state: 'unknown',
        because: `${script.name} starts it, which was not read`,
        at: script.words[0]?.at,
        confidence: 'high',
      }
}

/** `$EXTRA_ARGS`, `"$@"`: a variable that stands for any number of words. */
function hidesArguments(word: string): boolean {
  return /^["']?\$(?:[@*]|\{@\}|\{?[A-Za-z0-9_]*(?:ARGS?|ARGUMENTS|OPTS|OPTIONS|FLAGS|EXTRA|PARAMS)\}?)["']?$/i.test(
    word,
  )
}

function isOpaque(name: string): boolean {
  return (
    /\.(?:sh|bash|py|js|rb|pl)$/.test(name) || /^(?:python|pypy|node|bash|sh|supervisord|s6-svscan)[\d.]*$/.test(name)
  )
}
