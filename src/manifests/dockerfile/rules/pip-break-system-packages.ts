import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { packageInstalls } from '../../../formats/shell/meaning.ts'
import { buildOf } from '../build.ts'
import { variablesSet } from '../variables.ts'

export default defineRule({
  id: 'dockerfile/pip-break-system-packages',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'low',
  confidence: 'high',
  concepts: ['pip-break-system-packages'],
  title: 'pip installs over the distribution’s Python packages',
  why: 'pip replaces files that the distribution’s package manager thinks are its own: its tools may break, its security updates overwrite yours, and scanners see versions that are not there.',
  how: 'Make a virtual environment (`python3 -m venv /opt/venv`, `ENV PATH=/opt/venv/bin:$PATH`), or start from an image whose Python is its own, such as `python:3.12-slim`.',
  fine: 'Nothing of the distribution uses its Python, and the image is built anew for each update.',
  refs: ['https://peps.python.org/pep-0668/'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM ubuntu:24.04\nRUN pip3 install --break-system-packages flask\n',
        good: 'FROM ubuntu:24.04\nRUN python3 -m venv /opt/venv && /opt/venv/bin/pip install flask\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:24.04\nENV PIP_BREAK_SYSTEM_PACKAGES=1\nRUN pip3 install flask\n',
        good: 'FROM ubuntu:24.04\nENV PIP_BREAK_SYSTEM_PACKAGES=0\nRUN echo --break-system-packages\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      if (!stage.ships) continue
      const flags = packageInstalls(stage.commands.map(({ command }) => command)).flatMap((install) => {
        const run = stage.commands[install.command]
        const word = run?.command.words.find(({ value }) => value === '--break-system-packages')
        return run === undefined || word === undefined ? [] : [{ span: word.span, instruction: run.instruction }]
      })
      const set = variablesSet(stage, (name) => name === 'PIP_BREAK_SYSTEM_PACKAGES')
        .filter(({ value }) => /^(?:1|true|yes|on)$/i.test(value ?? ''))
        .map(({ span, instruction }) => ({ span, instruction }))
      const [first, ...others] = [...set, ...flags]
      if (first === undefined) continue
      const place = (one: typeof first) => ({ path: dockerfile.path, span: one.span, key: one.instruction.keyword })
      report({
        at: place(first),
        message: 'pip is told to install over the Python packages of the distribution',
        subject: stage.subject,
        key: 'break-system-packages',
        label: 'the distribution forbids it for a reason',
        related: others.slice(0, 5).map((one) => ({ at: place(one), label: 'and here' })),
        fix: manualFix(
          'Use a virtual environment',
          'RUN python3 -m venv /opt/venv, then ENV PATH=/opt/venv/bin:$PATH, and install without --break-system-packages.',
        ),
      })
    }
  },
})
