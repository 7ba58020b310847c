/** What a container's command and hooks run, as scripts: command rules read them as they read a Dockerfile's. */
import type { NewFactOf } from '../../core/fact.ts'
import type { CommandWord, Settings } from '../../core/facts/workload.ts'
import type { Place } from '../../core/place.ts'
import type { Span } from '../../core/span.ts'
import { readExec } from '../../formats/shell/read.ts'
import type { Cursor } from './cursor.ts'

type Placed = CommandWord & { readonly at: Place & { readonly span: Span } }

/** `workload`: the id of the container's workload fact. Only words that stand in the manifest make a script here. */
export function scriptsOf(
  container: Cursor,
  settings: Settings,
  workload: string,
  subject: string,
): NewFactOf<'script'>[] {
  const variables = Object.fromEntries(
    Object.entries(settings.env.items).map(([name, one]) => [
      name,
      one.is === 'set' || one.is === 'default' ? (one.value ?? undefined) : undefined,
    ]),
  )
  const scripts: NewFactOf<'script'>[] = []
  const add = (words: readonly CommandWord[], as: 'entrypoint' | 'command' | 'hook') => {
    const placed = words.filter(
      (word): word is Placed => word.at?.span !== undefined && word.at.path === container.path,
    )
    const first = placed[0]
    if (first === undefined || placed.length !== words.length) return
    const { commands, errexit, pipefail, problem } = readExec(
      placed.map((word) => ({ value: word.value, span: word.at.span })),
      variables,
    )
    scripts.push({
      kind: 'script',
      subject: `${subject}:${as}${scripts.length === 0 ? '' : scripts.length + 1}`,
      path: container.path,
      confidence: 'high',
      span: { start: first.at.span.start, end: Math.max(first.at.span.end, placed.at(-1)?.at.span.end ?? 0) },
      origin: { in: 'workload', workload, as, at: first.at },
      shell: shellOf(words),
      errexit,
      pipefail,
      commands,
      ...(problem === undefined ? {} : { problem }),
    })
  }
  const written = (setting: Settings['command']) =>
    setting.is === 'set' && setting.by.who === 'container' ? (setting.value ?? []) : []
  const command = written(settings.entrypoint)
  const args = written(settings.command)
  if (command.length > 0) add([...command, ...args], 'entrypoint')
  else if (args.length > 0) add(args, 'command')
  for (const when of ['postStart', 'preStop']) {
    const words = container.get('lifecycle', when, 'exec', 'command')?.items() ?? []
    add(
      words.map((word) => ({ value: word.text() ?? '', at: word.place })),
      'hook',
    )
  }
  return scripts
}

function shellOf(words: readonly CommandWord[]): string {
  const name = (words[0]?.value ?? '').split('/').at(-1) ?? ''
  return /^(?:ba|da|z|k|a)?sh$/.test(name) ? name : 'sh'
}
