import fc from 'fast-check'
import { beforeAll, expect } from 'vitest'
import { PictureError } from '../../src/media/pictures/picture-error.ts'
import { PictureMaker } from '../../src/media/pictures/picture-maker.ts'
import { parsePictureTarget } from '../../src/media/pictures/picture-path.ts'
import { oggCover, oggPicture } from '../../src/media/probe/ogg-cover.ts'
import { fixture } from '../media/probe/fixture-source.ts'
import { fuzz, mutated, mutatedText } from './fuzz.ts'

let maker: PictureMaker
beforeAll(async () => {
  maker = new PictureMaker()
  await maker.resized(fixture('picture.jpg'), 'JPEG_TN')
  await maker.drawn({ kind: 'film', title: 'x', note: null }, 'JPEG_TN')
})

const IMAGES = ['picture.jpg', 'picture.png', 'picture.gif', 'picture.webp'].map(fixture)

fuzz(
  'an image that is cut or changed becomes a small JPEG or is refused',
  mutated(IMAGES),
  async (bytes) => {
    try {
      const made = await maker.resized(bytes, 'JPEG_TN')
      expect(made.readUInt16BE(0)).toBe(0xffd8)
      expect(made.length).toBeLessThan(100_000)
    } catch (error) {
      expect(error).toBeInstanceOf(PictureError)
    }
  },
)

fuzz(
  'a picture of any title can be drawn',
  fc.record({
    kind: fc.constantFrom('film', 'series', 'audio', 'image', 'folder'),
    title: fc.string({ unit: 'binary', maxLength: 60 }),
    note: fc.option(fc.string({ maxLength: 10 })),
  }),
  async (subject) => {
    expect((await maker.drawn(subject, 'JPEG_TN')).readUInt16BE(0)).toBe(0xffd8)
  },
  10,
)

fuzz(
  'tags of Ogg that lie have a cover within the file or none',
  mutated(['cover.opus', 'cover.ogg'].map(fixture)),
  async (bytes) => {
    const file = Buffer.from(bytes)
    const cover = await oggCover(file.length, async (position, length) =>
      file.subarray(position, position + length),
    )
    if (cover === null) return
    expect(cover.offset + cover.length).toBeLessThanOrEqual(file.length)
    oggPicture(file.subarray(cover.offset, cover.offset + cover.length))
  },
)

fuzz(
  'a path is that of a picture or not',
  mutatedText(['/p/V/tn.jpg', `/p/${'a'.repeat(40)}-d1-2/med.jpg?x=1`, 'http://h/p/S.0/sm.jpg']),
  (path) => {
    expect(parsePictureTarget(path)?.objectId ?? 'V').toMatch(/^[\w.-]{1,63}$/)
  },
)
