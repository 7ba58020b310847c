/**
 * "This setting should be that" → byte-exact edits of the manifest: on the container's own fields, which win over the
 * pod's, and on the pod only where there is no other field.
 */
import type { EditOutcome, Editor } from '../../core/editor.ts'
import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange } from '../../core/fix.ts'
import type { SourceText } from '../../core/span.ts'
import { byHand, type Keys } from '../by-hand.ts'
import { applyChange } from './changes.ts'
import { CannotEdit, ManifestEdit } from './manifest-edit.ts'

const kubernetesEditor: Editor = { dialect: 'kubernetes', edit }
export default kubernetesEditor

function edit(
  workload: WorkloadFact,
  changes: readonly SettingChange[],
  read: (path: string) => SourceText | undefined,
  view: View,
): EditOutcome {
  const manual = changes.map((change) => byHand(change, `${workload.label} (${workload.path})`, KEYS)).join(' ')
  const source = read(workload.path)
  if (source === undefined) return { ok: false, why: `${workload.path} could not be read`, manual }
  try {
    const manifest = new ManifestEdit(workload, source, view)
    for (const change of changes) applyChange(manifest, change)
    const edits = manifest.edits()
    if (edits.length === 0) return { ok: false, why: 'the manifest says it already', manual }
    const { shared } = manifest
    return { ok: true, files: [{ path: workload.path, edits }], ...(shared === undefined ? {} : { shared }) }
  } catch (error) {
    if (error instanceof CannotEdit) return { ok: false, why: error.message, manual }
    throw error
  }
}

const not = (key: string) => ({ key, value: (value: unknown) => String(value !== true) })
const host = (key: string) => ({ key, value: (value: unknown) => String(value === 'host') })
const profile = (key: string) => ({ key: `securityContext.${key}.type`, value: () => 'RuntimeDefault' })

/** What a person looks for in the manifest. */
const KEYS: Keys = {
  privileged: 'securityContext.privileged',
  noNewPrivileges: not('securityContext.allowPrivilegeEscalation'),
  readOnlyRoot: 'securityContext.readOnlyRootFilesystem',
  maskedPaths: 'securityContext.procMount',
  user: 'securityContext.runAsUser',
  'user.mustBeNonRoot': 'securityContext.runAsNonRoot',
  'capabilities.add': 'securityContext.capabilities.add',
  'capabilities.drop': 'securityContext.capabilities.drop',
  seccomp: profile('seccompProfile'),
  apparmor: profile('appArmorProfile'),
  selinux: 'securityContext.seLinuxOptions',
  'namespaces.network': host('hostNetwork'),
  'namespaces.pid': host('hostPID'),
  'namespaces.ipc': host('hostIPC'),
  'namespaces.user': host('hostUsers'),
  'limits.memory': 'resources.limits.memory',
  'limits.cpus': 'resources.limits.cpu',
  'limits.shm': 'sizeLimit of the emptyDir at /dev/shm',
  pullPolicy: 'imagePullPolicy',
  workdir: 'workingDir',
  entrypoint: 'command',
  command: 'args',
  serviceAccountToken: 'automountServiceAccountToken',
}
