/** Reports to test reports with: a believable one, one full of hostile strings, and builders for the rest. */

import type { AreaCoverage, Coverage } from '../../core/coverage.ts'
import type { Finding, Location } from '../../core/finding.ts'
import type { Fix } from '../../core/fix.ts'
import type { ScanReport } from '../../core/report.ts'
import type { RuleMetadata } from '../../core/rule.ts'
import { AREAS, type Area } from '../../core/severity.ts'

/** One string for each thing that a target may try on a reader of reports. */
export const HOSTILE = {
  script: '</script><img src=x onerror=alert(1)>',
  comment: '--><b>out of the comment</b><!--',
  cdata: ']]>]]&gt;&amp;&#0;',
  escape: '\u001b[2J\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  c1: '\u009b2J\u0085',
  pipe: 'a|b\\|c',
  mention: '@team cc @org/everyone #12 GH-3',
  link: '![x](https://evil.example/p.png) [y](javascript:alert(1)) https://evil.example www.evil.example',
  fence: '``` ` ```` ~~~',
  bidi: 'user\u202e\u2066 // admin\u2069',
  invisible: 'a\u200bb\u00adc\ufeffd\u{e0041}\u{e007f}e\ufe0f\u3164',
  percent: '%0A::error::owned%0D%25',
  command: '::error file=x::owned ##[set-output name=x]y ##vso[task.setvariable variable=x]y',
  lines: 'one\ntwo\r\nthree\rfour\u2028five\u2029six\u0085seven',
  bytes: 'caf\udce9\udcff',
  surrogate: 'x\ud800y',
  formula: '=HYPERLINK("https://evil.example")',
  marks: `z${'\u0301'.repeat(40)}`,
  nul: 'a\u0000b\u0007c\u007fd\ufffee\uffff',
  prototype: '__proto__',
} as const

/** All of them in one. */
export const HOSTILE_TEXT = Object.values(HOSTILE).join(' ')

/** Text in many scripts that must come through as it is. */
export const ORDINARY = [
  'naïve café, Größe, Łódź, čeština',
  '模型服务器 モデル 모델',
  'Привет мир',
  'שלום עולם',
  'مرحبا بالعالم',
  'हिन्दी தமிழ் ไทย',
  'emoji 🚀 👩🏽‍💻 ❤️ 1️⃣',
  'cafe\u0301',
  'a – “b” … ½ ≤ ∞',
] as const

/** A finding of `rule`; its fingerprint and place follow from `number`, unless given. */
export function sampleFinding(overrides: Partial<Finding> = {}, number = 1): Finding {
  return {
    fingerprint: number.toString(16).padStart(32, '0'),
    rule: 'workload/port-all-interfaces',
    area: 'network',
    title: 'Port is published on every network interface',
    message: `Service "notebook" publishes port ${8887 + number} on every network interface.`,
    subject: 'compose.yaml#notebook',
    confidence: 'high',
    severity: 'high',
    severityBase: 'high',
    severityBecause: [],
    locations: [sampleLocation({ line: 13 + number, endLine: 13 + number })],
    evidence: [],
    fixes: [],
    facts: ['workload:.:compose.yaml#notebook'],
    refs: ['CWE-668'],
    controls: ['CIS-Docker-1.6:5.14'],
    concepts: ['port-all-interfaces'],
    status: { is: 'open' },
    ...overrides,
  }
}

/** A place in `compose.yaml` with its excerpt. */
export function sampleLocation(overrides: Partial<Location> = {}): Location {
  const line = overrides.line ?? 14
  return {
    target: '.',
    path: 'compose.yaml',
    span: { start: 210, end: 221 },
    key: 'services.notebook.ports[8888]',
    role: 'primary',
    label: 'listens on 0.0.0.0',
    line,
    column: 9,
    endLine: line,
    endColumn: 20,
    excerpt:
      line === 1
        ? { firstLine: 1, lines: ['FROM python:latest \\', '  AS base'] }
        : { firstLine: line - 1, lines: ['    ports:', '      - "8888:8888"', '    environment:'] },
    ...overrides,
  }
}

export function sampleFix(overrides: Partial<Fix> = {}): Fix {
  return {
    id: 'fix-000000000001',
    action: 'edit',
    title: 'Bind published ports to 127.0.0.1',
    safety: 'safe',
    steps: [
      {
        do: 'edit',
        target: '.',
        path: 'compose.yaml',
        edits: [{ span: { start: 211, end: 211 }, text: '127.0.0.1:' }],
      },
    ],
    resolves: [],
    conflicts: [],
    ...overrides,
  }
}

export function sampleCoverage(overrides: Partial<Coverage> = {}): Coverage {
  const areas = Object.fromEntries(AREAS.map((area) => [area, 'not-applicable'])) as Record<Area, AreaCoverage>
  return {
    areas: { ...areas, configuration: 'checked', network: 'checked', secrets: 'partly', packages: 'not-checked' },
    skipped: [
      {
        code: 'ignored-by-git',
        what: 'node_modules/',
        why: 'named in .gitignore',
        count: 3,
        required: false,
        target: '.',
      },
      { code: 'too-large', what: 'data/weights.env', why: 'larger than 8 MB', count: 1, required: false, target: '.' },
    ],
    analyzers: [
      { id: 'manifests/compose', status: 'ok', files: 2, errors: [] },
      {
        id: 'manifests/dockerfile',
        status: 'partly',
        files: 3,
        errors: [
          { path: 'Dockerfile.old', message: 'a here-document never ends (line 4)', stack: 'Error: at nowhere' },
        ],
      },
    ],
    knowledge: [{ id: 'base-images', date: '2026-11-01' }],
    suppressed: [{ by: 'bulkhead.yaml:4', count: 1 }],
    files: { seen: 240, read: 61 },
    ...overrides,
  }
}

/** A report without findings that passes. */
export function sampleReport(overrides: Partial<ScanReport> = {}): ScanReport {
  return {
    schema: 'bulkhead.scan/1',
    tool: { name: 'bulkhead', version: '0.1.0' },
    date: '2026-11-25T12:00:00.000Z',
    targets: [{ id: '.', kind: 'directory', name: '.' }],
    findings: [],
    fixes: [],
    coverage: sampleCoverage(),
    verdict: { outcome: 'pass', reasons: [], exitCode: 0 },
    seen: [
      { what: 'Dockerfiles', count: 3 },
      { what: 'services', count: 9 },
    ],
    failOn: 'high',
    ...overrides,
  }
}

/** What a scan of a small AI project gives: every severity, status, kind of fix and of place once. */
export function believableReport(): ScanReport {
  const findings: Finding[] = [
    sampleFinding({
      fingerprint: 'a'.repeat(32),
      rule: 'workload/engine-socket',
      area: 'configuration',
      title: 'Container can command the Docker engine',
      message: 'Service "agent" mounts /var/run/docker.sock: whoever controls it controls the host.',
      subject: 'compose.yaml#agent',
      severity: 'critical',
      severityBase: 'high',
      severityBecause: ['an AI agent runs what a model tells it'],
      fixes: ['fix-socket'],
      refs: ['CWE-250', 'https://docs.docker.com/engine/security/protect-access/'],
      concepts: ['docker-socket', 'agent-host-access'],
      locations: [
        sampleLocation({ line: 31, endLine: 31, key: 'services.agent.volumes[0]', label: 'the engine, writable' }),
        sampleLocation({
          path: 'agent/Dockerfile',
          line: 12,
          endLine: 12,
          role: 'related',
          label: 'runs as root',
          excerpt: { firstLine: 12, lines: ['USER root'] },
        }),
      ],
    }),
    ...[1, 2, 3].map((number) => sampleFinding({ fixes: ['fix-ports'] }, number)),
    sampleFinding({
      fingerprint: 'b'.repeat(32),
      rule: 'secret/in-build',
      area: 'secrets',
      title: 'Credential is baked into the image',
      message: 'A Hugging Face access token is set by ENV: everyone who pulls the image can read it.',
      subject: 'hugging-face-token Dockerfile#1',
      severity: 'high',
      evidence: ['hf_A…', 'shaped like the vendor\u2019s tokens'],
      fixes: ['fix-secret'],
      refs: ['CWE-798'],
      concepts: ['secret-in-image'],
      locations: [
        sampleLocation({
          path: 'Dockerfile',
          line: 7,
          endLine: 7,
          column: 5,
          endColumn: 20,
          key: 'ENV.HF_TOKEN',
          label: 'readable in the image',
          excerpt: { firstLine: 6, lines: ['WORKDIR /app', 'ENV HF_TOKEN=hf_A****************', 'COPY . .'] },
        }),
      ],
    }),
    sampleFinding({
      fingerprint: 'c'.repeat(32),
      rule: 'dockerfile/unpinned-base',
      area: 'image',
      title: 'Base image may change under the same tag',
      message: 'python:latest is another image every few weeks.',
      subject: 'Dockerfile#0',
      severity: 'medium',
      severityBase: 'medium',
      confidence: 'medium',
      fixes: ['fix-pin'],
      refs: [],
      controls: [],
      concepts: ['unpinned-base'],
      locations: [sampleLocation({ path: 'Dockerfile', line: 1, endLine: 2, column: 6, endColumn: 3, key: 'FROM' })],
    }),
    sampleFinding({
      fingerprint: 'd'.repeat(32),
      rule: 'workload/no-healthcheck',
      area: 'configuration',
      title: 'Nothing checks that the service works',
      message: 'Service "notebook" has no health check.',
      severity: 'low',
      severityBase: 'low',
      confidence: 'low',
      locations: [{ target: '.', path: 'compose.yaml', role: 'primary' }],
    }),
    sampleFinding({
      fingerprint: 'e'.repeat(32),
      severity: 'info',
      severityBase: 'info',
      rule: 'host/no-user-namespaces',
      area: 'host',
      title: 'Root in a container is root on the host',
      message: 'The engine does not map users.',
      locations: [{ target: '.', path: '', key: 'userns-remap', role: 'primary' }],
    }),
    sampleFinding({
      fingerprint: 'f'.repeat(32),
      status: {
        is: 'waived',
        by: 'compose.yaml:40',
        reason: 'behind the company proxy',
        until: '2026-12-04',
      },
    }),
    sampleFinding({ fingerprint: '9'.repeat(32), status: { is: 'baselined', by: '.bulkhead-baseline.json' } }),
    sampleFinding({
      fingerprint: '8'.repeat(32),
      status: { is: 'not-affected', by: 'vex.json', reason: 'the function is never called' },
    }),
  ]
  const resolvedBy = (id: string) => findings.filter(({ fixes }) => fixes.includes(id)).map((one) => one.fingerprint)
  return sampleReport({
    findings,
    fixes: [
      sampleFix({ id: 'fix-ports', resolves: resolvedBy('fix-ports') }),
      sampleFix({
        id: 'fix-pin',
        action: 'upgrade',
        title: 'Pin the base image',
        safety: 'review',
        breaks: 'a newer Python may drop what the code uses',
        steps: [{ do: 'upgrade', package: 'python', from: 'latest', to: '3.13-slim' }],
        resolves: resolvedBy('fix-pin'),
      }),
      sampleFix({
        id: 'fix-secret',
        action: 'command',
        title: 'Hand the token in as a build secret',
        safety: 'review',
        steps: [
          { do: 'manual', text: 'Revoke the token: it is in every image built so far.' },
          { do: 'command', command: 'docker build --secret id=hf_token .' },
        ],
        resolves: resolvedBy('fix-secret'),
      }),
      sampleFix({
        id: 'fix-socket',
        title: 'Put a socket proxy in front of the engine',
        safety: 'review',
        breaks: 'the agent can no longer start containers',
        steps: [
          {
            do: 'set',
            target: '.',
            workload: 'workload:.:compose.yaml#agent',
            changes: [{ remove: 'mounts[/var/run/docker.sock]' }, { set: 'privileged', value: false }],
          },
        ],
        resolves: resolvedBy('fix-socket'),
        conflicts: ['fix-ports'],
      }),
    ],
    verdict: { outcome: 'fail', reasons: ['5 findings at high or above'], exitCode: 1 },
  })
}

/** Every string that a target can choose is hostile. */
export function hostileReport(): ScanReport {
  const text = HOSTILE_TEXT
  const location = sampleLocation({
    target: 'evil',
    path: `dir/${text}`,
    key: text,
    label: text,
    layer: text,
    excerpt: { firstLine: 13, lines: [text, ...Object.values(HOSTILE)] },
  })
  return sampleReport({
    targets: [
      { id: 'evil', kind: 'directory', name: `./${text}` },
      { id: 'image', kind: 'image', name: text },
    ],
    findings: [
      sampleFinding({
        message: text,
        subject: text,
        evidence: [text],
        severityBecause: [text],
        refs: [text, 'javascript:alert(1)', 'CWE-79'],
        fixes: ['fix-evil'],
        locations: [location, { ...location, target: 'image', role: 'related' }],
      }),
      ...Object.values(HOSTILE).map((value, index) =>
        sampleFinding(
          {
            message: value,
            subject: value,
            locations: [
              { ...location, path: value, label: value, key: value, excerpt: { firstLine: 1, lines: [value] } },
            ],
            status: index % 2 === 0 ? { is: 'open' } : { is: 'waived', by: value, reason: value, until: '2027-01-01' },
          },
          index + 1,
        ),
      ),
    ],
    fixes: [
      sampleFix({
        id: 'fix-evil',
        title: text,
        breaks: text,
        safety: 'review',
        steps: [
          { do: 'edit', target: 'evil', path: `dir/${text}`, edits: [{ span: { start: 0, end: 1 }, text }] },
          { do: 'upgrade', package: text, from: text, to: text },
          { do: 'command', command: text },
          { do: 'manual', text },
          { do: 'set', target: 'evil', workload: text, changes: [{ set: `env[${text}]`, value: text }] },
        ],
        resolves: ['1'.padStart(32, '0')],
      }),
    ],
    coverage: sampleCoverage({
      skipped: [{ code: 'unreadable', what: text, why: text, count: 1, required: true, target: 'evil' }],
      analyzers: [{ id: 'manifests/compose', status: 'failed', files: 1, errors: [{ path: text, message: text }] }],
      suppressed: [{ by: text, count: 1 }],
    }),
    verdict: { outcome: 'incomplete', reasons: [text], exitCode: 3 },
    seen: [{ what: 'Dockerfiles', count: 1 }],
  })
}

/** `count` open findings whose severities go round, and one fix for each tenth. */
export function largeReport(count: number): ScanReport {
  const severities = ['info', 'low', 'medium', 'high', 'critical'] as const
  const findings = Array.from({ length: count }, (_, index) =>
    sampleFinding(
      {
        severity: severities[index % severities.length] as Finding['severity'],
        fixes: index % 10 === 0 ? [`fix-${index}`] : [],
        locations: [
          sampleLocation({ path: `services/${index % 97}/compose.yaml`, line: index + 2, endLine: index + 2 }),
        ],
      },
      index + 1,
    ),
  )
  return sampleReport({
    findings,
    fixes: findings
      .filter(({ fixes }) => fixes.length > 0)
      .map((finding, index) =>
        sampleFix({ id: finding.fixes[0] as string, title: `Fix number ${index}`, resolves: [finding.fingerprint] }),
      ),
    verdict: { outcome: 'fail', reasons: [], exitCode: 1 },
  })
}

/** Metadata for every rule that the samples name. */
export function sampleRules(id: string): RuleMetadata | undefined {
  return SAMPLE_RULES.find((rule) => rule.id === id)
}

export const SAMPLE_RULES: readonly RuleMetadata[] = [
  sampleRule('workload/port-all-interfaces', 'Port is published on every network interface', { area: 'network' }),
  sampleRule('workload/engine-socket', 'Container can command the Docker engine', {
    concepts: ['docker-socket', 'agent-host-access'],
    refs: ['CWE-250', 'https://docs.docker.com/engine/security/protect-access/'],
  }),
  sampleRule('secret/in-build', 'Credential is baked into the image', { area: 'secrets', refs: ['CWE-798'] }),
  sampleRule('dockerfile/unpinned-base', 'Base image may change under the same tag', {
    area: 'image',
    severity: 'medium',
    confidence: 'medium',
    refs: [],
  }),
  sampleRule('workload/no-healthcheck', 'Nothing checks that the service works', {
    severity: 'low',
    confidence: 'low',
    offByDefault: true,
    fixes: false,
    refs: [],
  }),
  sampleRule('host/no-user-namespaces', 'Root in a container is root on the host', { area: 'host', severity: 'info' }),
]

export function sampleRule(id: string, title: string, overrides: Partial<RuleMetadata> = {}): RuleMetadata {
  return {
    id,
    reads: 'workload',
    area: 'configuration',
    severity: 'high',
    confidence: 'high',
    concepts: [id.replace(/^.*\//, '')],
    offByDefault: false,
    fixes: true,
    title,
    why: 'Whoever can reach it can take it over.',
    how: 'Write the narrower setting.',
    fine: 'Nobody else is on the network.',
    controls: ['CIS-Docker-1.6:5.14'],
    refs: ['CWE-668'],
    peers: ['compose-lint:CL-0005'],
    formerly: [],
    ...overrides,
  }
}
