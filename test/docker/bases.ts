/** The images that the differential test builds on, as an engine's configuration has them. */
export interface ImageConfig {
  readonly User?: string
  readonly WorkingDir?: string
  readonly Env?: readonly string[] | null
  readonly Entrypoint?: readonly string[] | null
  readonly Cmd?: readonly string[] | null
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null
  readonly Volumes?: Readonly<Record<string, unknown>> | null
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly Healthcheck?: { readonly Test?: readonly string[] } | null
  readonly Shell?: readonly string[] | null
  readonly OnBuild?: readonly string[] | null
}

export const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** One that nothing is known of, and one that stands in our table of base images. */
export const BASE_CONFIGS: Readonly<Record<string, ImageConfig>> = {
  'bulkhead-test/base:1': {
    User: 'app',
    WorkingDir: '/base',
    Env: [PATH, 'BASE_A=from-base', 'BASE_U=app'],
    Entrypoint: ['/entry'],
    Cmd: ['base-command'],
    ExposedPorts: { '7/tcp': {} },
    Volumes: { '/base-volume': {} },
    Labels: { a: 'from-base' },
  },
  'python:3.12': { Env: [PATH, 'PYTHON_VERSION=3.12.1'], Cmd: ['python3'] },
}
