/** STOPSIGNAL's names, as moby's `signal` package knows them on Linux. */

const NAMES: ReadonlySet<string> = new Set(
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'.split(
    ' ',
  ),
)

/** A number but 0, or a name with or without `SIG`, in any case. */
export function isSignal(text: string): boolean {
  if (/^[+-]?[0-9]{1,18}$/.test(text)) return Number(text) !== 0
  const name = text.toUpperCase().replace(/^SIG/, '')
  const realTime = /^RTM(IN\+|AX-)([0-9]{1,2})$/.exec(name)
  if (realTime === null) return NAMES.has(name)
  const offset = Number(realTime[2])
  return !realTime[2]?.startsWith('0') && offset <= (realTime[1] === 'IN+' ? 15 : 14)
}
