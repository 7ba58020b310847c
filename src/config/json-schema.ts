/** The published JSON Schema of `bulkhead.yaml`, made from the table that validation uses. */
import { AREAS } from '../core/severity.ts'
import { CONFIG_KEYS, type ConfigKey, type Shape } from './schema.ts'
/** Editors offer the ids of `rule-ids.schema.json`, which is generated beside it; others pass by their shape. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'bulkhead.config/1',
    title: 'bulkhead.yaml',
    description: 'Configuration of the Bulkhead scanner.',
    ...record(CONFIG_KEYS),
    $defs: {
      rule: {
        description: 'Id of a rule; `bulkhead rules` lists them.',
        anyOf: [{ $ref: 'rule-ids.schema.json' }, { type: 'string', pattern: RULE_ID }],
      },
    },
  }
}

const RULE_ID = '^[a-z0-9-]+/[a-z0-9-]+$'
const DATE = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
const BYTES = '^[0-9]+(\\.[0-9]+)? ?([kKMG]i?B|B)$'
const DURATION = '^[0-9]+(\\.[0-9]+)? ?(ms|s|m|h)$'

function record(keys: Readonly<Record<string, ConfigKey>>): Record<string, unknown> {
  const entries = Object.entries(keys)
  const required = entries.filter(([, key]) => key.required).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, key]) => [name, { description: key.about, ...schemaOf(key.shape) }]),
    ),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  }
}

function schemaOf(shape: Shape): Record<string, unknown> {
  switch (shape.is) {
    case 'text':
      return { type: 'string', minLength: 1, ...(shape.longest === undefined ? {} : { maxLength: shape.longest }) }
    case 'word':
      return { enum: [...shape.of] }
    case 'yes-no':
      return { type: 'boolean' }
    case 'date':
      return { type: 'string', pattern: DATE }
    case 'fingerprint':
      return { type: 'string', pattern: '^[0-9a-f]{6,64}$' }
    case 'rule':
      return { $ref: '#/$defs/rule' }
    case 'area-or-rule':
      return { anyOf: [{ enum: [...AREAS] }, { $ref: '#/$defs/rule' }] }
    case 'number':
      return numberSchema(shape.unit)
    case 'list':
      return { type: 'array', items: schemaOf(shape.of) }
    case 'by-rule':
      return { type: 'object', propertyNames: { $ref: '#/$defs/rule' }, additionalProperties: schemaOf(shape.of) }
    case 'record':
      return record(shape.keys)
  }
}

function numberSchema(unit: 'count' | 'bytes' | 'milliseconds'): Record<string, unknown> {
  if (unit === 'count') return { type: 'integer', minimum: 1 }
  return {
    anyOf: [
      { type: 'integer', minimum: 1 },
      { type: 'string', pattern: unit === 'bytes' ? BYTES : DURATION },
    ],
  }
}
