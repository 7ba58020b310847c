/** What a service's entrypoint, command and hooks run, as scripts: command rules read them as they read a Dockerfile's. */
import type { NewFact } from '../../core/fact.ts'
import type { CommandWord, Settings } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import type { Span } from '../../core/span.ts'
import { readExec } from '../../formats/shell/read.ts'
import { hookCommands } from './process-settings.ts'
import type { ServiceReader } from './reader.ts'

type NewScript = Extract<NewFact, { kind: 'script' }>

/** `workload`: the id of the service's workload fact. Only words that stand in a Compose file make a script here. */
export function scriptsOf(reader: ServiceReader, settings: Settings, workload: string, subject: string): NewScript[] {
  const scripts: NewScript[] = []
  const variables = knownVariables(settings)
  const add = (words: readonly CommandWord[], as: 'entrypoint' | 'command' | 'hook') => {
    const placed = words.filter(
      (word): word is CommandWord & { at: Place & { span: Span } } => word.at?.span !== undefined,
    )
    const first = placed[0]
    if (first === undefined || placed.length !== words.length) return
    const reading = readExec(
      placed.map((word) => ({ value: word.value, span: word.at.span })),
      variables,
    )
    const { errexit, pipefail, problem } = reading
    const last = placed.at(-1) ?? first
    scripts.push({
      kind: 'script',
      subject: `${subject}:${as}${scripts.length === 0 ? '' : scripts.length + 1}`,
      path: first.at.path,
      confidence: 'high',
      span: { start: first.at.span.start, end: Math.max(first.at.span.end, last.at.span.end) },
      origin: { in: 'workload', workload, as, at: first.at },
      shell: shellOf(words),
      errexit,
      pipefail,
      commands: reading.commands,
      ...(problem === undefined ? {} : { problem }),
    })
  }
  const entrypoint = composeWords(settings.entrypoint)
  const command = composeWords(settings.command)
  // `entrypoint: sh` with `command: [-c, …]` is one command line.
  if (entrypoint !== undefined && command !== undefined) add([...entrypoint, ...command], 'entrypoint')
  else if (entrypoint !== undefined) add(entrypoint, 'entrypoint')
  else if (command !== undefined) {
    const image =
      settings.entrypoint.is === 'set' || settings.entrypoint.is === 'default' ? (settings.entrypoint.value ?? []) : []
    add(isShellCall(image) ? placedLike(image, command) : command, 'command')
  }
  for (const hook of hookCommands(reader)) add(hook.words, 'hook')
  return scripts
}

/** The image's `sh -c` before a command's words, placed where the command stands. */
function placedLike(image: readonly CommandWord[], command: readonly CommandWord[]): CommandWord[] {
  const at = command[0]?.at
  return [...image.map((word) => ({ value: word.value, ...(at === undefined ? {} : { at }) })), ...command]
}

function isShellCall(words: readonly CommandWord[]): boolean {
  return (
    /(?:^|\/)(?:ba|da|z|k|a)?sh$/.test(words[0]?.value ?? '') && words.some((word) => /^-[a-z]*c$/.test(word.value))
  )
}

function composeWords(setting: Settings['command']): readonly CommandWord[] | undefined {
  return setting.is === 'set' && setting.by.who === 'compose' && setting.value !== null ? setting.value : undefined
}

function shellOf(words: readonly CommandWord[]): string {
  const name = (words[0]?.value ?? '').split('/').at(-1) ?? ''
  return /^(?:ba|da|z|k|a)?sh$/.test(name) ? name : 'sh'
}

function knownVariables(settings: Settings): Record<string, string | undefined> {
  const known: [string, string | undefined][] = []
  for (const [name, setting] of Object.entries(settings.env.items)) {
    known.push([name, setting.is === 'set' || setting.is === 'default' ? (setting.value ?? undefined) : undefined])
  }
  return Object.fromEntries(known)
}
