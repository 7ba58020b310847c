/** One line on a terminal's standard error that says how far a scan is; gone when the scan ends. */
import { forTerminal } from '../../reports/neutralise.ts'
import { grouped } from '../../reports/summary.ts'
import { cutEnd } from '../../reports/terminal/width.ts'
import type { Ui } from '../ui.ts'

/** A scan that is over before this shows nothing: milliseconds. */
const PATIENCE = 400
const PAUSE = 100

export interface Progress {
  readonly update: (progress: { readonly files: number; readonly path: string }) => void
  readonly clear: () => void
}

export function drawProgress(ui: Ui, clock: () => number): Progress {
  if (!ui.isInteractive) return { update: () => {}, clear: () => {} }
  let next = clock() + PATIENCE
  let isDrawn = false
  return {
    update: ({ files, path }) => {
      const now = clock()
      if (now < next) return
      next = now + PAUSE
      isDrawn = true
      const line = `${grouped(files)} files  ${forTerminal(path, { newline: 'space', tab: 'space' })}`
      void ui.error(`\r\x1b[K${cutEnd(line, ui.errorStyle.width - 1, '')}`)
    },
    clear: () => {
      if (isDrawn) void ui.error('\r\x1b[K')
    },
  }
}
