import { defineSecret } from '../../core/secret.ts'
import { pickBytes } from '../samples.ts'
import { gradePemBody } from './private-key.ts'

/** A whole PEM file in base64, as kubeconfig's `client-key-data` and Kubernetes' TLS secrets hold it. */
export default defineSecret({
  id: 'encoded-private-key',
  label: 'private key in base64',
  keywords: ['ls0tls1crudjti'],
  pattern: /(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,20000}={0,2}(?![A-Za-z0-9+/=])/,
  longest: 20_020,
  grade(value) {
    const pem = Buffer.from(value, 'base64').toString('latin1')
    const parts = /^-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH) )?PRIVATE KEY-----([^-]+)-----END/.exec(pem)
    return parts === null ? null : gradePemBody(parts[1] ?? '', false)
  },
  sample(random) {
    const der = Buffer.concat([Buffer.from([0x30, 0x48, 0x02, 0x01, 0x00, 0x04, 0x43]), pickBytes(random, 67)])
    const border = (which: string) => `-----${which} RSA PRIVATE KEY-----\n`
    return Buffer.from(`${border('BEGIN')}${der.toString('base64')}\n${border('END')}`).toString('base64')
  },
  revoke: 'wherever its public half or certificate is trusted',
})
