/**
 * The command line: reads the arguments, loads the one command that is meant, and turns its end into an exit code.
 * Importing this file does nothing; the launcher calls `main`.
 */
import { readFileSync } from 'node:fs'
import { type Invocation, parseLine } from './arguments.ts'
import type { CommandName } from './commands.ts'
import type { CommandModule, Context } from './context.ts'
import { CliError } from './errors.ts'
import { Ui, type UiOptions } from './ui.ts'

const LOADERS: { readonly [K in Exclude<CommandName, 'help'>]: () => Promise<CommandModule<K>> } = {
  scan: () => import('./commands/scan.ts'),
  explain: () => import('./commands/explain.ts'),
  rules: () => import('./commands/rules.ts'),
  init: () => import('./commands/init.ts'),
  baseline: () => import('./commands/baseline.ts'),
  completion: () => import('./commands/completion.ts'),
}

/** Runs one command line and sets the process's exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  survivePipes()
  let ui = new Ui(process, looksOf(argv), process.env)
  onBug((error) => void tellBug(error, ui).then(() => process.exit(3)))
  const interrupt = onInterrupt()
  try {
    const line = parseLine(argv)
    if (line.show === 'run') {
      ui = new Ui(process, line.invocation.options, process.env)
      process.exitCode = await runCommand(line.invocation, contextOf(ui, interrupt))
    } else if (line.show === 'version') {
      await ui.out(`bulkhead ${version()}\n`)
    } else {
      const { commandHelp, generalHelp } = await import('./help.ts')
      await ui.out(line.of === undefined ? generalHelp(version()) : commandHelp(line.of))
    }
  } catch (error) {
    process.exitCode = await tell(error, ui)
  }
}

async function runCommand({ command, options, operands }: Invocation, context: Context): Promise<number> {
  const load = LOADERS[command as keyof typeof LOADERS] as () => Promise<CommandModule<CommandName>>
  const module = await load()
  return await module.run(options, operands, context)
}

function contextOf(ui: Ui, signal: AbortSignal): Context {
  return {
    ui,
    env: process.env,
    version: version(),
    now: new Date().toISOString(),
    clock: () => performance.now(),
    signal,
  }
}

/** In a checkout and in the published package alike, package.json stands above the folder of this file. */
function version(): string {
  for (const place of ['../package.json', '../../package.json', '../../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name?: string
        version?: string
      }
      if (manifest.name === 'bulkhead' && manifest.version !== undefined) return manifest.version
    } catch {
      // Not there: one folder further up.
    }
  }
  return 'unknown'
}

/** Colours and volume before the arguments are understood: an error about them must look right too. */
function looksOf(argv: readonly string[]): UiOptions {
  const color = argv.find((word) => word.startsWith('--color='))?.slice('--color='.length)
  return {
    color,
    'no-color': argv.includes('--no-color'),
    quiet: argv.includes('--quiet') || argv.includes('-q'),
    verbose: argv.includes('--verbose') || argv.includes('-v'),
  }
}

/** Expected failures in one line and what to do; bugs with their stack. Gives the exit code. */
async function tell(error: unknown, ui: Ui): Promise<number> {
  if (error instanceof CliError) {
    await ui.say(error.message)
    for (const hint of error.hints) await ui.error(`  ${hint}\n`)
    return error.exitCode
  }
  if (isConfigError(error)) {
    const shown = error.problems.slice(0, MOST_PROBLEMS)
    const { problemLine } = await import('../config/settings.ts')
    // A wrong value is quoted, and may be a secret that went into the wrong place.
    for (const problem of shown) await ui.say(await maskedText(problemLine(problem)).catch(() => problem.source))
    if (error.problems.length > shown.length) await ui.error(`  and ${error.problems.length - shown.length} more\n`)
    return 2
  }
  await tellBug(error, ui)
  return 3
}

const MOST_PROBLEMS = 10

function isConfigError(
  error: unknown,
): error is Error & { readonly problems: readonly import('../config/settings.ts').ConfigProblem[] } {
  return error instanceof Error && error.name === 'ConfigError' && 'problems' in error
}

/** A bug's message may quote what was being read, and so a secret: it is masked, or left out where it cannot be. */
async function tellBug(error: unknown, ui: Ui): Promise<void> {
  const stack = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error)
  const lines = stack.split('\n')
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line))
  const message = firstFrame === -1 ? lines : lines.slice(0, firstFrame)
  const frames = firstFrame === -1 ? [] : lines.slice(firstFrame)
  const masked = await maskedText(message.join('\n')).catch(() => nameOf(error))
  await ui.say('this is a bug in bulkhead; please report it with the lines below')
  await ui.error(`${[masked, ...frames].join('\n')}\n`)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name} ${(error as NodeJS.ErrnoException).code ?? ''}`.trim() : typeof error
}

async function maskedText(text: string): Promise<string> {
  const { maskText } = await import('./masking.ts')
  return maskText(text)
}

/**
 * A reader that goes away (`| head`) ends the writing, not the work: the exit code stays as judged. Each write hears of
 * its own failure; without these listeners the stream would end the process besides.
 */
function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

function onBug(report: (error: unknown) => void): void {
  process.once('uncaughtException', report)
  process.once('unhandledRejection', report)
}

function onInterrupt(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => {
    controller.abort()
    process.stderr.write(process.stderr.isTTY ? '\r\x1b[Kbulkhead: interrupted\n' : 'bulkhead: interrupted\n')
    process.exit(130)
  })
  return controller.signal
}
