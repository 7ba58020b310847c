import { defineRule } from '../../core/rule.ts'
import { exposureOf, loopbackFix, portsInWords } from '../exposure.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/database-published',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['db-port-published'],
  title: 'Database, cache or queue is reachable from other machines',
  why: 'The other services reach it by its name without any published port. Published, it takes guessed passwords and the attacks on its protocol from everybody on the network, past the host firewall: Docker opens the port in front of it.',
  how: 'Take the port mapping out; to look into it from the host, publish it on 127.0.0.1.',
  fine: 'Other hosts use the database, over a private network and with passwords that nobody guesses.',
  controls: ['CIS-Docker-1.6:5.14', 'NIST-800-190:4.3.3'],
  refs: ['CWE-668'],
  peers: ['compose-lint:CL-0005'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n    ports:\n      - "5432:5432"\n',
        good: 'services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n    expose:\n      - "5432"\n',
        fixed:
          'services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n    ports:\n      - "127.0.0.1:5432:5432"\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  cache:\n    image: redis:8\n    command: redis-server --requirepass ${REDIS_PASSWORD:?}\n    ports:\n      - target: 6379\n        published: 6379\n',
        good: 'services:\n  cache:\n    image: redis:8\n    command: redis-server --requirepass ${REDIS_PASSWORD:?}\n    ports:\n      - target: 6379\n        published: 6379\n        host_ip: 127.0.0.1\n',
      },
    },
    {
      'db.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: db, labels: {app: db}}\nspec:\n  containers:\n    - {name: db, image: "postgres:17", ports: [{containerPort: 5432}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {type: NodePort, selector: {app: db}, ports: [{port: 5432}]}\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: db, labels: {app: db}}\nspec:\n  containers:\n    - {name: db, image: "postgres:17", ports: [{containerPort: 5432}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n',
      },
    },
  ],
  check(workload, report, view) {
    const exposure = exposureOf(workload, view)
    if (exposure?.is !== 'data-store') return
    const { role, ports, how, at } = exposure
    report({
      at,
      key: `ports[${ports.map(({ key }) => key).join(',')}]`,
      label: how,
      message: `${atStart(workload.label)} publishes ${role.productName} ${how}${ports.length === 0 ? '' : ` (${portsInWords(ports)})`}`,
      evidence:
        role.authentication === 'unknown'
          ? [`whether it asks for a password could not be told: ${role.authenticationBecause}`]
          : [],
      fix: loopbackFix(workload, exposure),
    })
  },
})
