import { expect, it } from 'vitest'
import { framesOf } from '../../../src/media/subtitles/embedded/matroska-lacing.ts'

const texts = (bytes: readonly (number | string)[], flags: number): readonly string[] =>
  framesOf(
    Buffer.concat(
      bytes.map((one) => (typeof one === 'number' ? Buffer.from([one]) : Buffer.from(one))),
    ),
    flags,
  ).map(String)

it.each([
  ['not laced', 0x80, ['one'], ['one']],
  ['of Xiph', 0x02, [2, 3, 4, 'onefourrest'], ['one', 'four', 'rest']],
  ['of Xiph, with a long frame', 0x02, [1, 255, 1, 'x'.repeat(256), 'y'], ['x'.repeat(256), 'y']],
  ['of one size', 0x84, [2, 'aabbcc'], ['aa', 'bb', 'cc']],
  ['of EBML', 0x06, [2, 0x83, 0xc0, 'onefourrest'], ['one', 'four', 'rest']],
])('a block %s has its frames', (_, flags, bytes, frames) => {
  expect(texts(bytes, flags)).toEqual(frames)
})

it.each([
  ['without a count', 0x02, []],
  ['that ends in its sizes', 0x02, [2, 255]],
  ['whose frames are longer than it is', 0x02, [1, 200, 'x']],
  ['not to be divided', 0x04, [1, 'xyz']],
  ['of less than nothing', 0x06, [2, 0x81, 0x80, 'xyz']],
  ['of EBML that ends in its sizes', 0x06, [3, 0x81]],
])('a block %s has none', (_, flags, bytes) => {
  expect(texts(bytes, flags)).toEqual([])
})
