/** References as links: well-known ids to their public pages, plain web addresses to themselves, all else as text. */
import { webAddress } from '../neutralise.ts'
import { html, type Markup } from './markup.ts'

export function referenceLink(reference: string): Markup {
  const address = addressOf(reference)
  if (address === undefined) return html`<span>${reference}</span>`
  return html`<a href="${address}" rel="noreferrer noopener external">${reference}</a>`
}

function addressOf(reference: string): string | undefined {
  const cwe = /^CWE-(\d{1,6})$/.exec(reference)
  if (cwe !== null) return `https://cwe.mitre.org/data/definitions/${cwe[1]}.html`
  if (/^CVE-\d{4}-\d{4,9}$/.test(reference)) return `https://www.cve.org/CVERecord?id=${reference}`
  if (/^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/.test(reference)) return `https://github.com/advisories/${reference}`
  return webAddress(reference)
}
