/** The checksums that vendors put into their tokens, so that a scanner can tell an issued one from a made-up one. */
import { crc32 } from 'node:zlib'
import { ALPHANUMERIC } from './samples.ts'

/** GitHub's and npm's: CRC-32 of the body in base62 (0-9A-Za-z), six digits. */
export function base62Crc32(body: string): string {
  let rest = crc32(body)
  let out = ''
  for (let digit = 0; digit < 6; digit++) {
    out = (ALPHANUMERIC[rest % 62] ?? '') + out
    rest = Math.floor(rest / 62)
  }
  return out
}
