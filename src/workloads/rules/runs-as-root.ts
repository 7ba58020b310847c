import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { FixDraft } from '../../core/fix.ts'
import type { Place } from '../../core/place.ts'
import { defineRule } from '../../core/rule.ts'
import { known, knownItems, manualFix, placeOf, settingFix } from '../../core/setting.ts'
import { type Confidence, type Severity, shiftSeverity } from '../../core/severity.ts'
import { baseOf, type EffectiveUser, effectiveUser, servicesBuiltFrom } from '../effective-user.ts'
import { wayToTheHost } from '../host-access.ts'
import { allOfProject, projectOf } from '../project.ts'
import { atStart, because } from '../wording.ts'

export default defineRule({
  id: 'workload/runs-as-root',
  reads: 'workload',
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['runs-as-root'],
  title: 'Container runs as root',
  why: 'Root inside a container is root on the host, held back by the engine’s walls alone: a bug in the kernel, the engine or a mounted folder is then the whole host, and an intruder may change every file of the image from the start.',
  how: 'Make an account, give it the folders that are written, and name it by number before CMD: `USER 10001:10001` (`user:` in Compose, `runAsUser` and `runAsNonRoot` on Kubernetes).',
  fine: 'A build stage, or an image whose entrypoint starts as root to prepare folders and then becomes another user.',
  controls: ['CIS-Docker-1.6:4.1', 'NIST-800-190:4.1.2', 'K8s-PSS:restricted'],
  refs: ['CWE-250'],
  peers: [
    'hadolint:DL3002',
    'trivy:DS-0002',
    'trivy:KSV-0012',
    'trivy:KSV-0105',
    'checkov:CKV_DOCKER_3',
    'checkov:CKV_DOCKER_8',
    'checkov:CKV_K8S_40',
    'checkov:CKV_K8S_23',
    'dockle:CIS-DI-0001',
    'compose-lint:CL-0018',
    'kubescape:C-0013',
  ],
  examples: [
    {
      // The base starts as root; nobody changes it. A USER of a stage that does not ship is no USER.
      Dockerfile: {
        bad: `FROM node:20 AS build
USER node
FROM python:3.12-slim
COPY app.py /app/
CMD ["python", "/app/app.py"]
`,
        good: `FROM node:20 AS build
USER node
FROM python:3.12-slim
COPY app.py /app/
USER 10001:10001
CMD ["python", "/app/app.py"]
`,
        fixed: `FROM node:20 AS build
USER node
FROM python:3.12-slim
COPY app.py /app/
USER 10001:10001
CMD ["python", "/app/app.py"]
`,
      },
    },
    {
      // The last USER counts, whatever way root is written; a user of the stage below is inherited.
      Dockerfile: {
        bad: `FROM python:3.12-slim
USER app
USER 00:0
RUN true
CMD ["python", "/app/app.py"]
`,
        good: `FROM python:3.12-slim AS base
USER app
FROM base
CMD ["python", "/app/app.py"]
`,
      },
    },
    {
      // An argument without a value is an empty USER, which is root.
      Dockerfile: {
        bad: `FROM python:3.12-slim
ARG APP_USER
USER $APP_USER
CMD ["python"]
`,
        good: `FROM python:3.12-slim
ARG APP_USER=app
USER $APP_USER
CMD ["python"]
`,
      },
    },
    {
      // A base that is not known is probably root; one that is known not to be is not.
      Dockerfile: {
        bad: `FROM registry.example.com/team/base:7
CMD ["serve"]
`,
        good: `FROM gcr.io/distroless/static-debian12:nonroot
CMD ["/serve"]
`,
      },
    },
    {
      Dockerfile: {
        bad: `FROM python:3.12-slim
ENTRYPOINT ["gosu", "app", "python", "/app/app.py"]
`,
        good: `FROM jenkins/jenkins:2.479-jdk17
`,
      },
    },
    {
      // Servers that become another user by themselves are no news; a user by name is one.
      'compose.yaml': {
        bad: `services:
  api:
    image: python:3.12
    command: python app.py
  admin:
    image: acme/admin:2
    user: root
`,
        good: `services:
  api:
    image: python:3.12
    user: "1000"
    command: python app.py
  admin:
    image: acme/admin:2
    user: app
  db:
    image: postgres:17
  cache:
    image: redis:7
  theirs:
    image: acme/theirs:1
  chosen:
    image: python:3.12
    user: \${UID}
`,
      },
    },
    {
      // A service that is built from a stage of its own is mended by a key of its own.
      Dockerfile: {
        bad: 'FROM debian:12 AS api\nCMD ["api"]\nFROM debian:12\nCMD ["job"]\n',
        good: 'FROM debian:12 AS api\nCMD ["api"]\nFROM debian:12\nUSER 10001:10001\nCMD ["job"]\n',
      },
      'compose.yaml': {
        bad: 'services:\n  api:\n    build: {context: ., target: api}\n  job:\n    build: .\n',
        good: 'services:\n  api:\n    build: {context: ., target: api}\n    user: "10001:10001"\n  job:\n    build: .\n',
        fixed:
          'services:\n  api:\n    build: {context: ., target: api}\n    user: "10001:10001"\n  job:\n    build: .\n',
      },
    },
    {
      // What lies below /root is out of another user's reach: a key alone would break the service.
      'compose.yaml': {
        bad: `services:
  ollama:
    image: ollama/ollama:0.5.4
    volumes: ["models:/root/.ollama"]
  api:
    image: python:3.12
volumes:
  models:
`,
        good: `services:
  ollama:
    image: ollama/ollama:0.5.4
    user: "10001:10001"
    environment: {HOME: /data}
    volumes: ["models:/data"]
  api:
    image: python:3.12
    user: "10001:10001"
volumes:
  models:
`,
        fixed: `services:
  ollama:
    image: ollama/ollama:0.5.4
    volumes: ["models:/root/.ollama"]
  api:
    image: python:3.12
    user: "10001:10001"
volumes:
  models:
`,
      },
    },
    {
      // The service that is built here tells it at the Dockerfile, once.
      Dockerfile: {
        bad: 'FROM python:3.12-slim\nCMD ["python"]\n',
        good: 'FROM python:3.12-slim\nUSER 10001:10001\nCMD ["python"]\n',
      },
      'compose.yaml': 'services:\n  api:\n    build: .\n  worker:\n    build: .\n',
    },
    {
      'deploy.yaml': {
        bad: `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      containers:
        - name: api
          image: acme/api:1.4
          securityContext:
            runAsUser: 0
        - name: web
          image: python:3.12
`,
        good: `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      securityContext:
        runAsNonRoot: true
      containers:
        - name: api
          image: acme/api:1.4
          securityContext:
            runAsUser: 10001
        - name: web
          image: python:3.12
        - name: db
          image: postgres:17
`,
      },
    },
    {
      // Windows has no uid 0, but an administrator.
      Dockerfile: {
        bad: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nWORKDIR C:\\\\app\nCMD ["powershell", "-File", "run.ps1"]\n',
        good: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nWORKDIR C:\\\\app\nUSER ContainerUser\nCMD ["powershell", "-File", "run.ps1"]\n',
      },
    },
  ],
  check(workload, report, view) {
    const user = effectiveUser(workload)
    if (user.is === 'other' || user.is === 'unknown') return
    const { uid } = workload.settings.user
    // A well-known server that becomes another user by itself: nothing to do about it in a declaration.
    if (user.is === 'root' && user.how === 'base' && user.dropsTo !== undefined && workload.phase !== 'built') return
    const judged = judge(workload, user, view)
    const label = user.is === 'root' ? (user.how === 'base' ? 'starts as root' : 'root') : 'its user is not known here'
    const builds = placeOfOtherStage(workload)
    report({
      at: builds ?? placeOf(uid),
      ...(builds === undefined ? {} : { related: [{ at: placeOf(uid), label }] }),
      key: 'user',
      message: messageOf(workload, user),
      label: builds === undefined ? label : 'built from a stage that runs as root',
      confidence: judged.confidence,
      ...(judged.because === undefined ? {} : { severity: judged.severity, because: judged.because }),
      fix:
        user.is === 'root' && user.how === 'windows-administrator'
          ? manualFix(
              'Run the Windows container as ContainerUser',
              'End the shipped stage with `USER ContainerUser`, and give that user the folders that the program writes.',
            )
          : fixFor(workload, view),
    })
  },
})

/**
 * Where a service says that it is built from another stage than the one that the Dockerfile ships: a USER in the shipped
 * stage does nothing for it, so it is no part of that finding.
 */
function placeOfOtherStage({ settings, builtFrom, path }: WorkloadFact): Place | undefined {
  const { uid } = settings.user
  if (settings.build.is !== 'set' || builtFrom !== undefined || !('by' in uid)) return undefined
  const isImages = uid.by?.who === 'base' || uid.by?.who === 'image'
  return isImages && placeOf(uid)?.path !== path ? placeOf(settings.build) : undefined
}

type Root = Extract<EffectiveUser, { is: 'root' | 'probably-root' }>

function messageOf(workload: WorkloadFact, user: Root): string {
  const who = atStart(workload.label)
  const { uid } = workload.settings.user
  if (user.is === 'probably-root') {
    const base = known(workload.settings.image)?.text
    return base === undefined
      ? `${who} probably runs as root: no USER, and its base is not known (${user.why})`
      : `${who} probably runs as root: no USER, and the base ${base} is not known here`
  }
  const reason = reasonOf(workload, user)
  if (user.dropsTo !== undefined) return `${who} starts as root (${reason}), and then becomes "${user.dropsTo}"`
  if (user.how === 'windows-administrator')
    return `${who} runs as ContainerAdministrator, who may do everything in a Windows container`
  if (user.how === 'empty-argument') {
    const why = uid.is === 'unknown' ? uid.why : ''
    return `${who} runs as root: its USER is empty unless a build argument is given (${why}), and an empty USER is root`
  }
  return `${who} runs as root: ${reason}`
}

function reasonOf(workload: WorkloadFact, user: Extract<Root, { is: 'root' }>): string {
  const { uid } = workload.settings.user
  const by = 'by' in uid ? uid.by : undefined
  if (user.how === 'base') return `${by?.because ?? 'its base does'}, and nothing sets another user`
  if (by?.because !== undefined) return by.because
  if (by?.who === 'compose') return 'its "user" says so'
  if (by?.who === 'pod' || by?.who === 'container') return 'runAsUser is 0'
  return 'its last USER says so'
}

interface Judged {
  readonly severity: Severity
  readonly because: string | undefined
  readonly confidence: Confidence
}

function judge(workload: WorkloadFact, user: Root, view: View): Judged {
  const confidence = user.is === 'probably-root' ? 'low' : user.confidence
  const base = baseSeverity(workload, user)
  const lowered = lowerBecause(workload, view)
  if (lowered !== undefined) {
    const severity = lowered.to ?? shiftSeverity(base.severity, -1)
    return { severity, because: because([base.because, lowered.why]), confidence }
  }
  const way = wayToTheHost(workload)
  if (way !== undefined && base.severity !== 'high' && confidence !== 'low') {
    return { severity: shiftSeverity(base.severity, 1), because: way, confidence }
  }
  return { severity: base.severity, because: base.because, confidence }
}

function baseSeverity(workload: WorkloadFact, user: Root): { severity: Severity; because: string | undefined } {
  if (user.is === 'probably-root')
    return { severity: 'medium', because: 'the base image is not known here: it may set another user' }
  if (user.dropsTo !== undefined)
    return {
      severity: workload.phase === 'built' ? 'medium' : 'low',
      because: `its entrypoint becomes "${user.dropsTo}" before it serves anybody`,
    }
  if (user.how === 'windows-administrator')
    return { severity: 'medium', because: 'a Windows container’s administrator is not the host’s' }
  if (workload.phase === 'built') return { severity: 'high', because: undefined }
  const isSaid = user.how === 'said' && workload.dialect === 'kubernetes'
  const severity = isSaid ? 'high' : 'medium'
  if (workload.part === 'init')
    return {
      severity: shiftSeverity(severity, -1),
      because: 'it is an init container: it ends before the pod serves anybody',
    }
  return {
    severity,
    because: isSaid ? undefined : `the container’s walls (${wallsOf(workload)}) still hold root in`,
  }
}

function wallsOf({ settings }: WorkloadFact): string {
  return known(settings.seccomp)?.mode === 'unconfined' ? 'its capabilities' : 'its capabilities and seccomp'
}

function lowerBecause(workload: WorkloadFact, view: View): { why: string; to?: Severity } | undefined {
  const { namespaces, entrypoint, command } = workload.settings
  if (namespaces.user.is === 'set' && namespaces.user.value.mode === 'private')
    return { why: 'its users are remapped: root inside is nobody on the node' }
  if (workload.phase !== 'built') return undefined
  if (entrypoint.is === 'default' && entrypoint.value === null && (known(command) ?? null) === null)
    return { why: 'the image only carries files: it has nothing to start', to: 'low' }
  const services = servicesBuiltFrom(workload, view)
  const isOther = ({ settings }: WorkloadFact): boolean => {
    const { uid } = settings.user
    return 'by' in uid && uid.by?.who === 'compose' && uid.is !== 'default' && known(uid) !== 0
  }
  if (services.length > 0 && services.every(isOther))
    return { why: 'every service here that is built from it runs as another user', to: 'low' }
  return undefined
}

/** Where the user is decided: in the Dockerfile, also for a service that is built from it. */
function fixFor(workload: WorkloadFact, view: View): FixDraft {
  const { uid } = workload.settings.user
  const place = placeOf(uid)
  const built = workload.builtFrom === undefined ? undefined : view.byId('workload', workload.builtFrom)
  const isDockerfiles =
    built !== undefined && place?.path === built.path && placeOf(built.settings.user.uid) !== undefined
  const owner = isDockerfiles ? built : workload
  const account = Object.entries(baseOf(owner)?.accounts ?? {}).find(([, id]) => id >= 1000 && id < 60_000)
  const value =
    account === undefined
      ? '10001:10001'
      : owner.dialect === 'dockerfile'
        ? String(account[1])
        : `${account[1]}:${account[1]}`
  const named = account === undefined ? `uid ${value.split(':')[0]}` : `"${account[0]}" (uid ${account[1]})`
  const words = wordsOf(owner, named)
  const inRootHome = mountInRootHome(owner)
  if (inRootHome === undefined) return settingFix(owner, words, { set: 'user', value })
  const key = owner.dialect === 'kubernetes' ? `runAsUser: ${value.split(':')[0]}` : `user: "${value}"`
  const text = `${atStart(owner.label)} keeps files at ${inRootHome}, in a folder that only root may open: mount them elsewhere, set HOME and the program’s own variables to that place, then write \`${key}\`.`
  return {
    title: `Move files of ${allOfProject(owner)} out of /root, and run them as other users`,
    group: `user, files in /root ${projectOf(owner)}`,
    safety: 'review',
    ...(words.breaks === undefined ? {} : { breaks: words.breaks }),
    steps: [{ do: 'manual', text }],
  }
}

/** Another user than root cannot even list /root: a key alone would leave the program without its files. */
function mountInRootHome({ settings }: WorkloadFact): string | undefined {
  return knownItems(settings.mounts).find(({ key }) => key === '/root' || key.startsWith('/root/'))?.key
}

function wordsOf(owner: WorkloadFact, named: string): Omit<FixDraft, 'steps'> & { readonly safety: 'review' } {
  return {
    ...(owner.dialect === 'dockerfile'
      ? { title: `Run ${owner.path} as ${named}` }
      : {
          title: `Run ${allOfProject(owner)} as other users than root`,
          group: `user ${projectOf(owner)}`,
        }),
    safety: 'review',
    breaks:
      owner.dialect === 'dockerfile'
        ? 'folders that the program writes, without `--chown` on COPY or a chown before USER; caches and tools under /root; ports below 1024 outside of Docker'
        : 'volumes and folders that belong to root, until they are given to that user; caches and tools under /root; programs that look their user up in /etc/passwd',
  }
}
