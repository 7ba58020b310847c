import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface BundledPackage {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly licenceText: string
  /** Subresource integrity from package-lock.json: `sha512-…`. */
  readonly integrity: string | undefined
}

/** The packages that a bundle's inputs come from. */
export function bundledPackages(root: string, inputs: readonly string[]): BundledPackage[] {
  const names = new Set(inputs.flatMap((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string }>
  }
  return [...names].sort().map((name) => {
    const folder = join(root, 'node_modules', name)
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version: string
      license: string
    }
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE-MIT', 'license', 'LICENCE']
      .map((one) => join(folder, one))
      .find(existsSync)
    return {
      name,
      version,
      licence: license,
      licenceText: file === undefined ? license : readFileSync(file, 'utf8').trim(),
      integrity: lock.packages[`node_modules/${name}`]?.integrity,
    }
  })
}

/** CycloneDX 1.6. */
export function sbomOf(version: string, packages: readonly BundledPackage[]): string {
  const components = packages.map(({ name, version: of, licence, integrity }) => ({
    type: 'library',
    'bom-ref': purl(name, of),
    name,
    version: of,
    purl: purl(name, of),
    licenses: [{ license: { id: licence } }],
    ...(integrity?.startsWith('sha512-')
      ? {
          hashes: [
            { alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') },
          ],
        }
      : {}),
  }))
  const itself = {
    type: 'application',
    'bom-ref': purl('bulkhead', version),
    name: 'bulkhead',
    version,
    licenses: [{ license: { id: 'Apache-2.0' } }],
  }
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: itself },
    components,
    dependencies: [{ ref: itself['bom-ref'], dependsOn: components.map((one) => one['bom-ref']) }],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

export function licencesText(packages: readonly BundledPackage[]): string {
  const parts = packages.map(
    ({ name, version, licence, licenceText }) => `${name} ${version} (${licence})\n\n${licenceText}\n`,
  )
  return `Packages inside the bundle, and their licences.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`
}

function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}
