import { defineAnalyzer, type Emit, type TextFile } from '../../core/analyzer.ts'
import type { DockerfileFact } from '../../core/facts/dockerfile.ts'
import { hiddenCharacters } from './hidden-characters.ts'
import { ignoresOf } from './ignores.ts'
import { type ParsedDockerfile, parseDockerfile } from './parse.ts'
import { scriptsOf } from './scripts.ts'

export default defineAnalyzer({
  id: 'dockerfile',
  selects: {
    names: ['dockerfile', 'containerfile'],
    patterns: ['dockerfile.*', 'dockerfile_*', 'dockerfile-*', 'containerfile.*', 'containerfile_*', 'containerfile-*'],
    suffixes: ['.dockerfile', '.containerfile'],
  },
  area: 'configuration',
  emits: ['dockerfile', 'script', 'ignore'],
  reads: 'text',
  analyze(file, emit) {
    const name = file.name.toLowerCase()
    if (name.endsWith('ignore')) return
    const { text } = file.source
    if (text.slice(0, 8000).includes('\0')) {
      if (isPlainName(name)) emit.skipped('binary', 'it is not a text file')
      return
    }
    // Any file may be called `dockerfile.ts` or be named singly: its first instruction tells.
    const opens = opensAsDockerfile(text)
    if (!opens && !isPlainName(name)) {
      if (isVariantName(name)) emit.skipped('not-a-dockerfile', 'its first instruction is neither FROM nor ARG')
      return
    }
    const parsed = parseDockerfile(file.source, (part, origin) => emit.text(part, origin))
    const template = templateMark(parsed)
    if (template !== undefined) {
      emit.skipped('not-rendered', `it is a template (\`${template}\`): scan what it renders to`)
      return
    }
    if (parsed.foreignFrontend !== undefined) {
      emit.skipped('foreign-frontend', 'its `# syntax=` names a frontend of its own, which may read it differently')
    }
    emitFacts(file, parsed, emit)
  },
})

function emitFacts(file: TextFile, parsed: ParsedDockerfile, emit: Emit): void {
  const { comments, ...facts } = parsed
  const { path } = file
  const hidden = hiddenCharacters(file.source)
  const dockerfile: Omit<DockerfileFact, 'id' | 'target' | 'analyzer'> = {
    kind: 'dockerfile',
    subject: path,
    path,
    confidence: parsed.problems.some((problem) => problem.level === 'error') ? 'medium' : 'high',
    ...facts,
    ...(hidden.length === 0 ? {} : { hidden }),
    ...(file.named ? { named: true as const } : {}),
  }
  emit.fact(dockerfile)
  const mask: Emit['text'] = (part, origin) => emit.text(part, origin)
  for (const script of scriptsOf(dockerfile, file.source)) {
    const { stage, instruction } = script.origin as { stage: number; instruction: number }
    const subject = `${path}#${parsed.stages[stage]?.name ?? stage}/${instruction}`
    emit.fact({
      kind: 'script',
      subject,
      path,
      confidence: script.problem === undefined ? 'high' : 'medium',
      ...script,
    })
  }
  ignoresOf(dockerfile, comments, file.source, mask).forEach((ignore, index) => {
    emit.fact({ kind: 'ignore', subject: `${path}#ignore-${index}`, path, confidence: 'high', ...ignore })
  })
}

/** Names that say for sure what the file is meant to be. */
function isPlainName(name: string): boolean {
  return name === 'dockerfile' || name === 'containerfile' || name.endsWith('.dockerfile')
}

/** Named like a Dockerfile, and not like a source file or a text about one. */
function isVariantName(name: string): boolean {
  if (!/^(?:docker|container)file[._-]/.test(name)) return false
  return !/\.(?:md|rst|txt|html?|jsonc?|ya?ml|toml|xml|[cm]?[jt]sx?|py|pyi|go|rs|rb|java|kt|cs?|cpp|h|php|lua|sh|sum|lock|log|orig|bak|swp)$/.test(
    name,
  )
}

/** FROM or ARG stands first, behind comments and blank lines. */
function opensAsDockerfile(text: string): boolean {
  let at = 0
  for (;;) {
    const feed = text.indexOf('\n', at)
    const line = text.slice(at, Math.min(feed === -1 ? text.length : feed, at + 200)).trimStart()
    if (line.trim() !== '' && !line.startsWith('#')) return OPENING.test(line)
    if (feed === -1) return false
    at = feed + 1
  }
}

/** An instruction's shape, not prose: `from x import y` is Python, `FROM x AS y` is not. */
const OPENING =
  /^(?:FROM[ \t]+(?:--platform=\S+[ \t]+)?(?:\\?\s*$|\S+[ \t]*\r?$|\S+[ \t]+AS[ \t]+\S+\s*$|\S*\{\{|\{\{)|ARG[ \t]+["']?[A-Za-z_]\w*["']?(?:[= \t\r\\]|$)|\{[{%#])/i

/** An instruction that is a template's statement, or a base that a template is to name. */
function templateMark(parsed: ParsedDockerfile): string | undefined {
  for (const instruction of parsed.instructions) {
    const mark = /^(?:\{\{|\{%|\{#|<%|%%)/.exec(instruction.keyword)?.[0]
    if (mark !== undefined) return mark
    if (instruction.keyword !== 'FROM' || instruction.onbuild) continue
    const inFrom = /\{\{|\{%|<%=|%%\w+%%/.exec(instruction.text)?.[0]
    if (inFrom !== undefined) return inFrom
  }
  return undefined
}
