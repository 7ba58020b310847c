import type { Argument, DockerfileFact, Instruction } from '../../../core/facts/dockerfile.ts'
import type { FixDraft, TextEdit } from '../../../core/fix.ts'
import { defineRule, type Report } from '../../../core/rule.ts'
import { editFix, manualFix } from '../../../core/setting.ts'
import { packageInstalls, type RequestedPackage } from '../../../formats/shell/meaning.ts'
import { type BuildCommand, type BuildStage, buildOf, placeIn } from '../build.ts'
import { withoutWords } from '../command-edits.ts'
import { removeInstruction, removeWord } from '../edits.ts'

export default defineRule({
  id: 'dockerfile/sshd-installed',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['sshd-installed', 'ssh-port-exposed'],
  title: 'Image brings an SSH server',
  why: 'A second way into the container, with accounts, keys and passwords of its own, that no engine or cluster policy sees; host keys made in the build are the same in every container.',
  how: 'Use `docker exec` or `kubectl exec`, which ask the platform who you are. Where jobs talk over SSH (MPI), make host keys when the container starts, allow keys only, and keep the port inside the cluster’s network.',
  fine: 'Images for MPI or for rented GPU machines, where SSH is the service.',
  controls: ['CIS-Docker-1.6:5.7'],
  refs: ['CWE-1188'],
  peers: ['trivy:DS-0004', 'checkov:CKV_DOCKER_1'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n    curl \\\n    openssh-server \\\n    python3\n',
        good: 'FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n    curl \\\n    python3\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nEXPOSE 8000 22\n',
        good: 'FROM python:3.12\nEXPOSE 8000\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM alpine:3.20\nRUN apk add --no-cache openssh\n',
        good: 'FROM alpine:3.20\nRUN apk add --no-cache openssh-client git\nEXPOSE 2222 220/tcp\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nEXPOSE 8000 22\nRUN apt-get update && apt-get install -y curl openssh-server\n',
        good: 'FROM python:3.12\nEXPOSE 8000\nRUN apt-get update && apt-get install -y curl\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    const stages = buildOf(dockerfile, view).stages.filter(({ ships }) => ships)
    const installs = stages.flatMap(serversInstalled)
    const ports = stages.flatMap(portsExposed)
    // The port is announced for the server that is installed: one cause.
    installs.forEach((installed, index) => {
      reportServer(installed, index === 0 ? ports : [], dockerfile, report)
    })
    if (installs.length === 0) for (const port of ports) reportPort(port, dockerfile, report)
  },
})

interface ServerInstalled {
  readonly stage: BuildStage
  readonly run: BuildCommand
  readonly found: RequestedPackage
  /** Packages that the same command installs. */
  readonly count: number
}

interface PortExposed {
  readonly stage: BuildStage
  readonly instruction: Instruction
  readonly argument: Argument
}

/** Packages that hold a server, by manager. */
const SERVERS: Readonly<Record<string, ReadonlySet<string>>> = {
  apt: new Set(['openssh-server', 'ssh', 'dropbear', 'dropbear-bin', 'tinysshd']),
  apk: new Set(['openssh', 'openssh-server', 'dropbear', 'tinyssh']),
  yum: new Set(['openssh-server', 'dropbear']),
  dnf: new Set(['openssh-server', 'dropbear']),
  microdnf: new Set(['openssh-server', 'dropbear']),
  zypper: new Set(['openssh', 'openssh-server']),
}

function serversInstalled(stage: BuildStage): ServerInstalled[] {
  const { runs } = stage
  return packageInstalls(runs.map(({ command }) => command)).flatMap((install): ServerInstalled[] => {
    const run = runs[install.command]
    const servers = Object.hasOwn(SERVERS, install.manager) ? SERVERS[install.manager] : undefined
    const found = install.packages.find(({ name }) => name !== null && servers?.has(name) === true)
    return run === undefined || found === undefined ? [] : [{ stage, run, found, count: install.packages.length }]
  })
}

function portsExposed(stage: BuildStage): PortExposed[] {
  return stage.instructions.flatMap((instruction): PortExposed[] => {
    if (instruction.keyword !== 'EXPOSE' || instruction.onbuild === true) return []
    const argument = instruction.args.find(({ value }) => /^(?:[^/]*:)?22(?:\/tcp)?$/i.test(value))
    return argument === undefined ? [] : [{ stage, instruction, argument }]
  })
}

function reportServer(
  installed: ServerInstalled,
  ports: readonly PortExposed[],
  dockerfile: DockerfileFact,
  report: Report,
): void {
  const { stage, run, found } = installed
  report({
    at: placeIn(stage, found.word.span, run.instruction),
    message: `The SSH server ${found.name} is installed into the image${ports.length === 0 ? '' : ', and port 22 announced'}`,
    subject: stage.subject,
    key: `package[${found.name}]`,
    label: 'a second way in',
    related: ports.map((port) => ({
      at: placeIn(port.stage, port.argument.span, port.instruction),
      label: 'the port of SSH',
    })),
    concepts: ports.length === 0 ? ['sshd-installed'] : ['sshd-installed', 'ssh-port-exposed'],
    fix: packageFix(installed, ports, dockerfile),
  })
}

function packageFix(
  { run, found, count }: ServerInstalled,
  ports: readonly PortExposed[],
  dockerfile: DockerfileFact,
): FixDraft {
  const edits = count > 1 ? withoutWords(run, [found.word]) : undefined
  if (edits === undefined) {
    return manualFix(
      'Leave the SSH server out',
      `Do not install ${found.name}${ports.length === 0 ? '' : ' or announce its port'}; use docker exec or kubectl exec.`,
    )
  }
  const words = {
    title: 'Leave the SSH server out of the image',
    safety: 'review' as const,
    breaks: 'logins over SSH, and jobs that start their workers over SSH (MPI)',
  }
  const hidden = ports.map((port) => withoutPort(port, dockerfile))
  return editFix(dockerfile, dockerfile.path, words, [...edits, ...hidden])
}

/** Alone: the base image or a script may bring a server that is not seen here, so the edit is never a safe one. */
function reportPort(port: PortExposed, dockerfile: DockerfileFact, report: Report): void {
  const { stage, instruction, argument } = port
  report({
    at: placeIn(stage, argument.span, instruction),
    message: 'The image announces port 22: an SSH server is meant to listen in the container',
    subject: stage.subject,
    key: 'expose[22/tcp]',
    label: 'the port of SSH',
    concepts: ['ssh-port-exposed'],
    fix: editFix(
      dockerfile,
      dockerfile.path,
      {
        title: 'Do not announce port 22',
        safety: 'review',
        breaks: '`docker run -P`, and platforms that read EXPOSE, where SSH is used',
      },
      [withoutPort(port, dockerfile)],
    ),
  })
}

function withoutPort({ instruction, argument }: PortExposed, dockerfile: DockerfileFact): TextEdit {
  return instruction.args.length === 1
    ? removeInstruction(dockerfile, instruction)
    : removeWord(instruction, argument.span)
}
