import type { View } from '../../core/fact.ts'
import type { WorkloadFact } from '../../core/facts/workload.ts'
import type { SettingChange } from '../../core/fix.ts'
import type { Place } from '../../core/place.ts'
import { defineRule } from '../../core/rule.ts'
import { known, manualFix, placeOf, settingFix } from '../../core/setting.ts'
import { exactPlace, flagOf, type Program, programsOf } from '../programs.ts'
import { argumentVariables, isNo, isYes, variablesOf } from '../switches.ts'
import { ownerOf, wordsRemoved } from '../word-changes.ts'
import { atStart } from '../wording.ts'

export default defineRule({
  id: 'workload/public-tunnel',
  reads: 'workload',
  joins: ['script'],
  area: 'configuration',
  severity: 'high',
  confidence: 'high',
  concepts: ['public-tunnel'],
  title: 'Service opens a tunnel to the internet',
  why: 'A tunnel carries strangers past every firewall: the address is public at once, is found by scanners, and the traffic passes a relay of somebody else. What asks for no login behind it belongs to everybody.',
  how: 'Take the switch out and reach the service through a VPN, an SSH tunnel or a proxy of your own with a login.',
  fine: 'A demonstration for an hour, with a login, on a container that holds nothing.',
  controls: ['NIST-800-190:4.4.2', 'CIS-Docker-1.6:5.14'],
  refs: ['CWE-668'],
  examples: [
    {
      Dockerfile: {
        bad: 'FROM python:3.12\nCMD ["python", "app.py", "--share", "--port", "7860"]\n',
        good: 'FROM python:3.12\nCMD ["python", "app.py", "--port", "7860"]\n',
        fixed: 'FROM python:3.12\nCMD ["python", "app.py", "--port", "7860"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  ui:\n    image: example/ui:1\n    environment:\n      GRADIO_SHARE: "True"\n      GRADIO_SERVER_NAME: 0.0.0.0\n',
        good: 'services:\n  ui:\n    image: example/ui:1\n    environment:\n      GRADIO_SHARE: "False"\n      GRADIO_SERVER_NAME: 0.0.0.0\n  h2o:\n    image: example/h2o:1\n    command: python generate.py --share=False\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  ui:\n    image: example/ui:1\n    ports: ["127.0.0.1:7860:7860"]\n  tunnel:\n    image: ngrok/ngrok:3\n    command: ["http", "ui:7860"]\n',
        good: 'services:\n  ui:\n    image: example/ui:1\n    ports: ["127.0.0.1:7860:7860"]\n  files:\n    image: example/files:1\n    command: ["smbd", "--share", "data"]\n',
      },
    },
    {
      'compose.yaml': {
        bad: 'services:\n  tunnel:\n    image: cloudflare/cloudflared:2025.6.1\n    command: tunnel --no-autoupdate run\n    environment:\n      TUNNEL_TOKEN: ${TUNNEL_TOKEN:?}\n',
        good: 'services:\n  tunnel:\n    image: cloudflare/cloudflared:2025.6.1\n    command: version\n',
      },
    },
    {
      'pod.yaml': {
        bad: 'apiVersion: v1\nkind: Pod\nmetadata: {name: ui}\nspec:\n  containers:\n    - name: ui\n      image: example/ui:1\n      command: [sh, -c]\n      args: ["cloudflared tunnel --url http://localhost:7860 & python app.py"]\n',
        good: 'apiVersion: v1\nkind: Pod\nmetadata: {name: ui}\nspec:\n  containers:\n    - name: ui\n      image: example/ui:1\n      command: [sh, -c]\n      args: ["python app.py"]\n',
      },
    },
  ],
  check(workload, report, view) {
    const title = 'Close the tunnel to the internet'
    for (const { at, key, what, named, changes } of tunnelsOf(workload, view)) {
      report({
        at,
        key,
        label: 'a public address',
        message: `${atStart(workload.label)} ${what}`,
        ...(named === undefined ? {} : { severity: 'medium', because: named }),
        fix:
          changes === undefined
            ? manualFix(title, `${atStart(workload.label)} ${what}: take that out.`, `tunnel ${workload.subject}`)
            : settingFix(
                ownerOf(workload, view, at),
                { title, safety: 'review', breaks: 'the public link, and whoever uses it' },
                ...changes,
              ),
      })
    }
  },
})

interface Tunnel {
  readonly at: Place | undefined
  readonly key: string
  /** After the workload's label. */
  readonly what: string
  /** Why it is no open door: somebody's own tunnel, or one that asks. */
  readonly named?: string | undefined
  readonly changes?: readonly SettingChange[] | undefined
}

function tunnelsOf(workload: WorkloadFact, view: View): Tunnel[] {
  const found: Tunnel[] = []
  for (const program of programsOf(workload)) {
    const share = shareOf(program, workload, view)
    if (share !== undefined) found.push(share)
    const tool = toolOf(
      program.name,
      program.words.map(({ value }) => value),
    )
    if (tool !== undefined) found.push({ at: program.words[0]?.at, key: `command[${program.name}]`, ...tool })
  }
  const image = known(workload.settings.image)
  const words = programsOf(workload).flatMap((program) => program.words.map(({ value }) => value))
  const tool = /(?:^|\/)(ngrok|cloudflared)$/.exec(image?.repository ?? '')?.[1]
  if (tool !== undefined && words.length > 0 && found.length === 0) {
    const opened = toolOf(tool, [tool, ...words])
    if (opened !== undefined) found.push({ at: placeOf(workload.settings.image), key: `image[${tool}]`, ...opened })
  }
  for (const { name, value, at, removal } of variablesOf(workload)) {
    if (name !== 'GRADIO_SHARE' || !isYes(value)) continue
    const changes = removal === undefined ? undefined : [removal]
    found.push({
      at,
      key: 'env[GRADIO_SHARE]',
      what: 'has Gradio open a public gradio.live address (GRADIO_SHARE)',
      changes,
    })
  }
  for (const { variable, words: given } of argumentVariables(workload)) {
    const flag = flagOf(given, ['--share'])
    if (flag === undefined || (typeof flag.value === 'string' && isNo(flag.value))) continue
    found.push({
      at: variable.at,
      key: `env[${variable.name}]`,
      what: `has Gradio open a public gradio.live address (--share in ${variable.name})`,
    })
  }
  return found
}

/** Gradio's `--share`, as scripts and known programs have it; other programs mean other things by it. */
function shareOf(program: Program, workload: WorkloadFact, view: View): Tunnel | undefined {
  const { name, words } = program
  if (
    !/^(?:python|pypy)[\d.]*$|^(?:gradio|accelerate|torchrun|fschat|webui\.sh|launch\.py|llamafactory-cli)$|\.py$/.test(
      name,
    )
  )
    return undefined
  const flag = flagOf(words, ['--share'])
  if (flag === undefined || flag.value === null || (flag.value !== undefined && isNo(flag.value))) return undefined
  const at = words.findLastIndex(({ value }) => value === '--share' || value?.startsWith('--share=') === true)
  const word = words[at]
  if (word === undefined) return undefined
  const answer = flag.apart && flag.value !== undefined && isYes(flag.value) ? words[at + 1] : undefined
  return {
    at: exactPlace(view, workload, word),
    key: 'command[--share]',
    what: 'has Gradio open a public gradio.live address (--share)',
    changes: wordsRemoved(ownerOf(workload, view, word.at), view, answer === undefined ? [word] : [word, answer]),
  }
}

type Words = readonly (string | null)[]
const has = (words: Words, ...wanted: string[]): boolean =>
  words.some((word) => wanted.some((one) => word === one || word?.startsWith(`${one}=`) === true))

function toolOf(name: string, words: Words): Pick<Tunnel, 'what' | 'named'> | undefined {
  switch (name) {
    case 'ngrok':
      if (!has(words, 'http', 'tcp', 'tls', 'start')) return undefined
      return {
        what: 'opens an ngrok tunnel',
        named: has(words, '--basic-auth', '--oauth', '--oidc', '--traffic-policy-file')
          ? 'the tunnel asks for a login'
          : undefined,
      }
    case 'cloudflared':
      if (!has(words, 'tunnel')) return undefined
      if (has(words, '--url') && !has(words, 'run', '--token', '--name'))
        return { what: 'opens a quick Cloudflare tunnel, which everybody can enter' }
      if (!has(words, 'run', '--token', '--token-file')) return undefined
      return {
        what: 'opens a Cloudflare tunnel',
        named: 'it is a tunnel of your own account, where access rules can stand before it',
      }
    case 'lt':
    case 'localtunnel':
      return { what: 'opens a localtunnel address' }
    case 'bore':
      return has(words, 'local') ? { what: 'opens a tunnel by bore' } : undefined
    case 'zrok':
      return has(words, 'public') ? { what: 'opens a public address by zrok' } : undefined
    case 'tailscale':
      return has(words, 'funnel') ? { what: 'opens a public address by Tailscale Funnel' } : undefined
    case 'npx':
      return has(words, 'localtunnel') ? { what: 'opens a localtunnel address' } : undefined
    case 'ssh':
      return has(words, '-R') && words.some((word) => RELAYS.test(word ?? ''))
        ? { what: 'opens a public address through an SSH relay' }
        : undefined
    default:
      return undefined
  }
}

const RELAYS = /(?:^|@|\.)(?:localhost\.run|serveo\.net|pinggy\.io|lhr\.life|srv\.us)$/
