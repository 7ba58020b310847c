import type { View } from '../../../core/fact.ts'
import type { DockerfileFact } from '../../../core/facts/dockerfile.ts'
import type { ScriptFact, ShellCommand } from '../../../core/facts/script.ts'
import type { Place } from '../../../core/place.ts'
import { defineRule, type Report } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import {
  downloads,
  type FetchAndRun,
  fetchAndRun,
  interpreterCall,
  programOf,
  textOf,
} from '../../../formats/shell/meaning.ts'
import { type BuildCommand, type BuildStage, buildOf, placeIn, supplySeverity } from '../build.ts'
import { hostOf, isCondaInstaller, isLoopback, namesFixedVersion, shown } from '../urls.ts'

export default defineRule({
  id: 'dockerfile/fetch-and-run',
  reads: 'script',
  joins: ['dockerfile', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['curl-pipe-shell', 'plain-http-download'],
  title: 'Script from the network is run unseen',
  why: 'Whoever controls the address, or the way to it, decides at every build what runs with the rights of the build, and so what is in the image.',
  how: 'Download the script to a file, compare its SHA-256 with one written here, and run it only if they match. Often a package, or `COPY --from` the vendor’s image, does the same without a script.',
  fine: 'A throw-away image on a developer’s machine.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.1.5'],
  refs: ['CWE-494', 'CWE-829'],
  peers: ['dockerfile-roast:DF021'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN curl -LsSf https://astral.sh/uv/install.sh | sh\n',
        good: 'FROM debian:12-slim\nCOPY --from=ghcr.io/astral-sh/uv:0.5.4 /uv /usr/local/bin/uv\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN curl -fsSL https://deb.nodesource.com/setup_20.x -o /tmp/setup.sh && bash /tmp/setup.sh\n',
        good: 'FROM debian:12-slim\nRUN curl -fsSL https://deb.nodesource.com/setup_20.x -o /tmp/setup.sh \\\n && echo "4c5d7a1f9a6f0a8b0d3e2c1b4a5968778695a4b3c2d1e0f0a1b2c3d4e5f60718  /tmp/setup.sh" | sha256sum -c - \\\n && bash /tmp/setup.sh\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nADD https://get.example.org/agent.sh /opt/agent.sh\nRUN sh /opt/agent.sh --yes\n',
        good: 'FROM debian:12-slim\nADD --checksum=sha256:4c5d7a1f9a6f0a8b0d3e2c1b4a5968778695a4b3c2d1e0f0a1b2c3d4e5f60718 https://get.example.org/agent.sh /opt/agent.sh\nRUN sh /opt/agent.sh --yes\n',
      },
    },
    {
      // What is piped is data: an archive, a key, JSON for a program given in place.
      Dockerfile: {
        bad: 'FROM rust:1.80\nRUN bash -c "$(wget -qO- http://example.org/bootstrap)"\n',
        good: 'FROM rust:1.80\nRUN curl -fsSL https://example.org/tool.tar.gz | tar xz -C /opt \\\n && curl -fsSL https://example.org/key.asc | gpg --dearmor -o /usr/share/keyrings/x.gpg \\\n && curl -s https://example.org/v.json | python3 -c "import json, sys; print(json.load(sys.stdin))" \\\n && curl -s https://example.org/names | grep sh | sha256sum\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: debian:12-slim\n    command: sh -c "curl -s https://get.example.org/run.sh | sh"\n',
        good: 'services:\n  api:\n    image: debian:12-slim\n    command: sh /opt/run.sh\n',
      },
    },
  ],
  check(script, report, view) {
    if (script.origin.in === 'workload') {
      checkWorkload(script, view, report)
      return
    }
    const dockerfile = view.at('dockerfile', script.target, script.path).find(({ layer }) => layer === script.layer)
    const { origin } = script
    const stage = dockerfile === undefined ? undefined : buildOf(dockerfile, view).stages[origin.stage]
    if (dockerfile === undefined || stage === undefined) return
    const first = stage.commands.find(({ as }) => as === 'run') ?? stage.commands[0]
    // A stage's RUNs are one story, told at its first; what runs at the start of the container is one of its own.
    if (origin.as === 'run') {
      if (first?.instruction.index === origin.instruction) checkStage(stage, dockerfile, report)
    } else checkStart(script, stage, report)
  },
})

function checkStage(stage: BuildStage, dockerfile: DockerfileFact, report: Report): void {
  const runs = stage.runs
  const errexit = runs.some(({ script }) => script.errexit)
  const commands = stage.flow().commands
  for (const found of fetchAndRun(commands, { errexit })) {
    const fetch = runs[found.fetch]
    const sink = runs[found.sink]
    if (fetch !== undefined && sink !== undefined) reportRun(stage, found, fetch, sink, commands, report)
  }
  checkAdded(stage, dockerfile, report)
}

function checkStart(script: ScriptFact, stage: BuildStage, report: Report): void {
  const own = stage.commands.filter((command) => command.script === script)
  const commands = own.map(({ command }) => command)
  for (const found of fetchAndRun(commands, { errexit: script.errexit })) {
    const fetch = own[found.fetch]
    const sink = own[found.sink]
    if (fetch !== undefined && sink !== undefined) reportRun(stage, found, fetch, sink, commands, report)
  }
}

function reportRun(
  stage: BuildStage,
  found: FetchAndRun,
  fetch: BuildCommand,
  sink: BuildCommand,
  commands: readonly ShellCommand[],
  report: Report,
): void {
  const address = addressOf(found, commands)
  if (isNobodysBusiness(address)) return
  const apart = sink !== fetch
  report({
    at: placeIn(
      stage,
      spanOf(fetch.command, apart && found.how === 'pipe' ? sink.command : undefined),
      fetch.instruction,
    ),
    message: messageOf(
      found,
      address,
      commands,
      fetch.as === 'run' ? 'while the image is built' : 'whenever the container starts',
    ),
    subject: stage.subject,
    key: `fetch[${address}]`,
    label: labelOf(found, commands),
    ...(apart && found.how === 'file'
      ? { related: [{ at: placeIn(stage, sink.command.span, sink.instruction), label: 'run here, unchecked' }] }
      : {}),
    concepts: conceptsOf(address),
    ...supplySeverity(stage, 'high', severityOf(address)),
    fix: fixOf(address, commands[found.sink]),
  })
}

/** `ADD URL f` and a RUN of `f`. */
function checkAdded(stage: BuildStage, dockerfile: DockerfileFact, report: Report): void {
  for (const instruction of stage.instructions) {
    if (instruction.keyword !== 'ADD' || instruction.onbuild === true) continue
    if (instruction.flags.some(({ name }) => name === 'checksum') || instruction.args.length !== 2) continue
    const [source, destination] = instruction.args
    if (source === undefined || destination === undefined || !/^https?:\/\//i.test(source.value)) continue
    if (isNobodysBusiness(source.value)) continue
    const name = source.value.replace(/[?#].*$/, '').replace(/^.*\//, '')
    const file = destination.value.endsWith('/') ? destination.value + name : destination.value
    const from = stage.runs.findIndex((run) => run.instruction.index > instruction.index)
    const sink = from === -1 ? undefined : stage.flow().runsOf(file, from)[0]
    const run = sink === undefined ? undefined : stage.runs[sink]
    if (sink === undefined || run === undefined || stage.flow().verifiedBetween(from - 1, sink, file)) continue
    report({
      at: { path: dockerfile.path, span: source.span, key: 'ADD' },
      message: `${shown(source.value)} is fetched by ADD and run while the image is built, without a check of what came`,
      subject: stage.subject,
      key: `fetch[${source.value}]`,
      label: 'fetched anew for each build',
      related: [{ at: placeIn(stage, run.command.span, run.instruction), label: 'run here, unchecked' }],
      concepts: conceptsOf(source.value),
      ...supplySeverity(stage, 'high', severityOf(source.value)),
      fix: manualFix(
        'Check what ADD fetches',
        `Add --checksum=sha256:… with the SHA-256 of the file that you have read: ADD --checksum=sha256:… ${shown(source.value)} ${destination.value}`,
      ),
    })
  }
}

function checkWorkload(script: ScriptFact, view: View, report: Report): void {
  if (script.origin.in !== 'workload') return
  const { commands } = script
  const workload = view.byId('workload', script.origin.workload)
  for (const found of fetchAndRun(commands, { errexit: script.errexit })) {
    const fetch = commands[found.fetch]
    const sink = commands[found.sink]
    const address = addressOf(found, commands)
    if (fetch === undefined || sink === undefined || isNobodysBusiness(address)) continue
    const at: Place = { path: script.path, span: spanOf(fetch, found.how === 'pipe' ? sink : undefined) }
    report({
      at,
      message: messageOf(found, address, commands, `whenever ${workload?.label ?? 'the container'} starts`),
      ...(workload === undefined ? {} : { subject: workload.subject }),
      key: `fetch[${address}]`,
      label: labelOf(found, commands),
      concepts: conceptsOf(address),
      ...severityOf(address),
      fix: fixOf(address, sink),
    })
  }
}

/** Its own rule, or no network at all. */
function isNobodysBusiness(address: string): boolean {
  const host = hostOf(address)
  return isCondaInstaller(address) || (host !== undefined && isLoopback(host))
}

function addressOf(found: FetchAndRun, commands: readonly ShellCommand[]): string {
  if (found.url !== null) return found.url
  const download = downloads(commands).find(({ command }) => command === found.fetch)
  return download?.urls[0]?.written ?? ''
}

function messageOf(found: FetchAndRun, address: string, commands: readonly ShellCommand[], when: string): string {
  const what = address === '' ? 'What is fetched' : shown(address)
  const program = sinkName(found, commands)
  const way = found.how === 'file' ? 'is downloaded and run' : `goes straight into ${program}`
  return `${what} ${way} ${when}, without a check of what came${isPlain(address) ? ', over plain HTTP' : ''}`
}

function labelOf(found: FetchAndRun, commands: readonly ShellCommand[]): string {
  return found.how === 'file' ? 'downloaded here' : `fetched and run by ${sinkName(found, commands)}`
}

function sinkName(found: FetchAndRun, commands: readonly ShellCommand[]): string {
  const sink = commands[found.sink]
  return (sink === undefined ? undefined : programOf(sink)) ?? 'a shell'
}

function severityOf(address: string): { severity?: 'medium'; because?: string } {
  if (isPlain(address) || !namesFixedVersion(address)) return {}
  return { severity: 'medium', because: 'the address names a fixed version and is fetched over TLS' }
}

function isPlain(address: string): boolean {
  return /^http:\/\//i.test(address)
}

function conceptsOf(address: string): string[] {
  return isPlain(address) ? ['curl-pipe-shell', 'plain-http-download'] : ['curl-pipe-shell']
}

function fixOf(address: string, sink: ShellCommand | undefined) {
  const url = address === '' ? 'URL' : shown(address)
  const program = interpreterOf(sink)
  const file = `/tmp/${fileNameOf(address, program)}`
  const run = program === undefined ? `chmod +x ${file} && ${file}` : `${program} ${file}${argumentsOf(sink)}`
  return manualFix(
    'Check the script before it runs',
    `Read the script once, note its SHA-256, and let the build compare: curl -fsSL ${url} -o ${file} && echo "<sha256>  ${file}" | sha256sum -c - && ${run}`,
  )
}

/** What runs the script now, and should later: `bash`, `python3`, `.`; undefined where the file itself is started. */
function interpreterOf(sink: ShellCommand | undefined): string | undefined {
  if (sink === undefined) return 'sh'
  if (interpreterCall(sink) === undefined) return undefined
  const name = programOf(sink) ?? 'sh'
  // The shell that builds goes on with what the script sets.
  return name === 'eval' || name === 'source' ? '.' : name
}

/** The name in the address, where it is one of a script; else one that its interpreter takes. */
function fileNameOf(address: string, program: string | undefined): string {
  const name = address.replace(/[?#].*$/, '').replace(/^.*\//, '')
  if (/^\w[\w.-]{0,60}\.(?:sh|bash|py|pl|rb|js|php)$/i.test(name)) return name
  const language = (program ?? '').replace(/[\d.]+$/, '')
  return `install${Object.hasOwn(EXTENSIONS, language) ? EXTENSIONS[language] : '.sh'}`
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  python: '.py',
  pypy: '.py',
  perl: '.pl',
  ruby: '.rb',
  node: '.js',
  nodejs: '.js',
  php: '.php',
}

/** `sh -s -- -y`: what the script is given, without which it may ask and wait. */
function argumentsOf(sink: ShellCommand | undefined): string {
  const words = (sink?.words ?? []).map(textOf)
  const from = words.indexOf('-s', 1)
  if (from === -1) return ''
  const given = words.slice(from + (words[from + 1] === '--' ? 2 : 1)).join(' ')
  return given === '' || given.length > 120 || given.includes('\n') ? '' : ` ${given}`
}

function spanOf(fetch: ShellCommand, sink: ShellCommand | undefined) {
  const ends = sink !== undefined && sink.span.end > fetch.span.end && sink.pipeline === fetch.pipeline
  return { start: fetch.span.start, end: ends ? sink.span.end : fetch.span.end }
}
