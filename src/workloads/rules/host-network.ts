import { defineRule } from '../../core/rule.ts'
import { known, knownItems, placeOf, settingFix } from '../../core/setting.ts'
import { rolesOf } from '../kind-of-work.ts'
import { allOfProject, projectOf } from '../project.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/host-network',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['host-network', 'nccl-host-network'],
  title: 'Container is on the host’s network',
  why: 'Every port that the container opens is open on the host’s addresses, past the engine’s port rules, and whoever gets into it reaches what listens on the host’s loopback only: databases, the kubelet, a cloud’s metadata service.',
  how: 'Give it a network of the project and publish the ports it needs. Training over several machines works on an overlay network too: name the interface in `NCCL_SOCKET_IFNAME`; RDMA needs `/dev/infiniband`, not the host’s network.',
  fine: 'A network tool of the host itself (a VPN, a DHCP server, a node’s network agent), or RDMA hardware that has no other way.',
  controls: ['CIS-Docker-1.6:5.10', 'NIST-800-190:4.4.3', 'K8s-PSS:baseline'],
  refs: ['CWE-653', 'CWE-668'],
  peers: ['compose-lint:CL-0008', 'trivy:KSV-0009', 'checkov:CKV_K8S_19', 'kubescape:C-0041'],
  examples: [
    {
      'compose.yaml': {
        bad: `services:
  api:
    image: acme/api:1.4
    network_mode: host
    environment:
      MODE: a
`,
        good: `services:
  api:
    image: acme/api:1.4
    environment:
      MODE: a
`,
      },
    },
    {
      'compose.yaml': {
        bad: `services:
  worker:
    image: acme/train:1.4
    network_mode: "host"
    command: torchrun --nnodes 2 train.py
    environment:
      NCCL_DEBUG: INFO
`,
        good: `services:
  worker:
    image: acme/train:1.4
    network_mode: "service:head"
    command: torchrun --nnodes 2 train.py
  head:
    image: acme/head:1
    networks: [host]
networks:
  host:
    internal: true
`,
      },
    },
    {
      'deploy.yaml': {
        bad: `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      hostNetwork: true
      containers:
        - name: api
          image: acme/api:1.4
`,
        good: `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      containers:
        - name: api
          image: acme/api:1.4
`,
      },
    },
  ],
  check(workload, report, view) {
    const { network } = workload.settings.namespaces
    if (known(network)?.mode !== 'host') return
    const roles = rolesOf(workload, view)
    const trains =
      roles.has('trainer') ||
      roles.has('cluster-head') ||
      knownItems(workload.settings.env).some(({ key }) => /^NCCL_/.test(key))
    const host = workload.dialect === 'kubernetes' ? 'node' : 'host'
    report({
      at: placeOf(network),
      key: 'namespaces.network',
      message: `${atStart(workload.label)} shares the ${host}’s network: its ports are open on every address of the ${host}, and it reaches what listens on the ${host}’s loopback`,
      label: `the ${host}’s network`,
      concepts: trains ? ['host-network', 'nccl-host-network'] : ['host-network'],
      fix: settingFix(
        workload,
        {
          title: `Give ${allOfProject(workload)} networks of their own`,
          group: `network ${projectOf(workload)}`,
          safety: 'review',
          breaks: [
            'ports that nothing publishes, and calls of other services by localhost instead of their names',
            ...(trains ? ['NCCL, until NCCL_SOCKET_IFNAME names the container’s interface'] : []),
          ].join('; '),
        },
        { remove: 'namespaces.network' },
      ),
    })
  },
})
