/** For tests: a Dockerfile's text as the fact that a run would hold. */
import type { DockerfileFact, Instruction } from '../../../core/facts/dockerfile.ts'
import { SourceText } from '../../../core/span.ts'
import { type Mask, unmasked } from '../masking.ts'
import { parseDockerfile } from '../parse.ts'

export function parsed(text: string, mask: Mask = unmasked): { fact: DockerfileFact; source: SourceText } {
  const source = SourceText.of(text)
  const { comments: _, ...facts } = parseDockerfile(source, mask)
  const fact: DockerfileFact = {
    kind: 'dockerfile',
    id: 'dockerfile:t:Dockerfile',
    target: 't',
    analyzer: 'dockerfile',
    subject: 'Dockerfile',
    path: 'Dockerfile',
    confidence: 'high',
    ...facts,
  }
  return { fact, source }
}

/** The instructions of a text that has a FROM put before it. */
export function instructions(text: string): readonly Instruction[] {
  return parsed(`FROM a\n${text}`).fact.instructions.slice(1)
}
