/** Kubernetes manifests: one fact per object, lists and documents taken apart. */
import { defineAnalyzer, type Emit, type TextFile } from '../../core/analyzer.ts'
import type { NewFactOf } from '../../core/fact.ts'
import type { Carrier } from '../../core/facts/secret.ts'
import type { SourceText, Span } from '../../core/span.ts'
import { yamlIgnores } from '../../formats/yaml/ignores.ts'
import { readYaml } from '../../formats/yaml/read.ts'
import { looksUnrendered, speaksHelm } from '../../formats/yaml/unrendered.ts'
import { type KubernetesObject, objectsOf } from './objects.ts'
import { findPodSpecs } from './pod-specs.ts'
import { secretValues } from './secret-values.ts'

export default defineAnalyzer({
  id: 'kubernetes',
  selects: { suffixes: ['.yaml', '.yml', '.json'], names: ['kustomization'] },
  area: 'configuration',
  emits: ['kubernetes-object', 'ignore'],
  reads: 'text',
  analyze(file, emit) {
    const fileKind = isKustomization(file.name) ? ('Kustomization' as const) : undefined
    if (!looksLikeManifest(file.source.text) && fileKind === undefined) return
    if (speaksHelm(file.source.text)) {
      if (isTemplateOfKubernetes(file.source.text)) notRendered(emit)
      return
    }
    // Values of Secrets never enter a fact, so where they stand must be known before the text is handed on.
    const secrets = secretValues(file.source)
    const reading = readYaml(file.source, { version: '1.1', mask: masker(emit, secrets) })
    const objects = objectsOf(reading.documents, fileKind)
    const errors = reading.problems.filter((problem) => problem.level === 'error')
    if (errors.length > 0 && looksUnrendered(file.source.text)) {
      notRendered(emit)
      return
    }
    if (objects.length === 0) {
      if (errors.length > 0) skipBroken(file.source, errors[0], emit)
      return
    }
    if (errors.length > 0) skipBroken(file.source, errors[0], emit)
    for (const object of objects) emit.fact(factOf(object, file))
    for (const ignore of yamlIgnores(reading)) {
      const { reason, ...rest } = ignore
      const masked =
        reason === undefined ? {} : { reason: emit.text(reason, { span: ignore.span, carrier: 'config-value' }) }
      emit.fact({
        kind: 'ignore',
        path: file.path,
        subject: `${file.path}@${ignore.span.start}`,
        confidence: 'high',
        ...rest,
        ...masked,
      })
    }
  },
})

/** Cheap, before anything is parsed. JSON quotes its keys, and may stand on one line. */
function looksLikeManifest(text: string): boolean {
  return /(^|[\s{,"'])apiVersion["']?\s*:/.test(text) && /(^|[\s{,"'])kind["']?\s*:/.test(text)
}

function isTemplateOfKubernetes(text: string): boolean {
  return /^\s*(-\s+)?kind\s*:/m.test(text)
}

function isKustomization(name: string): boolean {
  return /^kustomization(\.ya?ml)?$/i.test(name)
}

function notRendered(emit: Emit): void {
  emit.skipped('not-rendered', 'a Helm or Jinja template: render it (helm template) and scan the result')
}

function skipBroken(
  source: SourceText,
  problem: { readonly message: string; readonly span: Span } | undefined,
  emit: Emit,
): void {
  if (problem === undefined) return
  const { line } = source.lineColumn(problem.span.start)
  emit.skipped('unparsable', `line ${line}: ${problem.message}`)
}

function factOf(object: KubernetesObject, file: TextFile): NewFactOf<'kubernetes-object'> {
  const { podSpecs, byShape } = findPodSpecs(object.tree, object.objectKind, object.apiVersion, object.context)
  return {
    kind: 'kubernetes-object',
    path: file.path,
    span: object.tree.span,
    subject: `${file.path}#${identity(object)}`,
    confidence: byShape && podSpecs.length > 0 ? 'medium' : 'high',
    document: object.document,
    ...(object.within.length === 0 ? {} : { within: object.within }),
    apiVersion: object.apiVersion,
    objectKind: object.objectKind,
    name: object.name,
    ...(object.namespace === undefined ? {} : { namespace: object.namespace }),
    labels: object.labels,
    tree: object.tree,
    ...(podSpecs.length === 0 ? {} : { podSpecs }),
    ...(byShape && podSpecs.length > 0 ? { byShape: true as const } : {}),
    newline: file.source.text.includes('\r\n') ? '\r\n' : '\n',
  }
}

/** `Deployment/ml/api`, without the namespace where none is given. */
export function identity(object: {
  readonly objectKind: string
  readonly namespace?: string
  readonly name: string
}): string {
  return [object.objectKind, object.namespace, object.name]
    .filter((part) => part !== undefined && part !== '')
    .join('/')
}

/** A fact holds what `emit.text` gives back; of a Secret's values it holds nothing but their length. */
function masker(emit: Emit, secrets: ReadonlyMap<number, string>) {
  return (text: string, span: Span, keyPath: string, exact: boolean): string => {
    const decoded = secrets.get(span.start)
    if (decoded !== undefined) {
      emit.text(decoded, {
        span,
        key: keyPath,
        carrier: 'config-value',
        ...(exact && decoded === text ? { exact } : {}),
      })
      return '*'.repeat(text.length)
    }
    const origin = originOf(keyPath)
    return emit.text(text, { span, ...(exact ? { exact } : {}), ...origin })
  }
}

/** `containers[app].env[TOKEN].value` names TOKEN, not `value`. */
function originOf(keyPath: string): { key?: string; carrier: Carrier } {
  const environment = /^(.*\.env\[.*\])\.value$/.exec(keyPath)
  if (environment !== null) return { key: environment[1] ?? keyPath, carrier: 'environment' }
  if (/\.(command|args)\[\d+\]$/.test(keyPath)) return { key: keyPath, carrier: 'command' }
  return { ...(keyPath === '' ? {} : { key: keyPath }), carrier: 'config-value' }
}
