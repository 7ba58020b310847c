import { defineRule } from '../../../core/rule.ts'
import { editFix } from '../../../core/setting.ts'
import { buildOf } from '../build.ts'
import { withoutInstructionFlag } from '../command-edits.ts'

export default defineRule({
  id: 'dockerfile/build-insecure',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['build-insecure-entitlement', 'build-host-network'],
  title: 'Build step runs without its sandbox',
  why: 'The step, and every package script that it starts, gets all capabilities and devices of the build machine, or its network with all that listens on localhost there: cloud credentials, other builds, the engine.',
  how: 'Take the flag away. What needs devices or mounts belongs into the running container, where it can be confined; what needs an internal server gets its address and a secret mount.',
  fine: 'A builder of its own, made for this one build and thrown away.',
  controls: ['NIST-800-190:4.1.2'],
  refs: ['CWE-250', 'https://docs.docker.com/reference/dockerfile/#run---security'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN --security=insecure mount -t tmpfs none /mnt\n',
        good: 'FROM debian:12-slim\nRUN --security=sandbox mount -t tmpfs none /mnt\n',
        fixed: 'FROM debian:12-slim\nRUN mount -t tmpfs none /mnt\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM debian:12-slim\nRUN --mount=type=cache,target=/c --network=host apt-get update\n',
        good: 'FROM debian:12-slim\nRUN --mount=type=cache,target=/c --network=none make\n',
        fixed: 'FROM debian:12-slim\nRUN --mount=type=cache,target=/c apt-get update\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      for (const instruction of stage.instructions) {
        if (instruction.keyword !== 'RUN') continue
        for (const flag of instruction.flags) {
          const insecure = flag.name === 'security' && flag.value === 'insecure'
          if (!insecure && !(flag.name === 'network' && flag.value === 'host')) continue
          report({
            at: { path: dockerfile.path, span: flag.span, key: 'RUN' },
            message: insecure
              ? 'A build step runs with all capabilities and devices of the build machine (--security=insecure)'
              : 'A build step runs in the network of the build machine, and reaches what listens on its localhost (--network=host)',
            subject: stage.subject,
            key: `${flag.name}[${flag.value}]`,
            label: insecure ? 'no sandbox' : 'no network of its own',
            concepts: [insecure ? 'build-insecure-entitlement' : 'build-host-network'],
            ...(insecure
              ? {}
              : {
                  severity: 'medium' as const,
                  because: 'only the network is shared, and the builder has to allow it',
                }),
            fix: editFix(
              dockerfile,
              dockerfile.path,
              {
                title: `Run the step without --${flag.name}=${flag.value}`,
                safety: 'review',
                breaks: insecure
                  ? 'steps that mount, load modules or make devices'
                  : 'steps that fetch from a server on the build machine itself',
              },
              withoutInstructionFlag(instruction, flag.name),
            ),
          })
        }
      }
    }
  },
})
