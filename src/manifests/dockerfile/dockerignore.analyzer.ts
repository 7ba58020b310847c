import { defineAnalyzer } from '../../core/analyzer.ts'
import { LineReader } from './lines.ts'
import { maskSource } from './masking.ts'

/** `.dockerignore`, `NAME.dockerignore` (it replaces the root one for Dockerfile NAME), `.containerignore`. */
export default defineAnalyzer({
  id: 'dockerignore',
  selects: { suffixes: ['.dockerignore', '.containerignore'] },
  area: 'configuration',
  emits: ['ignore-file'],
  reads: 'text',
  analyze(file, emit) {
    const { source, path } = file
    if (!/\.(?:docker|container)ignore$/i.test(file.name)) return
    const patterns: string[] = []
    const reader = new LineReader(source.text)
    while (!reader.done && patterns.length < MAX_PATTERNS) {
      const line = reader.next()
      // A comment's `#` stands in the first column.
      if (source.text[line.start] === '#') continue
      const pattern = maskSource(source, line, 'file', 'pattern', (text, origin) => emit.text(text, origin)).trim()
      if (pattern !== '') patterns.push(pattern)
    }
    if (!reader.done) emit.skipped('limit-patterns', `more than ${MAX_PATTERNS} patterns`)
    emit.fact({ kind: 'ignore-file', subject: path, path, confidence: 'high', patterns })
  },
})

const MAX_PATTERNS = 20_000
