import type { Pipeline, PipelineNode } from 'unbash'

const QUESTIONS = new Set([
  '[',
  'test',
  'grep',
  'egrep',
  'command',
  'which',
  'type',
  'hash',
  'getent',
  'id',
  'dpkg-query',
  'pgrep',
])

/** True where a command only asks something: `[ -f x ] && y` fails on purpose. */
export function asks(node: PipelineNode): boolean {
  if (node.type === 'TestCommand' || node.type === 'ArithmeticCommand') return true
  if (node.type === 'Command') return node.name !== undefined && QUESTIONS.has(node.name.value)
  if (node.type !== 'Pipeline') return false
  return (
    (node as Pipeline).prefixes.some((prefix) => prefix.type === 'Negation') ||
    asks(node.commands.at(-1) as PipelineNode)
  )
}
