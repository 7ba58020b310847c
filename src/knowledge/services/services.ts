/**
 * Well-known AI services and what stands beside them: how each is recognised, on which ports it serves, and whether it
 * asks a caller who they are, as it comes and by its switches. Facts gathered from the projects' own documentation;
 * `source` names the page for what would surprise a reader.
 */

import { infrastructure } from './infrastructure.ts'
import { machineLearning } from './machine-learning.ts'
import { modelServers } from './model-servers.ts'
import { notebooks } from './notebooks.ts'
import type { ServiceProfile } from './profile.ts'

export const serviceKnowledge = { id: 'services', date: '2026-11-25' } as const

export const SERVICES: readonly ServiceProfile[] = [
  ...notebooks,
  ...modelServers,
  ...machineLearning,
  ...infrastructure,
]
