/**
 * Bundles the command line into `dist/`: one small entry, a chunk a command loaded when it is used, the rules without
 * their examples and prose, and beside them what is inside (an SBOM and the licences).
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { type Node, parse } from 'acorn'
import { build, type Plugin } from 'esbuild'
import { bundledPackages, licencesText, sbomOf } from './bundle-contents.ts'

const root = dirname(import.meta.dirname)
const MAX_BYTES = 5 * 1024 * 1024

rmSync(join(root, 'dist'), { recursive: true, force: true })
mkdirSync(join(root, 'dist'))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const result = await build({
  absWorkingDir: root,
  entryPoints: { bulkhead: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay: the stack of a bug that a user reports has to be readable.
  minifyIdentifiers: false,
  legalComments: 'none',
  metafile: true,
  // The package's ES modules (the same code): its CommonJS ones cannot be split, and ask for `require`.
  alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
  define: { 'process.env.BULKHEAD_BUNDLED': '"1"' },
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [leanRules()],
  banner: { js: `// Bulkhead ${version}, Apache-2.0. What is bundled: sbom.cdx.json, THIRD-PARTY-LICENSES.txt` },
})
const packages = bundledPackages(root, Object.keys(result.metafile.inputs))
writeFileSync(join(root, 'dist', 'sbom.cdx.json'), sbomOf(version, packages))
writeFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), licencesText(packages))
const bytes = Object.keys(result.metafile.outputs).reduce((sum, path) => sum + statSync(join(root, path)).size, 0)
process.stderr.write(`dist/: ${Object.keys(result.metafile.outputs).length} files, ${(bytes / 1024).toFixed(0)} KB\n`)
if (bytes > MAX_BYTES) throw new Error(`the bundle is larger than ${MAX_BYTES} bytes`)

/** Rules are published without examples (they are tests) and prose (`explain` reads it from the metadata). */
function leanRules(): Plugin {
  return {
    name: 'lean-rules',
    setup(builder) {
      builder.onLoad({ filter: /\/src\/.*\/rules\/[^/]+\.ts$/ }, ({ path }) => {
        const source = stripTypeScriptTypes(readFileSync(path, 'utf8'))
        return { contents: withoutProperties(source, new Set(['examples', 'why', 'how', 'fine'])), loader: 'js' }
      })
    },
  }
}

interface RuleProperty extends Node {
  readonly key?: { readonly name?: string }
}

/** The source without the named properties of the object that `defineRule(…)` is given. */
function withoutProperties(source: string, names: ReadonlySet<string>): string {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module' })
  const declaration = program.body.find((node) => node.type === 'ExportDefaultDeclaration')?.declaration
  const object = declaration?.type === 'CallExpression' ? declaration.arguments[0] : undefined
  if (object?.type !== 'ObjectExpression') return source
  let lean = source
  for (const property of [...(object.properties as RuleProperty[])].reverse()) {
    if (property.key?.name === undefined || !names.has(property.key.name)) continue
    const comma = /^\s*,/.exec(lean.slice(property.end))?.[0].length ?? 0
    lean = lean.slice(0, property.start) + lean.slice(property.end + comma)
  }
  return lean
}
