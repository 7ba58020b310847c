/** For tests: runs an analyzer on one file with the real scanner, and keeps what it handed over and found. */
import { nameOf } from '../core/analyze-file.ts'
import type { Analyzer, Emit, TextFile } from '../core/analyzer.ts'
import type { SecretFact } from '../core/facts/secret.ts'
import type { TextOrigin } from '../core/secret.ts'
import { SourceText } from '../core/span.ts'
import { newScanner } from './kinds.testing.ts'

export interface Looked {
  readonly handed: readonly { readonly text: string; readonly origin: Omit<TextOrigin, 'path'> }[]
  /** With ids, as a run would place them. */
  readonly facts: readonly SecretFact[]
  readonly skipped: readonly string[]
  readonly source: SourceText
}

export function look(analyzer: Analyzer, path: string, content: string | Uint8Array): Looked {
  if (analyzer.reads !== 'text') throw new TypeError(`${analyzer.id} does not read text`)
  const source = typeof content === 'string' ? SourceText.of(content) : new SourceText(content)
  const scanner = newScanner()
  const handed: { text: string; origin: Omit<TextOrigin, 'path'> }[] = []
  const facts: SecretFact[] = []
  const skipped: string[] = []
  const emit = {
    fact() {},
    text(text: string, origin: Omit<TextOrigin, 'path'>) {
      handed.push({ text, origin })
      const name = nameOf(origin.key, origin.carrier)
      for (const found of scanner.find(text, name)) {
        const { start } = origin.span
        facts.push({
          kind: 'secret',
          id: `secret:${facts.length}`,
          target: 't',
          analyzer: analyzer.id,
          confidence: 'high',
          subject: `${found.secret}@${path}`,
          path,
          span: origin.exact === true ? { start: start + found.start, end: start + found.end } : origin.span,
          secret: found.secret,
          label: found.label,
          grade: found.grade,
          carrier: origin.carrier,
          preview: found.preview,
          hash: found.hash,
          ...(origin.key === undefined ? {} : { key: origin.key }),
        })
      }
      return scanner.mask(text, name)
    },
    skipped: (code: string) => void skipped.push(code),
    refersTo() {},
  } satisfies Partial<Emit> & Record<string, unknown>
  const file: TextFile = {
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    size: source.bytes.length,
    mode: 0o644,
    named: false,
    source,
  }
  analyzer.analyze(file, emit as unknown as Emit)
  return { handed, facts, skipped, source }
}
