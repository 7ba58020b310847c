/** One service of a Compose project → the settings of a workload, before its image is known. */
import type { Settings } from '../../core/facts/workload.ts'
import { readEnv, readLabels, readPairs } from './environment-settings.ts'
import { readLimits } from './limit-settings.ts'
import { readDevices, readFileMounts, readGpus, readMounts } from './mount-settings.ts'
import { readExposed, readExtraHosts, readNetworks, readPorts } from './network-settings.ts'
import { readPrivileges } from './privilege-settings.ts'
import {
  readBuild,
  readCommand,
  readHealth,
  readHooks,
  readImage,
  readLogging,
  readPullPolicy,
  readRestart,
  readUser,
  readWorkdir,
} from './process-settings.ts'
import type { ServiceReader } from './reader.ts'

/** What the image decides (user, command, environment …) is `open` where the service does not say it. */
export function readSettings(reader: ServiceReader): Settings {
  return {
    image: readImage(reader),
    build: readBuild(reader),
    pullPolicy: readPullPolicy(reader),
    user: readUser(reader),
    entrypoint: readCommand(reader, 'entrypoint'),
    command: readCommand(reader, 'command'),
    workdir: readWorkdir(reader),
    env: readEnv(reader),
    labels: readLabels(reader),
    secrets: readFileMounts(reader, 'secrets'),
    configs: readFileMounts(reader, 'configs'),
    ...readPrivileges(reader),
    mounts: readMounts(reader),
    ports: readPorts(reader),
    exposed: readExposed(reader),
    networks: readNetworks(reader),
    extraHosts: readExtraHosts(reader),
    devices: readDevices(reader),
    gpus: readGpus(reader),
    limits: readLimits(reader),
    sysctls: readPairs(reader, 'sysctls'),
    health: readHealth(reader),
    restart: readRestart(reader),
    logging: readLogging(reader),
    hooks: readHooks(reader),
    serviceAccountToken: { is: 'open' },
  }
}

/** What switches the service off until somebody asks for it. */
export function conditionOf(reader: ServiceReader, profiles: readonly string[]): string | undefined {
  if (profiles.length > 0) return `profile ${profiles.map((profile) => `"${profile}"`).join(', ')}`
  for (const path of [['deploy', 'replicas'], ['scale']]) {
    const value = reader.value(...path)
    if (value?.kind === 'scalar' && value.value === 0) return `${path.join('.')}: 0`
  }
  return undefined
}
