/** The commented `bulkhead.yaml` that `init` writes, from the table of keys and what a first scan saw. */
import { CONFIG_KEYS, type ConfigKeyName } from '../config/schema.ts'
import { compareText } from '../core/fact-store.ts'
import type { ScanReport } from '../core/report.ts'
import { atLeast } from '../core/severity.ts'

/** Folders whose contents usually are not what a project ships. */
const SIDE_FOLDERS = ['test', 'tests', 'testdata', 'fixtures', 'example', 'examples', 'vendor', 'third_party', 'docs']

export function configTemplate(report: ScanReport): string {
  const serious = report.findings.filter(({ severity }) => atLeast(severity, 'high')).length
  const sides = sideFolders(report)
  const lines = [
    '# Configuration of Bulkhead. All of it is optional; what is commented out is an example.',
    '# Precedence: flag over environment (BULKHEAD_FAIL_ON and kin) over this file over default.',
    ...seenLines(report),
    ...about('fail-on'),
    ...(serious > 0
      ? [`# Today ${serious} of high severity and above. "bulkhead baseline" freezes them, so that only new ones fail.`]
      : []),
    'fail-on: high',
    ...about('baseline'),
    '# baseline: bulkhead-baseline.json',
    ...about('exclude'),
    ...(sides.length > 0 ? ['# These hold findings and may not be what is shipped:'] : []),
    '# exclude:',
    ...(sides.length > 0 ? sides : ['third_party']).map((folder) => `#   - ${folder}/`),
    ...about('waivers'),
    '# waivers:',
    `#   - rule: ${mostCommonRule(report) ?? 'workload/port-all-interfaces'}`,
    '#     path: compose.yaml',
    '#     reason: reached through the VPN only',
    `#     until: ${inHalfAYear(report.date)}`,
    ...about('rules'),
    '# rules:',
    `#   ${mostCommonRule(report) ?? 'workload/port-all-interfaces'}: low`,
    ...about('require'),
    '# require: [configuration, secrets]',
    ...about('only'),
    '# only: [secrets]',
    ...about('include-ignored'),
    '# include-ignored: true',
    ...about('stage'),
    '# stage: runtime',
    ...about('profiles'),
    '# profiles: [gpu]',
    ...about('limits'),
    '# limits:',
    '#   text-file: 4 MiB',
    '#   time: 5m',
  ]
  return `${lines.join('\n')}\n`
}

function about(key: ConfigKeyName): string[] {
  return ['', ...wrapComment(CONFIG_KEYS[key].about)]
}

function seenLines(report: ScanReport): string[] {
  const seen = report.seen.map(({ what, count }) => `${count} ${what}`).join(', ')
  return [seen === '' ? '# Nothing to scan was found here yet.' : `# Found here: ${seen}.`]
}

/** Top-level folders with findings whose name says that they are not shipped; only names that YAML takes plainly. */
function sideFolders(report: ScanReport): string[] {
  const folders = new Set<string>()
  for (const { locations } of report.findings) {
    const [top, ...rest] = (locations[0]?.path ?? '').split('/')
    if (top !== undefined && rest.length > 0 && SIDE_FOLDERS.includes(top.toLowerCase())) folders.add(top)
  }
  return [...folders].sort(compareText)
}

function mostCommonRule(report: ScanReport): string | undefined {
  const counts = new Map<string, number>()
  for (const { rule } of report.findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  return [...counts].sort(([one, a], [other, b]) => b - a || compareText(one, other))[0]?.[0]
}

function inHalfAYear(date: string): string {
  const day = new Date(`${date.slice(0, 10)}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + 182)
  return day.toISOString().slice(0, 10)
}

function wrapComment(text: string): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > 100) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
