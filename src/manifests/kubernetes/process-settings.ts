/** What runs in a container: image, command, environment, health, hooks. */
import type { KubernetesObjectFact } from '../../core/facts/kubernetes.ts'
import type { CommandWord, Keyed, Setting, Settings } from '../../core/facts/workload.ts'
import { imageBeforeVariable, parseImageReference } from '../../knowledge/image-reference.ts'
import type { Cursor } from './cursor.ts'
import { type ContainerReader, record, templateWhy } from './reader.ts'

export type Process = Pick<
  Settings,
  'image' | 'pullPolicy' | 'entrypoint' | 'command' | 'workdir' | 'env' | 'labels' | 'health' | 'hooks' | 'restart'
>

/** Finds a ConfigMap of the target: what `envFrom` and `configMapKeyRef` take values from. */
export type FindConfigMap = (name: string) => ConfigMap | undefined

export interface ConfigMap {
  readonly fact: KubernetesObjectFact
  readonly data: ReadonlyMap<string, string>
}

export function readProcess(reader: ContainerReader, configMap: FindConfigMap): Process {
  const image = readImage(reader)
  const env = readEnv(reader, configMap)
  return {
    image,
    pullPolicy: reader.field<string>(
      ['imagePullPolicy'],
      (cursor) => cursor.text(),
      () => {
        const latest =
          image.is === 'set' && image.value.digest === undefined && (image.value.tag ?? 'latest') === 'latest'
        return reader.absent(latest ? 'Always' : 'IfNotPresent', reader.slot('imagePullPolicy'))
      },
    ),
    entrypoint: readWords(reader, 'command', env),
    command: readWords(reader, 'args', env),
    workdir: reader.field<string>(
      ['workingDir'],
      (cursor) => cursor.text(),
      () => ({ is: 'open' }),
    ),
    env,
    labels: readLabels(reader),
    health: readHealth(reader),
    hooks: readHooks(reader),
    restart:
      reader.container.part === 'sidecar'
        ? reader.field<string>(
            ['restartPolicy'],
            (cursor) => cursor.text(),
            () => reader.absent('Always', reader.slot('restartPolicy')),
          )
        : reader.podField<string>(
            ['restartPolicy'],
            (cursor) => cursor.text(),
            () => reader.absent('Always', reader.podSlot('restartPolicy')),
          ),
  }
}

function readImage(reader: ContainerReader): Settings['image'] {
  const cursor = reader.own('image')
  const slot = reader.slot('image')
  const text = cursor?.text()
  if (cursor === undefined || text === undefined || text === '') {
    return reader.partial ? { is: 'open' } : reader.unknown('no image is given here', cursor, slot)
  }
  const reference = parseImageReference(text.trim())
  if (reference === undefined) {
    const setting = reader.unknown(templateWhy(text) ?? 'it is no image reference', cursor, slot)
    const partly = imageBeforeVariable(text.trim())
    return setting.is !== 'unknown' || partly === undefined ? setting : { ...setting, partly }
  }
  return reader.set(cursor, reference, slot)
}

/** An empty list counts as absent: the image decides. */
function readWords(
  reader: ContainerReader,
  key: 'command' | 'args',
  env: Keyed<string | null>,
): Setting<readonly CommandWord[] | null> {
  const cursor = reader.own(key)
  const items = cursor?.items() ?? []
  if (cursor === undefined || items.length === 0) return { is: 'open' }
  const words = items.map((item): CommandWord => ({ value: expand(item.text() ?? '', env), at: item.place }))
  return reader.set<readonly CommandWord[] | null>(cursor, words, reader.slot(key))
}

const LONGEST_EXPANSION = 32 * 1024

/** `$(NAME)` of a known variable; `$$(NAME)` is an escape; an unknown one stays as it is. */
export function expand(text: string, env: Keyed<string | null>): string {
  if (!text.includes('$(') || text.length > LONGEST_EXPANSION) return text
  let length = 0
  return text.replace(/\$(\$?)\(([A-Za-z_.][\w.-]{0,200})\)/g, (whole, escaped: string, name: string) => {
    if (escaped !== '') return whole.slice(1)
    const setting = Object.hasOwn(env.items, name) ? env.items[name] : undefined
    const value = setting?.is === 'set' ? setting.value : undefined
    length += value?.length ?? 0
    return value === undefined || value === null || length > LONGEST_EXPANSION ? whole : value
  })
}

function readEnv(reader: ContainerReader, configMap: FindConfigMap): Keyed<string | null> {
  const items = new Map<string, Setting<string | null>>()
  const slot = reader.slot('env')
  // `$(NAME)` takes variables that stand above it.
  const before: Record<string, Setting<string | null>> = Object.create(null)
  const known: Keyed<string | null> = { items: before, whole: true }
  let why: string | undefined
  for (const source of reader.own('envFrom')?.items() ?? []) {
    const prefix = source.get('prefix')?.text() ?? ''
    const secret = source.get('secretRef', 'name')?.text()
    const name = source.get('configMapRef', 'name')?.text()
    const found = name === undefined ? undefined : configMap(name)
    if (found === undefined) {
      why = secret === undefined ? `the ConfigMap "${name ?? ''}" was not read` : `the Secret "${secret}" is not read`
      continue
    }
    for (const [key, text] of found.data) {
      const by = { who: 'pod', at: { path: found.fact.path, key: `data.${key}`, span: found.fact.span } } as const
      const setting = { is: 'set', value: text, by, slot } as const
      items.set(prefix + key, setting)
      before[prefix + key] = setting
    }
  }
  for (const item of reader.own('env')?.items() ?? []) {
    const name = item.get('name')?.text()
    if (name === undefined) continue
    const setting = readVariable(reader, item, name, known, configMap)
    items.set(name, setting)
    before[name] = setting
  }
  const whole = reader.partial ? ('open' as const) : why === undefined
  return { items: record(items), whole, ...(why === undefined ? {} : { why }), slot }
}

function readVariable(
  reader: ContainerReader,
  item: Cursor,
  name: string,
  known: Keyed<string | null>,
  configMap: FindConfigMap,
): Setting<string | null> {
  const slot = reader.slot(`env[${name}]`)
  const from = item.get('valueFrom')
  if (from === undefined) {
    const value = item.get('value')
    const text = value?.text() ?? ''
    if (text.includes('{{')) return reader.unknown('a template fills it in', item, slot)
    // The item is the place: `- name: X` above, `value: …` below.
    const by = { ...reader.origin(value ?? item), at: { ...(value ?? item).place, key: item.key } }
    return { is: 'set', value: expand(text, known), by, slot }
  }
  const secret = from.get('secretKeyRef', 'name')?.text()
  if (secret !== undefined) return reader.unknown(`the Secret "${secret}" holds it`, from, slot)
  const map = from.get('configMapKeyRef', 'name')?.text()
  const key = from.get('configMapKeyRef', 'key')?.text()
  const found = map === undefined ? undefined : configMap(map)
  const value = found === undefined || key === undefined ? undefined : found.data.get(key)
  if (value !== undefined) return reader.set<string | null>(from, value, slot)
  return reader.unknown(
    map === undefined ? 'it is set when the pod starts' : `the ConfigMap "${map}" was not read`,
    from,
    slot,
  )
}

/** A ConfigMap's values. */
export function dataOf(fact: KubernetesObjectFact): ReadonlyMap<string, string> {
  const data = fact.tree.entries.findLast((entry) => entry.key === 'data')?.value
  const entries = data?.type === 'map' ? data.entries : []
  return new Map(entries.flatMap(({ key, value }) => (value.type === 'scalar' ? [[key, value.text] as const] : [])))
}

function readLabels(reader: ContainerReader): Keyed<string> {
  const slot: Keyed<string>['slot'] = reader.podSlot('labels')
  const entries = reader.container.template?.get('metadata', 'labels')?.entries() ?? []
  const items = entries.flatMap(([key, value]): [string, Setting<string>][] => {
    const text = value.text()
    return text === undefined ? [] : [[key, reader.set(value, text, slot)]]
  })
  return { items: record(items), whole: reader.partial ? 'open' : true, slot }
}

/** Kubernetes ignores the image's health check. */
function readHealth(reader: ContainerReader): Settings['health'] {
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = reader.own(key)
    if (probe === undefined) continue
    const test = probe.get('exec', 'command')?.texts() ?? [`${key}: ${probe.entries()[0]?.[0] ?? ''}`]
    return reader.set<{ test: readonly string[]; disabled: boolean } | null>(
      probe,
      { test, disabled: false },
      reader.slot(key),
    )
  }
  return reader.absent(
    null,
    reader.slot('livenessProbe'),
    'no probe is set; Kubernetes ignores the image’s health check',
  )
}

function readHooks(reader: ContainerReader): Settings['hooks'] {
  const lifecycle = reader.own('lifecycle')
  const hooks = ['postStart', 'preStop'].flatMap((when) => {
    const command = lifecycle?.get(when, 'exec', 'command')
    return command === undefined ? [] : [{ when, command: command.texts(), privileged: false, at: command.place }]
  })
  if (lifecycle === undefined || hooks.length === 0) return reader.absent([], reader.slot('lifecycle'))
  return reader.set(lifecycle, hooks, reader.slot('lifecycle'))
}
