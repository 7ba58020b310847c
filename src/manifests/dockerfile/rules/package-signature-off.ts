import type { DockerfileFact } from '../../../core/facts/dockerfile.ts'
import { defineRule } from '../../../core/rule.ts'
import { editFix } from '../../../core/setting.ts'
import { buildOf, supplySeverity } from '../build.ts'
import { type SignatureSwitch, signatureSwitches } from '../signature-switches.ts'

export default defineRule({
  id: 'dockerfile/package-signature-off',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['apt-unauthenticated', 'apt-force-yes', 'apk-allow-untrusted', 'rpm-no-signature', 'rpm-nogpgcheck'],
  title: 'Packages are installed without checking their signature',
  why: 'The signature is what says that a package is the distribution’s own. Without it a mirror, a proxy or a poisoned DNS answer may hand out any package, whose scripts run as root at once.',
  how: 'Take the switch away, and add the key of the repository instead: a keyring file with `signed-by=` for apt, `gpgkey=` with `gpgcheck=1` for rpm, a file in `/etc/apk/keys` for apk.',
  fine: 'The package was built in this very file, or its SHA-256 is compared before it is installed.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.1.5'],
  refs: ['CWE-347'],
  peers: [
    'checkov:CKV2_DOCKER_7',
    'checkov:CKV2_DOCKER_8',
    'checkov:CKV2_DOCKER_9',
    'checkov:CKV2_DOCKER_10',
    'checkov:CKV2_DOCKER_11',
  ],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN apt-get update && apt-get install -y --allow-unauthenticated libcudnn9\n',
        good: 'FROM debian:12-slim\nRUN apt-get update && apt-get install -y libcudnn9\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN apt-get update \\\n && apt-get install -y \\\n    --force-yes \\\n    ffmpeg\n',
        good: 'FROM ubuntu:22.04\nRUN apt-get update \\\n && apt-get install -y \\\n    ffmpeg\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM alpine:3.20\nRUN apk add --no-cache --allow-untrusted -X https://example.org/alpine thing\n',
        good: 'FROM alpine:3.20\nRUN apk add --no-cache -X https://example.org/alpine thing\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM rockylinux:9\nRUN rpm -i --nosignature https://example.org/x.rpm && dnf install -y --nogpgcheck y\n',
        good: 'FROM rockylinux:9\nRUN rpm -i https://example.org/x.rpm && dnf install -y y\n',
      },
    },
    {
      // `repo_gpgcheck` is about the list, and off by default.
      Dockerfile: {
        bad: 'FROM rockylinux:9\nRUN cat > /etc/yum.repos.d/x.repo <<EOF\n[x]\nbaseurl=https://example.org/x\ngpgcheck=0\nEOF\n',
        good: 'FROM rockylinux:9\nRUN cat > /etc/yum.repos.d/x.repo <<EOF\n[x]\nbaseurl=https://example.org/x\ngpgcheck=1\nrepo_gpgcheck=0\ngpgkey=https://example.org/x.asc\nEOF\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM rockylinux:9\nRUN sed -i "s/gpgcheck=1/gpgcheck=0/" /etc/yum.repos.d/x.repo\n',
        good: 'FROM rockylinux:9\nRUN sed -i -e "s/gpgcheck=0/gpgcheck=1/" /etc/yum.repos.d/x.repo && sed -i "/^gpgcheck=0/d" /etc/yum.conf\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN echo "deb [trusted=yes] https://apt.example.org/ ./" > /etc/apt/sources.list.d/x.list\n',
        good: 'FROM debian:12-slim\nRUN echo "deb [signed-by=/usr/share/keyrings/x.gpg] https://apt.example.org/ ./" > /etc/apt/sources.list.d/x.list\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM opensuse/leap:15.6\nRUN zypper --non-interactive --no-gpg-checks install vim\n',
        good: 'FROM opensuse/leap:15.6\nRUN zypper --non-interactive install vim && grep -r nogpgcheck /etc || true\n',
        fixed: 'FROM opensuse/leap:15.6\nRUN zypper --non-interactive install vim\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      for (const found of signatureSwitches(stage)) {
        report({
          at: { path: dockerfile.path, span: found.span, key: found.instruction.keyword },
          message: found.message,
          subject: stage.subject,
          key: found.key,
          label: 'signatures are not checked',
          concepts: [found.concept],
          ...supplySeverity(stage, 'high', found.judged),
          ...fixOf(found, dockerfile),
        })
      }
    }
  },
})

function fixOf(found: SignatureSwitch, dockerfile: DockerfileFact) {
  const edits = found.edits()
  if (edits === undefined) return {}
  const words = {
    title: 'Check package signatures again',
    safety: 'review' as const,
    breaks: 'packages that no known key signed: add the repository’s key first',
  }
  return { fix: editFix(dockerfile, dockerfile.path, words, edits) }
}
