/** Repositories that a build clones without naming a commit, and then builds or installs. */
import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import { packageInstalls, readArguments, textOf } from '../../formats/shell/meaning.ts'
import type { BuildCommand, BuildStage } from './build.ts'
import { hostOf } from './urls.ts'

export interface CloneBuilt {
  readonly clone: BuildCommand
  readonly url: string
  readonly word: ShellWord
  /** The branch asked for; undefined: the default one. */
  readonly branch: string | undefined
  /** The release that is named instead, by `--branch` or a checkout behind the clone. */
  readonly tag: string | undefined
  /** The command that builds or installs it. */
  readonly build: BuildCommand
}

/** Each looks at all commands behind it. */
const MOST_CLONES = 100

const CLONE_OPTIONS = {
  short: 'bocuj',
  long: new Set(
    'branch origin config upload-pack jobs depth shallow-since shallow-exclude reference separate-git-dir filter template server-option'.split(
      ' ',
    ),
  ),
}

export function clonesBuilt(stage: BuildStage): CloneBuilt[] {
  const runs = stage.runs
  let clones = 0
  return runs.flatMap((clone, index): CloneBuilt[] => {
    const found = readClone(clone.command)
    if (found === undefined || ++clones > MOST_CLONES) return []
    const after = runs.slice(index + 1)
    const build = buildAfter(found.directory, clone, after)
    if (build === undefined) return []
    const pins = after.flatMap(({ command }) => (command.name === 'git' ? (pinOf(command) ?? []) : []))
    if (pins.some(({ by }) => by === 'commit')) return []
    const tag = pins[0]?.tag ?? found.tag
    return [{ clone, url: found.url, word: found.word, branch: found.branch, tag, build }]
  })
}

function readClone(
  command: ShellCommand,
):
  | { url: string; word: ShellWord; directory: string; branch: string | undefined; tag: string | undefined }
  | undefined {
  if (command.name !== 'git') return undefined
  const verb = command.words.findIndex(({ value }) => value === 'clone')
  if (verb === -1) return undefined
  const given = readArguments(command.words, verb + 1, CLONE_OPTIONS)
  const branch = given.flags.get('-b') ?? given.flags.get('--branch') ?? given.flags.get('--revision')
  // What a variable names is a choice, and `--revision` may name a commit; a branch's name is none.
  const name = branch?.value
  if (name === null || (name !== undefined && /\d/.test(name) && !isTag(name))) return undefined
  const [word, target] = given.operands
  if (word === undefined) return undefined
  const url = textOf(word)
  if (hostOf(url) === undefined && !/^[\w.-]+@[\w.-]+:/.test(url)) return undefined
  const path = url.replace(/[/]+$/, '').replace(/\.git$/, '')
  return {
    url,
    word,
    ...(name !== undefined && isTag(name) ? { branch: undefined, tag: name } : { branch: name, tag: undefined }),
    directory: target === undefined ? path.slice(path.lastIndexOf('/') + 1) : textOf(target),
  }
}

/** True for the name of a release: `v1.2.3`, `release-1.2`, `refs/tags/x`; with another slash it is a branch’s. */
export function isTag(reference: string): boolean {
  return /^[^/]*\d+\.\d+[^/]*$/.test(reference) || /^(?:refs\/)?tags\//.test(reference)
}

/** `git checkout X`, `reset --hard X`, `fetch … X`: X is a commit (or what a variable says), or a release. */
function pinOf(command: ShellCommand): { by: 'commit' | 'tag'; tag?: string } | undefined {
  const verb = command.words.findIndex(({ value }) => /^(?:checkout|switch|reset|fetch|pull)$/.test(value ?? ''))
  if (verb === -1) return undefined
  for (const { value, raw } of command.words.slice(verb + 1)) {
    // A variable says which, even if nothing here sets it.
    if (value === null || raw.includes('$')) return { by: 'commit' }
    if (raw.startsWith('-')) continue
    if (/^[0-9a-f]{7,40}$/i.test(value)) return { by: 'commit' }
    if (/^(?:refs\/tags\/|tags\/)?v?\d+[\d.]*/.test(value) || isTag(value)) return { by: 'tag', tag: value }
  }
  return undefined
}

const BUILDERS = new Set('make cmake ninja meson bazel cargo go gradle mvn npm yarn pnpm gcc g++ nvcc'.split(' '))

/** A build in the clone's folder: in the same RUN, or a later one that names it. */
function buildAfter(directory: string, clone: BuildCommand, after: readonly BuildCommand[]): BuildCommand | undefined {
  const base = directory.replace(/\/+$/, '').replace(/^.*\//, '')
  const entered = new Set<number>()
  for (const run of after) {
    const { command, instruction } = run
    const texts = command.words.map(textOf)
    const names = texts.some((text) => base.length > 1 && text.split(/[/=]/).includes(base))
    if (command.name === 'cd' && names) entered.add(instruction.index)
    const here = entered.has(instruction.index)
    if ((here || names) && isBuild(command)) return run
  }
  const moved = clone.stage.instructions.find(
    ({ index, keyword, text }) =>
      keyword === 'WORKDIR' && index > clone.instruction.index && base.length > 1 && text.split('/').includes(base),
  )
  if (moved === undefined) return undefined
  return after.find(({ command, instruction }) => instruction.index > moved.index && isBuild(command))
}

/** Installs from a path, or runs a build tool or a script of the folder. */
function isBuild(command: ShellCommand): boolean {
  const name = command.name ?? ''
  const texts = command.words.slice(1).map(textOf)
  if (texts.includes('--version')) return false
  const [install] = packageInstalls([command])
  if (install !== undefined) {
    const local = install.packages.some(({ word }) => /^(?:\.|\/|file:)/.test(textOf(word)))
    return local || install.requirements.length > 0 || BUILDERS.has(install.manager)
  }
  if (BUILDERS.has(name)) return true
  if (/^python[\d.]*$/.test(name))
    return texts.some((text) => /(?:^|\/)(?:setup|install|build)\.py$/.test(text)) || texts.includes('build')
  if (/^(?:ba)?sh$/.test(name)) return texts.some((text) => /\.sh$/.test(text))
  return /^\.\.?\//.test(command.words[0]?.raw ?? '')
}
