/**
 * Who may import whom, as docs/architecture.md says: core ← ground ← capabilities (which never import each other) ←
 * assembly ← cli, server. No cycles, no imports of packages that docs/dependencies.md does not name.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Import, importsOf, resolveImport } from './module-graph.ts'

const GROUND = ['config', 'formats', 'files', 'clients', 'knowledge']
const CAPABILITIES = [
  'targets',
  'manifests',
  'workloads',
  'inventory',
  'images',
  'advisories',
  'models',
  'secrets',
  'hosts',
  'runtime',
  'network',
  'privileges',
  'trust',
  'vault',
  'backup',
  'tls',
]
const CORE_ONLY = ['policy', 'reports', 'compliance']
const RUNTIME_PACKAGES = ['yaml', 'unbash', 'ignore']

/** Folders of `src/` that each folder may import besides itself. */
const ALLOWED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['core', new Set<string>()],
  ...GROUND.map((folder) => [folder, new Set(['core', ...GROUND])] as const),
  ...CAPABILITIES.map((folder) => [folder, new Set(['core', ...GROUND])] as const),
  ...CORE_ONLY.map((folder) => [folder, new Set(['core'])] as const),
  ['fixes', new Set(['core', ...GROUND])],
  ['assembly', new Set(['core', ...GROUND, ...CAPABILITIES, ...CORE_ONLY, 'fixes'])],
  ['cli', new Set(['core', ...GROUND, ...CAPABILITIES, ...CORE_ONLY, 'fixes', 'assembly'])],
  ['server', new Set(['core', ...GROUND, ...CAPABILITIES, ...CORE_ONLY, 'fixes', 'assembly'])],
])

/** What is wrong, one line each. */
export function checkBoundaries(root: string, sources: readonly string[]): string[] {
  const problems: string[] = []
  const graph = new Map<string, string[]>()
  for (const path of sources) {
    const imports = importsOf(readFileSync(join(root, path), 'utf8'))
    graph.set(
      path,
      imports
        .filter((one) => !one.typeOnly && one.specifier.startsWith('.') && !one.dynamic)
        .map((one) => resolveImport(path, one.specifier)),
    )
    if (path.startsWith('src/')) for (const one of imports) problems.push(...problemOf(path, one))
  }
  return [...problems, ...cyclesOf(graph)]
}

function problemOf(path: string, { specifier }: Import): string[] {
  const isTest = path.endsWith('.test.ts') || path.includes('/testing/')
  if (specifier.startsWith('node:')) return []
  if (!specifier.startsWith('.')) {
    const name = specifier.startsWith('@')
      ? specifier.split('/').slice(0, 2).join('/')
      : (specifier.split('/')[0] ?? '')
    return isTest || RUNTIME_PACKAGES.includes(name)
      ? []
      : [`${path}: imports the package ${name}, which docs/dependencies.md does not allow at run time`]
  }
  const to = resolveImport(path, specifier)
  if (!to.startsWith('src/')) return isTest ? [] : [`${path}: imports ${to}, outside of src/`]
  const [from, target] = [folderOf(path), folderOf(to)]
  if (from === target) return []
  const allowed = ALLOWED.get(from)
  if (allowed === undefined) return [`${path}: the folder src/${from} is not in the plan (tools/boundaries.ts)`]
  // A test may run its subject in the assembled house, or on a layer of files.
  if (allowed.has(target) || (isTest && (target === 'assembly' || GROUND.includes(target)))) return []
  return [`${path}: ${from} may not import ${target} (${to})`]
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? ''
}

/** Import cycles at run time (types do not count), each named by its files. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at !== -1) {
      cycles.push(`cycle: ${[...trail.slice(at), path].join(' → ')}`)
      return
    }
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return cycles
}
