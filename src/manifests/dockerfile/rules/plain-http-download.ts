import type { DockerfileFact } from '../../../core/facts/dockerfile.ts'
import type { ShellWord } from '../../../core/facts/script.ts'
import { defineRule } from '../../../core/rule.ts'
import { editFix, manualFix } from '../../../core/setting.ts'
import type { Severity } from '../../../core/severity.ts'
import type { Span } from '../../../core/span.ts'
import { downloads, fetchAndRun, textOf } from '../../../formats/shell/meaning.ts'
import { type BuildStage, buildOf, placeIn, supplySeverity } from '../build.ts'
import { isWritten } from '../command-edits.ts'
import { hostOf, isLoopback, isPrivateHost, shown } from '../urls.ts'

export default defineRule({
  id: 'dockerfile/plain-http-download',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['plain-http-download'],
  title: 'File is fetched over plain HTTP',
  why: 'Whoever is on the way (a proxy, a Wi-Fi, a poisoned DNS answer) can hand out another file, and it becomes a part of the image.',
  how: 'Use the `https://` address, or compare a checksum of the file before it is used.',
  fine: 'The file’s SHA-256 or signature is compared, or the server is the machine itself.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.2.1'],
  refs: ['CWE-319', 'CWE-494'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN wget http://data.example.org/model.tar.gz && tar xzf model.tar.gz\n',
        good: 'FROM debian:12-slim\nRUN wget https://data.example.org/model.tar.gz && tar xzf model.tar.gz\n',
      },
    },
    {
      // Compared, local, or signed lists: none of these trusts the way.
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN git clone --depth 1 http://git.example.org/x.git /opt/x\n',
        good: 'FROM debian:12-slim\nRUN echo "deb http://deb.debian.org/debian bookworm main" > /etc/apt/sources.list && curl -O http://localhost:8000/x\nRUN curl -fsSLO http://data.example.org/m.bin && echo "4c5d7a1f9a6f0a8b0d3e2c1b4a5968778695a4b3c2d1e0f0a1b2c3d4e5f60718  m.bin" | sha256sum -c -\nADD --checksum=sha256:4c5d7a1f9a6f0a8b0d3e2c1b4a5968778695a4b3c2d1e0f0a1b2c3d4e5f60718 http://data.example.org/m2.bin /m/\nHEALTHCHECK CMD curl -f http://0.0.0.0:80/ || exit 1\n',
        fixed: 'FROM debian:12-slim\nRUN git clone --depth 1 https://git.example.org/x.git /opt/x\n',
      },
    },
    {
      // A package from the archive itself is checked by nobody; what the package manager fetches, by the signed index.
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN wget http://archive.ubuntu.com/ubuntu/pool/main/o/openssl/libssl1.1_1.1.1f-1ubuntu2_amd64.deb && dpkg -i libssl1.1_1.1.1f-1ubuntu2_amd64.deb\n',
        good: 'FROM ubuntu:22.04\nRUN add-apt-repository "deb http://archive.ubuntu.com/ubuntu focal main" && sed -i "s|http://archive.ubuntu.com|http://mirrors.example.com|" /etc/apt/sources.list && apk add --repository http://dl-cdn.alpinelinux.org/alpine/edge/main libssl\nCOPY <<EOF /etc/apt/sources.list.d/x.sources\nURIs: http://deb.debian.org/debian\nEOF\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      for (const found of fetchedPlainly(stage)) {
        const host = hostOf(found.url) ?? ''
        if (isLoopback(host)) continue
        report({
          at: placeIn(stage, found.span, found.instruction),
          message: `${shown(found.url)} is fetched over plain HTTP, and nothing checks what came`,
          subject: stage.subject,
          key: `fetch[${found.url}]`,
          label: 'can be replaced on the way',
          ...supplySeverity(stage, 'medium', judge(host)),
          ...fixOf(found, host, dockerfile),
        })
      }
    }
  },
})

interface PlainFetch {
  readonly url: string
  readonly span: Span
  readonly instruction: BuildStage['instructions'][number]
  /** Where the address stands literally. */
  readonly literal: Span | undefined
}

function fetchedPlainly(stage: BuildStage): PlainFetch[] {
  const runs = stage.runs
  const flow = stage.flow()
  const errexit = runs.some(({ script }) => script.errexit)
  // What is run unseen is told by its own rule.
  const run = new Set(fetchAndRun(flow.commands, { errexit }).map(({ fetch }) => fetch))
  const found: PlainFetch[] = []
  const add = (index: number, word: ShellWord, url: string): void => {
    const { instruction } = runs[index] ?? {}
    if (instruction === undefined || !/^http:\/\//i.test(url)) return
    const literal = isWritten(word) && word.raw.startsWith('http://') ? word.span : undefined
    found.push({ url, span: word.span, instruction, literal })
  }
  for (const { command, urls, file } of downloads(flow.commands)) {
    if (run.has(command) || flow.verifiedBetween(command, flow.commands.length, file ?? '')) continue
    for (const { written, word } of urls) add(command, word, written)
  }
  flow.commands.forEach((command, index) => {
    if (command.name !== 'git' || !command.words.some(({ value }) => value === 'clone')) return
    const word = command.words.find((one) => /^http:\/\//i.test(textOf(one)))
    if (word !== undefined) add(index, word, textOf(word))
  })
  return found.sort((one, other) => one.span.start - other.span.start)
}

function judge(host: string): { severity?: Severity; because?: string } {
  return isPrivateHost(host) ? { severity: 'low', because: 'the server is inside a private network' } : {}
}

/** Archives that answer over plain HTTP alone: their package managers compare checksums, a download does not. */
const WITHOUT_TLS = /^(?:[a-z\d-]+\.)?(?:archive|security|ports)\.ubuntu\.com$/

function fixOf({ literal, url }: PlainFetch, host: string, dockerfile: DockerfileFact) {
  if (WITHOUT_TLS.test(host)) {
    return {
      fix: manualFix(
        'Compare what was fetched',
        `${host} may not answer over HTTPS. Install the package with apt-get, which checks it against the signed index, or compare its SHA-256 before it is used: echo "<sha256>  FILE" | sha256sum -c - (${shown(url)}).`,
      ),
    }
  }
  if (literal === undefined) {
    return {
      fix: manualFix(
        'Fetch over HTTPS',
        `Use the https:// address of ${shown(url)}, or compare the file’s SHA-256 before it is used.`,
      ),
    }
  }
  const words = {
    title: 'Fetch over HTTPS',
    safety: 'review' as const,
    breaks: 'downloads from a server without TLS: compare a SHA-256 there instead',
  }
  const span = { start: literal.start, end: literal.start + 'http'.length }
  return { fix: editFix(dockerfile, dockerfile.path, words, [{ span, text: 'https' }]) }
}
