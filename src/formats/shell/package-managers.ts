import type { ValuedOptions } from './options.ts'

export type ManagerName =
  | 'apt'
  | 'apk'
  | 'yum'
  | 'dnf'
  | 'microdnf'
  | 'zypper'
  | 'pip'
  | 'uv pip'
  | 'uv'
  | 'poetry'
  | 'pipenv'
  | 'pipx'
  | 'conda'
  | 'mamba'
  | 'micromamba'
  | 'npm'
  | 'pnpm'
  | 'yarn'
  | 'gem'
  | 'go'
  | 'cargo'

/** How a package manager is called to install. */
export interface Manager {
  /** Verbs that install or change packages. */
  readonly verbs: ReadonlySet<string>
  /** What it does without a verb. */
  readonly bare?: string
  readonly options: ValuedOptions
  readonly requirementOptions?: readonly string[]
  readonly indexOptions?: readonly string[]
  /** Options whose value is a package (`pip -e`, `uv run --with`). */
  readonly packageOptions?: readonly string[]
  /** The version is an option's value (`gem -v`, `cargo --version`). */
  readonly versionOption?: true
  /** Characters that end a package's name. */
  readonly separators: string
  /** `@scope/name`. */
  readonly scopes?: true
  /** `channel::name`. */
  readonly channels?: true
  /** A name with `/` is a path. */
  readonly paths?: true
}

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(' '))
}

const RPM_OPTIONS: ValuedOptions = {
  short: 'cxdeR',
  long: set(
    'setopt enablerepo disablerepo repo repoid repofrompath releasever installroot config exclude forcearch advisory comment',
  ),
}
const RPM_VERBS = set(
  'install update upgrade localinstall groupinstall reinstall builddep distro-sync upgrade-minimal swap',
)
const RPM: Manager = {
  verbs: RPM_VERBS,
  options: RPM_OPTIONS,
  indexOptions: ['--repofrompath'],
  // `name-1.0-1.el9` can't be told from a name by its text.
  separators: '',
  paths: true,
}

const PIP_LONG =
  'requirement constraint index-url extra-index-url find-links editable target prefix root python-version platform implementation ' +
  'abi cache-dir trusted-host proxy timeout retries log src build no-binary only-binary config-settings global-option ' +
  'install-option build-option upgrade-strategy progress-bar use-feature use-deprecated cert client-cert exists-action ' +
  'root-user-action report python keyring-provider dest wheel-dir build-constraint'
const UV_LONG =
  'index default-index index-strategy torch-backend python-platform prerelease resolution exclude-newer link-mode override overrides ' +
  'extra no-extra group no-group only-group no-binary-package no-build-package upgrade-package reinstall-package refresh-package ' +
  'config-file config-setting directory project color allow-insecure-host build-constraints constraints requirements fork-strategy ' +
  'package no-install-package env-file with with-requirements with-editable rev tag branch optional marker bounds'

const PIP: Manager = {
  verbs: set('install download wheel'),
  options: { short: 'rcifetbdwC', long: set(PIP_LONG) },
  requirementOptions: ['-r', '--requirement'],
  indexOptions: ['-i', '--index-url', '--extra-index-url', '-f', '--find-links'],
  packageOptions: ['-e', '--editable'],
  separators: '[=<>!~;@ ',
  paths: true,
}
const UV: Manager = {
  ...PIP,
  verbs: new Set(['sync', 'add', 'tool install', 'lock']),
  options: { short: 'rcifepPCmt', long: set(`${PIP_LONG} ${UV_LONG}`) },
  requirementOptions: ['-r', '--requirement', '--requirements'],
  indexOptions: ['-i', '--index-url', '--extra-index-url', '-f', '--find-links', '--index', '--default-index'],
  packageOptions: ['-e', '--editable', '--with'],
}

const CONDA: Manager = {
  verbs: new Set(['install', 'create', 'update', 'upgrade', 'env create', 'env update']),
  options: {
    short: 'npcf',
    long: set(
      'name prefix channel file revision solver repodata-fn subdir platform clone root-prefix rc-file experimental',
    ),
  },
  requirementOptions: ['-f', '--file'],
  indexOptions: ['-c', '--channel'],
  separators: '=<>![ ',
  channels: true,
  paths: true,
}

const NPM: Manager = {
  verbs: set('install i add ci clean-install update up upgrade isntall in'),
  options: {
    short: 'wC',
    long: set(
      'registry prefix workspace cache userconfig globalconfig tag omit include loglevel fetch-retries fetch-timeout maxsockets ' +
        'fetch-retry-mintimeout fetch-retry-maxtimeout install-strategy os cpu libc before',
    ),
  },
  indexOptions: ['--registry'],
  separators: '@',
  scopes: true,
  paths: true,
}

export const MANAGERS: Readonly<Record<ManagerName, Manager>> = {
  apt: {
    verbs: set('install upgrade dist-upgrade full-upgrade safe-upgrade build-dep reinstall'),
    options: {
      short: 'otca',
      long: set('option target-release default-release config-file host-architecture build-profiles'),
    },
    separators: '=/:',
  },
  apk: {
    verbs: set('add upgrade fix'),
    options: {
      short: 'tXp',
      long: set(
        'virtual repository root repositories-file keys-dir arch cache-dir cache-max-age wait timeout progress-fd',
      ),
    },
    indexOptions: ['-X', '--repository'],
    separators: '=<>~@',
  },
  yum: RPM,
  dnf: RPM,
  microdnf: RPM,
  zypper: {
    verbs: set('install in update up dist-upgrade dup patch source-install si'),
    options: {
      short: 'rtRDcCp',
      long: set('repo type from root reposd-dir cache-dir config plus-repo releasever installroot'),
    },
    indexOptions: ['-p', '--plus-repo'],
    separators: '=<>:',
    paths: true,
  },
  pip: PIP,
  'uv pip': { ...UV, verbs: set('install sync compile') },
  uv: UV,
  poetry: {
    ...PIP,
    verbs: set('install add update sync'),
    options: { short: 'EGCP', long: set('extras group source python platform with without only directory project') },
    requirementOptions: [],
    indexOptions: ['--source'],
    packageOptions: [],
  },
  pipenv: {
    ...PIP,
    verbs: set('install sync update upgrade'),
    options: { short: 'rei', long: set('requirements editable index pypi-mirror python categories extra-pip-args') },
    requirementOptions: ['-r', '--requirements'],
    indexOptions: ['-i', '--index', '--pypi-mirror'],
  },
  pipx: {
    ...PIP,
    verbs: set('install inject upgrade'),
    options: { short: 'i', long: set('index-url python pip-args suffix preinstall spec') },
    requirementOptions: [],
    packageOptions: ['--preinstall', '--spec'],
  },
  conda: CONDA,
  mamba: CONDA,
  micromamba: CONDA,
  npm: NPM,
  pnpm: {
    ...NPM,
    verbs: set('add install i update up dlx'),
    options: { short: 'CF', long: set('registry dir filter store-dir workspace-concurrency') },
  },
  yarn: {
    ...NPM,
    verbs: new Set(['add', 'install', 'upgrade', 'up', 'dlx', 'global add', 'workspaces focus']),
    bare: 'install',
    options: {
      long: set('registry cwd cache-folder network-timeout network-concurrency modules-folder mutex use-yarnrc'),
    },
  },
  gem: {
    verbs: set('install i update'),
    options: { short: 'vsinPp', long: set('version source install-dir bindir trust-policy http-proxy platform') },
    indexOptions: ['-s', '--source'],
    versionOption: true,
    separators: ':',
    paths: true,
  },
  go: {
    verbs: set('install get'),
    options: { oneDash: true, long: set('ldflags gcflags asmflags tags o mod modfile p pkgdir overlay toolexec') },
    separators: '@',
  },
  cargo: {
    verbs: set('install add binstall'),
    options: {
      short: 'FjpZ',
      long: set(
        'version vers git branch tag rev path root registry index features target profile jobs bin target-dir config manifest-path package rename',
      ),
    },
    indexOptions: ['--registry', '--index', '--git'],
    versionOption: true,
    separators: '@',
    paths: true,
  },
}
