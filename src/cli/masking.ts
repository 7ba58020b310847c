/** Masking for text that no scan has seen: what a bug's message says, a file that `explain` reads again. */
import { randomBytes } from 'node:crypto'
import { secretKinds } from '../assembly/generated/secret-kinds.ts'
import type { SecretScanner } from '../core/secret.ts'
import { forTerminal } from '../reports/neutralise.ts'
import { createSecretScanner } from '../secrets/scanner.ts'

export function newScanner(): SecretScanner {
  return createSecretScanner({ kinds: secretKinds, salt: randomBytes(32) })
}

/** The text with secrets hidden and nothing in it that a terminal would act on. */
export function maskText(text: string): string {
  return forTerminal(newScanner().mask(text), { newline: 'keep', tab: 'keep' })
}
