/** For tests: every kind, found by its file, as the generated index finds it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SecretKind } from '../core/secret.ts'
import { createSecretScanner } from './scanner.ts'

const folder = join(import.meta.dirname, 'kinds')

export const KINDS: readonly SecretKind[] = await Promise.all(
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map(async (name) => ((await import(`./kinds/${name}`)) as { default: SecretKind }).default),
)

export const SALT = Buffer.from('a salt for tests')

export function newScanner() {
  return createSecretScanner({ kinds: KINDS, salt: SALT })
}
