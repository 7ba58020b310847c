import { defineSecret } from '../../core/secret.ts'
import { pickBytes } from '../samples.ts'

const NAMED = /token|secret|key|auth|bearer|jwt|password|credential|session|cookie/i

export default defineSecret({
  id: 'json-web-token',
  label: 'JSON Web Token',
  keywords: ['eyj'],
  pattern:
    /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{14,600}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,700}(?![A-Za-z0-9_-])/,
  longest: 3400,
  grade(value, { name = '', before }) {
    if (!NAMED.test(name) && !NAMED.test(before)) return null
    const [head, claims] = value.split('.').map(decode)
    if (typeof head?.['alg'] !== 'string' || head['alg'].toLowerCase() === 'none' || claims === undefined) return null
    // The tutorial's token that everybody pastes, and keys made to be public.
    if (claims['name'] === 'John Doe' || claims['sub'] === '1234567890') return 'fake'
    return claims['role'] === 'anon' ? null : 'contextual'
  },
  sample(random) {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = part({ alg: 'HS256', typ: 'JWT' })
    return `${head}.${part({ sub: pickBytes(random, 8).toString('hex'), role: 'service_role' })}.${pickBytes(random, 32).toString('base64url')}`
  },
})

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
