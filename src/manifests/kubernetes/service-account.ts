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
      const given = reader.pod('serviceAccountName') ?? reader.pod('serviceAccount')
      const name = given?.text() ?? 'default'
      const absent = (): Settings['serviceAccountToken'] =>
        given === undefined || name === 'default' || reader.partial
          ? reader.absent(true, slot)
          : { is: 'default', value: true, by: { who: 'pod', at: given.place, because: OWN_ACCOUNT }, slot }
      const account = find(name)
      if (account === undefined) return absent()
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
        ? absent()
        : { is: 'set', value, by: { who: 'pod', at: own.place }, slot }
    },
  )
}

/** Somebody chose the account: its token is there on purpose, in all likelihood. */
const OWN_ACCOUNT = 'the pod names a service account of its own'
