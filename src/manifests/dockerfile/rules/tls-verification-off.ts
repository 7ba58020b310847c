import type { DockerfileFact } from '../../../core/facts/dockerfile.ts'
import type { TextEdit } from '../../../core/fix.ts'
import { defineRule } from '../../../core/rule.ts'
import { editFix } from '../../../core/setting.ts'
import type { Severity } from '../../../core/severity.ts'
import { buildOf, supplySeverity } from '../build.ts'
import { type TlsSwitch, tlsSwitches } from '../tls-switches.ts'

export default defineRule({
  id: 'dockerfile/tls-verification-off',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: [
    'curl-insecure',
    'wget-insecure',
    'tls-verify-off-git',
    'tls-verify-off-node',
    'tls-verify-off-npm',
    'tls-verify-off-python',
    'yum-sslverify-off',
  ],
  title: 'TLS certificates are not verified',
  why: 'Anyone on the way (a proxy, a Wi-Fi, a poisoned DNS answer) can answer in the server’s place: what they send is put into the image and run.',
  how: 'Take the switch away. Where a private certificate authority signs the server, add its certificate to the image (`COPY ca.crt /usr/local/share/ca-certificates/` and `update-ca-certificates`).',
  fine: 'The server is the container itself, or the file’s SHA-256 is compared afterwards.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.2.1'],
  refs: ['CWE-295'],
  peers: [
    'checkov:CKV2_DOCKER_2',
    'checkov:CKV2_DOCKER_3',
    'checkov:CKV2_DOCKER_5',
    'checkov:CKV2_DOCKER_6',
    'checkov:CKV2_DOCKER_12',
    'checkov:CKV2_DOCKER_13',
    'checkov:CKV2_DOCKER_14',
    'checkov:CKV2_DOCKER_15',
  ],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN curl -fsSLk https://example.org/tool.tar.gz | tar xz -C /opt\n',
        good: 'FROM debian:12-slim\nRUN curl -fsSL https://example.org/tool.tar.gz | tar xz -C /opt\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN wget --no-check-certificate \\\n    -O /tmp/m.bin https://example.org/m.bin\n',
        good: 'FROM debian:12-slim\nRUN wget -O /tmp/m.bin https://example.org/m.bin\n',
        fixed: 'FROM debian:12-slim\nRUN wget \\\n    -O /tmp/m.bin https://example.org/m.bin\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM node:22-slim\nENV NODE_ENV=production NODE_TLS_REJECT_UNAUTHORIZED=0\nRUN npm ci\n',
        good: 'FROM node:22-slim\nENV NODE_ENV=production\nRUN npm ci\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM node:22-slim\nRUN npm config set strict-ssl false && npm ci\nENV GIT_SSL_NO_VERIFY=true\n',
        good: 'FROM node:22-slim\nRUN npm config set strict-ssl true && npm ci\nENV NODE_TLS_REJECT_UNAUTHORIZED=1\n',
        fixed: 'FROM node:22-slim\nRUN npm config set strict-ssl true && npm ci\n',
      },
    },
    {
      // A probe of the container itself, and options that look alike.
      Dockerfile: {
        bad: 'FROM rockylinux:9\nRUN git config --global http.sslVerify false && git clone https://git.example.org/x.git\n',
        good: 'FROM rockylinux:9\nRUN curl -fsS --keepalive-time 5 -o k https://example.org/k && wget -k -O p https://example.org/p\nHEALTHCHECK CMD curl -kf https://localhost:8443/health\nRUN PYTHONHTTPSVERIFY=1 python3 -m app.check\n',
        fixed:
          'FROM rockylinux:9\nRUN git config --global http.sslVerify true && git clone https://git.example.org/x.git\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM rockylinux:9\nRUN dnf install -y --setopt=sslverify=false vim\n',
        good: 'FROM rockylinux:9\nRUN dnf install -y vim\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nENV PYTHONHTTPSVERIFY=0\nCMD ["python", "app.py"]\n',
        good: 'FROM python:3.12\nCMD ["python", "app.py"]\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      for (const found of tlsSwitches(stage)) {
        report({
          at: { path: dockerfile.path, span: found.span, key: found.instruction.keyword },
          message: found.message,
          subject: stage.subject,
          key: found.key,
          label: 'certificates are not verified',
          concepts: [found.concept],
          ...(found.confidence === undefined ? {} : { confidence: found.confidence }),
          ...supplySeverity(stage, 'high', lowered(found)),
          ...fixOf(found, dockerfile),
        })
      }
    }
  },
})

function lowered(found: TlsSwitch): { severity?: Severity; because?: string } {
  if (!found.checked) return {}
  return { severity: 'low', because: 'a checksum or signature of what came is compared afterwards' }
}

function fixOf(found: TlsSwitch, dockerfile: DockerfileFact) {
  const edits: readonly TextEdit[] | undefined = found.edits()
  if (edits === undefined) return {}
  const words = {
    title: 'Verify certificates again',
    safety: 'review' as const,
    breaks: 'servers whose certificate no known authority signed: add their authority’s certificate first',
  }
  return { fix: editFix(dockerfile, dockerfile.path, words, edits) }
}
