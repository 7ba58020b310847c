/** What an address says about what is fetched from it. */

/** The host of a URL, lower case, without user and port; undefined where there is none to read. */
export function hostOf(url: string): string | undefined {
  const match = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(url)
  const host = match?.[1]?.toLowerCase()
  return host === undefined || host === '' ? undefined : host
}

/** The machine itself: nothing comes over a network. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\])$/.test(host)
}

/** A host that only a private network can name: RFC 1918, one label, or a suffix kept for it. */
export function isPrivateHost(host: string): boolean {
  if (/^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)[\d.]+$/.test(host)) return true
  return !/[.:[]/.test(host) || /\.(?:local|internal|lan|corp|intranet|home\.arpa|svc)$/.test(host)
}

/** A commit, or a release by its number, is a part of the address: what is fetched stays the same by intention. */
export function namesFixedVersion(url: string): boolean {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '')
  if (/\/(?:refs\/tags|releases\/download)\//.test(path)) return !path.includes('/latest/')
  if (/\$\{?\w*(?:VERSION|TAG|COMMIT|SHA|REVISION)/i.test(path)) return true
  return /[0-9a-f]{40}/.test(path) || /(?:^|[/_@=-])v?\d+\.\d+(?:\.\d+)?(?:[/_.+-]|$)/i.test(path)
}

/** Installers of Conda distributions, and micromamba. */
export function isCondaInstaller(url: string): boolean {
  const host = hostOf(url) ?? ''
  if (host === 'micro.mamba.pm') return true
  return /\/(?:mini|micro)?(?:conda|forge|mamba)\d?[^/]*\.sh(?:[?#]|$)|\/(?:miniforge|mambaforge|miniconda3?|anaconda3?)[^/]*\.sh(?:[?#]|$)|\/micromamba[^/]*$/i.test(
    url,
  )
}

/** A URL as a message names it: short, and on one line. */
export function shown(url: string): string {
  const clean = url.replace(/\s+/g, ' ')
  return clean.length > 120 ? `${clean.slice(0, 117)}…` : clean
}
