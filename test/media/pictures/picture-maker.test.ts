import { monitorEventLoopDelay } from 'node:perf_hooks'
import sharp from 'sharp'
import { beforeAll, describe, expect, it, test } from 'vitest'
import type { PictureSubject } from '../../../src/media/pictures/drawn-picture.ts'
import { PictureMaker } from '../../../src/media/pictures/picture-maker.ts'
import type { PictureProfile } from '../../../src/media/pictures/picture-profile.ts'
import { fixture } from '../probe/fixture-source.ts'

let maker: PictureMaker
beforeAll(async () => {
  maker = new PictureMaker()
})

function image(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#2468ac' } })
}

describe('a picture of an image', () => {
  test.each([
    ['JPEG_TN', 160, 107],
    ['JPEG_SM', 640, 427],
    ['JPEG_MED', 1_024, 683],
    ['JPEG_LRG', 3_000, 2_000],
  ] as const)('is a baseline JPEG within %s', async (profile, width, height) => {
    const made = await maker.resized(await image(3_000, 2_000).png().toBuffer(), profile)
    expect(await sharp(made).metadata()).toMatchObject({
      ...{ format: 'jpeg', width, height, space: 'srgb', channels: 3 },
      ...{ chromaSubsampling: '4:2:0', isProgressive: false },
    })
  })

  test.each(['picture.jpg', 'picture.png', 'picture.gif', 'picture.webp'])(
    'is made of %s, and not enlarged',
    async (name) => {
      const { width } = await sharp(fixture(name)).metadata()
      const made = await maker.resized(fixture(name), 'JPEG_MED')
      expect(await sharp(made).metadata()).toMatchObject({ format: 'jpeg', width })
    },
  )

  it('stands upright, and says nothing of how it was taken', async () => {
    const turned = await image(400, 200).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const { width, height, exif, orientation } = await sharp(
      await maker.resized(turned, 'JPEG_TN'),
    ).metadata()
    expect([width, height, exif, orientation]).toEqual([80, 160, undefined, undefined])
  })

  it('is refused of what is no image, whatever it is called', async () => {
    for (const bytes of ['', '<html>', '<svg xmlns="http://www.w3.org/2000/svg"/>', '\xff\xd8']) {
      const made = maker.resized(Buffer.from(bytes), 'JPEG_TN')
      await expect(made).rejects.toMatchObject({ name: 'PictureError', kind: 'no-image' })
    }
  })

  it('is refused of one that is cut off or damaged', async () => {
    const whole = await sharp(Buffer.alloc(300 * 300 * 3, 'noise'), {
      raw: { width: 300, height: 300, channels: 3 },
    })
      .jpeg()
      .toBuffer()
    const png = await image(300, 300).png().toBuffer()
    for (const bytes of [whole.subarray(0, whole.length / 2), png.subarray(0, 60)]) {
      const made = maker.resized(bytes, 'JPEG_TN')
      await expect(made).rejects.toMatchObject({ name: 'PictureError', kind: 'unreadable' })
    }
  })

  it('is refused of 100 megapixels at once, and holds up nobody', async () => {
    const huge = await Promise.all([
      image(10_000, 10_000).jpeg({ quality: 1 }).toBuffer(),
      image(10_000, 10_000).png({ compressionLevel: 1 }).toBuffer(),
      image(6_000, 6_000).jpeg({ quality: 1, progressive: true }).toBuffer(),
    ])
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const startedAt = performance.now()
    for (const bytes of huge) {
      const made = maker.resized(bytes, 'JPEG_TN')
      await expect(made).rejects.toMatchObject({ name: 'PictureError', kind: 'too-large' })
    }
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(delay.max / 1e6).toBeLessThan(200)
    delay.disable()
  }, 30_000)
})

describe('a drawn picture', () => {
  const subject: PictureSubject = { kind: 'film', title: 'The River', note: '2021' }
  const size = async (bytes: Buffer) => {
    const { format, width, height } = await sharp(bytes).metadata()
    return [format, width, height]
  }

  test.each([
    ['JPEG_TN', 160],
    ['JPEG_SM', 480],
    ['JPEG_MED', 768],
    ['JPEG_LRG', 960],
  ] as const)('is a square within %s', async (profile: PictureProfile, side) => {
    expect(await size(await maker.drawn(subject, profile))).toEqual(['jpeg', side, side])
  })

  it('differs by kind, title and note', async () => {
    const subjects: PictureSubject[] = [
      subject,
      ...(['series', 'audio', 'image', 'folder'] as const).map((kind) => ({ ...subject, kind })),
      { ...subject, title: 'The Lake' },
      { ...subject, title: 'Река' },
      { ...subject, title: '' },
      { ...subject, note: '2022' },
      { ...subject, note: null },
    ]
    const drawn = await Promise.all(subjects.map((one) => maker.drawn(one, 'JPEG_TN')))
    expect(new Set(drawn.map((bytes) => bytes.toString('base64'))).size).toBe(subjects.length)
  })

  test.each([
    'a & b <span foreground="red">"c"</span>',
    '\0\u{1}\u{fffe}\ud800',
    'word'.repeat(500),
    'السلام ‮abc 電影 😀',
    '\n\t ',
    '\ufffc',
  ])('can be drawn whatever the title is: %j', async (title) => {
    const made = await maker.drawn({ ...subject, title }, 'JPEG_TN')
    expect(await size(made)).toEqual(['jpeg', 160, 160])
  })
})
