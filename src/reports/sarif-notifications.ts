/** What a SARIF reader should know beside the results: coverage gaps, what was cut, what was suppressed and by whom. */
import type { Location } from '../core/finding.ts'
import type { ScanReport } from '../core/report.ts'
import { AREAS } from '../core/severity.ts'
import { forTerminal } from './neutralise.ts'

/** What was left out for a limit: the least severe results, fixes, or further places of results. */
export interface SarifCut {
  readonly what: 'results' | 'fixes' | 'locations'
  readonly count: number
  readonly why: string
}

export interface Notification {
  readonly level: 'error' | 'warning' | 'note'
  readonly message: { readonly text: string }
  readonly descriptor: { readonly id: string }
  readonly locations?: readonly unknown[]
}

export function sarifNotifications(
  report: ScanReport,
  cut: readonly SarifCut[],
  uriOf: (location: Pick<Location, 'target' | 'path'>) => unknown,
): Notification[] {
  const { coverage, targets } = report
  const only = targets.length === 1 ? targets[0]?.id : undefined
  return [
    ...cut.map(({ what, count, why }) => notification('warning', 'cut', `${count} ${what} left out: ${why}`)),
    ...AREAS.filter((area) => coverage.areas[area] === 'not-checked' || coverage.areas[area] === 'partly').map((area) =>
      notification('note', `coverage/${coverage.areas[area]}`, `${area}: ${coverage.areas[area].replace('-', ' ')}`),
    ),
    ...coverage.skipped.map(({ code, what, why, count, required }) =>
      notification(
        required ? 'error' : 'note',
        `skipped/${code}`,
        `${what}: ${why}${count > 1 ? ` (${count} times)` : ''}`,
      ),
    ),
    ...coverage.analyzers.flatMap(({ id, errors }) =>
      errors.map(({ path, message }) => ({
        ...notification('warning', 'analyzer-failed', `${id} could not read ${path}: ${message}`),
        ...(only === undefined
          ? {}
          : { locations: [{ physicalLocation: { artifactLocation: uriOf({ target: only, path }) } }] }),
      })),
    ),
    ...coverage.suppressed.map(({ by, count }) =>
      notification('note', 'suppressed', `${count} ${count === 1 ? 'finding is' : 'findings are'} suppressed by ${by}`),
    ),
  ]
}

/** What `tool.driver.notifications` lists: each kind once. */
export function notificationDescriptors(notifications: readonly Notification[]): unknown[] {
  return [...new Set(notifications.map(({ descriptor }) => descriptor.id))].sort().map((id) => ({ id }))
}

function notification(level: Notification['level'], id: string, text: string): Notification {
  return { level, message: { text: forTerminal(text).replaceAll('](', '\\](') }, descriptor: { id } }
}
