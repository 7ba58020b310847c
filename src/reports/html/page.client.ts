/**
 * The page's script: filter, search, theme, links into closed findings, print. The page is whole without it: controls
 * stand hidden in the page and the script shows them. It reads what the page shows and keeps no data of its own.
 */

/** Runs before the page is painted, so that a chosen theme does not flash. */
export const THEME_SCRIPT = `
(() => {
  'use strict'
  try {
    const theme = localStorage.getItem('bulkhead-theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  } catch {}
})()
`

export const PAGE_SCRIPT = `
(() => {
  'use strict'
  const byId = (id) => document.getElementById(id)
  const root = document.documentElement
  const cards = Array.from(document.querySelectorAll('details.finding'))
  const groups = Array.from(document.querySelectorAll('.group')).map((element) => ({
    element,
    number: element.querySelector('.number'),
    cards: Array.from(element.querySelectorAll('details.finding')),
  }))

  const themes = ['auto', 'light', 'dark']
  const themeButton = byId('theme')
  const showTheme = () => { themeButton.textContent = 'Theme: ' + (root.dataset.theme || 'auto') }
  themeButton.addEventListener('click', () => {
    const next = themes[(themes.indexOf(root.dataset.theme || 'auto') + 1) % themes.length]
    if (next === 'auto') delete root.dataset.theme
    else root.dataset.theme = next
    try { localStorage.setItem('bulkhead-theme', next) } catch {}
    showTheme()
  })
  showTheme()
  themeButton.hidden = false

  const filter = byId('filter')
  const texts = new Map()
  const textOf = (card) => {
    let text = texts.get(card)
    if (text === undefined) {
      const facts = card.querySelector('.searched')
      text = (card.firstElementChild.textContent + ' ' + card.dataset.rule + ' ' + (facts ? facts.textContent : '')).toLowerCase()
      texts.set(card, text)
    }
    return text
  }
  const result = byId('result')
  const apply = () => {
    const severities = Array.from(filter.querySelectorAll('[data-severity]')).filter((button) => button.ariaPressed === 'true').map((button) => button.dataset.severity)
    const area = byId('by-area').value
    const rule = byId('by-rule').value
    const status = byId('by-status').value
    const words = byId('search').value.toLowerCase().split(' ').filter(Boolean)
    let shown = 0
    for (const group of groups) {
      let here = 0
      for (const card of group.cards) {
        const data = card.dataset
        const fits =
          (severities.length === 0 || severities.includes(data.severity)) &&
          (area === '' || area === data.area) &&
          (rule === '' || rule === data.rule) &&
          (status === '' || status === data.status) &&
          (words.length === 0 || words.every((word) => textOf(card).includes(word)))
        card.hidden = !fits
        if (fits) here++
      }
      group.element.hidden = here === 0
      if (group.number !== null) group.number.textContent = here === group.cards.length ? String(here) : here + ' of ' + group.cards.length
      shown += here
    }
    const all = cards.length
    const noun = all === 1 ? ' finding' : ' findings'
    result.textContent = shown === all ? 'Showing all ' + all + noun : 'Showing ' + shown + ' of ' + all + noun
    byId('nothing').hidden = shown > 0
    byId('clear').disabled = severities.length === 0 && area === '' && rule === '' && status === '' && words.length === 0
  }
  const reset = () => {
    filter.reset()
    for (const button of filter.querySelectorAll('[data-severity]')) button.ariaPressed = 'false'
    apply()
  }
  if (filter !== null) {
    let waiting = 0
    byId('search').addEventListener('input', () => {
      clearTimeout(waiting)
      waiting = setTimeout(apply, 120)
    })
    filter.addEventListener('change', apply)
    filter.addEventListener('submit', (event) => {
      event.preventDefault()
      apply()
    })
    filter.addEventListener('click', (event) => {
      const button = event.target.closest('[data-severity]')
      if (button === null) return
      button.ariaPressed = button.ariaPressed === 'true' ? 'false' : 'true'
      apply()
    })
    byId('clear').addEventListener('click', () => {
      reset()
      byId('search').focus()
    })
    byId('open-all').addEventListener('click', () => {
      for (const card of cards) if (!card.hidden) card.open = true
    })
    byId('close-all').addEventListener('click', () => {
      for (const card of cards) card.open = false
    })
    filter.hidden = false
    apply()
  }

  const reveal = () => {
    let id = ''
    try { id = decodeURIComponent(location.hash.slice(1)) } catch {}
    const target = id === '' ? null : byId(id)
    if (target === null) return
    if (target.hidden && filter !== null) reset()
    for (let at = target; at !== null; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true
    target.scrollIntoView()
    const summary = target.querySelector('summary')
    if (target.tagName === 'DETAILS' && summary !== null) summary.focus({ preventScroll: true })
  }
  addEventListener('hashchange', reveal)
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]')
    // A second click on the same link changes no hash.
    if (link !== null && link.hash === location.hash) reveal()
  })
  reveal()

  let closed = []
  addEventListener('beforeprint', () => {
    closed = Array.from(document.querySelectorAll('details:not([open])'))
    for (const details of closed) details.open = true
  })
  addEventListener('afterprint', () => {
    for (const details of closed) details.open = false
    closed = []
  })
})()
`
