/** What rules say beyond "found": how severe, how often, and the words of steps that only a person can take. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '../core/finding.ts'
import { type Files, scanFiles } from './rule-harness.ts'

interface Told {
  readonly severity: Finding['severity']
  readonly message: string
  readonly places: number
  /** Title and steps of its fix, as JSON. */
  readonly fix: string
}

async function told(rule: string, files: Files): Promise<Told[]> {
  const { report } = await scanFiles(files)
  return report.findings
    .filter((finding) => finding.rule === rule)
    .map(({ severity, message, locations, fixes }) => {
      const own = report.fixes.filter(({ id }) => fixes.includes(id))
      return { severity, message, places: locations.length, fix: JSON.stringify(own.map(({ steps }) => steps)) }
    })
}

const dockerfile = (...lines: string[]): Files => ({ Dockerfile: `${lines.join('\n')}\n` })

interface Case {
  readonly name: string
  readonly rule: string
  readonly files: Files
  /** Of its only finding; none where nothing is to be told. */
  readonly severity?: Finding['severity']
  readonly places?: number
  readonly says?: RegExp
  readonly never?: RegExp
}

const CASES: readonly Case[] = [
  {
    name: 'a Python script is run by the Python that runs it now',
    rule: 'dockerfile/fetch-and-run',
    files: dockerfile('FROM debian:12', 'RUN curl -sS https://bootstrap.example.org/get-pip.py | python3.11'),
    severity: 'high',
    says: /-o \/tmp\/get-pip\.py .* && python3\.11 \/tmp\/get-pip\.py"/,
  },
  {
    name: 'a script that bash runs is not handed to sh',
    rule: 'dockerfile/fetch-and-run',
    files: dockerfile('FROM debian:12', 'RUN curl -fsSL https://deb.example.org/setup | bash -s -- --yes'),
    severity: 'high',
    says: /&& bash \/tmp\/install\.sh --yes"/,
  },
  {
    name: 'what starts by itself is made executable',
    rule: 'dockerfile/fetch-and-run',
    files: dockerfile(
      'FROM debian:12',
      'RUN curl -o /opt/tool https://get.example.org/tool && chmod +x /opt/tool && /opt/tool',
    ),
    severity: 'high',
    says: /&& chmod \+x \/tmp\/install\.sh && \/tmp\/install\.sh"/,
  },
  {
    name: 'a runtime tag that exists',
    rule: 'dockerfile/cuda-devel-ships',
    files: dockerfile('FROM nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04'),
    severity: 'medium',
    says: /FROM nvidia\/cuda:12\.4\.1-cudnn-runtime-ubuntu22\.04,/,
  },
  {
    name: 'no tag is made up for others',
    rule: 'dockerfile/cuda-devel-ships',
    files: dockerfile('FROM intel/oneapi-basekit:2025.1.3-0-devel-ubuntu22.04'),
    severity: 'medium',
    never: /-runtime-ubuntu/,
  },
  {
    name: 'a folder of the application, for the user that follows',
    rule: 'dockerfile/world-writable',
    files: dockerfile('FROM debian:12', 'RUN chmod -R a+rwx /workspace', 'USER app'),
    severity: 'medium',
    says: /chown -R app \/workspace/,
  },
  {
    name: 'a program that nobody writes, whoever follows',
    rule: 'dockerfile/world-writable',
    files: dockerfile('FROM debian:12', 'COPY --chmod=0777 start.sh /usr/src/app/', 'USER app'),
    severity: 'medium',
    says: /--chmod=0775/,
  },
  ...['/', '/etc', '/usr/lib/python3'].map(
    (folder): Case => ({
      name: `the system's ${folder}`,
      rule: 'dockerfile/world-writable',
      files: dockerfile('FROM debian:12', `RUN chmod -R 777 ${folder}`),
      severity: 'high',
    }),
  ),
  {
    name: 'an archive without TLS is not sent to https',
    rule: 'dockerfile/plain-http-download',
    files: dockerfile(
      'FROM ubuntu:24.04',
      'RUN wget http://nz2.archive.ubuntu.com/ubuntu/pool/main/x.deb && dpkg -i x.deb',
    ),
    severity: 'medium',
    says: /apt-get/,
  },
  {
    name: 'one host in many commands and stages',
    rule: 'dockerfile/pip-trusted-host',
    files: dockerfile(
      'FROM python:3.12 AS a',
      'ARG HOST=mirror.example.com',
      'RUN pip install --trusted-host $HOST x && pip install --trusted-host $HOST y',
      'FROM python:3.12',
      'COPY --from=a /x /x',
      'RUN pip install --trusted-host mirror.example.com z',
    ),
    severity: 'high',
    places: 3,
  },
  {
    name: 'the server and its port',
    rule: 'dockerfile/sshd-installed',
    files: dockerfile('FROM debian:12 AS base', 'RUN apt-get install -y openssh-server', 'FROM base', 'EXPOSE 22'),
    severity: 'medium',
    places: 2,
    says: /or announce its port/,
  },
  {
    name: 'one image in several steps',
    rule: 'dockerfile/base-image-unpinned',
    files: dockerfile(
      'FROM debian:12',
      'COPY --from=acme/tools:latest /a /a',
      'RUN --mount=type=bind,from=acme/tools:latest,target=/t cp -r /t/b /b',
    ),
    severity: 'medium',
    places: 2,
  },
  {
    name: 'a key and its repository',
    rule: 'dockerfile/add-trusted-key',
    files: dockerfile(
      'FROM ubuntu:22.04',
      'RUN echo "deb https://apt.example.org jammy main" > /etc/apt/sources.list.d/x.list',
      'RUN wget -qO - https://apt.example.org/key | apt-key add -',
    ),
    severity: 'medium',
    places: 2,
  },
  {
    name: 'the same archive in two stages',
    rule: 'dockerfile/add-trusted-key',
    files: dockerfile(
      'FROM ubuntu:22.04 AS a',
      'RUN add-apt-repository -y ppa:deadsnakes/ppa',
      'FROM ubuntu:22.04',
      'RUN add-apt-repository -y ppa:deadsnakes/ppa',
      'COPY --from=a /x /x',
    ),
    severity: 'low',
    places: 2,
  },
  {
    name: 'a tag that pip is told',
    rule: 'dockerfile/git-unpinned',
    files: dockerfile('FROM python:3.12', 'RUN pip install git+https://github.com/acme/x.git@v2.20.0'),
    severity: 'low',
    never: /stands on the day/,
  },
  {
    name: 'a tag that is checked out',
    rule: 'dockerfile/git-unpinned',
    files: dockerfile(
      'FROM python:3.12',
      'RUN git clone https://github.com/acme/engine.git && cd engine && git reset --hard v1.9.4 && pip install -r requirements.txt',
    ),
    severity: 'low',
    never: /stands on the day/,
  },
  {
    name: 'a branch whose name holds a version',
    rule: 'dockerfile/git-unpinned',
    files: dockerfile('FROM python:3.12', 'RUN pip install git+https://github.com/acme/x.git@release/2.20'),
    severity: 'medium',
  },
  {
    name: 'a default in a manifest of Kubernetes',
    rule: 'secret/default-password',
    files: {
      'grafana.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: g}\nspec:\n  containers:\n    - name: g\n      image: grafana/grafana:11.4.0\n      env: [{name: GF_SECURITY_ADMIN_PASSWORD, value: admin}]\n',
    },
    severity: 'high',
    says: /secretKeyRef: \{ name: gf-security-admin-password, key: value \}/,
    never: /:\?\}/,
  },
  {
    name: 'a word that is not the vendor’s',
    rule: 'secret/default-password',
    files: {
      'compose.yaml':
        'services:\n  g:\n    image: grafana/grafana:11\n    environment:\n      GF_SECURITY_ADMIN_PASSWORD: grafana\n',
    },
    severity: 'medium',
    says: /\$\{GF_SECURITY_ADMIN_PASSWORD:\?\}/,
  },
  {
    name: 'an account’s password',
    rule: 'dockerfile/password-in-build',
    files: dockerfile('FROM debian:12', "RUN echo 'root:letmein' | chpasswd"),
    severity: 'high',
    places: 1,
  },
  {
    name: 'an account’s password, which is told already',
    rule: 'secret/default-password',
    files: dockerfile('FROM debian:12', "RUN echo 'root:letmein' | chpasswd"),
  },
  {
    name: 'what runs code by design, besides what makes root of the host',
    rule: 'workload/agent-sandbox-weak',
    files: {
      'compose.yaml':
        'services:\n  box:\n    image: langgenius/dify-sandbox:0.2.12\n    privileged: true\n    volumes: ["./work:/work"]\n',
    },
    severity: 'high',
  },
  {
    name: 'a switch that lets callers run code',
    rule: 'workload/service-without-authentication',
    files: {
      'compose.yaml':
        'services:\n  auto:\n    image: example/auto:1\n    command: python -u webui.py --listen --allow-code --xformers\n    ports: ["7860:7860"]\n',
    },
    severity: 'critical',
  },
  {
    name: 'the same without it',
    rule: 'workload/service-without-authentication',
    files: {
      'compose.yaml':
        'services:\n  auto:\n    image: example/auto:1\n    command: python -u webui.py --listen --xformers\n    ports: ["7860:7860"]\n',
    },
    severity: 'high',
  },
  {
    name: 'a script of that name that is no such service',
    rule: 'workload/service-without-authentication',
    files: {
      'compose.yaml':
        'services:\n  auto:\n    image: example/auto:1\n    command: python -u webui.py --listen\n    ports: ["7860:7860"]\n',
    },
  },
  {
    name: 'a version that decides, and is not known',
    rule: 'workload/service-without-authentication',
    files: { 'compose.yaml': 'services:\n  e:\n    image: elasticsearch:${VERSION}\n    ports: ["9200:9200"]\n' },
  },
]

for (const { name, rule, files, severity, places, says, never } of CASES) {
  test(`${rule}: ${name}`, async () => {
    const found = await told(rule, files)
    assert.deepEqual(
      found.map((one) => one.severity),
      severity === undefined ? [] : [severity],
    )
    const [one] = found
    if (one === undefined) return
    if (places !== undefined) assert.equal(one.places, places)
    const text = `${one.message}\n${one.fix}`
    if (says !== undefined) assert.match(text, says)
    if (never !== undefined) assert.doesNotMatch(text, never)
  })
}
