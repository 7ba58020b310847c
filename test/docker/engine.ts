/**
 * A Docker engine of the test's own, apart from any other on the machine: its data, socket and process stand in a
 * temporary folder and go with it. It has no network, so it can pull nothing: images are made here.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BASE_CONFIGS, type ImageConfig } from './bases.ts'
import type { Built } from './compare-image.ts'
import type { BuildCase } from './dockerfiles.ts'

const DOCKER = '/usr/bin/docker'
const DAEMON = '/usr/sbin/dockerd'
const BUSYBOX = '/bin/busybox'
const STARTS_WITHIN = 20_000

export interface Engine {
  readonly version: string
  build(one: BuildCase): Promise<Built>
  /** `uid gid` of a container of the first base (accounts root and app, 1000) that is started as `user`. */
  runsAs(user: string): Promise<string | { readonly error: string }>
  stop(): Promise<void>
}

/** The reason in words where there can be none. */
export async function startEngine(): Promise<Engine | { readonly reason: string }> {
  for (const path of [DOCKER, DAEMON, BUSYBOX]) {
    if (!existsSync(path)) return { reason: `${path} is not installed (Debian's docker.io, busybox-static)` }
  }
  if (process.getuid?.() !== 0) return { reason: 'dockerd needs root' }
  const engine = new LocalEngine()
  try {
    await engine.start()
    return engine
  } catch (error) {
    await engine.stop()
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

class LocalEngine implements Engine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bulkhead-engine-'))
  readonly #host = `unix://${join(this.#folder, 'socket')}`
  #daemon: ChildProcess | undefined
  #builds = 0
  version = ''

  async start(): Promise<void> {
    const log = join(this.#folder, 'log')
    const at = (name: string) => join(this.#folder, name)
    const where = ['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid'), '--host', this.#host]
    // Without a bridge it leaves the machine's network and firewall alone.
    const alone = ['--bridge=none', '--iptables=false', '--ip6tables=false']
    const output = openSync(log, 'w')
    this.#daemon = spawn(DAEMON, [...where, ...alone], { stdio: ['ignore', output, output] })
    process.once('exit', () => this.#daemon?.kill('SIGTERM'))
    const until = Date.now() + STARTS_WITHIN
    for (;;) {
      const asked = this.#docker(['version', '--format', '{{.Server.Version}}'])
      if (asked.status === 0) {
        this.version = asked.stdout.trim()
        break
      }
      if (this.#daemon.exitCode !== null || Date.now() > until) {
        throw new Error(`dockerd did not start: ${readFileSync(log, 'utf8').trim().split('\n').at(-1)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    mkdirSync(at('context'))
    this.#makeBases(at('base'))
  }

  async build(one: BuildCase): Promise<Built> {
    const name = join(this.#folder, `Dockerfile.${++this.#builds}`)
    const id = `${name}.id`
    writeFileSync(name, one.text)
    const args = Object.entries(one.args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
    const target = one.target === undefined ? [] : ['--target', one.target]
    const where = ['--quiet', '--network=none', '--iidfile', id, '--file', name, join(this.#folder, 'context')]
    const built = await this.#run(['build', ...args, ...target, ...where])
    if (built.status !== 0) return { error: built.output }
    const inspected = await this.#run(['image', 'inspect', '--format', '{{json .Config}}', readFileSync(id, 'utf8')])
    if (inspected.status !== 0) throw new Error(inspected.output)
    return { config: JSON.parse(inspected.output) as ImageConfig }
  }

  async runsAs(user: string): Promise<string | { readonly error: string }> {
    const image = Object.keys(BASE_CONFIGS)[0] as string
    const command = ['--entrypoint', '/bin/sh', image, '-c', 'echo $(busybox id -u) $(busybox id -g)']
    const { status, output } = await this.#run(['run', '--rm', '--network=none', '--user', user, ...command])
    return status === 0 ? output.trim() : { error: output.trim() }
  }

  async stop(): Promise<void> {
    const daemon = this.#daemon
    if (daemon?.pid !== undefined && daemon.exitCode === null) {
      const gone = new Promise<void>((resolve) => daemon.once('exit', () => resolve()))
      daemon.kill('SIGTERM')
      const forced = setTimeout(() => daemon.kill('SIGKILL'), 10_000)
      await gone
      clearTimeout(forced)
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** A root file system of busybox and two accounts, under each base's name and configuration. */
  #makeBases(folder: string): void {
    mkdirSync(join(folder, 'bin'), { recursive: true })
    for (const name of ['etc', 'tmp', 'base', 'base-volume']) mkdirSync(join(folder, name))
    copyFileSync(BUSYBOX, join(folder, 'bin/busybox'))
    chmodSync(join(folder, 'bin/busybox'), 0o755)
    symlinkSync('busybox', join(folder, 'bin/sh'))
    writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n')
    writeFileSync(join(folder, 'etc/group'), 'root:x:0:\napp:x:1000:\n')
    const archive = `${folder}.tar`
    must(spawnSync('tar', ['-C', folder, '-cf', archive, '.'], { encoding: 'utf8' }), 'tar')
    for (const [name, config] of Object.entries(BASE_CONFIGS)) {
      const changes = changesOf(config).flatMap((change) => ['--change', change])
      must(this.#docker(['import', ...changes, archive, name]), `import of ${name}`)
    }
  }

  #docker(args: readonly string[]) {
    return spawnSync(DOCKER, ['--host', this.#host, ...args], { encoding: 'utf8', env: this.#environment() })
  }

  #run(args: readonly string[]): Promise<{ status: number | null; output: string }> {
    const child = spawn(DOCKER, ['--host', this.#host, ...args], { env: this.#environment() })
    let output = ''
    child.stdout.on('data', (data) => {
      output += String(data)
    })
    child.stderr.on('data', (data) => {
      output += String(data)
    })
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (status) => resolve({ status, output }))
    })
  }

  #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.#folder, DOCKER_CONFIG: this.#folder, DOCKER_BUILDKIT: '1' }
  }
}

function changesOf(config: ImageConfig): string[] {
  const json = (value: unknown) => JSON.stringify(value)
  const changes: string[] = (config.Env ?? []).map((pair) => `ENV ${pair}`)
  if (config.User !== undefined) changes.push(`USER ${config.User}`)
  if (config.WorkingDir !== undefined) changes.push(`WORKDIR ${config.WorkingDir}`)
  if (config.Entrypoint) changes.push(`ENTRYPOINT ${json(config.Entrypoint)}`)
  if (config.Cmd) changes.push(`CMD ${json(config.Cmd)}`)
  for (const port of Object.keys(config.ExposedPorts ?? {})) changes.push(`EXPOSE ${port}`)
  for (const volume of Object.keys(config.Volumes ?? {})) changes.push(`VOLUME ${volume}`)
  for (const [key, value] of Object.entries(config.Labels ?? {})) changes.push(`LABEL ${key}=${value}`)
  return changes
}

function must(result: { readonly status: number | null; readonly stderr: string }, what: string): void {
  if (result.status !== 0) throw new Error(`${what} failed: ${result.stderr.trim().split('\n').at(-1)}`)
}
