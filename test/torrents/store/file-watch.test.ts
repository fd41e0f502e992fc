import { describe, expect, it } from 'vitest'
import { FileWatch } from '../../../src/torrents/store/file-watch.ts'

const LOOK = { size: 10, mtimeMs: 1_000, ino: 7 }

describe('FileWatch', () => {
  it('tells once how our own writes have left a file', () => {
    const watch = new FileWatch([null, [5, 500]])
    watch.wrote(0, LOOK)
    expect(watch.report(() => LOOK)).toEqual([{ file: 0, mark: [10, 1_000] }])
    expect(watch.report(() => LOOK)).toEqual([])
  })

  it.each([
    ['another size', { ...LOOK, size: 11 }],
    ['another time', { ...LOOK, mtimeMs: 1_001 }],
    ['another file in its place', { ...LOOK, ino: 8 }],
    ['nothing in its place', null],
  ])('suspects a file that has %s, until it is trusted again', (_, now) => {
    const watch = new FileWatch([])
    watch.wrote(0, LOOK)
    expect(watch.report(() => now)).toEqual([{ file: 0, mark: null }])
    watch.wrote(0, LOOK)
    expect(watch.report(() => LOOK)).toEqual([{ file: 0, mark: null }])
    watch.trust(0, LOOK)
    expect(watch.report(() => LOOK)).toEqual([{ file: 0, mark: [10, 1_000] }])
  })

  it('does not look at a file while it is written to', () => {
    const watch = new FileWatch([])
    watch.wrote(0, LOOK)
    expect(watch.report(() => undefined)).toEqual([{ file: 0, mark: [10, 1_000] }])
  })

  it('compares the first look with how a file was verified in an earlier run', () => {
    const watch = new FileWatch([[10, 1_000], [10, 1_000], null])
    watch.compare(0, LOOK)
    watch.compare(1, { ...LOOK, mtimeMs: 2_000 })
    watch.compare(2, LOOK)
    expect(watch.report(() => LOOK)).toEqual([{ file: 1, mark: null }])
  })

  it('knows nothing of a file that has another place', () => {
    const watch = new FileWatch([[10, 1_000]])
    watch.compare(0, null)
    watch.forget(0)
    expect(watch.report(() => LOOK)).toEqual([])
    watch.compare(0, null)
    expect(watch.report(() => LOOK)).toEqual([])
  })
})
