/** Debian's `docker-compose` (1.29), asked what it makes of a project. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Composed, ComposedService } from './compare-project.ts'
import type { ProjectCase } from './compose-projects.ts'

const COMPOSE = '/usr/bin/docker-compose'

export function composeReason(): string | undefined {
  return existsSync(COMPOSE) ? undefined : `${COMPOSE} is not installed (Debian's docker-compose)`
}

/** Writes the project's files into `folder`, which it makes. */
export async function composed(one: ProjectCase, folder: string): Promise<Composed> {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(one.files)) writeFileSync(join(folder, name), text)
  const environment = { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' }
  const child = spawn(COMPOSE, ['config'], { cwd: folder, env: environment })
  let output = ''
  let errors = ''
  child.stdout.on('data', (data) => {
    output += String(data)
  })
  child.stderr.on('data', (data) => {
    errors += String(data)
  })
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (status !== 0) return { error: errors }
  const { services } = parse(output) as { services: Record<string, ComposedService> }
  return { services }
}
