import { defineRule } from '../../../core/rule.ts'
import { manualFix } from '../../../core/setting.ts'
import { buildOf, placeIn } from '../build.ts'
import { passwordsSet } from '../passwords.ts'

export default defineRule({
  id: 'dockerfile/password-in-build',
  reads: 'dockerfile',
  joins: ['script', 'workload'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['password-in-build'],
  title: 'Account is given a fixed password in the image',
  why: 'The password stands in the image’s history, in clear text, and is the same in every container made from it: whoever can pull the image can log in wherever a shell, SSH or sudo asks for one.',
  how: 'Give accounts no password: containers need no login. Where people log in over SSH, mount their public keys when the container starts and forbid passwords.',
  fine: 'The account is locked: `usermod -p "!"` or `passwd -l`.',
  controls: ['CIS-Docker-1.6:4.10', 'NIST-800-190:4.1.4'],
  refs: ['CWE-798', 'CWE-521'],
  peers: ['checkov:CKV2_DOCKER_17'],
  examples: [
    {
      Dockerfile: {
        bad: "FROM ubuntu:22.04\nRUN useradd -m dev && echo 'dev:letmein' | chpasswd\n",
        good: 'FROM ubuntu:22.04\nRUN useradd -m dev && passwd -l dev\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN useradd -m -p "$(openssl passwd -6 letmein)" dev\n',
        good: 'FROM ubuntu:22.04\nRUN useradd -m -p "!" dev && usermod -p "*" root\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nRUN chpasswd <<EOF\nroot:letmein\nEOF\n',
        good: 'FROM ubuntu:22.04\nRUN --mount=type=secret,id=pw echo "root:$(cat /run/secrets/pw)" | chpasswd\nRUN echo "dev:$(openssl rand -base64 24)" | chpasswd\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM rockylinux:9\nRUN echo letmein | passwd --stdin root\n',
        good: 'FROM rockylinux:9\nRUN useradd --prefix /opt dev && grep -p chpasswd /etc/x || true\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ubuntu:22.04\nARG ROOT_PASSWORD\nRUN echo "root:${ROOT_PASSWORD}" | chpasswd\n',
        good: 'FROM ubuntu:22.04\nARG VERSION\nRUN echo "root:${VERSION}" > /etc/version\n',
      },
    },
  ],
  check(dockerfile, report, view) {
    for (const stage of buildOf(dockerfile, view).stages) {
      for (const found of passwordsSet(stage)) {
        const { account } = found
        report({
          at: placeIn(stage, found.span, found.instruction),
          message: `The account ${account === undefined ? 'made here' : `"${account}"`} gets a password that is written into the image’s history${found.fromVariable ? ', by way of a build argument' : ''}`,
          subject: stage.subject,
          key: `account[${account ?? ''}]`,
          label: 'the same password in every container',
          ...(stage.ships
            ? {}
            : { severity: 'medium' as const, because: 'the stage is not in the image that is built by default' }),
          fix: manualFix(
            'Give the account no password',
            `Delete the password, and lock the account${account === undefined ? '' : `: passwd -l ${account}`}. Whoever must log in gets a key, mounted when the container starts.`,
          ),
        })
      }
    }
  },
})
