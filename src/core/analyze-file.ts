/** One file, all analyzers that want it: opened once, its facts masked, each analyzer's failure its own. */
import type { Analyzer, Emit, TextSubscriber } from './analyzer.ts'
import type { Limits } from './config.ts'
import type { NewFact } from './fact.ts'
import type { LayerFact } from './fact-store.ts'
import type { SecretScanner, TextOrigin } from './secret.ts'
import { SourceText } from './span.ts'
import type { LayerFile } from './target.ts'

export interface FileContext {
  readonly limits: Limits
  readonly secrets: SecretScanner
  readonly subscribers: readonly TextSubscriber[]
  refersTo(path: string, analyzer: string): void
}

export interface FileOutcome {
  readonly facts: readonly LayerFact[]
  readonly analyzed: readonly { readonly analyzer: string; readonly error?: unknown }[]
  readonly skipped: readonly { readonly analyzer: string; readonly code: string; readonly why: string }[]
}

export async function analyzeFile(
  file: LayerFile,
  analyzers: readonly Analyzer[],
  context: FileContext,
): Promise<FileOutcome> {
  const facts: LayerFact[] = []
  const analyzed: { analyzer: string; error?: unknown }[] = []
  const skipped: { analyzer: string; code: string; why: string }[] = []
  const contents = new Contents(file)
  for (const analyzer of analyzers) {
    if (analyzer.reads === 'text' && file.size > context.limits.textFile) {
      const limit = Math.floor(context.limits.textFile / 1024 / 1024)
      const why = `${(file.size / 1024 / 1024).toFixed(1)} MB, and text files are read up to ${limit} MB (limits.text-file)`
      skipped.push({ analyzer: analyzer.id, code: 'too-large', why })
      continue
    }
    const collector = new Collector(analyzer.id, file.path, context)
    try {
      await runAnalyzer(analyzer, file, contents, collector)
      facts.push(...collector.facts)
      skipped.push(...collector.skips)
      analyzed.push({ analyzer: analyzer.id })
    } catch (error) {
      const unreadable = error instanceof UnreadableFile ? error.message : undefined
      if (unreadable === undefined) analyzed.push({ analyzer: analyzer.id, error })
      else skipped.push({ analyzer: analyzer.id, code: 'unreadable', why: unreadable })
    }
  }
  return { facts, analyzed, skipped }
}

async function runAnalyzer(analyzer: Analyzer, file: LayerFile, contents: Contents, emit: Emit): Promise<void> {
  const head = { path: file.path, name: file.name, size: file.size, mode: file.mode, named: file.named }
  switch (analyzer.reads) {
    case 'head':
      return analyzer.analyze({ ...head, head: contents.head() }, emit)
    case 'text':
      return analyzer.analyze({ ...head, source: contents.source() }, emit)
    case 'bytes':
      return analyzer.analyze({ ...head, bytes: contents.bytes() }, emit)
    case 'stream':
      return analyzer.analyze({ ...head, chunks: () => file.chunks() }, emit)
  }
}

/** The file cannot be read: permissions, or it is gone. */
class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

const HEAD_LENGTH = 4096

/** The file's contents, read and decoded at most once. */
class Contents {
  readonly #file: LayerFile
  #bytes: Uint8Array | undefined
  #source: SourceText | undefined

  constructor(file: LayerFile) {
    this.#file = file
  }

  head(): Uint8Array {
    return readable(() => this.#file.head(HEAD_LENGTH))
  }

  bytes(): Uint8Array {
    this.#bytes ??= readable(() => this.#file.bytes())
    return this.#bytes
  }

  source(): SourceText {
    this.#source ??= new SourceText(this.bytes())
    return this.#source
  }
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UnreadableFile(describe(error), { cause: error })
  }
}

function describe(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOENT') return 'it is gone'
  return code ?? (error instanceof Error ? error.message : String(error))
}

/** What one analyzer says of one file; dropped where it fails. */
class Collector implements Emit {
  readonly facts: LayerFact[] = []
  readonly skips: { analyzer: string; code: string; why: string }[] = []
  readonly #analyzer: string
  readonly #path: string
  readonly #context: FileContext
  readonly #secretPlaces = new Set<string>()
  #full = false

  constructor(analyzer: string, path: string, context: FileContext) {
    this.#analyzer = analyzer
    this.#path = path
    this.#context = context
  }

  fact(fact: NewFact): void {
    if (this.facts.length >= this.#context.limits.factsPerFile) {
      if (!this.#full) this.skipped('limit-facts', `more than ${this.#context.limits.factsPerFile} facts in one file`)
      this.#full = true
      return
    }
    this.facts.push({ analyzer: this.#analyzer, fact })
  }

  text(text: string, origin: Omit<TextOrigin, 'path'>): string {
    if (text === '') return text
    const placed = { ...origin, path: this.#path }
    for (const subscriber of this.#context.subscribers) subscriber.text(text, placed)
    const name = nameOf(origin.key, origin.carrier)
    const found = this.#context.secrets.find(text, name)
    for (const secret of found) {
      if (secret.grade === 'fake') continue
      const span =
        origin.exact === true
          ? { start: origin.span.start + secret.start, end: origin.span.start + secret.end }
          : origin.span
      // The same string is often handed over twice (a whole RUN, then its words): one place, one fact.
      const place = `${span.start}-${span.end} ${secret.hash}`
      if (this.#secretPlaces.has(place)) continue
      this.#secretPlaces.add(place)
      this.fact({
        kind: 'secret',
        subject: `${secret.secret}@${this.#path}:${origin.key ?? ''}`,
        path: this.#path,
        span,
        confidence: secret.grade === 'proved' || secret.grade === 'shaped' ? 'high' : 'medium',
        secret: secret.secret,
        label: secret.label,
        grade: secret.grade,
        carrier: secret.fallback && origin.carrier === 'environment' ? 'environment-default' : origin.carrier,
        preview: secret.preview,
        hash: secret.hash,
        ...(origin.key === undefined ? {} : { key: origin.key }),
      })
    }
    return this.#context.secrets.mask(text, name)
  }

  skipped(code: string, why: string): void {
    this.skips.push({ analyzer: this.#analyzer, code, why })
  }

  refersTo(path: string, analyzer: string): void {
    this.#context.refersTo(path, analyzer)
  }
}

/**
 * The last part of a key path names the value: `services.api.environment.HF_TOKEN` → `HF_TOKEN`, and so does what
 * stands in brackets where the list is an environment: `env[HF_TOKEN]`. Elsewhere it is an address: `args[0]` → `args`.
 */
export function nameOf(key: string | undefined, carrier?: TextOrigin['carrier']): string | undefined {
  if (key === undefined) return undefined
  const variable = carrier === 'environment' || carrier === 'environment-default'
  const inBrackets = variable ? /\[([A-Za-z_][^\]]*)\]$/.exec(key)?.[1] : undefined
  const name = inBrackets ?? lastPart(key)
  return name === '' ? undefined : name
}

/** What stands after the last dot, without brackets at its end; read from the end, so that it is linear. */
function lastPart(key: string): string | undefined {
  let end = key.length
  while (end > 0 && key[end - 1] === ']') {
    const open = key.lastIndexOf('[', end - 1)
    if (open === -1) return undefined
    end = open
  }
  let start = end
  while (start > 0 && key[start - 1] !== '.' && key[start - 1] !== '[' && key[start - 1] !== ']') start--
  return key.slice(start, end)
}
