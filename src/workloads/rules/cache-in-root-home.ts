import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import { defineRule } from '../../core/rule.ts'
import { known, knownItems, manualFix, placeOf } from '../../core/setting.ts'
import { CACHE_VARIABLES } from '../model-caches.ts'
import { variablesOf } from '../switches.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/cache-in-root-home',
  reads: 'workload',
  joins: ['script', 'dockerfile'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['cache-in-root-home'],
  title: 'Cache lies in root’s home, but the program does not run as root',
  why: 'Only root may enter /root. The first download or compiled kernel fails with “permission denied”, and the usual cure is to run as root again, which gives up what the other user was for.',
  how: 'Move the cache to a folder of the user’s own (`/home/app/.cache`, `/models`), create it in the Dockerfile with `COPY --chown` or `RUN mkdir … && chown`, and mount volumes there.',
  fine: 'The image opens /root for that user.',
  controls: ['CIS-Docker-1.6:4.1'],
  refs: ['CWE-276'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nENV HF_HOME=/root/.cache/huggingface\nRUN useradd -u 1000 app\nUSER 1000\nCMD ["python", "serve.py"]\n',
        good: 'FROM python:3.12\nENV HF_HOME=/home/app/.cache/huggingface\nRUN useradd -m -u 1000 app\nUSER 1000\nCMD ["python", "serve.py"]\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nENV TORCH_HOME=/root/torch\nUSER 1000\n',
        good: 'FROM python:3.12\nENV TORCH_HOME=/root/torch\nRUN mkdir -p /root/torch && chmod -R a+rwX /root\nUSER 1000\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: example/llm:1\n    user: "1000:1000"\n    environment:\n      HF_HOME: /root/.cache/huggingface\n',
        good: 'services:\n  llm:\n    image: example/llm:1\n    user: "1000:1000"\n    environment:\n      HF_HOME: /models\n  other:\n    image: example/llm:1\n    environment:\n      HF_HOME: /root/.cache/huggingface\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: example/llm:1\n    user: "1000:1000"\n    volumes: ["hub:/root/.cache/huggingface"]\nvolumes: {hub: }\n',
        good: 'services:\n  llm:\n    image: example/llm:1\n    user: "0:0"\n    volumes: ["hub:/root/.cache/huggingface"]\nvolumes: {hub: }\n',
      },
    },
    {
      'pod.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  securityContext: {runAsUser: 1000}\n  containers:\n    - name: llm\n      image: example/llm:1\n      env: [{name: TRITON_CACHE_DIR, value: /root/.triton}]\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  securityContext: {runAsUser: 1000}\n  containers:\n    - name: llm\n      image: example/llm:1\n      env: [{name: TRITON_CACHE_DIR, value: /cache/triton}]\n',
      },
    },
  ],
  check(workload, report, view) {
    const { uid } = workload.settings.user
    const user = known(uid)
    if (user === undefined || user === 0 || opensRootsHome(workload, view)) return
    const because = placeOf(uid)
    const related = because === undefined ? [] : [{ at: because, label: `runs as uid ${user}` }]
    const tell = (key: string, at: ReturnType<typeof placeOf>, what: string): void =>
      report({
        at,
        key,
        label: 'only root may enter',
        message: `${atStart(workload.label)} ${what}, but runs as uid ${user}, which may not enter /root`,
        related,
        fix: manualFix(
          'Move caches out of root’s home',
          `Move the cache of ${workload.label} to a folder that uid ${user} owns, and name that folder in the variable and the mount.`,
          `cache ${workload.subject}`,
        ),
      })
    const variables = variablesOf(workload).filter(
      ({ name, value }) => CACHE_VARIABLES[name] !== undefined && inRootsHome(value),
    )
    for (const { name, value, at } of variables) tell(`env[${name}]`, at, `keeps its cache in ${value} (${name})`)
    if (variables.length > 0) return
    const mount = knownItems(workload.settings.mounts).find(
      ({ key, value }) => /^\/root\/\.cache(?:\/|$)/.test(key) && value.kind !== 'tmpfs',
    )
    if (mount !== undefined) tell(`mounts[${mount.key}]`, mount.at, `mounts its cache at ${mount.key}`)
  },
})

function inRootsHome(path: string): boolean {
  return path === '/root' || path.startsWith('/root/')
}

/** A RUN that changes the mode or owner of /root itself, of the workload or of the image that it is built from. */
function opensRootsHome(workload: WorkloadFact, view: View): boolean {
  const built = workload.builtFrom === undefined ? workload : view.byId('workload', workload.builtFrom)
  if (built?.dialect !== 'dockerfile') return false
  return view
    .at('script', built.target, built.path)
    .some(
      ({ origin, commands }) =>
        origin.in === 'dockerfile' &&
        origin.ships &&
        commands.some(
          ({ name, words }) =>
            (name === 'chmod' || name === 'chown' || name === 'setfacl') &&
            words.some(({ value }) => value !== null && /^\/(?:root(?:\/\*?)?)?$/.test(value)),
        ),
    )
}
