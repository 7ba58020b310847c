import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isWorldWritable, setsUserId, withoutWorldWrite } from './file-modes.ts'

const CASES: readonly [mode: string, everybody: boolean, setuid: boolean, without: string | undefined][] = [
  ['777', true, false, '775'],
  ['0777', true, false, '0775'],
  ['666', true, false, '664'],
  ['755', false, false, '755'],
  ['775', false, false, '775'],
  ['1777', false, false, '1775'],
  ['4755', false, true, '4755'],
  ['6777', true, true, '6775'],
  ['2775', false, false, '2775'],
  ['a+rwx', true, false, 'ug+rwx,o+rx'],
  ['a=rwX', true, false, 'ug=rwX,o=rX'],
  ['o+w', true, false, 'ug+w'],
  ['go+w', true, false, 'ug+w'],
  ['+w', false, false, undefined],
  ['a+rwxt', false, false, 'ug+rwxt,o+rxt'],
  ['u+s', false, true, undefined],
  ['+s', false, true, undefined],
  ['g+s', false, false, undefined],
  ['a-s', false, false, 'ug-s,o-s'],
  ['o-w', false, false, 'ug-w'],
  ['u=rwx,o=w', true, false, undefined],
  ['g=u', false, false, undefined],
  ['', false, false, undefined],
  ['99999', false, false, undefined],
]

for (const [mode, everybody, setuid, without] of CASES) {
  test(`mode ${mode || '(none)'}`, () => {
    assert.equal(isWorldWritable(mode), everybody)
    assert.equal(setsUserId(mode), setuid)
    if (everybody) {
      assert.equal(withoutWorldWrite(mode), without)
      if (without !== undefined) assert.equal(isWorldWritable(without), false)
    }
  })
}
