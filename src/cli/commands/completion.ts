/** `bulkhead completion bash|zsh|fish`: scripts made from the table of commands. */
import type { CommandValues } from '../commands.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { allRules } from '../rule-list.ts'

export async function run(
  _options: CommandValues<'completion'>,
  operands: readonly string[],
  { ui }: Context,
): Promise<number> {
  const [shell] = operands
  if (shell === undefined)
    throw new CliError('usage', 'completion needs a shell: bash, zsh or fish', ['see: bulkhead completion --help'])
  const { completionScript } = await import('../completion-scripts.ts')
  const ids = allRules().map(({ id }) => id)
  await ui.out(completionScript(shell as 'bash' | 'zsh' | 'fish', ids))
  return 0
}
