import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { look } from './files.testing.ts'
import { KINDS } from './kinds.testing.ts'
import analyzer from './notebooks.analyzer.ts'
import { BASE64, pick, seededRandom } from './samples.ts'

const sample = (id: string) => KINDS.find((kind) => kind.id === id)?.sample(seededRandom(8)) ?? assert.fail(id)
const token = sample('hugging-face-token')

function notebook(source: string | string[], outputs: object[] = []): string {
  const cells = [
    { cell_type: 'markdown', metadata: {}, source: ['# Title\n'] },
    { cell_type: 'code', metadata: { note: token }, source, outputs },
  ]
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)
}

function finds(text: string): string[] {
  const { facts, source } = look(analyzer, 'a.ipynb', text)
  return facts.map(({ secret, carrier, key, span }) => `${secret} ${carrier} ${key} ${source.slice(span)}`)
}

test('a token in a cell is found at its own place where nothing is escaped', () => {
  assert.deepEqual(finds(notebook(['import os\n', `login('${token}')\n`])), [
    `hugging-face-token notebook-source cells[1].source ${token}`,
  ])
})

test('with escaped quotes it is found on its line', () => {
  assert.deepEqual(finds(notebook([`login("${token}")`])), [
    `hugging-face-token notebook-source cells[1].source login(\\"${token}\\")`,
  ])
})

test('printed text, errors and HTML are looked at; pictures are not', () => {
  const outputs = [
    { output_type: 'stream', name: 'stdout', text: [`token ${token}\n`] },
    { output_type: 'error', ename: 'E', evalue: '', traceback: [`bad ${token}`] },
    {
      output_type: 'display_data',
      data: { 'text/html': `<b>${token}</b>`, 'image/png': `${pick(seededRandom(1), BASE64, 400)}/${token}/` },
      metadata: {},
    },
  ]
  const found = finds(notebook('x = 1', outputs))
  assert.equal(found.length, 3)
  assert.ok(found.every((line) => line.startsWith('hugging-face-token notebook-output cells[1].outputs ')))
})

test('a private key over several lines of a cell is found', () => {
  const lines = sample('private-key')
    .split('\n')
    .map((line) => `${line}\n`)
  assert.match(
    finds(notebook(['key = """\n', ...lines, '"""']))[0] ?? '',
    /^private-key notebook-source cells\[1\]\.source /,
  )
})

test('the third format of notebooks is read too', () => {
  const text = JSON.stringify({
    worksheets: [{ cells: [{ cell_type: 'code', input: [`t='${token}'`], outputs: [] }] }],
    nbformat: 3,
  })
  assert.deepEqual(finds(text), [`hugging-face-token notebook-source cells[0].source ${token}`])
})

test('a broken notebook says so, and its text is searched', () => {
  const text = `{"cells": [ oops; ${token}`
  const { facts, skipped } = look(analyzer, 'a.ipynb', text)
  assert.deepEqual(skipped, ['not-a-notebook'])
  assert.deepEqual(
    facts.map(({ secret }) => secret),
    ['hugging-face-token'],
  )
})

test('any bytes: never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.jsonValue(), (bytes, value) => {
      look(analyzer, 'a.ipynb', bytes)
      look(analyzer, 'a.ipynb', JSON.stringify({ cells: value }))
      look(analyzer, 'a.ipynb', JSON.stringify({ cells: [{ source: value, outputs: [value] }] }))
    }),
    { seed: 1, numRuns: 200 },
  )
})
