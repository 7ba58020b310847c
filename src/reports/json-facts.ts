/**
 * Facts as the JSON report shows them (`--facts`): what users asked for by name, in a shape that is kept stable, not
 * the facts as rules read them.
 */
import type { Fact } from '../core/fact.ts'
import type { RoleFact } from '../core/facts/role.ts'
import type { WorkloadFact } from '../core/facts/workload.ts'

/** `{ workloads }`: each with the files that its settings come from. */
export function factsJson(facts: readonly Fact[]): unknown {
  const workloads = facts.filter((fact) => fact.kind === 'workload')
  const roles = Map.groupBy(
    facts.filter((fact) => fact.kind === 'role'),
    (role) => role.workload,
  )
  return { workloads: workloads.map((workload) => workloadJson(workload, roles.get(workload.id) ?? [])) }
}

function workloadJson(workload: WorkloadFact, roles: readonly RoleFact[]): unknown {
  const files = new Set<string>([workload.path])
  const settings = project(workload.settings, files)
  return {
    id: workload.id,
    target: workload.target,
    name: workload.name,
    label: workload.label,
    subject: workload.subject,
    phase: workload.phase,
    dialect: workload.dialect,
    path: workload.path,
    files: [...files].sort(compareText),
    group: workload.group,
    part: workload.part,
    conditional: workload.conditional,
    builtFrom: workload.builtFrom,
    roles: roles.map(({ role, product, productName, authentication, authenticationBecause, ports }) => ({
      role,
      product,
      name: productName,
      authentication,
      because: authenticationBecause,
      ports,
    })),
    settings,
  }
}

/**
 * A part of the settings without byte spans and slots: those are offsets for our own editors. Settings and maps of
 * settings are told apart by their shape, since the keys of a map are the target's own words (a variable may be named
 * `span`).
 */
function project(part: unknown, files: Set<string>): unknown {
  if (!isRecord(part)) return part
  if (typeof part.is === 'string') return projectSetting(part, files)
  if (isRecord(part.items) && 'whole' in part) {
    const items = Object.entries(part.items).map(([key, item]) => [key, project(item, files)] as const)
    return { whole: part.whole, why: part.why, items: objectOf(items) }
  }
  return objectOf(Object.entries(part).map(([key, value]) => [key, project(value, files)] as const))
}

function projectSetting(setting: Record<string, unknown>, files: Set<string>): unknown {
  const hides = Array.isArray(setting.hides) ? setting.hides : undefined
  return {
    is: setting.is,
    value: projectValue(setting.value, files),
    why: setting.why,
    by: projectOrigin(setting.by, files),
    hides: hides?.map((origin) => projectOrigin(origin, files)),
  }
}

function projectOrigin(origin: unknown, files: Set<string>): unknown {
  if (!isRecord(origin)) return undefined
  return { who: origin.who, at: projectPlace(origin.at, files), because: origin.because }
}

/** Some values (command words, port bindings) know their own places, under `at`. */
function projectValue(value: unknown, files: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => projectValue(item, files))
  if (!isRecord(value)) return value
  return objectOf(
    Object.entries(value).map(([key, item]) => {
      const isPlace = key === 'at' && isRecord(item) && typeof item.path === 'string'
      return [key, isPlace ? projectPlace(item, files) : projectValue(item, files)] as const
    }),
  )
}

function projectPlace(place: unknown, files: Set<string>): unknown {
  if (!isRecord(place) || typeof place.path !== 'string') return undefined
  files.add(place.path)
  return { path: place.path, layer: place.layer, key: place.key, via: place.via }
}

/** Unlike Object.fromEntries and spread this keeps `__proto__` a key like any other, for JSON.stringify to write. */
function objectOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null)
  for (const [key, value] of entries) object[key] = value
  return object
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** By code units: the same order on every machine. */
function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
