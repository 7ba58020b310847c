import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { downloads } from '../../../formats/shell/meaning.ts'
import { buildOf, placeIn, supplySeverity } from '../build.ts'
import { isCondaInstaller, namesFixedVersion, shown } from '../urls.ts'

export default defineRule({
  id: 'dockerfile/conda-installer-unverified',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['conda-installer-unverified'],
  title: 'Conda installer is run without a checksum',
  why: 'The installer is a shell script of a hundred megabytes that runs as root and brings the Python of the whole image: a tampered one owns all that is trained or served with it.',
  how: 'Name a release instead of `latest`, and compare the SHA-256 that the project publishes beside each installer before running it. Or start from `condaforge/miniforge3` by digest.',
  controls: ['CIS-Docker-1.6:4.11', 'NIST-800-190:4.1.5'],
  refs: ['CWE-494', 'https://repo.anaconda.com/miniconda/'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN wget -q https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh -O /tmp/conda.sh && bash /tmp/conda.sh -b -p /opt/conda\n',
        good: 'FROM debian:12-slim\nRUN wget -q https://repo.anaconda.com/miniconda/Miniconda3-py312_24.9.2-0-Linux-x86_64.sh -O /tmp/conda.sh \\\n && echo "8d936ba600300e08eca3d874dee88c61c6f39303597b2b66baee54af4f7b4122  /tmp/conda.sh" | sha256sum -c - \\\n && bash /tmp/conda.sh -b -p /opt/conda\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN curl -fsSL -o ~/miniforge.sh https://github.com/conda-forge/miniforge/releases/latest/download/Miniforge3-Linux-x86_64.sh\nRUN bash ~/miniforge.sh -b -p /opt/conda\n',
        good: 'FROM condaforge/miniforge3:24.9.2-0\nRUN conda install -y numpy\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      const flow = stage.flow()
      const runs = stage.runs
      for (const download of downloads(flow.commands)) {
        const url = download.urls.find(({ written }) => isCondaInstaller(written))
        const fetch = runs[download.command]
        if (url === undefined || fetch === undefined) continue
        const file = download.file ?? ''
        if (flow.verifiedBetween(download.command, flow.commands.length, file)) continue
        const fixed = namesFixedVersion(url.written) || url.url === null
        report({
          at: placeIn(stage, url.word.span, fetch.instruction),
          message: `The Conda installer ${shown(url.written)} is fetched while the image is built, and nothing compares its checksum`,
          subject: stage.subject,
          key: `fetch[${url.written}]`,
          label: fixed ? 'what came is not checked' : 'whatever is the latest on that day, unchecked',
          ...supplySeverity(
            stage,
            'high',
            fixed ? { severity: 'medium', because: 'the address names a release, fetched over TLS' } : {},
          ),
          fix: manualFix(
            'Check the Conda installer',
            'Name a release, and compare the published SHA-256 before running it: echo "<sha256>  <file>" | sha256sum -c - && bash <file> -b -p /opt/conda',
          ),
        })
      }
    }
  },
})
