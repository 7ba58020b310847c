import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { buildOf, placeIn } from '../build.ts'
import { modesGiven, setsUserId } from '../file-modes.ts'

export default defineRule({
  id: 'dockerfile/setuid-added',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['setuid-added'],
  title: 'Program is made to run as its owner, whoever starts it',
  why: 'A setuid program of root is root’s door for every user of the container: one mistake in it, or one argument nobody thought of, and a taken-over process is root.',
  how: 'Leave the bit away. Give the one right that is needed instead (`setcap cap_net_bind_service+ep`), or let root do it once while the image is built.',
  fine: 'The program was written to be setuid, and the container needs it (`newuidmap` in rootless build images).',
  controls: ['CIS-Docker-1.6:4.8', 'NIST-800-190:4.1.2'],
  refs: ['CWE-250', 'CWE-732'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN chmod u+s /usr/bin/find\n',
        good: 'FROM debian:12-slim\nRUN chmod u-s /usr/bin/find && chmod g+s /data && chmod +t /scratch && chmod 2775 /shared\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nCOPY --chmod=4755 helper /usr/local/bin/helper\n',
        good: 'FROM debian:12-slim\nCOPY --chmod=0755 helper /usr/local/bin/helper\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN install -m 4755 helper /usr/local/bin/\n',
        good: 'FROM debian:12-slim\nRUN find / -perm /6000 -type f -exec chmod a-s {} + || true\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      if (!stage.ships) continue
      for (const given of modesGiven(stage)) {
        if (!setsUserId(given.mode)) continue
        const paths = given.paths.join(' ')
        const known = given.paths.every((path) => /\/(?:newuidmap|newgidmap|fusermount3?|ping6?)$/.test(path))
        report({
          at: placeIn(stage, given.span, given.instruction),
          message: `${paths === '' ? 'A program' : paths} runs with the rights of its owner, whoever starts it (mode ${given.mode})`,
          subject: stage.subject,
          key: `mode[${paths}]`,
          label: 'sets the setuid bit',
          ...(known
            ? { severity: 'low' as const, because: 'the program is made to be setuid, and distributions ship it so' }
            : {}),
          fix: manualFix(
            'Leave the setuid bit away',
            `Drop the bit from ${paths === '' ? 'the mode' : paths}. If one privileged act is needed, give the program that capability alone (setcap), or do it while the image is built.`,
          ),
        })
      }
    }
  },
})
