/** Parser directives (`# syntax=`, `# escape=`, `# check=`): only an unbroken run of them from the first line counts. */
import type { DockerfileDirective, DockerfileProblem } from '../../core/facts/dockerfile.ts'
import type { SourceText } from '../../core/span.ts'
import { isSpace, LineReader, skipSpaces, trimmedEnd } from './lines.ts'

export interface Directives {
  readonly directives: readonly DockerfileDirective[]
  readonly escape: string
  readonly foreignFrontend?: string
  readonly problems: readonly DockerfileProblem[]
}

export function readDirectives(source: SourceText): Directives {
  const directives: DockerfileDirective[] = []
  const problems: DockerfileProblem[] = []
  const seen = new Set<string>()
  const reader = new LineReader(source.text)
  let escaper = '\\'
  let syntax: string | undefined
  while (!reader.done) {
    const line = reader.next()
    const found = directiveIn(source.text, line.start, line.end, '#')
    if (found === undefined) break
    const span = source.span(found.start, line.end)
    if (seen.has(found.name)) {
      problems.push({
        code: 'repeated-directive',
        message: `only one ${found.name} directive can be used`,
        span,
        level: 'error',
      })
      break
    }
    seen.add(found.name)
    const valueSpan = source.span(found.valueStart, found.valueEnd)
    const value = source.text.slice(found.valueStart, found.valueEnd)
    directives.push({ name: found.name, value, span, valueSpan })
    if (found.name === 'escape') {
      if (value === '\\' || value === '`') escaper = value
      else
        problems.push({
          code: 'invalid-escape',
          message: 'the escape directive takes \\ or `',
          span: valueSpan,
          level: 'error',
        })
    }
    // The frontend is looked up before anything is trimmed: an indented directive does not choose it.
    if (found.name === 'syntax' && found.start === line.start) syntax = value
  }
  syntax ??= syntaxElsewhere(source.text)
  const foreignFrontend = syntax === undefined || isDockerFrontend(syntax) ? undefined : syntax
  return { directives, escape: escaper, problems, ...(foreignFrontend === undefined ? {} : { foreignFrontend }) }
}

interface FoundDirective {
  readonly name: DockerfileDirective['name']
  readonly start: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** `# name = value`: name of letters and digits, any case, spaces free. */
function directiveIn(text: string, lineStart: number, lineEnd: number, mark: string): FoundDirective | undefined {
  const start = mark === '#' ? skipSpaces(text, lineStart, lineEnd) : lineStart
  if (!text.startsWith(mark, start)) return undefined
  const nameStart = skipSpaces(text, start + mark.length, lineEnd)
  let nameEnd = nameStart
  while (nameEnd < lineEnd && !isSpace(text.charCodeAt(nameEnd)) && text[nameEnd] !== '=' && nameEnd - nameStart < 8)
    nameEnd++
  const name = text.slice(nameStart, nameEnd).toLowerCase()
  if (name !== 'syntax' && name !== 'escape' && name !== 'check') return undefined
  const equals = skipSpaces(text, nameEnd, lineEnd)
  if (equals >= lineEnd || text[equals] !== '=') return undefined
  const valueStart = skipSpaces(text, equals + 1, lineEnd)
  const valueEnd = trimmedEnd(text, valueStart, lineEnd)
  return valueEnd > valueStart ? { name, start, valueStart, valueEnd } : undefined
}

/** The frontend is also found after a shebang, and in `// syntax=`, where the parser itself sees no directive. */
function syntaxElsewhere(text: string): string | undefined {
  const reader = new LineReader(text)
  if (text.startsWith('#!')) reader.next()
  const mark = text.startsWith('//', reader.at) ? '//' : '#'
  if (mark === '#' && reader.at === 0) return undefined
  while (!reader.done) {
    const line = reader.next()
    if (mark === '#' && text[line.start] !== '#') return undefined
    const found = directiveIn(text, line.start, line.end, mark)
    if (found === undefined) return undefined
    if (found.name === 'syntax') return text.slice(found.valueStart, found.valueEnd)
  }
  return undefined
}

/** `docker/dockerfile` and `docker/dockerfile-upstream`, with or without registry, tag and digest. */
function isDockerFrontend(syntax: string): boolean {
  const reference = syntax.split(/[ \t]/, 1)[0] ?? ''
  return /^(?:(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)\/)?docker\/dockerfile(?:-upstream)?(?:[:@]|$)/.test(
    reference,
  )
}
