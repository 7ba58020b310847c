import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange } from '../../core/fix.ts'
import type { Place } from '../../core/place.ts'
import { defineRule } from '../../core/rule.ts'
import { manualFix, settingFix } from '../../core/setting.ts'
import { type Confidence, type Severity, shiftSeverity } from '../../core/severity.ts'
import { exactPlace, flagOf, moduleOf, type Program, type ProgramWord, programsOf } from '../programs.ts'
import { openPorts } from '../reach.ts'
import { isYes, variablesOf } from '../switches.ts'
import { ownerOf, wordsRemoved } from '../word-changes.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/debug-server',
  reads: 'workload',
  joins: ['script'],
  area: 'configuration',
  severity: 'medium',
  confidence: 'high',
  concepts: ['debug-server'],
  title: 'Service runs in debug or development mode',
  why: 'Debug modes answer errors with source code, variables and, in Flask and Node, a console that runs code for whoever reaches it. Reloaders start whatever changes on disk, and development servers are not made to face callers.',
  how: 'Run the production server (gunicorn, uvicorn without --reload) and keep debug switches in a Compose file of their own for developers.',
  fine: 'The file is only ever used on a developer’s machine.',
  controls: ['NIST-800-190:4.4.4', 'OWASP-ASVS:14.1.3'],
  refs: ['CWE-489', 'CWE-215'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nENV FLASK_DEBUG=1 \\\n    FLASK_APP=app\nCMD ["flask", "run", "--host=0.0.0.0"]\n',
        good: 'FROM python:3.12\nENV FLASK_DEBUG=0 \\\n    FLASK_APP=app\nCMD ["flask", "run", "--host=0.0.0.0"]\n',
      },
    },
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nCMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--reload"]\n',
        good: 'FROM python:3.12\nCMD ["uvicorn", "app:app", "--host", "0.0.0.0"]\n',
        fixed: 'FROM python:3.12\nCMD ["uvicorn", "app:app", "--host", "0.0.0.0"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  api:\n    image: example/api:1\n    command: python -m debugpy --listen 0.0.0.0:5678 -m uvicorn app:app\n    ports: ["5678:5678"]\n',
        good: 'services:\n  api:\n    image: example/api:1\n    command: python -m uvicorn app:app\n    environment:\n      DEBUG: "1"\n      LOG_LEVEL: debug\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    environment:\n      VLLM_SERVER_DEV_MODE: "1"\n      HF_HOME: /models\n',
        good: 'services:\n  llm:\n    image: vllm/vllm-openai:v0.9.1\n    environment:\n      VLLM_SERVER_DEV_MODE: "0"\n      HF_HOME: /models\n',
      },
    },
    {
      'api.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec:\n  containers:\n    - name: api\n      image: example/api:1\n      args: [flask, --debug, run]\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec:\n  containers:\n    - name: api\n      image: example/api:1\n      args: [flask, run]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  web:\n    image: example/web:1\n    command: python manage.py runserver 0.0.0.0:8000\n    ports: ["8000:8000"]\n',
        good: 'services:\n  web:\n    image: example/web:1\n    command: gunicorn site.wsgi\n    ports: ["8000:8000"]\n',
      },
      'docker-compose.dev.yml': 'services:\n  web:\n    image: example/web:1\n    command: uvicorn app:app --reload\n',
    },
  ],
  check(workload, report, view) {
    const found = [...inVariables(workload), ...inCommands(workload, view)]
    const forDevelopers = isForDevelopers(workload)
    const published = openPorts(workload).length > 0
    for (const one of found) {
      // That developers reload their code is what such a file is for.
      if (forDevelopers && one.severity === 'low') continue
      const { severity, because } = gradeOf(one, published, forDevelopers)
      report({
        at: one.at,
        key: one.key,
        label: 'not for production',
        message: `${atStart(workload.label)} ${one.what}`,
        confidence: one.confidence ?? 'high',
        ...(severity === 'medium' ? {} : { severity, because }),
        fix:
          one.changes === undefined
            ? manualFix(
                'Switch debug modes off',
                `${atStart(workload.label)} ${one.what}: take that out.`,
                `debug ${workload.subject}`,
              )
            : settingFix(
                ownerOf(workload, view, one.at),
                {
                  title: 'Switch debug modes off',
                  safety: 'review',
                  breaks: 'errors shown in full, and code that is reloaded as it changes',
                },
                ...one.changes,
              ),
      })
    }
  },
})

interface Debug {
  readonly at: Place | undefined
  readonly key: string
  /** After the workload's label. */
  readonly what: string
  /** `high`: whoever reaches it runs code; `medium`: it tells too much; `low`: it only reloads. */
  readonly severity: 'high' | 'medium' | 'low'
  readonly confidence?: Confidence
  readonly changes?: readonly SettingChange[] | undefined
}

function gradeOf(
  { severity }: Debug,
  published: boolean,
  forDevelopers: boolean,
): { severity: Severity; because: string } {
  if (severity === 'low') return { severity, because: 'it reloads code that changes on disk, and opens nothing' }
  const told = severity === 'high' ? 'whoever reaches it can run code' : 'it answers with inner details'
  const base = severity === 'high' && published ? 'high' : 'medium'
  const because = `${told}${published ? ', and its port is published' : ''}`
  return forDevelopers
    ? { severity: shiftSeverity(base, -1), because: `${because}; the file is for developers by its name` }
    : { severity: base, because }
}

/** `docker-compose.dev.yml`, `Dockerfile.dev`, a stage `dev`, `.devcontainer/`. */
function isForDevelopers({ path, name, dialect, phase }: WorkloadFact): boolean {
  const words = phase === 'built' && dialect === 'dockerfile' ? `${path}/${name}` : path
  return /(?:^|[/._-])(?:dev|devel|develop|development|devcontainer|local|test|tests|testing|debug|override|ci)(?:[/._-]|$)/i.test(
    words,
  )
}

const VARIABLES: readonly {
  readonly name: string
  readonly when: (value: string) => boolean
  readonly what: string
  readonly severity: Debug['severity']
  readonly confidence?: Confidence
}[] = [
  {
    name: 'FLASK_DEBUG',
    when: isYes,
    what: 'runs Flask with its debugger (FLASK_DEBUG), whose console runs code',
    severity: 'high',
  },
  {
    name: 'FLASK_ENV',
    when: (value) => value === 'development',
    what: 'runs Flask in development mode (FLASK_ENV), which before Flask 2.3 switches the debugger on',
    severity: 'high',
    confidence: 'medium',
  },
  {
    name: 'WERKZEUG_DEBUG_PIN',
    when: (value) => value === 'off',
    what: 'takes the PIN off Werkzeug’s debug console (WERKZEUG_DEBUG_PIN)',
    severity: 'high',
  },
  { name: 'DJANGO_DEBUG', when: isYes, what: 'runs Django in debug mode (DJANGO_DEBUG)', severity: 'medium' },
  {
    name: 'VLLM_SERVER_DEV_MODE',
    when: isYes,
    what: 'opens vLLM’s development endpoints (VLLM_SERVER_DEV_MODE), by which callers reset and stop the engine',
    severity: 'high',
  },
  {
    name: 'UVICORN_RELOAD',
    when: isYes,
    what: 'reloads its code when a file changes (UVICORN_RELOAD)',
    severity: 'low',
  },
]

function inVariables(workload: WorkloadFact): Debug[] {
  return variablesOf(workload).flatMap(({ name, value, at, removal }): Debug[] => {
    const found = VARIABLES.find((one) => one.name === name && one.when(value))
    if (found === undefined) return []
    const { what, severity, confidence } = found
    const changes = removal === undefined ? undefined : [removal]
    return [{ at, key: `env[${name}]`, what, severity, changes, ...(confidence === undefined ? {} : { confidence }) }]
  })
}

function inCommands(workload: WorkloadFact, view: View): Debug[] {
  return programsOf(workload).flatMap((program) => {
    const { words } = program
    const server = moduleOf(program) ?? program.name
    const word = (...names: string[]): ProgramWord | undefined =>
      words.find(({ value }) => value !== null && names.some((name) => value === name || value.startsWith(`${name}=`)))
    const debug = (one: ProgramWord, what: string, severity: Debug['severity'], removable = false): Debug => ({
      at: exactPlace(view, workload, one),
      key: `command[${server}]`,
      what,
      severity,
      changes: removable ? wordsRemoved(ownerOf(workload, view, one.at), view, [one]) : undefined,
    })
    switch (server) {
      case 'flask': {
        const one = word('--debug', '--debugger')
        return one === undefined
          ? []
          : [debug(one, 'runs Flask with its debugger, whose console runs code', 'high', true)]
      }
      case 'uvicorn':
      case 'gunicorn':
      case 'hypercorn': {
        const one = word('--reload')
        return one === undefined
          ? []
          : [debug(one, `has ${server} reload its code when a file changes (--reload)`, 'low', true)]
      }
      case 'fastapi': {
        const one = words[1]?.value === 'dev' ? words[1] : undefined
        return one === undefined ? [] : [debug(one, 'runs FastAPI’s development server (fastapi dev)', 'low')]
      }
      case 'debugpy': {
        return debugpy(words, debug)
      }
      case 'node': {
        const one = word('--inspect', '--inspect-brk')
        const everywhere = one?.value?.includes('0.0.0.0') === true
        return one === undefined || !everywhere
          ? []
          : [debug(one, 'opens Node’s inspector on every address, which runs code', 'high', true)]
      }
      default: {
        const manage = words.findIndex(({ value }) => value?.endsWith('manage.py') === true)
        const one = manage === -1 ? undefined : words[manage + 1]
        if (one === undefined || !/^runserver(?:_plus)?$/.test(one.value ?? '')) return []
        return [debug(one, 'runs Django’s development server (runserver)', 'medium')]
      }
    }
  })
}

function debugpy(words: Program['words'], debug: (one: ProgramWord, what: string, severity: 'high') => Debug): Debug[] {
  const listens = flagOf(words, ['--listen'])?.value
  const one = words.find(({ value }) => value?.startsWith('--listen') === true)
  if (one === undefined || typeof listens !== 'string' || /^(?:\d+$|127\.|localhost)/.test(listens)) return []
  return [debug(one, `opens Python’s debugger on ${listens}, which runs code for whoever connects`, 'high')]
}
