import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Fix } from '../../core/fix.ts'
import {
  believableReport,
  HOSTILE,
  hostileReport,
  largeReport,
  sampleFinding,
  sampleLocation,
  sampleReport,
  sampleRules,
} from '../testing/sample-report.ts'
import { htmlReport } from './html-report.ts'
import { html } from './markup.ts'
import { referenceLink } from './reference-links.ts'
import { diffLines } from './source-figure.ts'
import { PAIRS, TOKENS } from './tokens.ts'

const OPTIONS = { rules: sampleRules }

function between(page: string, open: string, close: string): string[] {
  return page
    .split(open)
    .slice(1)
    .map((part) => part.slice(0, part.indexOf(close)))
}

function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

describe('the page', () => {
  const pages = { believable: htmlReport(believableReport(), OPTIONS), hostile: htmlReport(hostileReport(), OPTIONS) }

  for (const [name, page] of Object.entries(pages)) {
    it(`${name}: runs and styles only what its policy names by hash`, () => {
      const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? ''
      const scripts = between(page, '<script>', '</script>')
      const styles = between(page, '<style>', '</style>')
      const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
      assert.equal(scripts.length, 2)
      assert.equal(styles.length, 1)
      assert.equal(
        policy,
        `default-src 'none'; style-src ${styles.map(hash).join(' ')}; script-src ${scripts.map(hash).join(' ')}; img-src data:; base-uri 'none'; form-action 'none'`,
      )
      assert.ok(
        page.indexOf('Content-Security-Policy') < page.indexOf('<style'),
        'the policy comes before what it governs',
      )
    })

    it(`${name}: has no style attribute, no event handler, no address but https and its own parts`, () => {
      for (const tag of page.match(/<[a-z][^>]*>/g) ?? []) {
        assert.doesNotMatch(tag.replace(/"[^"]*"/g, '""'), /\s(style|on\w+|srcset|ping|formaction)=/, tag)
        for (const [, address] of tag.matchAll(/\s(?:href|src|action)="([^"]*)"/g))
          assert.match(address ?? '', /^(#|https:\/\/|data:,$)/, tag)
      }
    })

    it(`${name}: has each id once, and no link into nothing`, () => {
      const ids = between(page, ' id="', '"')
      assert.deepEqual(
        ids.filter((id, index) => ids.indexOf(id) !== index),
        [],
      )
      for (const target of between(page, ' href="#', '"')) assert.ok(ids.includes(target), target)
    })
  }

  it('lets no hostile string out of its place', () => {
    const page = pages.hostile
    assert.doesNotMatch(page, /<img|<b>out/)
    assert.doesNotMatch(page, /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]/)
    assert.ok(page.includes('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;'), 'it is shown as it is written')
  })

  it('is the same bytes for the same report', () => {
    assert.equal(htmlReport(believableReport(), OPTIONS), pages.believable)
  })

  it('holds each finding once, and grows no faster than they do', () => {
    const size = (count: number) => htmlReport(largeReport(count), OPTIONS).length
    assert.equal(htmlReport(largeReport(200), OPTIONS).match(/<details class="row finding"/g)?.length, 200)
    const [small, large] = [size(500), size(2000)]
    assert.ok(large < small * 4.4, `${small} for 500, ${large} for 2000`)
  })

  it('says what was not looked at, findings or none', () => {
    for (const page of [pages.believable, htmlReport(sampleReport(), OPTIONS)]) {
      assert.match(page, /Not the whole picture: packages not checked; secrets checked only in part\./)
      assert.match(page, /<th scope="row">packages<\/th><td class="state" colspan="5">not checked<\/td>/)
      assert.ok(page.includes('<td><code>data/weights.env</code></td><td>larger than 8 MB</td>'))
    }
    assert.match(htmlReport(sampleReport(), OPTIONS), /Nothing open was found in what was looked at/)
  })

  it('shows the whole diff of a fix where it is known, else what its findings show', () => {
    const diffOf = (fix: Fix) =>
      fix.id === 'fix-ports'
        ? '--- a/compose.yaml\n+++ b/compose.yaml\n@@ -14 +14 @@\n-old <line>\n+new line\n'
        : undefined
    const page = htmlReport(believableReport(), { ...OPTIONS, diffOf })
    assert.ok(page.includes('<span class="l del">- old &lt;line&gt;</span><span class="l add">+ new line</span>'))
    assert.ok(pages.believable.includes('<span class="l add">+       - &quot;127.0.0.1:8888:8888&quot;</span>'))
  })

  it('marks the very characters of a span', () => {
    const excerpt = { firstLine: 1, lines: ['ENV 键=<模>型 x', `<${'y'.repeat(3000)}MARK${'z'.repeat(3000)}`] }
    const at = (line: number, column: number, endColumn: number) =>
      htmlReport(
        sampleReport({
          findings: [
            sampleFinding({ locations: [sampleLocation({ line, column, endLine: line, endColumn, excerpt })] }),
          ],
        }),
        OPTIONS,
      )
    assert.ok(at(1, 7, 11).includes('ENV 键=<mark>&lt;模&gt;型</mark> x'))
    assert.ok(at(2, 3002, 3006).includes('y<mark>MARK</mark>z'))
  })
})

it('meets WCAG AA in both themes', () => {
  for (const [ink, ground] of PAIRS) {
    for (const theme of [0, 1] as const) {
      const [one, other] = [luminance(TOKENS[ink][theme]), luminance(TOKENS[ground][theme])]
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
      assert.ok(ratio >= 4.5, `${ink} on ${ground}, theme ${theme}: ${ratio.toFixed(2)}`)
    }
  }
})

it('makes links of well-known ids and web addresses, and of nothing else', () => {
  const cases: [reference: string, address: string | undefined][] = [
    ['CWE-668', 'https://cwe.mitre.org/data/definitions/668.html'],
    ['CVE-2021-44228', 'https://www.cve.org/CVERecord?id=CVE-2021-44228'],
    ['GHSA-jfh8-c2jp-5v3q', 'https://github.com/advisories/GHSA-jfh8-c2jp-5v3q'],
    ['https://docs.docker.com/engine/', 'https://docs.docker.com/engine/'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['//evil.example', undefined],
    ['CWE-668" onclick="x', undefined],
    ['https://user:pass@evil.example', undefined],
  ]
  for (const [reference, address] of cases) {
    assert.equal(/href="([^"]*)"/.exec(referenceLink(reference).text)?.[1], address, reference)
  }
})

it('neutralises whatever is put into a template, markup excepted', () => {
  assert.equal(
    html`<i title="${'"><b>'}">${HOSTILE.script}</i>${html`<b>${1}</b>`}${undefined}`.text,
    '<i title="&quot;&gt;&lt;b&gt;">&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;</i><b>1</b>',
  )
})

it('reads a unified diff by its signs', () => {
  assert.deepEqual(diffLines('--- a\n+++ b\n@@ -1 +1 @@\n x\n--- y\n+z\n'), [
    { sign: ' ', text: '--- a' },
    { sign: ' ', text: '+++ b' },
    { sign: ' ', text: '@@ -1 +1 @@' },
    { sign: ' ', text: 'x' },
    { sign: '-', text: '-- y' },
    { sign: '+', text: 'z' },
  ])
})
