/** Hands over the text of configuration and source files, where credentials hide that no other analyzer decodes. */
import { defineAnalyzer, type Emit, type TextFile } from '../core/analyzer.ts'
import { type Assignment, assignmentsIn } from './assignments.ts'
import { nameMeaning } from './names.ts'
import { isCommonPassword } from './weak-passwords.ts'
import { isWordy } from './words.ts'

/** Source code: only string literals are values there. */
const CODE = 'py pyi js mjs cjs jsx ts mts cts tsx go java kt scala rb php rs cs c cc cpp h swift r jl'.split(' ')
const SETTINGS =
  'json json5 jsonc yaml yml toml ini cfg conf config properties xml tf tfvars tfstate hcl plist cnf'.split(' ')
const OTHERS = 'sh bash zsh ps1 bat cmd sql gradle http pem key ppk asc ovpn'.split(' ')
const NAMES =
  '.npmrc .pypirc .netrc _netrc .git-credentials .condarc .pgpass .my.cnf .s3cfg .boto credentials kubeconfig id_rsa id_dsa id_ecdsa id_ed25519 .bashrc .zshrc .profile .bash_history .zsh_history .python_history makefile justfile jenkinsfile'.split(
    ' ',
  )

/** Above it, only the vendors' shapes are looked for: such a file is data. */
const LARGEST_WITH_NAMES = 1024 * 1024
const MOST_ASSIGNMENTS = 2000

export default defineAnalyzer({
  id: 'text-files',
  area: 'secrets',
  reads: 'text',
  emits: ['secret'],
  selects: {
    names: NAMES,
    suffixes: [...CODE, ...SETTINGS, ...OTHERS].map((suffix) => `.${suffix}`),
    paths: ['.cache/huggingface/token', '.cache/huggingface/stored_tokens', '.aws/credentials', '.git/config'],
  },
  analyze(file, emit) {
    if (isGenerated(file.name)) return
    if (file.name === '.pgpass') emitPasswordFile(file, emit)
    if (file.size <= LARGEST_WITH_NAMES) emitAssignments(file, emit)
    emitText(file, emit)
  },
})

/** Lock files, minified code and source maps: digests and other people's names, written by tools. */
function isGenerated(name: string): boolean {
  const lower = name.toLowerCase()
  return (
    /\.(?:lock|min\.js|min\.css|map|lockb)$/.test(lower) ||
    /^(?:package-lock|npm-shrinkwrap|composer\.lock|pipfile\.lock|deno\.lock|conda-lock|pnpm-lock)(?:\.(?:json|ya?ml))?$/.test(
      lower,
    )
  )
}

function emitAssignments({ name, source }: TextFile, emit: Emit): void {
  const suffix = name.toLowerCase().split('.').at(-1) ?? ''
  const code = CODE.includes(suffix)
  const { text } = source
  let count = 0
  for (const assignment of assignmentsIn(text)) {
    if (nameMeaning(assignment.name) === null || (code && !isLiteral(text, assignment))) continue
    if (isCommented(text, assignment.nameStart)) continue
    if (++count > MOST_ASSIGNMENTS) {
      emit.skipped(
        'too-many-assignments',
        `more than ${MOST_ASSIGNMENTS} named values: the rest was searched for known shapes only`,
      )
      return
    }
    const value = text.slice(assignment.start, assignment.end)
    const span = source.span(assignment.start, assignment.end)
    emit.text(value, { span, exact: isAscii(value), key: assignment.name, carrier: code ? 'file' : 'config-value' })
  }
}

/** A string in code that is not just another word: `password = "hunter2…"`, not `kind: "password"`. */
function isLiteral(text: string, { start, end, quoted }: Assignment): boolean {
  if (!quoted) return false
  const value = text.slice(start, end)
  return !isWordy(value) || isCommonPassword(value)
}

/** On a line that begins as a comment, what stands there is not in force: the whole text is searched for shapes anyway. */
function isCommented(text: string, at: number): boolean {
  const line = text.lastIndexOf('\n', at - 1) + 1
  return at - line < 400 && /^\s*(?:#|\/\/|;|--\s|\*|<!--)/.test(text.slice(line, at))
}

/** `host:port:database:user:password` (libpq). */
function emitPasswordFile({ source }: TextFile, emit: Emit): void {
  for (const match of source.text.matchAll(/^(?!#)(?:[^:\n\\]{0,256}:){4}(?<password>[^\n\r]{1,256})$/gm)) {
    const value = match.groups?.['password'] ?? ''
    const end = match.index + match[0].length
    const span = source.span(end - value.length, end)
    emit.text(value, { span, exact: isAscii(value), key: 'password', carrier: 'config-value' })
  }
}

/**
 * The whole text, in blocks of lines whose characters are one byte each, so that every find has its exact place; a
 * line with others goes alone, and a find in it has the line's.
 */
function emitText({ source }: TextFile, emit: Emit): void {
  const { text } = source
  if (isAscii(text)) {
    emit.text(text, { span: source.span(0, text.length), exact: true, carrier: 'file' })
    return
  }
  let block = 0
  for (let line = 0; line < text.length; ) {
    const newline = text.indexOf('\n', line)
    const next = newline === -1 ? text.length : newline + 1
    if (!isAscii(text.slice(line, next))) {
      if (line > block)
        emit.text(text.slice(block, line), { span: source.span(block, line), exact: true, carrier: 'file' })
      emit.text(text.slice(line, next), { span: source.span(line, next), carrier: 'file' })
      block = next
    }
    line = next
  }
  if (text.length > block)
    emit.text(text.slice(block), { span: source.span(block, text.length), exact: true, carrier: 'file' })
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text)
}
