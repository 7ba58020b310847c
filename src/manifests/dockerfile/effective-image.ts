/** Image-level settings: of what a Dockerfile builds, and of a known base image; what Compose and pods inherit. */
import type { DockerfileFact } from '../../core/facts/dockerfile.ts'
import type { ImageReference, Keyed, Mount, Setting, Settings, Slot } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import { knownBase, type StageState, startingState } from './stage-state.ts'
import { type EvaluatedStage, type EvaluateOptions, evaluateStages, type StageGraph } from './stages.ts'

/** The settings that an image's configuration decides; everything else is open in it. */
export type ImageSettings = Pick<
  Settings,
  'image' | 'user' | 'entrypoint' | 'command' | 'workdir' | 'env' | 'labels' | 'exposed' | 'mounts' | 'health'
>

export interface EffectiveImage {
  readonly settings: ImageSettings
  /** undefined: the file has no such stage. */
  readonly stage: EvaluatedStage | undefined
  readonly graph: StageGraph
}

/** What the Dockerfile ships under a target and build arguments (see {@link EvaluateOptions}). */
export function effectiveImage(
  dockerfile: DockerfileFact,
  options: Omit<EvaluateOptions, 'visit'> = {},
): EffectiveImage {
  const graph = evaluateStages(dockerfile, options)
  const stage = graph.shipped
  if (stage === undefined) {
    const at = { path: dockerfile.path }
    const why = options.target === undefined ? 'the Dockerfile has no stage' : 'the Dockerfile has no such stage'
    const state = startingState({ is: 'unknown', text: '', why }, at)
    return { settings: imageSettings(state, { is: 'unknown', why, by: { who: 'base', at } }), stage, graph }
  }
  const slot = (key: string, owner = stage.from.span): Slot => ({ path: dockerfile.path, key, owner, shared: false })
  const userAt = stage.state.userAt
  const ownUser = userAt !== undefined && userAt.stage === stage.index && userAt.onbuild === undefined
  const settings = imageSettings(stage.state, imageOf(stage, graph, dockerfile.path), {
    user: slot('USER', ownUser ? userAt.span : undefined),
    entrypoint: slot('ENTRYPOINT'),
    command: slot('CMD'),
    env: slot('ENV'),
  })
  return { settings, stage, graph }
}

/** What is known of an image without its Dockerfile: the user from the table, everything else unknown. */
export function settingsOfImage(reference: ImageReference, at: Place): ImageSettings {
  const base = knownBase(reference)
  const state = startingState(base, at)
  return imageSettings(state, { is: 'set', value: reference, by: { who: 'image', at } })
}

interface Slots {
  readonly user: Slot
  readonly entrypoint: Slot
  readonly command: Slot
  readonly env: Slot
}

function imageSettings(state: StageState, image: Setting<ImageReference>, slots?: Slots): ImageSettings {
  const why = 'the configuration of its base image was not read'
  return {
    image,
    user: {
      uid: withSlot(state.user.uid, slots?.user),
      gid: withSlot(state.user.gid, slots?.user),
      name: withSlot(state.user.name, slots?.user),
      mustBeNonRoot: { is: 'open' },
      groups: { is: 'open' },
    },
    entrypoint: withSlot(state.entrypoint, slots?.entrypoint),
    command: withSlot(state.command, slots?.command),
    workdir: state.workdir,
    env: { ...keyed<string | null>(state.env, state.whole, why), ...(slots === undefined ? {} : { slot: slots.env }) },
    labels: keyed(state.labels, state.whole, why),
    exposed: exposedOf(state, why),
    mounts: keyed(
      [...state.volumes].map(([path, at]): [string, Setting<Mount>] => [
        path,
        { is: 'set', value: VOLUME, by: { who: 'image', at } },
      ]),
      state.whole,
      why,
    ),
    health: state.health,
  }
}

/** VOLUME: an anonymous volume for each container. */
const VOLUME: Mount = { kind: 'volume', source: null, readOnly: false }

function exposedOf(state: StageState, why: string): Setting<readonly string[]> {
  const [first] = state.exposed.values()
  if (first !== undefined) return { is: 'set', value: [...state.exposed.keys()], by: { who: 'image', at: first } }
  return state.whole
    ? { is: 'default', value: [], by: { who: 'default', because: 'no EXPOSE' } }
    : { is: 'unknown', why }
}

function imageOf(stage: EvaluatedStage, graph: StageGraph, path: string): Setting<ImageReference> {
  let root: EvaluatedStage | undefined = stage
  while (root?.base.is === 'stage') root = graph.stages[root.base.index]
  if (root === undefined) return { is: 'open' }
  const by = { who: 'base', at: { path, span: root.from.span, key: 'FROM' } } as const
  switch (root.base.is) {
    case 'image':
      return { is: 'set', value: root.base.reference, by }
    case 'unknown':
      return { is: 'unknown', why: root.base.why, by }
    default:
      return { is: 'open' }
  }
}

function keyed<T>(entries: Iterable<readonly [string, Setting<T>]>, whole: boolean, why: string): Keyed<T> {
  // Keys come from the file: `__proto__` is a key like any other.
  const items: Record<string, Setting<T>> = Object.create(null)
  for (const [key, setting] of entries) items[key] = setting
  return { items, whole, ...(whole ? {} : { why }) }
}

function withSlot<T>(setting: Setting<T>, slot: Slot | undefined): Setting<T> {
  return slot === undefined || setting.is === 'open' ? setting : { ...setting, slot }
}
