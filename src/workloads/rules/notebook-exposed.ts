import { defineRule } from '../../core/rule.ts'
import { exposureOf, loopbackFix, portsInWords } from '../exposure.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/notebook-exposed',
  reads: 'workload',
  joins: ['role'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['notebook-exposed'],
  title: 'Notebook server is reachable from other machines',
  why: 'Behind its one token or password a notebook server is a shell. Over plain HTTP the token travels readable, stands in links and logs, and is tried by every scanner that finds the port.',
  how: 'Publish the port on 127.0.0.1 and reach it through an SSH tunnel, or put a proxy with TLS and a login of its own in front.',
  fine: 'The network between the users and the host is trusted, or encrypted by other means.',
  controls: ['CIS-Docker-1.6:5.14', 'NIST-800-190:4.4.2'],
  refs: ['CWE-668', 'CWE-319'],
  examples: [
    {
      'compose.yaml': {
        bad: 'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    ports: ["8888:8888"]\n',
        good: 'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    ports: ["127.0.0.1:8888:8888"]\n',
        fixed:
          'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    ports: ["127.0.0.1:8888:8888"]\n',
      },
    },
    {
      'lab.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: lab, labels: {app: lab}}\nspec:\n  containers:\n    - name: lab\n      image: quay.io/jupyter/scipy-notebook:2025-06-02\n      ports: [{containerPort: 8888}]\n---\napiVersion: v1\nkind: Service\nmetadata: {name: lab}\nspec:\n  type: LoadBalancer\n  selector: {app: lab}\n  ports: [{port: 80, targetPort: 8888}]\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: lab, labels: {app: lab}}\nspec:\n  containers:\n    - name: lab\n      image: quay.io/jupyter/scipy-notebook:2025-06-02\n      ports: [{containerPort: 8888}]\n---\napiVersion: v1\nkind: Service\nmetadata: {name: lab}\nspec:\n  selector: {app: lab}\n  ports: [{port: 80, targetPort: 8888}]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    ports: ["8888:8888", "6006:6006"]\n',
        good: 'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    command: jupyter lab --ip=127.0.0.1\n    ports: ["8888:8888"]\n',
      },
    },
  ],
  check(workload, report, view) {
    const exposure = exposureOf(workload, view)
    if (exposure?.is !== 'notebook') return
    const { role, ports, how, at } = exposure
    const bindings = ports.flatMap((port) => port.bindings)
    // An Ingress or Gateway is where TLS and logins are: nothing to hold against it.
    if (bindings.length > 0 && bindings.every(({ by }) => by === 'ingress')) return
    const toInternet = bindings.some(({ by }) => by === 'load-balancer')
    report({
      at,
      key: `ports[${ports.map(({ key }) => key).join(',')}]`,
      label: how,
      message: `${atStart(workload.label)} publishes ${role.productName} ${how}${ports.length === 0 ? '' : ` (${portsInWords(ports)})`}: one token or password stands between the network and a shell`,
      ...(toInternet ? { severity: 'high', because: 'a load balancer shows it to the internet' } : {}),
      evidence: role.authenticationBecause === '' ? [] : [role.authenticationBecause],
      fix: loopbackFix(workload, exposure),
    })
  },
})
