import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { View } from '../core/fact.ts'
import type { WorkloadFact } from '../core/facts/workload.ts'
import type { Fix } from '../core/fix.ts'
import { type Planning, planEdits, writeFixes } from './plan.ts'

/** Workload `x` of `x.yaml`; those called `locked…` cannot be written. */
const planning: Planning = {
  facts: {
    byId: (_: string, id: string) => ({ id, name: id, path: `${id}.yaml`, dialect: 'compose' }) as WorkloadFact,
  } as unknown as View,
  editors: new Map([
    [
      'compose',
      {
        dialect: 'compose',
        edit: ({ id, path }) =>
          id.startsWith('locked')
            ? { ok: false, why: `an anchor owns ${id}`, manual: `Change ${id} by hand.` }
            : { ok: true, files: [{ path, edits: [{ span: { start: 0, end: 0 }, text: 'x' }] }] },
      },
    ],
  ]),
  read: () => undefined,
}

function fixOf(...workloads: readonly string[]): Fix {
  const steps = workloads.map(
    (workload) => ({ do: 'set', target: 't', workload, changes: [{ set: 'init', value: true }] }) as const,
  )
  return { id: 'fix', action: 'edit', title: 'harden', safety: 'review', steps, resolves: [], conflicts: [] }
}

test('one workload that cannot be written does not keep the others', () => {
  const [written] = writeFixes([fixOf('a', 'locked', 'b')], planning)
  assert.deepEqual(
    written?.steps.map((step) => (step.do === 'edit' ? step.path : step.do === 'manual' ? step.text : step.do)),
    ['a.yaml', 'b.yaml', 'Change locked by hand.'],
  )
  const plan = planEdits([fixOf('a', 'locked', 'b')], planning)
  assert.deepEqual(
    plan.files.map(({ path }) => path),
    ['a.yaml', 'b.yaml'],
  )
  assert.deepEqual(
    plan.left.map(({ why }) => why),
    ['an anchor owns locked'],
  )
})

test('where none can be written the whole fix is done by hand', () => {
  const [written] = writeFixes([fixOf('locked-1', 'locked-2')], planning)
  assert.deepEqual(written?.action, 'manual')
  const plan = planEdits([fixOf('locked-1', 'locked-2')], planning)
  assert.deepEqual([plan.files.length, plan.left.length], [0, 1])
})
