import { defineSecret } from '../../core/secret.ts'
import { revocation } from '../revocation.ts'
import { BASE32, pick } from '../samples.ts'
import { isLowVariety } from '../values.ts'

export default defineSecret({
  id: 'aws-access-key-id',
  label: 'AWS access key id',
  keywords: ['akia', 'asia', 'abia', 'acca'],
  pattern: /(?<![A-Za-z0-9_])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9_])/,
  longest: 20,
  grade(value) {
    if (value.endsWith('EXAMPLE') || isLowVariety(value.slice(4))) return 'fake'
    return accountNumber(value) === null ? 'shaped' : 'proved'
  },
  sample(random) {
    for (;;) {
      const value = `AKIA${'QRSTUVWXYZ'[Math.floor(random() * 10)]}${pick(random, BASE32, 15)}`
      if (accountNumber(value) !== null && !value.endsWith('EXAMPLE')) return value
    }
  },
  revoke: revocation('aws-access-key-id'),
  refs: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html'],
})

/**
 * The twelve-digit account that the key was issued to: bits 1 to 40 of the base32 part. Keys from before 2019 begin
 * below Q and hold none.
 */
export function accountNumber(key: string): string | null {
  let bits = 0n
  for (const letter of key.slice(4)) bits = (bits << 5n) | BigInt(BASE32.indexOf(letter))
  const head = bits >> 32n
  if (head >> 47n === 0n) return null
  const account = (head >> 7n) & ((1n << 40n) - 1n)
  return account > 0n && account < 1_000_000_000_000n ? account.toString().padStart(12, '0') : null
}
