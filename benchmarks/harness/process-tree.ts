/**
 * What a process and everything it started use, from Linux's /proc (proc(5)). Elsewhere the answers are `undefined`,
 * and the tables say so: a guess would look like a measurement.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** /proc counts CPU time in ticks of 1/100 s on every Linux that Node runs on (USER_HZ). */
const MS_PER_TICK = 10

/**
 * CPU time, milliseconds, of all children that ended and were waited for, with what they waited for in turn. The
 * difference before and after a child's run is its whole tree's user and system time, to 10 ms.
 */
export function cpuOfEndedChildren(): number | undefined {
  const stat = textOf('/proc/self/stat')
  if (stat === undefined) return undefined
  // The second field, the program's name, may hold blanks and brackets; cutime and cstime are fields 16 and 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK
}

/** A process that ended before it was looked at this often had no time to show its peak. */
const FEWEST_LOOKS = 3

/** Follows the memory of a process tree until `stop`, which gives the peak in bytes. */
export function watchMemory(pid: number, intervalMs = 10): { stop(): number | undefined } {
  let peak = 0
  let looks = 0
  const look = () => {
    looks++
    peak = Math.max(peak, residentBytes(pid))
  }
  look()
  const timer = setInterval(look, intervalMs)
  return {
    stop() {
      clearInterval(timer)
      return peak === 0 || looks < FEWEST_LOOKS ? undefined : peak
    },
  }
}

/**
 * Resident memory of the tree now, summed (pages that two processes share count twice), but never less than the high
 * water mark of any one process: what rose and fell between two looks is not lost.
 */
function residentBytes(root: number): number {
  let sum = 0
  let highest = 0
  for (const pid of treeOf(root)) {
    const status = textOf(`/proc/${pid}/status`)
    if (status === undefined) continue
    sum += kilobytes(status, 'VmRSS')
    highest = Math.max(highest, kilobytes(status, 'VmHWM'))
  }
  return Math.max(sum, highest) * 1024
}

function treeOf(root: number): number[] {
  const tree = [root]
  for (let index = 0; index < tree.length; index++) {
    const tasks = `/proc/${tree[index]}/task`
    for (const task of namesIn(tasks)) {
      const children = textOf(`${tasks}/${task}/children`) ?? ''
      for (const child of children.split(' ')) if (child !== '') tree.push(Number(child))
    }
  }
  return tree
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
}

/** `undefined` where it is not there, be it that the process ended meanwhile. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
