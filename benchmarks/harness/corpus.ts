/**
 * Input of the benchmarks: container files of public AI projects where they lie beside the checkout, the goat's own
 * files, many times, otherwise.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Corpus {
  /** Paths below the folder that it was copied to. */
  readonly files: readonly string[]
  /** What it is, for the notes. */
  readonly what: string
}

/** `Dockerfile`, `Dockerfile.cuda`, `train.Dockerfile`, `Containerfile`, but not `Dockerfile.dockerignore`. */
export const isDockerfile = (name: string) =>
  /^(?:dockerfile|containerfile)|\.dockerfile$/i.test(name) && !/ignore$/i.test(name)

/** `compose.yaml`, `docker-compose.override.yml`, `docker-compose-gpu.yml`. */
export const isComposeFile = (name: string) => /^(?:docker-)?compose[^/]*\.ya?ml$/i.test(name)

const GOAT_COPIES = 20

/**
 * Copies the files whose name is wanted to a folder. `place` gives each its path there: peers differ in which names they
 * know, and all of them must read the same files.
 */
export function copyCorpus(
  root: string,
  folder: string,
  isWanted: (name: string) => boolean,
  place: (path: string, index: number) => string,
): Corpus {
  const real = join(root, '..', 'shared', 'realworld')
  const goat = join(root, 'examples', 'goat')
  const found = existsSync(real)
    ? filesBelow(real, isWanted).map((path) => ({ from: join(real, path), path }))
    : Array.from({ length: GOAT_COPIES }, (_, copy) =>
        filesBelow(goat, isWanted).map((path) => ({ from: join(goat, path), path: `${copy}/${path}` })),
      ).flat()
  const files = found.map(({ from, path }, index) => {
    const to = join(folder, place(path, index))
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(from, to)
    return to
  })
  const what = existsSync(real)
    ? `${files.length} files of public AI projects`
    : `${GOAT_COPIES} copies of the goat, ${files.length} files: the real ones are not beside this checkout`
  return { files, what }
}

function filesBelow(folder: string, isWanted: (name: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && isWanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}
