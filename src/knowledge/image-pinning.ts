/** How firmly an image reference is tied to one image. */
import type { ImageReference } from '../core/facts/workload.ts'

/** A digest; a tag that is kept for one version, by custom; a tag that moves by its name; none (which is `latest`). */
export type Pinning = 'digest' | 'tag' | 'moving-tag' | 'no-tag'

export function pinningOf({ tag, digest }: Pick<ImageReference, 'tag' | 'digest'>): Pinning {
  if (digest !== undefined) return 'digest'
  if (tag === undefined) return 'no-tag'
  return MOVING.test(tag) ? 'moving-tag' : 'tag'
}

/** `latest`, branch names and release channels, alone or at the start or end of a variant (`latest-gpu`, `cuda-nightly`). */
const MOVING =
  /^(?:latest|main|master|trunk|head|nightly|edge|dev|devel|develop|development|canary|rolling|snapshot|unstable)$|^(?:latest|main|master|nightly|edge|canary)-[a-z]|[a-z]-(?:latest|nightly|edge|canary)$/i
