import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { type Download, downloads, fetchAndRun } from '../../../formats/shell/meaning.ts'
import { buildOf, placeIn } from '../build.ts'
import { hostOf, isCondaInstaller, isLoopback, shown } from '../urls.ts'

export default defineRule({
  id: 'dockerfile/unverified-download',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'low',
  confidence: 'medium',
  concepts: ['download-no-checksum'],
  offByDefault: true,
  title: 'Program or archive is fetched and nothing checks what came',
  why: 'A release can be replaced on its server, and a mirror can hand out something else: without a checksum the build takes whatever comes.',
  how: 'Write the SHA-256 of the file into the Dockerfile and compare it: `echo "<sha256>  <file>" | sha256sum -c -`. Or `ADD --checksum=sha256:…`.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.1.5'],
  refs: ['CWE-494'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN curl -fsSL https://github.com/acme/tool/releases/download/v1.2.3/tool.tar.gz | tar xz -C /opt\n',
        good: 'FROM debian:12-slim\nRUN curl -fsSLO https://github.com/acme/tool/releases/download/v1.2.3/tool.tar.gz && sha256sum -c tool.sha256 && tar xzf tool.tar.gz -C /opt\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN wget https://example.org/tool.deb && dpkg -i tool.deb\n',
        good: 'FROM debian:12-slim\nRUN curl -fsSL https://example.org/version.json -o /etc/version.json\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      if (!stage.ships && !stage.copied) continue
      const runs = stage.runs
      const flow = stage.flow()
      const run = new Set(fetchAndRun(flow.commands, {}).map(({ fetch }) => fetch))
      for (const download of downloads(flow.commands)) {
        const url = download.urls.find(({ written }) => /^https:\/\//i.test(written) && isProgram(written))
        const fetch = runs[download.command]
        if (url === undefined || fetch === undefined || run.has(download.command)) continue
        if (isCondaInstaller(url.written) || isLoopback(hostOf(url.written) ?? '')) continue
        if (flow.verifiedBetween(download.command, flow.commands.length, fileOf(download))) continue
        report({
          at: placeIn(stage, url.word.span, fetch.instruction),
          message: `${shown(url.written)} is fetched, and no checksum or signature of it is compared`,
          subject: stage.subject,
          key: `fetch[${url.written}]`,
          label: 'whatever comes is taken',
          fix: manualFix(
            'Compare a checksum',
            `Note the SHA-256 of ${shown(url.written)}, and compare it before the file is used: echo "<sha256>  <file>" | sha256sum -c -`,
          ),
        })
      }
    }
  },
})

function fileOf({ file, urls }: Download): string {
  return file ?? (urls[0]?.written ?? '').replace(/^.*\//, '')
}

function isProgram(url: string): boolean {
  return /\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip|deb|rpm|apk|whl|jar|sh|run|bin|exe|AppImage|gz|xz|zst)(?:[?#]|$)/i.test(
    url,
  )
}
