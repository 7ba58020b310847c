/**
 * Runs commands and says what they cost. Contenders take turns within each round, so that what disturbs the machine
 * disturbs all of them, and a ratio is taken within a round before its median is.
 */
import { spawn } from 'node:child_process'
import { cpuOfEndedChildren, watchMemory } from './process-tree.ts'

export interface Command {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly cwd?: string
  /** Any other exit code means that the command did not do the work, and ends the benchmark. */
  readonly exitCodes: readonly number[]
  readonly env?: Readonly<Record<string, string>>
}

/** One round of one contender; a launch's share where there were several. */
export interface Sample {
  readonly wallMs: number
  /** User and system time of the whole process tree. */
  readonly cpuMs?: number
  /** Of the whole process tree, bytes. */
  readonly peakRss?: number
}

export interface Series {
  readonly name: string
  readonly samples: readonly Sample[]
}

export interface Rounds {
  readonly rounds: number
  /** Launches in a round: CPU time is counted in 10 ms, so what is short is run often. Default 1. */
  readonly launches?: number
  /** Looking costs a little; leave it out where a launch takes only milliseconds. Default true. */
  readonly memory?: boolean
  /** False: what a launch leaves behind for the next is part of what is measured. Default true. */
  readonly warmUp?: boolean
}

/** @throws Error when a command cannot be started or ends with an exit code that is not one of its own. */
export async function measureCommands(commands: readonly Command[], options: Rounds): Promise<Series[]> {
  // An unmeasured round fills the caches of file system and compiler.
  if (options.warmUp ?? true) for (const command of commands) await launch(command, false)
  return takeTurns(
    commands.map((command) => ({ name: command.name, run: () => sample(command, options) })),
    options.rounds,
  )
}

export interface Contender {
  readonly name: string
  readonly run: () => Promise<Sample> | Sample
}

/**
 * The order turns by one with each round, so that nobody always runs after the same neighbour. Work within this process
 * wants a round before the first that counts: its code is compiled while it runs.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  rounds: number,
  { warmUp = false } = {},
): Promise<Series[]> {
  if (warmUp) for (const contender of contenders) await contender.run()
  const samples = contenders.map((): Sample[] => [])
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (round + turn) % contenders.length
      samples[index]!.push(await contenders[index]!.run())
    }
  }
  return contenders.map(({ name }, index) => ({ name, samples: samples[index]! }))
}

/** Work within this process: CPU time is that of all its threads, garbage collection included. */
export function timeHere(work: () => unknown): Sample {
  const cpu = process.cpuUsage()
  const start = performance.now()
  work()
  const wallMs = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs, cpuMs: (user + system) / 1000 }
}

async function sample(command: Command, { launches = 1, memory = true }: Rounds): Promise<Sample> {
  const cpuBefore = cpuOfEndedChildren()
  let wallMs = 0
  let peakRss: number | undefined
  for (let count = 0; count < launches; count++) {
    const one = await launch(command, memory)
    wallMs += one.wallMs
    if (one.peakRss !== undefined) peakRss = Math.max(peakRss ?? 0, one.peakRss)
  }
  const cpuAfter = cpuOfEndedChildren()
  return {
    wallMs: wallMs / launches,
    ...(cpuBefore === undefined || cpuAfter === undefined ? {} : { cpuMs: (cpuAfter - cpuBefore) / launches }),
    ...(peakRss === undefined ? {} : { peakRss }),
  }
}

function launch(command: Command, memory: boolean): Promise<{ wallMs: number; peakRss?: number }> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(command.program, command.args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...quietEnvironment(), ...command.env },
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000)
    })
    const watch = memory && child.pid !== undefined ? watchMemory(child.pid) : undefined
    child.once('error', (error) => {
      watch?.stop()
      reject(new Error(`${command.name} cannot be started`, { cause: error }))
    })
    let wallMs = 0
    child.once('exit', () => {
      wallMs = performance.now() - start
    })
    child.once('close', (code, signal) => {
      const peakRss = watch?.stop()
      if (code !== null && command.exitCodes.includes(code)) {
        resolve({ wallMs, ...(peakRss === undefined ? {} : { peakRss }) })
      } else {
        reject(
          new Error(
            `${command.name} ended with ${code ?? signal}, not with ${command.exitCodes.join(' or ')}:\n${said}`,
          ),
        )
      }
    })
  })
}

/**
 * The environment without what changes how Node starts (an extra certificate file alone costs 30 ms a start) and
 * without the user's own settings of the tool.
 */
export function quietEnvironment(): Record<string, string> {
  const kept: Record<string, string> = { NO_COLOR: '1' }
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(NODE_|npm_|BULKHEAD_|GITHUB_|CI$|PYTHON)/i.test(name)) kept[name] = value
  }
  return kept
}
