/**
 * The HTML report in a real browser: what it loads, what it runs, how it is used by mouse, keyboard and screen reader,
 * how it prints, and that hostile reports stay inert. `BULKHEAD_SHOTS=FOLDER` keeps screenshots to look at.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { ScanReport } from '../src/core/report.ts'
import { htmlReport } from '../src/reports/html/html-report.ts'
import {
  believableReport,
  hostileReport,
  largeReport,
  sampleReport,
  sampleRules,
} from '../src/reports/testing/sample-report.ts'

const CHROMIUM = process.env.BULKHEAD_CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const SHOTS = process.env.BULKHEAD_SHOTS

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-html-'))
let browser: Promise<Browser> | undefined

after(async () => {
  await (await browser)?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Opened {
  readonly page: Page
  readonly url: string
  /** Console errors, page errors, dialogs and policy violations. */
  readonly troubles: string[]
  /** Addresses asked for, the page's own excepted. */
  readonly requests: string[]
}

/** Runs `use` on the report's page; skips aloud where there is no browser, but never in CI. */
async function withPage(
  t: TestContext,
  report: ScanReport,
  use: (opened: Opened) => Promise<void>,
  options: BrowserContextOptions = {},
  fragment = '',
): Promise<void> {
  if (!existsSync(CHROMIUM)) {
    assert.ok(process.env.CI === undefined, `no Chromium at ${CHROMIUM}, and CI must not skip`)
    t.skip(`no Chromium at ${CHROMIUM}: the HTML report was not tried in a browser`)
    return
  }
  browser ??= chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  const file = join(folder, `${t.name.replace(/\W+/g, '-')}.html`)
  writeFileSync(file, htmlReport(report, { rules: sampleRules }))
  const url = pathToFileURL(file).href
  const context = await (await browser).newContext({ viewport: { width: 1200, height: 900 }, ...options })
  try {
    const page = await context.newPage()
    const troubles: string[] = []
    const requests: string[] = []
    page.on('console', (message) => message.type() !== 'log' && troubles.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => troubles.push(String(error)))
    page.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => request.url().split('#')[0] !== url && requests.push(request.url()))
    await page.goto(url + fragment)
    await use({ page, url, troubles, requests })
  } finally {
    await context.close()
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`) })
}

/** Waits for an expression to hold. (The page's own policy forbids what waitForFunction does with a string.) */
async function until(page: Page, expression: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await page.evaluate(expression)) === true) return
    await page.waitForTimeout(50)
  }
  assert.fail(`never true: ${expression}`)
}

const VISIBLE = `Array.from(document.querySelectorAll('.finding')).filter((card) => card.getClientRects().length > 0).length`

describe('loading', () => {
  const reports = { believable: believableReport(), hostile: hostileReport(), empty: sampleReport() }
  for (const [name, report] of Object.entries(reports)) {
    it(`the ${name} page asks for nothing, and neither complains nor breaks its own policy`, (t) =>
      withPage(t, report, async ({ page, troubles, requests }) => {
        await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true })`)
        await page.waitForTimeout(100)
        assert.deepEqual(troubles, [])
        assert.deepEqual(requests, [])
        await shoot(page, name)
      }))
  }

  it('its policy stops scripts, styles, images and forms that are not its own', (t) =>
    withPage(t, believableReport(), async ({ page, requests }) => {
      const stopped = await page.evaluate(`new Promise((resolve) => {
        const stopped = new Set()
        document.addEventListener('securitypolicyviolation', (event) => stopped.add(event.effectiveDirective))
        document.body.insertAdjacentHTML('beforeend', '<img src="https://example.invalid/x.png" onerror="window.owned = 1"><p style="color:red">x</p>')
        const script = document.createElement('script')
        script.textContent = 'window.owned = 1'
        document.body.append(script)
        const form = document.createElement('form')
        form.action = 'https://example.invalid/'
        document.body.append(form)
        form.submit()
        setTimeout(() => resolve([...stopped].sort().concat(String(window.owned))), 300)
      })`)
      assert.deepEqual(stopped, [
        'form-action',
        'img-src',
        'script-src-attr',
        'script-src-elem',
        'style-src-attr',
        'undefined',
      ])
      assert.deepEqual(
        requests.filter((address) => !address.startsWith('https://example.invalid/x.png')),
        [],
      )
    }))

  it('hostile strings stay text', (t) =>
    withPage(t, hostileReport(), async ({ page }) => {
      const found = (await page.evaluate(`({
        elements: document.querySelectorAll('img,iframe,object,embed,base,b > img,script:not([src])').length,
        links: Array.from(document.links, (link) => link.getAttribute('href')).filter((href) => !/^(#|https:)/.test(href)),
        unseen: /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\ufeff\\u0000-\\u0008]/.test(document.documentElement.textContent),
        shown: document.body.innerText.includes('</script><img src=x onerror=alert(1)>'),
      })`)) as Record<string, unknown>
      assert.deepEqual(found, { elements: 2, links: [], unseen: false, shown: true })
    }))
})

describe('filter', () => {
  it('by severity, area, rule, status and words, together and back', (t) =>
    withPage(t, believableReport(), async ({ page, troubles }) => {
      const result = () => page.textContent('#result')
      const expect = async (count: number, text: string) => {
        await until(page, `document.getElementById('result').textContent === ${JSON.stringify(text)}`)
        assert.equal(await page.evaluate(VISIBLE), count)
      }
      await expect(11, 'Showing all 11 findings')
      const high = page.getByRole('button', { name: /^High/ })
      await high.click()
      await expect(7, 'Showing 7 of 11 findings')
      assert.equal(await high.getAttribute('aria-pressed'), 'true')
      await page.getByRole('combobox', { name: 'Status' }).selectOption('open')
      await expect(4, 'Showing 4 of 11 findings')
      await page.getByRole('combobox', { name: 'Area' }).selectOption('secrets')
      await expect(1, 'Showing 1 of 11 findings')
      await page.getByRole('button', { name: 'Clear' }).click()
      await expect(11, 'Showing all 11 findings')
      assert.equal(await high.getAttribute('aria-pressed'), 'false')
      await page.getByRole('combobox', { name: 'Rule' }).selectOption('dockerfile/unpinned-base')
      await expect(1, 'Showing 1 of 11 findings')
      await page.getByRole('combobox', { name: 'Rule' }).selectOption('')
      await page.getByRole('searchbox').fill('NOTEBOOK 8889')
      await expect(1, 'Showing 1 of 11 findings')
      await page.getByRole('searchbox').fill('cwe-250')
      await expect(1, 'Showing 1 of 11 findings')
      await page.getByRole('searchbox').fill('no such thing')
      await expect(0, 'Showing 0 of 11 findings')
      assert.ok(await page.getByText('No finding fits the filter.').isVisible())
      await page.getByRole('searchbox').press('Enter')
      assert.match((await result()) ?? '', /^Showing 0/)
      assert.deepEqual(troubles, [])
    }))

  it('opens and closes what is shown, and what a link names even when it is filtered out', (t) =>
    withPage(t, believableReport(), async ({ page }) => {
      const open = () => page.evaluate(`document.querySelectorAll('.finding[open]').length`)
      await page.getByRole('button', { name: /^Critical/ }).click()
      await page.getByRole('button', { name: 'Open all' }).click()
      assert.equal(await open(), 1)
      await page.getByRole('button', { name: 'Close all' }).click()
      assert.equal(await open(), 0)
      await page.locator('#fix-2 > summary').click()
      await page.locator('#fix-2 a[href^="#f-"]').first().click()
      await until(page, `document.querySelector('.finding[open]') !== null`)
      assert.equal(await page.evaluate(`document.activeElement.closest('.finding').id`), `f-${'1'.padStart(32, '0')}`)
      assert.equal(await page.evaluate(VISIBLE), 11)
    }))

  it('opens the finding that the address names', (t) =>
    withPage(
      t,
      believableReport(),
      async ({ page }) => assert.equal(await page.locator(`#f-${'a'.repeat(32)}`).getAttribute('open'), ''),
      {},
      `#f-${'a'.repeat(32)}`,
    ))

  it('stays quick with 5,000 findings', { timeout: 60_000 }, (t) =>
    withPage(t, largeReport(5000), async ({ page, troubles }) => {
      const taken = (await page.evaluate(`(() => {
        const start = performance.now()
        document.querySelector('[data-severity=high]').click()
        document.body.offsetHeight
        return performance.now() - start
      })()`)) as number
      assert.equal(await page.textContent('#result'), 'Showing 1000 of 5000 findings')
      assert.ok(taken < 3000, `the filter took ${Math.round(taken)} ms`)
      await page.getByRole('searchbox').fill('services/13/')
      await until(page, `document.getElementById('result').textContent === 'Showing 11 of 5000 findings'`)
      assert.deepEqual(troubles, [])
    }),
  )
})

describe('without a script', () => {
  it('everything can be read, and no control is shown that does nothing', (t) =>
    withPage(
      t,
      believableReport(),
      async ({ page }) => {
        assert.ok(await page.locator('#filter').isHidden())
        assert.ok(await page.locator('#theme').isHidden())
        const card = page.locator(`#f-${'b'.repeat(32)}`)
        await card.locator('summary').click()
        assert.ok(await card.getByText('ENV HF_TOKEN').isVisible())
        assert.equal(await card.locator('mark').textContent(), 'HF_TOKEN=hf_A**')
      },
      { javaScriptEnabled: false },
    ))
})

describe('keyboard', () => {
  it('reaches the findings by the skip link, every control in reading order, and shows where it is', (t) =>
    withPage(t, believableReport(), async ({ page }) => {
      await page.keyboard.press('Tab')
      assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the findings')
      await page.keyboard.press('Enter')
      assert.equal(await page.evaluate('location.hash'), '#findings')
      const order: string[] = []
      for (let presses = 0; presses < 24; presses++) {
        await page.keyboard.press('Tab')
        const at = (await page.evaluate(`(() => {
          const one = document.activeElement
          const style = getComputedStyle(one)
          return { name: one.id || one.dataset.severity || one.tagName, outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }
        })()`)) as { name: string; outline: boolean }
        assert.ok(at.outline, `${at.name} does not show that it has the focus`)
        order.push(at.name)
      }
      const controls = [
        'search',
        'by-rule',
        'critical',
        'high',
        'medium',
        'low',
        'info',
        'by-area',
        'by-status',
        'open-all',
        'close-all',
        'SUMMARY',
      ]
      assert.deepEqual(order.slice(0, controls.length), controls)
      await page.locator('.finding summary').first().focus()
      await page.keyboard.press('Enter')
      assert.equal(await page.locator('.finding').first().getAttribute('open'), '')
      await page.keyboard.press('Space')
      assert.equal(await page.locator('.finding').first().getAttribute('open'), null)
    }))
})

/** Words and their ground wherever text is shown: `[ratio, what]` of those below WCAG AA. */
const FAINT = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number)
  const luminance = ([red, green, blue]) => [red, green, blue]
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0)
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor)
      if (colour.length === 3 || colour[3] === 1) return colour
    }
    return [255, 255, 255]
  }
  const faint = []
  let seen = 0
  for (const element of document.body.querySelectorAll('*')) {
    const words = Array.from(element.childNodes).filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join('')
    if (words === '' || element.closest('script,style,[disabled],option') || element.getClientRects().length === 0) continue
    const [one, other] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))]
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
    seen++
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + element.tagName + '.' + element.className + ' ' + words.slice(0, 30))
  }
  return { seen, faint }
})()`

describe('looks', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`every word meets WCAG AA in the ${theme} theme`, (t) =>
      withPage(
        t,
        believableReport(),
        async ({ page }) => {
          await shoot(page, theme)
          await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true })`)
          await page.evaluate(`document.querySelectorAll('[data-severity][type=button]').forEach((one) => one.click())`)
          const { seen, faint } = (await page.evaluate(FAINT)) as { seen: number; faint: string[] }
          assert.ok(seen > 150, `only ${seen} texts were looked at`)
          assert.deepEqual(faint, [])
          await page.locator('.finding').first().scrollIntoViewIfNeeded()
          await shoot(page, `${theme}-finding`)
        },
        { colorScheme: theme },
      ))
  }

  it('the theme button goes round and is remembered', (t) =>
    withPage(
      t,
      believableReport(),
      async ({ page }) => {
        const button = page.getByRole('button', { name: /^Theme/ })
        const ground = () => page.evaluate(`getComputedStyle(document.body).backgroundColor`)
        const light = await ground()
        await button.click()
        assert.deepEqual([await button.textContent(), await ground()], ['Theme: light', light])
        await button.click()
        assert.equal(await button.textContent(), 'Theme: dark')
        assert.notEqual(await ground(), light)
        await page.reload()
        assert.equal(await button.textContent(), 'Theme: dark')
        await button.click()
        assert.deepEqual([await button.textContent(), await ground()], ['Theme: auto', light])
      },
      { colorScheme: 'light' },
    ))

  for (const width of [320, 390, 768]) {
    it(`fits a screen of ${width} pixels, hostile strings included`, async (t) => {
      for (const report of [believableReport(), hostileReport()]) {
        await withPage(
          t,
          report,
          async ({ page }) => {
            await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true })`)
            assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
            await page.evaluate('scrollTo(0, 0)')
            await shoot(page, `width-${width}-${report.targets.length}`)
          },
          { viewport: { width, height: 844 } },
        )
      }
    })
  }

  it('prints everything open, on white, without controls', (t) =>
    withPage(
      t,
      believableReport(),
      async ({ page }) => {
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
        const printed = (await page.evaluate(`({
          bodies: Array.from(document.querySelectorAll('.finding .body'), (body) => body.getBoundingClientRect().height > 40).every(Boolean),
          controls: Array.from(document.querySelectorAll('#filter,#theme,.pages,.skip')).some((one) => one.getClientRects().length > 0),
          ground: getComputedStyle(document.body).backgroundColor,
        })`)) as Record<string, unknown>
        assert.deepEqual(printed, { bodies: true, controls: false, ground: 'rgb(255, 255, 255)' })
        await shoot(page, 'print')
        const pdf = await page.pdf({ format: 'A4', printBackground: true })
        assert.ok(pdf.length > 10_000)
      },
      { javaScriptEnabled: false },
    ))
})

interface AxNode {
  readonly ignored: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value: unknown } }[]
}

describe('screen reader', () => {
  it('finds landmarks, headings in order and a name on everything that can be used', (t) =>
    withPage(t, believableReport(), async ({ page }) => {
      await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true })`)
      const session = await page.context().newCDPSession(page)
      const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: readonly AxNode[] }
      const all = nodes.filter((node) => !node.ignored)
      const role = (name: string) => all.filter((node) => node.role?.value === name)
      for (const landmark of ['banner', 'main', 'contentinfo', 'navigation', 'search'])
        assert.equal(role(landmark).length, 1, landmark)
      const levels = role('heading').map((node) =>
        Number(node.properties?.find((one) => one.name === 'level')?.value.value),
      )
      assert.deepEqual([levels.filter((level) => level === 1).length, levels[0]], [1, 1])
      for (const [index, level] of levels.entries())
        assert.ok(level <= (levels[index - 1] ?? 0) + 1, `heading ${index}: h${levels[index - 1]} then h${level}`)
      for (const kind of [
        'button',
        'link',
        'searchbox',
        'combobox',
        'DisclosureTriangle',
        'region',
        'table',
        'columnheader',
        'rowheader',
      ]) {
        for (const node of role(kind))
          assert.notEqual(node.name?.value.trim() ?? '', kind === 'table' ? undefined : '', `a ${kind} without a name`)
      }
      assert.ok(role('DisclosureTriangle').length >= 17)
      assert.equal(await page.getByRole('status').getAttribute('aria-live'), 'polite')
      assert.equal(await page.evaluate('document.documentElement.lang'), 'en')
    }))
})
