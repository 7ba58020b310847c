import type { ShellCommand, ShellWord } from '../../core/facts/script.ts'
import { isPython, programOf } from './interpreters.ts'
import { type Arguments, readArguments, textOf, type ValuedOptions } from './options.ts'

/** A command that fetches from the network. */
export interface Download {
  /** Index in the list that was given. */
  readonly command: number
  readonly tool: 'curl' | 'wget' | 'aria2c' | 'axel' | 'fetch' | 'httpie' | 'lynx' | 'python' | 'powershell'
  /** Words that are URLs, or may be: their value is null where a variable decides. */
  readonly urls: readonly DownloadUrl[]
  readonly to: 'stdout' | 'file'
  /**
   * The file that it writes, as written (`/tmp/$NAME` where a variable stands in it); null where nothing names it, absent
   * on standard output.
   */
  readonly file?: string | null
  /** TLS certificates are not checked (`curl -k`, `wget --no-check-certificate`). */
  readonly insecure: boolean
}

export interface DownloadUrl {
  /** Null where a variable or a substitution is part of it. */
  readonly url: string | null
  /** As written, without quotes: `https://example.com/$VERSION`. */
  readonly written: string
  readonly word: ShellWord
}

/** Which commands fetch, what, and where to. */
export function downloads(commands: readonly ShellCommand[]): Download[] {
  return commands.flatMap((command, index) => {
    const found = downloadOf(command, index)
    return found === undefined ? [] : [found]
  })
}

const CURL: ValuedOptions = {
  short: 'AbcCdDeEFhHKmoPQrtTuUwxXYyz',
  long: new Set(
    (
      'abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to ' +
      'continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode ' +
      'delegation dns-interface dns-servers doh-url dump-header egd-file engine etag-compare etag-save expect100-timeout ' +
      'form form-string header hostpubmd5 hsts interface json keepalive-time key key-type krb libcurl limit-rate ' +
      'local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer ' +
      'output output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-cert ' +
      'proxy-header proxy-key proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target resolve ' +
      'retry retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-hostname speed-limit speed-time ' +
      'stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsuser tlspassword trace trace-ascii unix-socket ' +
      'upload-file url user user-agent variable write-out'
    ).split(' '),
  ),
}

const WGET: ValuedOptions = {
  short: 'aAbBDeGiIlnoOPQRtTUwX',
  long: new Set(
    (
      'output-document output-file append-output directory-prefix tries timeout wait header user password user-agent referer ' +
      'input-file execute base ca-certificate ca-directory certificate certificate-type private-key post-data post-file ' +
      'body-data body-file method limit-rate quota level accept reject domains exclude-domains include-directories cut-dirs ' +
      'connect-timeout read-timeout dns-timeout waitretry max-redirect load-cookies save-cookies progress secure-protocol ' +
      'http-user http-password ftp-user ftp-password retry-on-http-error compression start-pos report-speed'
    ).split(' '),
  ),
}

const ARIA: ValuedOptions = {
  short: 'dioxjksltTxS',
  long: new Set('dir out input-file max-connection-per-server split header checksum user-agent referer log'.split(' ')),
}

const FETCH: ValuedOptions = { short: 'BiNoSTw' }
const AXEL: ValuedOptions = {
  short: 'nosUHS',
  long: new Set(['output', 'num-connections', 'max-speed', 'header', 'user-agent']),
}
const HTTPIE: ValuedOptions = {
  short: 'oasAp',
  long: new Set(['output', 'auth', 'session', 'print', 'timeout', 'proxy', 'verify', 'cert']),
}
const POWERSHELL: ValuedOptions = {
  oneDash: true,
  long: new Set(
    'uri outfile method headers body useragent proxy credential timeoutsec source destination o'.split(' '),
  ),
}

function downloadOf(command: ShellCommand, index: number): Download | undefined {
  const name = programOf(command)
  if (name === undefined || command.words.length < 2) return undefined
  const read = (valued: ValuedOptions) => readArguments(command.words, 1, valued)
  switch (name) {
    case 'curl': {
      const given = read(CURL)
      const named = given.options.flatMap(({ name: flag, value }) =>
        flag === '--url' && value !== undefined ? [value] : [],
      )
      const urls = [...named, ...given.operands].map(urlOf)
      const out = fileOf(given, '-o', '--output')
      const remote = given.flags.has('-O') || given.flags.has('--remote-name') || given.flags.has('--remote-name-all')
      const file = out ?? (remote ? inside(given.flags.get('--output-dir'), lastSegment(urls[0])) : undefined)
      const insecure = given.flags.has('-k') || given.flags.has('--insecure')
      return result(command, index, 'curl', urls, file, insecure)
    }
    case 'wget': {
      const given = read(WGET)
      const urls = given.operands.map(urlOf)
      const prefix = given.flags.get('-P') ?? given.flags.get('--directory-prefix')
      const file = fileOf(given, '-O', '--output-document') ?? inside(prefix, lastSegment(urls[0]))
      if (urls.length === 0 && !given.flags.has('-i') && !given.flags.has('--input-file')) return undefined
      return result(command, index, 'wget', urls, file, given.flags.has('--no-check-certificate'))
    }
    case 'aria2c': {
      const given = read(ARIA)
      const urls = given.operands.map(urlOf)
      const file = inside(
        given.flags.get('-d') ?? given.flags.get('--dir'),
        fileOf(given, '-o', '--out') ?? lastSegment(urls[0]),
      )
      const insecure = command.words.some((word) => textOf(word) === '--check-certificate=false')
      return result(command, index, 'aria2c', urls, file, insecure)
    }
    case 'axel':
    case 'fetch': {
      const given = read(name === 'axel' ? AXEL : FETCH)
      const urls = given.operands.map(urlOf).filter(({ url, written }) => url === null || written.includes('://'))
      if (urls.length === 0) return undefined
      const insecure = given.flags.has('--no-verify-peer') || given.flags.has('-k') || given.flags.has('--insecure')
      return result(command, index, name, urls, fileOf(given, '-o', '--output') ?? lastSegment(urls[0]), insecure)
    }
    case 'http':
    case 'https': {
      const given = read(HTTPIE)
      const urls = given.operands
        .filter((word) => !/^[A-Z]+$/.test(textOf(word)))
        .slice(0, 1)
        .map(urlOf)
      if (urls.length === 0) return undefined
      const insecure = ['no', 'false'].includes(given.flags.get('--verify')?.value ?? '')
      return result(command, index, 'httpie', urls, fileOf(given, '-o', '--output'), insecure)
    }
    case 'lynx': {
      const urls = command.words
        .slice(1)
        .filter((word) => textOf(word).includes('://'))
        .map(urlOf)
      return urls.length === 0 ? undefined : result(command, index, 'lynx', urls, undefined, false)
    }
    case 'iwr':
    case 'irm':
    case 'invoke-webrequest':
    case 'invoke-restmethod':
    case 'start-bitstransfer': {
      const given = read(POWERSHELL)
      const named = given.options.flatMap(({ name: flag, value }) =>
        ['-uri', '-source'].includes(flag.toLowerCase()) && value !== undefined ? [value] : [],
      )
      const urls = [...named, ...given.operands.slice(0, named.length === 0 ? 1 : 0)].map(urlOf)
      const out = given.options.find(({ name: flag }) =>
        ['-outfile', '-destination', '-o'].includes(flag.toLowerCase()),
      )?.value
      const insecure = given.options.some(({ name: flag }) => flag.toLowerCase() === '-skipcertificatecheck')
      return result(command, index, 'powershell', urls, out === undefined ? undefined : textOf(out), insecure)
    }
  }
  return isPython(name) ? pythonDownload(command, index) : undefined
}

/** The program text that a call of an interpreter carries: after `-c` or `-e`, or on standard input. */
export function inlineProgram(command: ShellCommand): string | undefined {
  for (let at = 1; at < command.words.length; at++) {
    const text = textOf(command.words[at] as ShellWord)
    if (text === '--' || (!text.startsWith('-') && text !== '-')) break
    if (/^-[A-Za-z]*[ce]$/.test(text) && !text.startsWith('--'))
      return command.words[at + 1] === undefined ? undefined : textOf(command.words[at + 1] as ShellWord)
    if (text === '-m') return undefined
  }
  return command.stdin
}

const PYTHON_FETCHERS = ['urlopen', 'urlretrieve', 'requests.', 'httpx.', 'urllib3', 'pycurl', 'wget.download']

/** `python -c` and here-documents with a URL and a module that fetches. */
function pythonDownload(command: ShellCommand, index: number): Download | undefined {
  const program = inlineProgram(command)
  if (program === undefined || !PYTHON_FETCHERS.some((name) => program.includes(name))) return undefined
  const word = command.words.find((candidate) => textOf(candidate) === program) ?? (command.words[0] as ShellWord)
  const urls = urlsIn(program).map((url) => ({ url, written: url, word }))
  const prints = program.includes('print') || program.includes('stdout')
  const insecure =
    program.includes('verify=False') || program.includes('_create_unverified_context') || program.includes('CERT_NONE')
  return result(
    command,
    index,
    'python',
    urls.length === 0 ? [{ url: null, written: '', word }] : urls,
    prints ? undefined : null,
    insecure,
  )
}

/** URLs in a program's text, each up to a quote, blank or bracket. */
function urlsIn(program: string): string[] {
  const urls: string[] = []
  for (let at = program.indexOf('://'); at !== -1; at = program.indexOf('://', at + 3)) {
    const start = program.lastIndexOf('http', at)
    if (start === -1 || at - start > 5) continue
    let end = at + 3
    while (end < program.length && end - start < 2048 && !'"\'`() \t\n<>,;'.includes(program[end] as string)) end++
    urls.push(program.slice(start, end))
    if (urls.length >= 16) break
  }
  return urls
}

function result(
  command: ShellCommand,
  index: number,
  tool: Download['tool'],
  urls: readonly DownloadUrl[],
  file: string | null | undefined,
  insecure: boolean,
): Download {
  const base = { command: index, tool, urls, insecure }
  if (file !== undefined && !isStandardOutput(file)) return { ...base, to: 'file', file }
  const redirect = outputRedirect(command)
  return redirect === undefined || isStandardOutput(redirect)
    ? { ...base, to: 'stdout' }
    : { ...base, to: 'file', file: redirect }
}

/** The file that standard output goes to; undefined where it goes on. */
export function outputRedirect(command: ShellCommand): string | null | undefined {
  const redirect = command.redirects.findLast(({ operator }) =>
    ['>', '>>', '>|', '1>', '1>>', '&>', '&>>'].includes(operator),
  )
  return redirect?.target
}

function isStandardOutput(file: string | null): boolean {
  return file === '-' || file === '/dev/stdout' || file === '/dev/fd/1' || file === '/proc/self/fd/1'
}

/** The value of an output option; undefined where it is not given. */
function fileOf(given: Arguments, ...names: readonly string[]): string | null | undefined {
  const found = given.options.findLast(({ name, value }) => value !== undefined && names.includes(name))
  return found?.value === undefined ? undefined : textOf(found.value)
}

function urlOf(word: ShellWord): DownloadUrl {
  return { url: word.value, written: textOf(word), word }
}

/** The file name that a URL gives; null where it can't be told. */
function lastSegment(url: DownloadUrl | undefined): string | null {
  if (url === undefined) return null
  const { written } = url
  const query = written.search(/[?#]/)
  const path = query === -1 ? written : written.slice(0, query)
  const scheme = path.indexOf('://')
  const slash = path.lastIndexOf('/')
  if (slash <= (scheme === -1 ? -1 : scheme + 2)) return url.url === null ? null : 'index.html'
  return path.slice(slash + 1) || 'index.html'
}

function inside(directory: ShellWord | undefined, file: string | null): string | null {
  if (directory === undefined || file === null) return file
  return `${textOf(directory).replace(/\/+$/, '')}/${file}`
}
