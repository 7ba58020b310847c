import type { View } from '../../core/fact.ts'
import type { RoleFact } from '../../core/facts/role.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { FixDraft, SettingChange } from '../../core/fix.ts'
import type { Place } from '../../core/place.ts'
import { defineRule } from '../../core/rule.ts'
import { isSet, known, manualFix, placeOf, settingFix } from '../../core/setting.ts'
import { exposureOf, roleFactsOf } from '../exposure.ts'
import { exactPlace, programsOf } from '../programs.ts'
import { ownerOf, wordsRemoved } from '../word-changes.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/notebook-token-disabled',
  reads: 'workload',
  joins: ['role', 'script'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['jupyter-no-auth'],
  title: 'Notebook server runs without token or password',
  why: 'A notebook server runs whatever code its callers send. Without a token the only thing between a stranger and a shell in the container is the network, and every web page that the user opens may try to reach it too.',
  how: 'Take the switch out: Jupyter then makes a random token and prints it in its log. For a fixed one, set JUPYTER_TOKEN from a secret, or set a hashed password.',
  fine: 'A proxy in front logs users in, and nothing else reaches the port.',
  controls: ['NIST-800-190:4.1.2', 'CIS-Docker-1.6:5.14'],
  refs: ['CWE-306', 'https://jupyter-server.readthedocs.io/en/latest/operators/security.html'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM quay.io/jupyter/scipy-notebook:2025-06-02\nCMD ["start-notebook.py", "--ServerApp.token=\'\'", "--ip=0.0.0.0"]\n',
        good: 'FROM quay.io/jupyter/scipy-notebook:2025-06-02\nCMD ["start-notebook.py", "--ip=0.0.0.0"]\n',
        fixed: 'FROM quay.io/jupyter/scipy-notebook:2025-06-02\nCMD ["start-notebook.py", "--ip=0.0.0.0"]\n',
      },
    },
    {
      Dockerfile: {
        bad: "FROM python:3.12\nRUN pip install jupyterlab\nCMD jupyter lab \\\n    --NotebookApp.token='' \\\n    --ip=0.0.0.0 --allow-root\n",
        good: "FROM python:3.12\nRUN pip install jupyterlab\nCMD jupyter lab \\\n    --NotebookApp.token='' --NotebookApp.password='sha1:67c9e60bb8b6:9ffede0825894254b2e042ea597d771089e11aed' \\\n    --ip=0.0.0.0 --allow-root\n",
        fixed: 'FROM python:3.12\nRUN pip install jupyterlab\nCMD jupyter lab \\\n    --ip=0.0.0.0 --allow-root\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nRUN pip install notebook && echo "c.NotebookApp.token = \'\'" >> /root/.jupyter/jupyter_notebook_config.py\nCMD ["jupyter", "notebook"]\n',
        good: 'FROM python:3.12\nRUN pip install notebook && echo "c.NotebookApp.port = 8888" >> /root/.jupyter/jupyter_notebook_config.py\nCMD ["jupyter", "notebook"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    command: start-notebook.py --IdentityProvider.token=\'\'\n    ports: ["8888:8888"]\n',
        good: 'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    command: start-notebook.py --IdentityProvider.token=${JUPYTER_TOKEN:?}\n    ports: ["8888:8888"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  ide:\n    image: codercom/code-server:4.100.2\n    command: ["--auth", "none", "--bind-addr", "0.0.0.0:8080"]\n    ports: ["127.0.0.1:8080:8080"]\n',
        good: 'services:\n  ide:\n    image: codercom/code-server:4.100.2\n    command: ["--bind-addr", "0.0.0.0:8080"]\n    ports: ["127.0.0.1:8080:8080"]\n',
        fixed:
          'services:\n  ide:\n    image: codercom/code-server:4.100.2\n    command: ["--bind-addr", "0.0.0.0:8080"]\n    ports: ["127.0.0.1:8080:8080"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  rstudio:\n    image: rocker/rstudio:4.5\n    environment:\n      DISABLE_AUTH: "true"\n      ROOT: "false"\n',
        good: 'services:\n  rstudio:\n    image: rocker/rstudio:4.5\n    environment:\n      ROOT: "false"\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    environment:\n      JUPYTER_TOKEN: ""\n',
        good: 'services:\n  lab:\n    image: quay.io/jupyter/scipy-notebook:2025-06-02\n    environment:\n      JUPYTER_TOKEN: ${JUPYTER_TOKEN:-}\n',
      },
    },
    {
      'notebook.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: lab}\nspec:\n  containers:\n    - name: lab\n      image: quay.io/jupyter/scipy-notebook:2025-06-02\n      command: [jupyter, lab]\n      args: ["--ServerApp.token=", "--ServerApp.password="]\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: lab}\nspec:\n  containers:\n    - name: lab\n      image: quay.io/jupyter/scipy-notebook:2025-06-02\n      command: [jupyter, lab]\n      args: ["--ServerApp.ip=0.0.0.0"]\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM ghcr.io/marimo-team/marimo:0.13.15\nCMD marimo edit --no-token -p 8080 --host 0.0.0.0\n',
        good: 'FROM ghcr.io/marimo-team/marimo:0.13.15\nCMD marimo edit -p 8080 --host 0.0.0.0\n',
        fixed: 'FROM ghcr.io/marimo-team/marimo:0.13.15\nCMD marimo edit -p 8080 --host 0.0.0.0\n',
      },
    },
  ],
  check(workload, report, view) {
    const notebooks = roleFactsOf(workload, view).filter(({ role }) => role === 'notebook')
    const off = notebooks.find(({ authentication, authenticationAt }) => authentication === 'off' && authenticationAt)
    const found = off === undefined ? writtenConfiguration(workload, view) : switchOf(off, workload, view)
    if (found !== undefined) {
      report({
        at: found.at,
        key: 'token',
        label: 'no token',
        message: `${atStart(workload.label)} starts ${off?.productName ?? 'Jupyter'} without a token or password: ${found.because}`,
        ...gradeOf(workload, view),
        evidence: looseSwitches(workload),
        fix: found.fix,
      })
      return
    }
    const jupyter = notebooks.find(({ product }) => product === 'jupyter')
    const token = workload.settings.env.items.JUPYTER_TOKEN
    if (jupyter?.authentication !== 'on' || !isSet(token) || token.value !== '') return
    if (token.by.at?.via === 'interpolation') return
    report({
      at: placeOf(token),
      key: 'env[JUPYTER_TOKEN]',
      label: 'empty',
      message: `${atStart(workload.label)} sets JUPYTER_TOKEN to nothing, which is meant to let everybody into Jupyter`,
      severity: 'medium',
      because:
        'Jupyter itself takes an empty variable for none and makes a random token; start scripts may pass it on as it is',
      confidence: 'low',
      fix: settingFix(
        workload,
        {
          title: 'Let Jupyter ask for a token',
          safety: 'review',
          breaks: 'access without the token, which is in the log or set by you',
        },
        { remove: 'env[JUPYTER_TOKEN]' },
      ),
    })
  },
})

interface Found {
  readonly at: Place | undefined
  readonly because: string
  readonly fix: FixDraft
}

function switchOf(role: RoleFact, workload: WorkloadFact, view: View): Found {
  const at = role.authenticationAt
  const title = `Let ${role.productName} ask for a token or password`
  const breaks = 'access without the token from the log, or the password that you set'
  const owner = ownerOf(workload, view, at)
  const changes = changesOf(role, owner, view)
  const fix =
    changes === undefined
      ? manualFix(title, `${role.authenticationBecause}: take that out of the command.`, `token ${workload.subject}`)
      : settingFix(owner, { title, safety: 'review', breaks }, ...changes)
  return { at: placeOfSwitch(role, workload, view), because: role.authenticationBecause, fix }
}

function placeOfSwitch(role: RoleFact, workload: WorkloadFact, view: View): Place | undefined {
  const word = wordsOf(workload).find(({ value }) => isFlag(role, value))
  return word === undefined || !sameSpan(word.at, role.authenticationAt)
    ? role.authenticationAt
    : exactPlace(view, workload, word)
}

/** The reason begins with the flag or variable that decides. */
function isFlag({ authenticationBecause }: RoleFact, value: string | null): boolean {
  const flag = authenticationBecause.split(' ', 1)[0] ?? ''
  return value === flag || value?.startsWith(`${flag}=`) === true
}

/** The flag, and the word behind it where it takes one. */
function changesOf(role: RoleFact, workload: WorkloadFact, view: View): SettingChange[] | undefined {
  const { env } = workload.settings
  const variable = Object.keys(env.items).find(
    (name) =>
      role.authenticationBecause.startsWith(`${name} is`) && sameSpan(placeOf(env.items[name]), role.authenticationAt),
  )
  if (variable !== undefined) return [{ remove: `env[${variable}]` }]
  const words = wordsOf(workload)
  const at = words.findIndex(({ value }) => isFlag(role, value))
  const word = words[at]
  if (word === undefined) return undefined
  const next = words[at + 1]
  const takesNext =
    word.value?.includes('=') === false && !role.authenticationBecause.endsWith('is given') && next !== undefined
  return wordsRemoved(workload, view, takesNext ? [word, next] : [word])
}

function wordsOf(workload: WorkloadFact) {
  return programsOf(workload).flatMap(({ words }) => words)
}

function sameSpan(one: Place | undefined, other: Place | undefined): boolean {
  return one?.path === other?.path && one?.span?.start === other?.span?.start && one?.span?.end === other?.span?.end
}

const NO_TOKEN = /\bc\.(?:NotebookApp|ServerApp|IdentityProvider|LabApp)\.token\s{0,8}=\s{0,8}u?(?:''|"")/
const PASSWORD =
  /\bc\.(?:NotebookApp|ServerApp|PasswordIdentityProvider)\.(?:hashed_)?password\s{0,8}=\s{0,8}u?['"][^'"]/

/** `echo "c.NotebookApp.token = ''" >> …/jupyter_notebook_config.py` while the image is built. */
function writtenConfiguration(workload: WorkloadFact, view: View): Found | undefined {
  if (workload.dialect !== 'dockerfile') return undefined
  let found: Found | undefined
  for (const { origin, commands } of view.at('script', workload.target, workload.path)) {
    if (origin.in !== 'dockerfile' || origin.as !== 'run' || !origin.ships) continue
    for (const command of commands) {
      for (const word of [...command.words, { value: command.stdin ?? null, span: command.span }]) {
        if (word.value === null) continue
        if (PASSWORD.test(word.value)) return undefined
        const written = NO_TOKEN.exec(word.value)?.[0]
        if (written === undefined) continue
        found ??= {
          at: { path: workload.path, span: word.span },
          because: `its configuration says \`${written}\``,
          fix: manualFix(
            'Let Jupyter ask for a token or password',
            `Take \`${written}\` out of the configuration that the image writes.`,
            `token ${workload.subject}`,
          ),
        }
      }
    }
  }
  return found
}

function gradeOf(workload: WorkloadFact, view: View) {
  const exposure = exposureOf(workload, view)
  if (exposure !== undefined && exposure.is !== 'port') {
    return { severity: 'critical', because: `it is reached ${exposure.how}` } as const
  }
  const published = Object.values(workload.settings.ports.items).some((port) => (known(port)?.bindings.length ?? 0) > 0)
  if (published && exposure === undefined)
    return { severity: 'medium', because: 'its port is published on the loopback address only' } as const
  return {}
}

/** What makes an open notebook worse, as written. */
function looseSwitches(workload: WorkloadFact): string[] {
  const loose = wordsOf(workload).flatMap(({ value }) =>
    value !== null &&
    /^--allow-root$|\.allow_root=True$|\.disable_check_xsrf=True$|\.allow_origin=['"]?\*|\.allow_remote_access=True$/.test(
      value,
    )
      ? [value]
      : [],
  )
  return [...new Set(loose)].map((word) => `it also has ${word}`)
}
