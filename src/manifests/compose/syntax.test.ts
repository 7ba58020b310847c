/** The short syntaxes of ports, volumes, devices and commands, and units: by table. */
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { splitCommand } from './commands.ts'
import { readShortDevice } from './devices.ts'
import { HOLE } from './interpolate.ts'
import { readShortPort } from './ports.ts'
import { parseBytes, parseDuration } from './units.ts'
import { readShortVolume, readTmpfs } from './volumes.ts'

/** `[IP|HOST>CONTAINER/PROTOCOL]`; `?`: unknown; `*`: all addresses or a random port. */
function port(text: string): string {
  const reading = readShortPort(text.replaceAll('$', HOLE))
  if (!reading.ok) return reading.unknown ? 'unknown' : 'refused'
  return reading.ports
    .map(
      (one) =>
        `${one.hostIp === null ? '?' : one.hostIp || '*'}|${one.hostPort ?? '*'}>${one.container}/${one.protocol}`,
    )
    .join(' ')
}

const PORTS: readonly (readonly [text: string, expected: string])[] = [
  ['80', '*|*>80/tcp'],
  [':80', '*|*>80/tcp'],
  ['8080:80', '*|8080>80/tcp'],
  ['127.0.0.1:8080:80', '127.0.0.1|8080>80/tcp'],
  ['127.0.0.1::82', '127.0.0.1|*>82/tcp'],
  ['0.0.0.0:1:2/udp', '0.0.0.0|1>2/udp'],
  ['[::1]:83:83', '::1|83>83/tcp'],
  ['[::]::83', '::|*>83/tcp'],
  ['::1:83:83', 'refused'],
  ['localhost:1:1', 'refused'],
  ['300.0.0.1:1:1', 'refused'],
  ['9090-9091:80-81', '*|9090>80/tcp *|9091>81/tcp'],
  ['80-81', '*|*>80/tcp *|*>81/tcp'],
  ['49100-49105:22', '*|*>22/tcp'],
  ['9090-9095:80-81', 'refused'],
  ['22:22', '*|22>22/tcp'],
  ['53:53/UDP', '*|53>53/udp'],
  ['80:80/foo', 'refused'],
  ['80:', 'refused'],
  ['http:80', 'refused'],
  ['80:70000', 'refused'],
  ['1000-60000:1000-60000', '*|1000>1000/tcp *|60000>60000/tcp'],
  ['$:80', '*|*>80/tcp'],
  ['$-$:80', '*|*>80/tcp'],
  ['$8080:80', '?|*>80/tcp'],
  ['$:8080:80', '?|8080>80/tcp'],
  ['127.0.0.1:$:80', '127.0.0.1|*>80/tcp'],
  ['8080:$', 'unknown'],
  ['$', 'unknown'],
]

for (const [text, expected] of PORTS) test(`port ${text}`, () => assert.equal(port(text), expected))

/** `KIND SOURCE > TARGET [ro] [PROPAGATION]`. */
function volume(text: string): string {
  const reading = readShortVolume(text.replaceAll('$', HOLE), 'deploy')
  if (reading === undefined) return 'refused'
  if (reading.mount === undefined) return `unknown > ${reading.target}`
  const { kind, source, readOnly, propagation } = reading.mount
  return [
    kind,
    source ?? '-',
    '>',
    reading.target,
    ...(readOnly ? ['ro'] : []),
    ...(propagation === undefined ? [] : [propagation]),
  ].join(' ')
}

const VOLUMES: readonly (readonly [text: string, expected: string])[] = [
  ['data:/data', 'volume data > /data'],
  ['/data', 'volume - > /data'],
  ['./b', 'volume - > ./b'],
  ['./b:/b', 'bind ./deploy/b > /b'],
  ['..:/src:ro', 'bind . > /src ro'],
  ['../../x:/x', 'bind ../x > /x'],
  ['/var/run/../run/docker.sock:/s', 'bind /var/run/docker.sock > /s'],
  ['~/.ssh:/root/.ssh:ro', 'bind ~/.ssh > /root/.ssh ro'],
  ['a:/b', 'volume - > a:/b'],
  ['C:\\data:/data', 'bind C:\\data > /data'],
  ['data:/data:z,rw', 'volume data > /data'],
  ['/:/host:ro,rslave', 'bind / > /host ro rslave'],
  ['data:/data:nosuch', 'volume data > /data'],
  ['data:/a:ro:rw', 'refused'],
  ['data::/a', 'refused'],
  ['', 'refused'],
  ['$:/data', 'unknown > /data'],
  ['$/x:/data:ro', 'unknown > /data'],
  ['data:$', 'refused'],
]

for (const [text, expected] of VOLUMES) test(`volume ${text}`, () => assert.equal(volume(text), expected))

test('tmpfs is noexec until exec is given', () => {
  assert.deepEqual(readTmpfs('/run')?.mount, { kind: 'tmpfs', source: null, readOnly: false, exec: false })
  assert.deepEqual(readTmpfs('/t:size=64m,exec')?.mount, {
    kind: 'tmpfs',
    source: null,
    readOnly: false,
    exec: true,
    size: 64 * 1024 * 1024,
  })
})

const DEVICES: readonly (readonly [text: string, expected: string])[] = [
  ['/dev/kfd', '/dev/kfd=/dev/kfd rwm'],
  ['/dev/a:/dev/b', '/dev/b=/dev/a rwm'],
  ['/dev/a:/dev/b:r', '/dev/b=/dev/a r'],
  ['/dev/a:rw', '/dev/a=/dev/a rw'],
  ['nvidia.com/gpu=all', 'nvidia.com/gpu=all=nvidia.com/gpu=all rwm'],
]

for (const [text, expected] of DEVICES) {
  test(`device ${text}`, () => {
    const reading = readShortDevice(text)
    assert.equal(`${reading?.target}=${reading?.device?.source} ${reading?.device?.permissions}`, expected)
  })
}

const COMMANDS: readonly (readonly [text: string, expected: readonly string[] | null])[] = [
  ['serve --port 80', ['serve', '--port', '80']],
  ['  a\t b\nc ', ['a', 'b', 'c']],
  ['sh -c "a \'b\' $X"', ['sh', '-c', "a 'b' $X"]],
  ["a 'b \"c\\' d", ['a', 'b "c\\', 'd']],
  ['a\\ b \\"c', ['a b', '"c']],
  ['a "" \'\'', ['a', '', '']],
  ['a $(id) | b', ['a', '$(id)']],
  ['a && b', ['a']],
  ['a 2>/dev/null', ['a']],
  ['a "x|y"', ['a', 'x|y']],
  ['a "open', null],
  ['a (b)', null],
  ['a `b c`', ['a', '`b c`']],
  ['', []],
]

for (const [text, expected] of COMMANDS) {
  test(`command ${text}`, () => {
    const reading = splitCommand(text)
    assert.deepEqual(reading.ok ? reading.words.map((word) => word.value) : null, expected)
  })
}

test('words of a command know where they stand', () => {
  const text = 'a "b c"  d'
  const reading = splitCommand(text)
  assert.deepEqual(reading.ok && reading.words.map((word) => text.slice(word.start, word.end)), ['a', '"b c"', 'd'])
})

test('sizes and durations', () => {
  const sizes = ['512m', '2gb', '1.5 GiB', '1048576', '1kb', '64M', 'x', '1e3', '-1', '']
  assert.deepEqual(sizes.map(parseBytes), [
    536870912,
    2147483648,
    1610612736,
    1048576,
    1024,
    67108864,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  const durations = ['1m30s', '500ms', '1.5h', '0', '10', 's', '-5s', '1s x']
  assert.deepEqual(durations.map(parseDuration), [90_000, 500, 5_400_000, 0, undefined, undefined, -5_000, undefined])
})

test('no syntax throws on any text', () => {
  const text = fc.string({
    unit: fc.constantFrom(':', '/', '.', '-', '1', '8', 'a', ' ', '[', ']', '"', "'", '\\', '$', '(', ')', '=', HOLE),
    maxLength: 20,
  })
  fc.assert(
    fc.property(text, (value) => {
      readShortPort(value)
      readShortVolume(value, 'x')
      readTmpfs(value)
      readShortDevice(value)
      splitCommand(value)
      parseBytes(value)
      parseDuration(value)
    }),
    { seed: 1, numRuns: 1000 },
  )
})
