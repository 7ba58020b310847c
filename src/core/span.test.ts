import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeText, encodeText, SourceText } from './span.ts'

test('lines and columns count characters, spans count bytes', () => {
  const source = SourceText.of('äb\n😀x\r\nend')
  assert.deepEqual(source.lineColumn(0), { line: 1, column: 1 })
  assert.deepEqual(source.lineColumn(2), { line: 1, column: 2 })
  assert.deepEqual(source.lineColumn(4), { line: 2, column: 1 })
  assert.deepEqual(source.lineColumn(8), { line: 2, column: 2 })
  assert.equal(source.line(2), '😀x')
  assert.equal(source.lineCount, 3)
  assert.deepEqual(source.lineSpan(2), { start: 4, end: 11 })
  assert.equal(source.slice({ start: 4, end: 9 }), '😀x')
})

test('a byte-order mark counts in bytes and is not in the text', () => {
  const source = new SourceText(Buffer.from('\uFEFFFROM a'))
  assert.equal(source.text, 'FROM a')
  assert.deepEqual(source.span(0, 4), { start: 3, end: 7 })
  assert.equal(source.toUnit(3), 0)
})

test('any bytes survive decoding and encoding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.deepEqual(Buffer.from(encodeText(decodeText(bytes).text)), Buffer.from(bytes))
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('byte and text offsets agree with a naive count, on any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({ unit: 'binary', maxLength: 300 }).map((text) => new Uint8Array(Buffer.from(text.toWellFormed()))),
  )
  fc.assert(
    fc.property(bytes, (input) => {
      const source = new SourceText(input)
      let byte = source.bomLength
      for (let unit = 0; unit <= source.text.length; unit++) {
        const inPair = isLow(source.text, unit)
        if (!inPair) {
          assert.equal(source.toByte(unit), byte)
          assert.equal(source.toUnit(byte), unit)
        }
        if (unit === source.text.length) break
        const width = isLow(source.text, unit + 1) ? 2 : 1
        if (!inPair) byte += encodeText(source.text.slice(unit, unit + width)).length
      }
    }),
    { seed: 2, numRuns: 300 },
  )
})

function isLow(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  const before = text.charCodeAt(index - 1)
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff
}
