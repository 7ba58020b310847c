/** Which files form a project, and how they are laid over each other. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { type Files, type Scanned, scan } from './testing/harness.ts'

const APP = 'services:\n  app:\n    image: app:1\n'

/** `SUBJECT: FILE FILE …` of every project. */
function projects(scanned: Scanned): string[] {
  return scanned.projects.map((project) => `${project.subject}: ${project.files.join(' ')}`).sort()
}

const TABLE: readonly (readonly [title: string, files: Files, expected: readonly string[]])[] = [
  [
    'the first default name with its override',
    { 'compose.yaml': APP, 'compose.override.yml': 'services: {app: {privileged: true}}' },
    ['compose.yaml: compose.yaml compose.override.yml'],
  ],
  [
    'a second default name is a project of its own',
    { 'docker-compose.yml': APP, 'compose.yaml': APP },
    ['compose.yaml: compose.yaml', 'docker-compose.yml: docker-compose.yml'],
  ],
  [
    'directories are apart',
    { 'a/compose.yaml': APP, 'b/compose.yml': APP },
    ['a/compose.yaml: a/compose.yaml', 'b/compose.yml: b/compose.yml'],
  ],
  [
    'a file that stands alone is a project; one that cannot is laid over the base, without the override',
    {
      'compose.yaml': APP,
      'compose.override.yaml': 'services: {app: {init: true}}',
      'docker-compose.dev.yml': 'services: {dev: {build: .}}',
      'compose.prod.yaml': 'services: {app: {restart: always}}',
    },
    [
      'compose.prod.yaml: compose.yaml compose.prod.yaml',
      'compose.yaml: compose.yaml compose.override.yaml',
      'docker-compose.dev.yml: docker-compose.dev.yml',
    ],
  ],
  [
    'an overlay goes over the file that has its services',
    {
      'compose_a.yaml': 'services: {x: {image: x}}',
      'compose_b.yaml': 'services: {y: {image: y}}',
      'compose_c.yaml': 'services: {y: {init: true}}',
    },
    [
      'compose_a.yaml: compose_a.yaml',
      'compose_b.yaml: compose_b.yaml',
      'compose_c.yaml: compose_b.yaml compose_c.yaml',
    ],
  ],
  [
    'COMPOSE_FILE decides and drops the override',
    {
      '.env': 'COMPOSE_FILE=one.yml:two.yml',
      'one.yml': APP,
      'two.yml': 'services: {app: {init: true}}',
      'compose.override.yaml': APP,
    },
    ['compose.override.yaml: compose.override.yaml', 'one.yml: one.yml two.yml'],
  ],
  [
    'included files are parts of the includer',
    {
      'compose.yaml': `include: [db/compose.yaml, {path: [cache.yaml]}]\n${APP}`,
      'db/compose.yaml': 'services: {db: {image: db}}',
      'cache.yaml': 'services: {cache: {image: c}}',
    },
    ['compose.yaml: compose.yaml db/compose.yaml cache.yaml'],
  ],
  [
    'files that include each other are judged once',
    { 'a.yaml': `include: [b.yaml]\n${APP}`, 'b.yaml': 'include: [a.yaml]\nservices: {b: {image: b}}' },
    ['a.yaml: a.yaml b.yaml'],
  ],
  [
    'a file of bases that all are extended is no project',
    {
      'compose.yaml': 'services: {app: {extends: {file: common.yml, service: base}}}',
      'common.yml': 'services: {base: {image: b}}',
    },
    ['compose.yaml: compose.yaml common.yml'],
  ],
  [
    'documents of other tools are none of ours',
    {
      'services.yaml': 'services:\n  App\\Mailer:\n    arguments: [x]\n',
      '.gitlab-ci.yml': 'image: node\nservices: [docker:dind]\ninclude: [a.yml]\n',
      'deploy.yaml': 'apiVersion: v1\nkind: Thing\nservices: {a: {image: b}}\n',
    },
    [],
  ],
]

for (const [title, files, expected] of TABLE)
  test(`project: ${title}`, () => assert.deepEqual(projects(scan(files)), expected))

test('what is missing is said, with what names it', () => {
  const { skipped } = scan({
    'compose.yaml':
      'include: [gone.yaml, "$WHERE/x.yaml"]\nservices:\n  a: {extends: {file: lost.yml, service: b}, env_file: [no.env]}\n',
    'sub/.env': 'COMPOSE_FILE=nope.yml',
    'sub/compose.yaml': APP,
    'alone/compose.gpu.yaml': 'services: {app: {init: true}}',
  })
  assert.deepEqual(skipped.map(({ code, what }) => `${code} ${what}`).sort(), [
    'compose-env-file no.env',
    'compose-extends lost.yml',
    'compose-file sub/nope.yml',
    'compose-include compose.yaml: include',
    'compose-include gone.yaml',
    'compose-overlay alone/compose.gpu.yaml',
  ])
})

test('a service whose base could not be read has unknowns, not defaults', () => {
  const { settings } = scan({
    'compose.yaml': 'services: {a: {extends: {file: lost.yml, service: b}, init: true}}',
  }).service('a')
  assert.equal(settings.privileged.is, 'unknown')
  assert.equal(settings.init.is === 'set' && settings.init.value, true)
  assert.equal(settings.ports.whole, false)
})

test('templates and broken files are said', () => {
  const codes = (text: string) => scan({ 'compose.yaml': text }).skipped.map(({ code }) => code)
  assert.deepEqual(codes('services:\n  a:\n    image: {{ image }}\n'), ['not-rendered'])
  assert.deepEqual(codes('services:\n  a: [\n'), ['unparsable'])
})

test('an included file hangs on its own directory and .env; the parent’s variables win', () => {
  const scanned = scan({
    '.env': 'TAG=parent\n',
    'compose.yaml': 'include: [db/compose.yaml]\nservices: {app: {image: "app:${TAG}"}}',
    'db/.env': 'TAG=child\nNAME=db\n',
    'db/compose.yaml': 'services:\n  db:\n    image: ${NAME}:${TAG}\n    volumes: [./data:/data]\n',
  })
  const { settings } = scanned.service('db')
  assert.equal(settings.image.is === 'set' && settings.image.value.text, 'db:parent')
  const mount = settings.mounts.items['/data']
  assert.equal(mount?.is === 'set' && mount.value.source, './db/data')
  assert.equal(mount?.is === 'set' && mount.by.at?.via, 'include')
})

test('extends: paths stay relative to the base’s file, an override of the parent does not reach the child', () => {
  const scanned = scan({
    'compose.yaml':
      'services:\n  parent: {image: p, cap_add: [A]}\n  child: {extends: parent, cap_add: [B]}\n  far: {extends: {file: lib/base.yml, service: base}}\n',
    'compose.override.yaml': 'services: {parent: {privileged: true}}',
    'lib/base.yml': 'services:\n  base: {extends: root, build: ., env_file: a.env}\n  root: {read_only: true}\n',
    'lib/a.env': 'A=1',
  })
  const child = scanned.service('child').settings
  assert.deepEqual(child.capabilities.add.is === 'set' && child.capabilities.add.value, ['A', 'B'])
  assert.equal(child.privileged.is, 'default')
  const parent = scanned.service('parent').settings.privileged
  assert.equal(parent.is === 'set' && parent.by.at?.via, 'override')
  assert.equal(parent.is === 'set' && scanned.at(parent.by.at), 'true')
  const far = scanned.service('far').settings
  assert.equal(far.build.is === 'set' && far.build.value.context, 'lib')
  assert.equal(far.readOnlyRoot.is === 'set' && far.readOnlyRoot.by.at?.path, 'lib/base.yml')
  const a = far.env.items.A
  assert.equal(a?.is === 'set' && a.value, '1')
  assert.equal(far.env.whole, 'open')
})

test('extends of itself ends, and is a problem', () => {
  const project = scan({ 'compose.yaml': 'services:\n  a: {extends: b, image: x}\n  b: {extends: a}\n' }).project()
  assert.ok(project.problems.some((problem) => problem.code === 'circular-extends'))
})

test('profiles, dependencies, networks and the project’s name', () => {
  const project = scan({
    'My App/compose.yaml':
      'services:\n  a: {image: a, profiles: [gpu], depends_on: [b], networks: [back]}\n  b: {image: b}\nnetworks: {back: {internal: true}}\n',
  }).project()
  assert.equal(project.name, 'myapp')
  assert.deepEqual(
    project.services.map(({ name, profiles, dependsOn, networks }) => [name, profiles, dependsOn, networks]),
    [
      ['a', ['gpu'], ['b'], ['back']],
      ['b', [], [], ['default']],
    ],
  )
  assert.deepEqual(
    project.networks.map(({ name, internal }) => [name, internal]),
    [['back', true]],
  )
})

test('an overlay makes workloads of the services that it speaks of; the others are the base’s', () => {
  const scanned = scan({
    'compose.yaml': 'services: {a: {image: a}, b: {image: b}}',
    'compose.prod.yaml': 'services: {a: {privileged: true}, c: {image: c}}',
  })
  const workloads = scanned.facts
    .all('workload')
    .map(({ id, subject, path }) => `${id.replace('workload:target:', '')} ${subject} ${path}`)
  assert.deepEqual(workloads, [
    'compose.yaml#a compose.yaml#a compose.yaml',
    'compose.yaml#b compose.yaml#b compose.yaml',
    'compose.yaml#a~2 compose.yaml#a compose.yaml',
    'compose.yaml#c compose.yaml#c compose.prod.yaml',
  ])
  const overlay = scanned.projects.find((project) => project.subject === 'compose.prod.yaml')
  assert.deepEqual(
    overlay?.services.map(({ workload }) => workload.replace('workload:target:', '')),
    ['compose.yaml#a~2', 'compose.yaml#b', 'compose.yaml#c'],
  )
})

test('with profiles named, services of others are left out aloud', () => {
  const files = {
    'compose.yaml': 'services:\n  a: {image: a, profiles: [gpu]}\n  b: {image: b, profiles: [cpu]}\n  c: {image: c}\n',
  }
  const scanned = scan(files, undefined, ['gpu'])
  assert.deepEqual(
    scanned.project().services.map(({ name }) => name),
    ['a', 'c'],
  )
  assert.deepEqual(
    scanned.skipped.map(({ code, why }) => `${code}: ${why}`),
    ['profile-off: services of profiles that are not on: b'],
  )
})
