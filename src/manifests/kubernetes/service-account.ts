/** Does the pod get a token of its service account? The pod says, else the account, else yes. */
import type { KubernetesObjectFact } from '../../core/facts/kubernetes.ts'
import type { Settings } from '../../core/facts/workload.ts'
import { treeContext } from '../../formats/yaml/tree.ts'
import { Cursor } from './cursor.ts'
import type { ContainerReader } from './reader.ts'

export function readToken(
  reader: ContainerReader,
  find: (name: string) => KubernetesObjectFact | undefined,
): Settings['serviceAccountToken'] {
  const key = 'automountServiceAccountToken'
  const slot = reader.podSlot(key)
  return reader.podField<boolean>(
    [key],
    (cursor) => cursor.boolean(),
    () => {
      const name = (reader.pod('serviceAccountName') ?? reader.pod('serviceAccount'))?.text() ?? 'default'
      const account = find(name)
      if (account === undefined) return reader.absent(true, slot)
      const root = new Cursor(account.tree, {
        context: treeContext(account.tree),
        path: account.path,
        key: '',
        steps: [],
        span: account.tree.span,
      })
      const own = root.get(key)
      const value = own?.boolean()
      return own === undefined || value === undefined
        ? reader.absent(true, slot)
        : { is: 'set', value, by: { who: 'pod', at: own.place }, slot }
    },
  )
}
