/** `npm run demo`: scans the deliberately vulnerable project, shows what that looks like, and says what to try next. */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const done = spawnSync(process.execPath, [join(root, 'bin/bulkhead.js'), 'scan', 'examples/goat'], {
  cwd: root,
  stdio: 'inherit',
})
if (done.status !== 1) {
  process.stderr.write(`The goat is meant to fail with exit code 1, and this was ${done.status}.\n`)
  process.exit(1)
}
process.stdout.write(`
That is the goat, an AI project with everything wrong on purpose; failing it is right. Now try:

  node bin/bulkhead.js scan examples/goat --full          every finding, with its source
  node bin/bulkhead.js explain workload/privileged        why a rule matters, and when it is fine
  node bin/bulkhead.js scan examples/goat --out html=goat.html
  node bin/bulkhead.js scan PATH/TO/YOUR/PROJECT
`)
