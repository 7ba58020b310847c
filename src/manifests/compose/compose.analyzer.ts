/** Reads one Compose file as it is written: its documents as masked trees, and its ignore comments. */
import { defineAnalyzer, type Emit, type TextFile } from '../../core/analyzer.ts'
import type { TreeMap } from '../../core/tree.ts'
import { yamlIgnores } from '../../formats/yaml/ignores.ts'
import { readYaml, type YamlReading } from '../../formats/yaml/read.ts'
import { looksUnrendered } from '../../formats/yaml/unrendered.ts'
import { composeMask } from './masking.ts'
import { isComposeDocument, isComposeName, mayBeCompose } from './recognise.ts'
import { referencesOf } from './references.ts'

export default defineAnalyzer({
  id: 'compose',
  area: 'configuration',
  selects: { suffixes: ['.yml', '.yaml'] },
  emits: ['compose-file', 'ignore'],
  reads: 'text',
  analyze,
})

function analyze(file: TextFile, emit: Emit): void {
  const { source, path } = file
  const named = isComposeName(file.name)
  if (!mayBeCompose(source.text, named)) return
  // First without masking: what is no Compose file is another analyzer's to hand over.
  const plain = readYaml(source, { version: '1.2' })
  const isCompose = plain.documents.some((document) => document?.type === 'map' && isComposeDocument(document, named))
  if (looksUnrendered(source.text) && (isCompose || named)) {
    emit.skipped('not-rendered', 'a template: what it says is known once it is rendered')
    return
  }
  if (!isCompose) {
    if (named && plain.problems.some((problem) => problem.level === 'error'))
      emit.skipped('unparsable', firstProblem(plain, file))
    return
  }
  const reading = readYaml(source, { version: '1.2', mask: composeMask(emit) })
  const broken = reading.problems.some(
    (problem) => problem.level === 'error' && (problem.code === 'syntax' || problem.code === 'limit'),
  )
  if (broken) emit.skipped('unparsable', firstProblem(reading, file))
  const documents = reading.documents.filter((document): document is TreeMap => document?.type === 'map')
  emit.fact({
    kind: 'compose-file',
    subject: path,
    path,
    confidence: 'high',
    documents,
    newline: source.text.includes('\r\n') ? '\r\n' : '\n',
    named,
  })
  for (const ignore of yamlIgnores(reading)) {
    const reason =
      ignore.reason === undefined ? undefined : emit.text(ignore.reason, { span: ignore.span, carrier: 'config-value' })
    emit.fact({
      kind: 'ignore',
      subject: `${path}@${ignore.span.start}`,
      path,
      confidence: 'high',
      span: ignore.span,
      rules: ignore.rules,
      governs: ignore.governs,
      ...(ignore.until === undefined ? {} : { until: ignore.until }),
      ...(reason === undefined ? {} : { reason }),
      ...(ignore.problem === undefined ? {} : { problem: ignore.problem }),
    })
  }
  for (const reference of referencesOf(documents, path)) emit.refersTo(reference.path, reference.as)
}

/** Only the problems that make Compose refuse the file. */
function firstProblem(reading: YamlReading, file: TextFile): string {
  const problem = reading.problems.find((one) => one.level === 'error')
  if (problem === undefined) return 'it is not readable as YAML'
  return `line ${file.source.lineColumn(problem.span.start).line}: ${problem.message.split('\n')[0]}`
}
