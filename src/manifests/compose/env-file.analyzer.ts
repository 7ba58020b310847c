/** Reads `.env`-style files: what Compose takes variables and containers' environments from. */
import { defineAnalyzer, type Emit, type TextFile } from '../../core/analyzer.ts'
import { parseEnvFile } from '../../formats/dotenv/parse.ts'

export default defineAnalyzer({
  id: 'env-file',
  area: 'secrets',
  selects: { names: ['.env'], patterns: ['.env.*', 'env.*', '.env-*', '*.env.*'], suffixes: ['.env'] },
  emits: ['env-file'],
  reads: 'text',
  analyze,
})

function analyze(file: TextFile, emit: Emit) {
  // A file that a Compose file names as its env_file comes here under any name.
  if (isEnvName(file.name) ? isOtherLanguage(file.name) : file.named) return
  const { entries, problems, truncated } = parseEnvFile(file.source)
  if (truncated) emit.skipped('limit-entries', 'too many entries or unreadable lines: the rest was not read')
  if (entries.length === 0 && problems.length > 0)
    return emit.skipped('unparsable', `no line of it is a variable: ${problems[0]?.message ?? ''}`)
  emit.fact({
    kind: 'env-file',
    subject: file.path,
    path: file.path,
    confidence: 'high',
    entries: entries.map((entry) => {
      const name = emit.text(entry.name, { span: entry.span, carrier: 'env-file' })
      if (entry.value === null || entry.valueSpan === undefined || entry.value === '') return { ...entry, name }
      // A quoted value's bytes start behind its quote.
      const written = file.source.slice(entry.valueSpan)
      const quoted = written.length === entry.value.length + 2 && written.slice(1, -1) === entry.value
      const span = quoted ? { start: entry.valueSpan.start + 1, end: entry.valueSpan.end - 1 } : entry.valueSpan
      const exact = (quoted || written === entry.value) && span.end - span.start === entry.value.length
      return { ...entry, name, value: emit.text(entry.value, { span, exact, key: entry.name, carrier: 'env-file' }) }
    }),
    problems: problems.map((problem) => ({
      ...problem,
      message: emit.text(problem.message, { span: problem.span, carrier: 'env-file' }),
    })),
  })
}

function isEnvName(name: string): boolean {
  const lower = name.toLowerCase()
  return lower === '.env' || /^\.?env[.-]/.test(lower) || lower.endsWith('.env') || lower.includes('.env.')
}

/** `env.py`, `env.d.ts`, `vite-env.config.js` …: sources with an env-like name. */
function isOtherLanguage(name: string): boolean {
  return /\.(?:py|pyi|ts|tsx|js|jsx|mjs|cjs|go|rs|rb|php|java|kt|c|h|cc|cpp|hpp|cs|lua|pl|sh|bash|zsh|fish|ps1|bat|cmd|ya?ml|json|toml|ini|md|rst|html?|css|svg|png|enc|gpg|asc|age|vault|ipynb|lock|tf|zip|gz|sql|xml)$/i.test(
    name,
  )
}
