import { expect, test } from 'vitest'
import { oggCover, oggPicture } from '../../../src/media/probe/ogg-cover.ts'

const SEGMENT = 255

/** Opus tags with one picture, in pages of 255 segments. */
function oggWith(image: Buffer, { mimeType = 'image/png', key = 'metadata_block_picture' } = {}) {
  const block = Buffer.concat([
    Buffer.from([0, 0, 0, 3]),
    uint32be(mimeType.length),
    Buffer.from(mimeType),
    uint32be(0),
    ...[1, 1, 24, 0, image.length].map(uint32be),
    image,
  ])
  const tag = (text: string) => Buffer.concat([uint32le(text.length), Buffer.from(text, 'latin1')])
  const tags = [tag('TITLE=x'), tag(`${key}=${block.toString('base64')}`)]
  const packet = Buffer.concat([Buffer.from('OpusTags'), tag('me'), uint32le(2), ...tags])
  return Buffer.concat([
    page(Buffer.from('OpusHead'), 1),
    ...pagesOf(packet),
    page(Buffer.alloc(9), 1),
  ])
}

function pagesOf(packet: Buffer): Buffer[] {
  const pages: Buffer[] = []
  for (let at = 0; at < packet.length; at += SEGMENT * SEGMENT) {
    pages.push(page(packet.subarray(at, at + SEGMENT * SEGMENT), 1))
  }
  return pages
}

function page(contents: Buffer, serial: number): Buffer {
  const head = Buffer.alloc(27)
  head.write('OggS')
  head.writeUInt32LE(serial, 14)
  const full = Math.floor(contents.length / SEGMENT)
  const rest = contents.length % SEGMENT
  const lengths = [...Array(full).fill(SEGMENT), ...(rest > 0 ? [rest] : [])]
  head.writeUInt8(lengths.length, 26)
  return Buffer.concat([head, Buffer.from(lengths), contents])
}

function uint32be(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function uint32le(value: number): Buffer {
  return uint32be(value).swap32()
}

async function coverOf(file: Buffer) {
  let readBytes = 0
  const cover = await oggCover(file.length, async (position, length) => {
    const bytes = file.subarray(position, position + length)
    readBytes += bytes.length
    return bytes
  })
  return { cover, readBytes }
}

test.each([100, 60_000, 3_000_000])(
  'a picture of %i bytes is found by the beginning of the tags',
  async (length) => {
    const image = Buffer.alloc(length, 'picture')
    const file = oggWith(image)
    const { cover, readBytes } = await coverOf(file)
    expect(readBytes).toBeLessThan(70_000)
    expect(cover).toMatchObject({ mimeType: 'image/png', form: 'ogg' })
    const pages = file.subarray(cover?.offset, (cover?.offset ?? 0) + (cover?.length ?? 0))
    expect(oggPicture(pages)?.length).toBe(length)
    expect(Buffer.from(oggPicture(pages) ?? []).equals(image)).toBe(true)
    expect(oggPicture(pages.subarray(0, 80))).toBeNull()
  },
)

test('there is none where the tags name none, or none that is shown', async () => {
  const image = Buffer.alloc(100)
  expect((await coverOf(oggWith(image, { key: 'other' }))).cover).toBeNull()
  expect((await coverOf(oggWith(image, { mimeType: 'image/svg' }))).cover).toBeNull()
  expect((await coverOf(Buffer.from('OggS'))).cover).toBeNull()
})
