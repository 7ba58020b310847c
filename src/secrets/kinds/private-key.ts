import type { SecretGrade } from '../../core/facts/secret.ts'
import { defineSecret } from '../../core/secret.ts'
import { pickBytes } from '../samples.ts'

/**
 * The body of a PEM block; its borders stay readable. Line breaks may be written `\n`, as JSON and environment
 * variables do. Public and encrypted keys are not leaks.
 */
export default defineSecret({
  id: 'private-key',
  label: 'private key',
  keywords: ['private key-----', 'private key block-----'],
  pattern:
    /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s){0,8}(?<secret>[A-Za-z0-9+/](?:[A-Za-z0-9+/=\s\\.:,]|-(?!-)){0,15000}?[A-Za-z0-9+/=])(?:\\r|\\n|\s){0,40}-----END/,
  longest: 16_000,
  grade: (value, { before }) => gradePemBody(value, before.includes('PGP')),
  sample(random) {
    const secret = Buffer.concat([Buffer.from([0x02, 0x01, 0x01, 0x04, 0x20]), pickBytes(random, 32), P256])
    const der = Buffer.concat([Buffer.from([0x30, secret.length]), secret])
    const lines = der.toString('base64').match(/.{1,64}/g) ?? []
    return [border('BEGIN'), ...lines, border('END')].join('\n')
  },
  revoke: 'wherever its public half or certificate is trusted',
})

/** The body of a private key's PEM block: proved where it parses; null where it is encrypted. */
export function gradePemBody(value: string, pgp: boolean): SecretGrade | null {
  const body = value.replace(/\\[rn]/g, '\n')
  if (/ENCRYPTED|Proc-Type/.test(body)) return null
  if (pgp) return body.length > 200 ? 'shaped' : 'fake'
  const bytes = Buffer.from(body.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64')
  if (bytes.subarray(0, OPENSSH.length).equals(OPENSSH)) return opensshCipher(bytes) === 'none' ? 'proved' : null
  return isDerSequence(bytes) ? 'proved' : 'fake'
}

const OPENSSH = Buffer.from('openssh-key-v1\0')
/** `[0] OBJECT IDENTIFIER prime256v1` (RFC 5915). */
const P256 = Buffer.from([0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07])

function border(which: 'BEGIN' | 'END'): string {
  return `-----${which} EC PRIVATE KEY-----`
}

/** First field after the magic: length and name of the cipher (PROTOCOL.key of OpenSSH). */
function opensshCipher(bytes: Buffer): string {
  if (bytes.length < OPENSSH.length + 4) return ''
  const length = bytes.readUInt32BE(OPENSSH.length)
  return length > 64 ? '' : bytes.toString('latin1', OPENSSH.length + 4, OPENSSH.length + 4 + length)
}

/** A DER SEQUENCE as long as the bytes, that begins with a small INTEGER, as PKCS#1, PKCS#8 and SEC1 keys do. */
function isDerSequence(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false
  const first = bytes[1] ?? 0
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 3) return false
  let length = lengthBytes === 0 ? first : 0
  for (let index = 0; index < lengthBytes; index++) length = length * 256 + (bytes[2 + index] ?? 0)
  const content = 2 + lengthBytes
  return content + length === bytes.length && bytes[content] === 0x02 && bytes[content + 1] === 0x01
}
