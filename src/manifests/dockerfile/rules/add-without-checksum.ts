import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { buildOf, placeIn, supplySeverity } from '../build.ts'
import { hostOf, namesFixedVersion, shown } from '../urls.ts'

export default defineRule({
  id: 'dockerfile/add-without-checksum',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['add-remote-url', 'download-no-checksum', 'plain-http-download'],
  title: 'ADD fetches a file without a checksum',
  why: 'Whatever the server hands out on the day of the build becomes a part of the image, and nobody notices when it is another file.',
  how: 'Give the checksum of the file that you have looked at: `ADD --checksum=sha256:… URL /path`. BuildKit refuses any other.',
  fine: 'The file is data that changes by intention and is not run or loaded.',
  controls: ['CIS-Docker-1.6:4.9', 'NIST-800-190:4.1.5'],
  refs: ['CWE-494', 'https://docs.docker.com/reference/dockerfile/#add---checksum'],
  peers: ['dockle:CIS-DI-0009'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nADD https://example.org/models/latest.onnx /models/\n',
        good: 'FROM debian:12-slim\nADD --checksum=sha256:4c5d7a1f9a6f0a8b0d3e2c1b4a5968778695a4b3c2d1e0f0a1b2c3d4e5f60718 https://example.org/models/latest.onnx /models/\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nADD http://example.org/v1.2.3/model.onnx /models/\n',
        good: 'FROM debian:12-slim\nADD --checksum=sha256:4c5d7a1f9a6f0a8b0d3e2c1b4a5968778695a4b3c2d1e0f0a1b2c3d4e5f60718 http://example.org/v1.2.3/model.onnx /models/\n',
      },
    },
    {
      // A git address is a clone, checked by its commit; a local file comes with the context.
      Dockerfile: {
        bad: 'FROM debian:12-slim\nADD https://github.com/krallin/tini/releases/download/v0.19.0/tini /tini\n',
        good: 'FROM debian:12-slim\nADD model.tar.gz /models/\nADD https://github.com/acme/tool.git#4f1c2d3e4b5a69788796a5b4c3d2e1f001122334 /src\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      for (const instruction of stage.instructions) {
        if (instruction.keyword !== 'ADD' || instruction.onbuild === true) continue
        if (instruction.flags.some(({ name }) => name === 'checksum')) continue
        for (const { value, span } of instruction.args.slice(0, -1)) {
          if (!/^https?:\/\//i.test(value) || isGit(value)) continue
          const plain = /^http:/i.test(value)
          const fixed = namesFixedVersion(value) && !plain
          report({
            at: placeIn(stage, span, instruction),
            message: `ADD puts whatever ${shown(value)} hands out into the image: no checksum says which file is meant${plain ? ', and plain HTTP lets anybody on the way change it' : ''}`,
            subject: stage.subject,
            key: `fetch[${value}]`,
            label: plain ? 'can be replaced on the way' : 'no --checksum',
            concepts: ['add-remote-url', 'download-no-checksum', ...(plain ? ['plain-http-download'] : [])],
            ...supplySeverity(
              stage,
              'medium',
              fixed ? { severity: 'low', because: 'the address names a fixed version and is fetched over TLS' } : {},
            ),
            fix: manualFix(
              'Say which file is meant',
              `Fetch the file once, look at it, note its SHA-256 (sha256sum), and write ADD --checksum=sha256:… ${shown(value)} …`,
            ),
          })
        }
      }
    }
  },
})

/** BuildKit clones what ends in `.git`, with or without a fragment, and repositories of GitHub by their name. */
function isGit(url: string): boolean {
  return (
    /\.git(?:[#?]|$)/.test(url) ||
    (hostOf(url) === 'github.com' && /^https?:\/\/[^/]+\/[^/]+\/[^/#]+(?:#|\/?$)/.test(url))
  )
}
