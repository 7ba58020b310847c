/**
 * What commands mean, for rules: one door to the readers of downloads, of what is fetched and run, of package
 * installs, and of options. All are pure functions of a list of commands; indexes in results are those of the list.
 */
export { type Download, type DownloadUrl, downloads, inlineProgram } from './downloads.ts'
export { type FetchAndRun, fetchAndRun } from './fetch-and-run.ts'
export { joinScripts, runsOf } from './flow.ts'
export { type InterpreterCall, interpreterCall, programOf } from './interpreters.ts'
export {
  type Arguments,
  hasFlag,
  optionValue,
  optionWord,
  readArguments,
  textOf,
  type ValuedOptions,
} from './options.ts'
export { type PackageInstall, packageInstalls, type RequestedPackage } from './package-installs.ts'
export type { ManagerName } from './package-managers.ts'
