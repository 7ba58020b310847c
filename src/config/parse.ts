/**
 * Text of a `bulkhead.yaml` → settings. Strict: an unknown key, rule or word is a problem with line and column, never
 * ignored, because a misspelt threshold that is ignored is a gate that stands open.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { DEFAULT_LIMITS, type Limits, type Waiver } from '../core/config.ts'
import type { Area, Severity } from '../core/severity.ts'
import { didYouMean } from './nearest.ts'
import { CONFIG_KEYS, type ConfigKey, LIMIT_KEYS, type Shape } from './schema.ts'
import type { ConfigProblem, Settings } from './settings.ts'
import {
  type Checked,
  checkAreaOrRule,
  checkDate,
  checkFingerprint,
  checkQuantity,
  checkRule,
  checkWord,
  type KnownRules,
  quote,
} from './values.ts'

/** A configuration file is never larger: 256 KiB. */
export const LARGEST_CONFIG = 256 * 1024

export interface ConfigSource {
  /** As problems and waivers name it: `bulkhead.yaml`. */
  readonly name: string
  /** Found in the scanned directory, or named by `--config`: only the latter may raise limits. */
  readonly trust: 'discovered' | 'named'
}

export interface ParsedConfig {
  readonly settings: Settings
  readonly problems: readonly ConfigProblem[]
}

/** Never throws; the settings are what could be read, and count for nothing where there are problems. */
export function parseConfig(text: string, source: ConfigSource, rules: KnownRules): ParsedConfig {
  const reader = new Reader(text, source, rules)
  try {
    const root = reader.root()
    const values = root === undefined ? {} : (reader.record(root, CONFIG_KEYS) ?? {})
    return { settings: toSettings(values, reader), problems: reader.problems }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { settings: {}, problems: [{ source: source.name, message: 'is nested too deeply to be read' }] }
  }
}

type Values = Record<string, unknown>

function toSettings(values: Values, reader: Reader): Settings {
  const waivers = values.waivers as readonly Values[] | undefined
  const limits = values.limits as Values | undefined
  return omitAbsent({
    failOn: values['fail-on'] as Severity | 'never' | undefined,
    only: values.only as readonly string[] | undefined,
    require: values.require as readonly Area[] | undefined,
    exclude: values.exclude as readonly string[] | undefined,
    includeIgnored: values['include-ignored'] as boolean | undefined,
    waivers: waivers?.map((waiver) => toWaiver(waiver, reader)),
    severities: values.rules as Readonly<Record<string, Severity | 'off'>> | undefined,
    limits: limits === undefined ? undefined : toLimits(limits, reader),
    stage: values.stage as string | undefined,
    profiles: values.profiles as readonly string[] | undefined,
    baseline: values.baseline as string | undefined,
  })
}

function toWaiver(values: Values, reader: Reader): Waiver {
  const node = reader.nodeOf(values)
  const start = node?.range?.[0] ?? 0
  const end = node?.range?.[1] ?? start
  return {
    ...(values as unknown as Omit<Waiver, 'by'>),
    by: `${reader.source.name}:${reader.position(start).line}`,
    span: reader.byteSpan(start, end),
  }
}

function toLimits(values: Values, reader: Reader): Partial<Limits> {
  const limits: Partial<Record<keyof Limits, number>> = {}
  for (const [key, limit] of Object.entries(LIMIT_KEYS)) {
    const value = values[key]
    if (typeof value !== 'number') continue
    if (reader.source.trust === 'discovered' && value > DEFAULT_LIMITS[limit]) {
      reader.problem(
        reader.nodeOf(values),
        `limits.${key} is above its default (${DEFAULT_LIMITS[limit]}), which a file found in the scanned directory may not set; name the file with --config`,
      )
      continue
    }
    limits[limit] = value
  }
  return limits
}

function omitAbsent(settings: { [K in keyof Settings]: Settings[K] | undefined }): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Settings
}

/** Reads nodes by their shape and collects what is wrong. */
class Reader {
  readonly source: ConfigSource
  readonly problems: ConfigProblem[] = []
  readonly #text: string
  readonly #rules: KnownRules
  readonly #lines = new LineCounter()
  readonly #document: Document.Parsed
  readonly #nodes = new WeakMap<object, Node>()

  constructor(text: string, source: ConfigSource, rules: KnownRules) {
    this.source = source
    this.#text = text
    this.#rules = rules
    // Duplicate keys are found below: the parser's own check compares every pair.
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      uniqueKeys: false,
      merge: false,
      prettyErrors: false,
      logLevel: 'silent',
      strict: true,
    })
  }

  /** The top-level node; `undefined` for an empty document or one that is not YAML. */
  root(): Node | undefined {
    for (const error of this.#document.errors) {
      const { line, column } = this.position(error.pos[0])
      this.problems.push({ source: this.source.name, line, column, message: sentence(error.message) })
      break
    }
    const contents = this.#document.contents
    if (this.problems.length > 0 || contents === null) return undefined
    return isScalar(contents) && contents.value === null ? undefined : contents
  }

  record(given: Node, keys: Readonly<Record<string, ConfigKey>>): Values | undefined {
    const node = this.#resolve(given)
    const values: Values = {}
    if (!isMap(node)) {
      this.problem(
        node,
        `expected ${keys === CONFIG_KEYS ? 'keys and values, like "fail-on: high"' : `keys: ${Object.keys(keys).join(', ')}`}`,
      )
      return undefined
    }
    this.#nodes.set(values, node)
    for (const [name, keyNode, valueNode] of this.#pairs(node)) {
      const key = Object.hasOwn(keys, name) ? keys[name] : undefined
      if (key === undefined) {
        this.problem(
          keyNode,
          `unknown key ${quote(name)}${didYouMean(name, Object.keys(keys)) || `; known here: ${Object.keys(keys).join(', ')}`}`,
        )
        continue
      }
      const value = this.#value(valueNode, keyNode, key.shape, name)
      if (value !== undefined) values[name] = value
    }
    for (const [name, key] of Object.entries(keys)) {
      const isGiven = node.items.some((pair) => isScalar(pair.key) && pair.key.value === name)
      if (key.required && !isGiven) this.problem(node, `"${name}" is missing`)
    }
    return values
  }

  nodeOf(values: object): Node | undefined {
    return this.#nodes.get(values)
  }

  problem(node: Node | undefined | null, message: string): void {
    const { line, column } = this.position(node?.range?.[0] ?? 0)
    this.problems.push({ source: this.source.name, line, column, message })
  }

  position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }

  byteSpan(start: number, end: number): { start: number; end: number } {
    const byteStart = Buffer.byteLength(this.#text.slice(0, start))
    return { start: byteStart, end: byteStart + Buffer.byteLength(this.#text.slice(start, end)) }
  }

  #value(given: Node | null, keyNode: Node | null, shape: Shape, name: string): unknown {
    const node = given === null ? null : this.#resolve(given)
    if (node === null || (isScalar(node) && node.value === null)) {
      this.problem(keyNode ?? node, `"${name}" has no value`)
      return undefined
    }
    switch (shape.is) {
      case 'list':
        return this.#list(node, shape.of, name)
      case 'by-rule':
        return this.#byRule(node, shape.of, name)
      case 'record':
        return this.record(node, shape.keys)
      case 'yes-no':
        return this.#scalar(node, name, 'true or false', (value) =>
          typeof value === 'boolean' ? { ok: true, value } : undefined,
        )
      case 'number':
        return this.#number(node, name, shape.unit)
      default:
        return this.#scalar(node, name, 'text', (value) =>
          typeof value === 'string' ? this.#word(value, shape) : undefined,
        )
    }
  }

  #word(value: string, shape: Shape): Checked<unknown> {
    switch (shape.is) {
      case 'word':
        return checkWord(value, shape.of)
      case 'rule':
        return checkRule(value, this.#rules)
      case 'area-or-rule':
        return checkAreaOrRule(value, this.#rules)
      case 'date':
        return checkDate(value)
      case 'fingerprint':
        return checkFingerprint(value)
      default: {
        const longest = shape.is === 'text' ? (shape.longest ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
        if (value.trim() === '') return { ok: false, wrong: 'is empty' }
        return value.length > longest
          ? { ok: false, wrong: `is longer than ${longest} characters` }
          : { ok: true, value }
      }
    }
  }

  #number(node: Node, name: string, unit: 'count' | 'bytes' | 'milliseconds'): unknown {
    const expected =
      unit === 'count' ? 'a whole number above 0' : unit === 'bytes' ? 'a size, like 8 MiB' : 'a time, like 90s'
    return this.#scalar(node, name, expected, (value) => {
      if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? { ok: true, value } : undefined
      return typeof value === 'string' && unit !== 'count' ? checkQuantity(value, unit) : undefined
    })
  }

  #scalar(
    node: Node,
    name: string,
    expected: string,
    check: (value: unknown) => Checked<unknown> | undefined,
  ): unknown {
    const result = isScalar(node) ? check(scalarValue(node.value, node.source, expected)) : undefined
    if (result === undefined) this.problem(node, `"${name}" must be ${expected}`)
    else if (!result.ok) this.problem(node, `"${name}": ${result.wrong}`)
    return result?.ok ? result.value : undefined
  }

  #list(node: Node, of: Shape, name: string): unknown[] | undefined {
    if (!isSeq(node)) {
      this.problem(node, `"${name}" must be a list, like ${name}: [ … ]`)
      return undefined
    }
    const items: unknown[] = []
    for (const item of node.items) {
      const value = this.#value(item as Node | null, node, of, name)
      if (value !== undefined) items.push(value)
    }
    return items
  }

  #byRule(node: Node, of: Shape, name: string): Record<string, unknown> | undefined {
    if (!isMap(node)) {
      this.problem(node, `"${name}" must hold rule ids and what becomes of them, like "secret/in-env: high"`)
      return undefined
    }
    const values: Record<string, unknown> = {}
    for (const [id, keyNode, valueNode] of this.#pairs(node)) {
      const rule = checkRule(id, this.#rules)
      if (!rule.ok) {
        this.problem(keyNode, rule.wrong)
        continue
      }
      const value = this.#value(valueNode, keyNode, of, id)
      if (value !== undefined) values[rule.value] = value
    }
    return values
  }

  *#pairs(node: Node): Generator<[string, Node, Node | null]> {
    if (!isMap(node)) return
    const seen = new Set<string>()
    for (const pair of node.items) {
      const keyNode = pair.key as Node
      const name = isScalar(keyNode) ? String(keyNode.source ?? keyNode.value) : undefined
      if (name === undefined) this.problem(keyNode, 'this key is not a word')
      else if (seen.has(name)) this.problem(keyNode, `${quote(name)} is given twice`)
      else {
        seen.add(name)
        yield [name, keyNode, pair.value as Node | null]
      }
    }
  }

  /** What an alias stands for. Bounded: the table's shapes end, so an alias cannot multiply what is read. */
  #resolve(node: Node): Node {
    if (!isAlias(node)) return node
    return node.resolve(this.#document) ?? node
  }
}

/** YAML types `stage: 12` as a number and `subject: true` as a boolean; where text is wanted, what is written counts. */
function scalarValue(value: unknown, source: string | undefined, expected: string): unknown {
  return expected === 'text' && (typeof value === 'number' || typeof value === 'boolean') && source !== undefined
    ? source
    : value
}

/** The parser's message without what follows its first line. */
function sentence(message: string): string {
  const first = message.split('\n', 1)[0] ?? message
  return `is not valid YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`
}
