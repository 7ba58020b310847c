/** Finds the pod specs of an object: at its kind's known paths, else by their shape. */
import type { TreeMap, TreeNode } from '../../core/tree.ts'
import { asList, asString, entriesOf, get, resolve, type TreeContext } from '../../formats/yaml/tree.ts'
import { HEAD_ONLY, isBuiltIn, kindShape } from './kinds.ts'

export interface FoundPodSpecs {
  readonly podSpecs: readonly (readonly string[])[]
  readonly byShape: boolean
}

const MOST_PODS = 200

export function findPodSpecs(
  object: TreeMap,
  objectKind: string,
  apiVersion: string,
  context: TreeContext,
): FoundPodSpecs {
  if (HEAD_ONLY.has(objectKind)) return { podSpecs: [], byShape: false }
  const shape = kindShape(objectKind, apiVersion)
  if (shape !== undefined) {
    const singles = shape.singles ?? []
    const podSpecs = shape.podSpecs
      .flatMap((pattern) => expand(object, pattern.split('.'), context))
      .filter((path) => holdsContainers(path.node, singles, context))
      .map((path) => path.steps)
    if (podSpecs.length > 0 || isBuiltIn(apiVersion)) return { podSpecs, byShape: false }
  } else if (isBuiltIn(apiVersion)) return { podSpecs: [], byShape: false }
  return { podSpecs: searchByShape(object, context), byShape: true }
}

interface Found {
  readonly steps: readonly string[]
  readonly node: TreeNode
}

function expand(root: TreeNode, pattern: readonly string[], context: TreeContext): Found[] {
  let found: Found[] = [{ steps: [], node: root }]
  for (const step of pattern) {
    const next: Found[] = []
    for (const { steps, node } of found) {
      const resolved = resolve(node, context)
      if (step !== '*') {
        const value = get(resolved, step, context)
        if (value !== undefined) next.push({ steps: [...steps, step], node: value })
      } else if (resolved?.type === 'list') {
        for (const [index, item] of resolved.items.entries())
          next.push({ steps: [...steps, String(index)], node: item })
      } else {
        for (const entry of entriesOf(resolved, context)) next.push({ steps: [...steps, entry.key], node: entry.value })
      }
    }
    found = next.slice(0, MOST_PODS)
  }
  return found
}

function holdsContainers(node: TreeNode, singles: readonly string[], context: TreeContext): boolean {
  const map = resolve(node, context)
  if (map?.type !== 'map') return false
  if (
    ['containers', 'initContainers', 'ephemeralContainers', 'steps'].some(
      (key) => get(map, key, context)?.type === 'list',
    )
  )
    return true
  if (get(get(map, 'containerSet', context), 'containers', context)?.type === 'list') return true
  return singles.some((key) => get(map, key, context)?.type === 'map')
}

const DEEPEST = 14
const MOST_STEPS = 20_000

/** Mappings with a `containers` list of which an item names an image. */
function searchByShape(object: TreeMap, context: TreeContext): string[][] {
  const found: string[][] = []
  const waiting: { steps: string[]; node: TreeNode }[] = [{ steps: [], node: object }]
  for (let step = 0; step < MOST_STEPS && found.length < MOST_PODS; step++) {
    const current = waiting.shift()
    if (current === undefined) break
    const { steps, node } = current
    if (steps.length > DEEPEST) continue
    // Aliases are not followed here: what they mean is found where it is written.
    if (node.type === 'map') {
      if (namesImages(get(node, 'containers', context), context)) {
        found.push(steps)
        continue
      }
      for (const entry of node.entries) waiting.push({ steps: [...steps, entry.key], node: entry.value })
    } else if (node.type === 'list') {
      for (const [index, item] of node.items.entries()) waiting.push({ steps: [...steps, String(index)], node: item })
    }
  }
  return found
}

function namesImages(containers: TreeNode | undefined, context: TreeContext): boolean {
  return (asList(containers, context) ?? [])
    .slice(0, 50)
    .some((item) => asString(get(item, 'image', context)) !== undefined)
}
