/**
 * Where the tools that the test starts read a file otherwise than the current ones, whose reading ours is. The random
 * files keep away from these, so that an old engine and a new one both have to agree with us on the rest.
 */
import type { Features } from './dockerfiles.ts'

/** What Docker 20.10's BuildKit and every later one take the same way. */
export const EVERY_ENGINE: Features = {
  // Its Dockerfile frontend is older than here-documents (1.4): a body's lines are instructions to it.
  heredocs: false,
  // Nothing to copy, and RUN would cost a container for each.
  files: false,
  // `${V-a}`, `${V?}`, `${V#a}`, `${V/a/b}` came with frontends 1.5 to 1.7; before, they are errors.
  patterns: false,
  // `# check=` came with 1.8; before, it is a comment that ends the directives.
  checkDirective: false,
  // It stops reading at the end of the array, so that `CMD ["a"] && b` is exec form to it.
  wholeJson: false,
  // It refuses `--start-period=0`; 0 is the default since.
  zeroDurations: false,
  // It leaves a global ARG's default as written where it cannot be substituted, and looks at a stage's though a build
  // argument is given; later ones refuse the first and do not look at the second.
  refusedDefaults: false,
  // `ARG A=1` and then `ARG A` before FROM leave it without a value; later ones keep it.
  repeatedGlobals: false,
}

/** What BuildKit 0.34 knows; for a reader of its own (see `by-hand.ts`). */
export const CURRENT: Features = {
  heredocs: true,
  files: true,
  patterns: true,
  checkDirective: true,
  wholeJson: true,
  zeroDurations: true,
  refusedDefaults: true,
  repeatedGlobals: true,
}

/** The build did not come to what the file says: a base that is not there, an account that the image has not. */
export function isOfTheMachine(error: string): boolean {
  return /invalid user index|unable to find (?:user|group)|\/etc\/(?:passwd|group): no such file|pull access denied|no such image|failed to resolve source metadata|failed to do request|dial tcp|no such host/.test(
    error,
  )
}
