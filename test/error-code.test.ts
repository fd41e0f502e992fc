import { describe, expect, it } from 'vitest'
import { errorCode, hasCode } from '../src/error-code.ts'

const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' })

describe('errorCode()', () => {
  it.each([
    [missing, 'ENOENT'],
    [Object.assign(new Error('odd'), { code: 7 }), '7'],
    [new Error('plain'), ''],
    [{ code: 'ENOENT' }, ''],
    [null, ''],
  ])('of %s is %j', (error, code) => {
    expect(errorCode(error)).toBe(code)
  })
})

describe('hasCode()', () => {
  it('is true for one of several codes, and for nothing without a code', () => {
    expect(hasCode(missing, 'ENOTDIR', 'ENOENT')).toBe(true)
    expect(hasCode(missing, 'ENOTDIR')).toBe(false)
    expect(hasCode(new Error('plain'), 'ENOENT')).toBe(false)
  })
})
