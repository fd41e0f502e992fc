import { childrenOf, type Element, HEADER_BYTES, readElement } from '../container-index/ebml.ts'
import type { EmbeddedCover } from './media-facts.ts'

const EBML = 0x1a45dfa3
const SEGMENT = 0x18538067
const CLUSTER = 0x1f43b675
const ATTACHMENTS = 0x1941a469
const ATTACHED_FILE = 0x61a7
const FILE_NAME = 0x466e
const FILE_MEDIA_TYPE = 0x4660
const FILE_DATA = 0x465c

/** Elements gone through in a row; a film that has its cover behind more fonts has none. */
const MOST_STEPS = 16
/** What comes before the data of an attached file: name, description, type. */
const FILE_HEAD_BYTES = 1_024
/** Attachments lie in front of the frames; so far they are looked through. */
const LOOK_WITHIN_BYTES = 4 * 1024 * 1024
const IMAGE = /^image\/(jpeg|png)$/

type Read = (position: number, length: number) => Promise<Buffer>

/**
 * The cover among the attached files of a Matroska file (RFC 9559, 5.1.6): the one that is named so, or else
 * the first image. Only where they come before the frames, as all programs write them.
 */
export async function matroskaCover(length: number, read: Read): Promise<EmbeddedCover | null> {
  const at = async (offset: number): Promise<Element | null> => {
    const element = readElement(await read(offset, HEADER_BYTES), 0)
    if (element === null) return null
    return { id: element.id, start: offset + element.start, end: offset + element.end }
  }
  const ebml = await at(0)
  const segment = ebml?.id === EBML ? await at(ebml.end) : null
  if (segment?.id !== SEGMENT) return null
  let found: EmbeddedCover | null = null
  for await (const element of elementsIn({ ...segment, end: Math.min(segment.end, length) }, at)) {
    if (element.id === CLUSTER) return found
    if (element.id !== ATTACHMENTS) continue
    for await (const file of elementsIn(element, at)) {
      const image = file.id === ATTACHED_FILE ? await imageOf(file, read) : null
      if (image?.isCover) return image.cover
      found ??= image?.cover ?? null
    }
    return found
  }
  return found
}

async function* elementsIn(
  { start, end }: Pick<Element, 'start' | 'end'>,
  at: (offset: number) => Promise<Element | null>,
): AsyncGenerator<Element> {
  let offset = start
  for (let step = 0; step < MOST_STEPS && offset < Math.min(end, LOOK_WITHIN_BYTES); step++) {
    const element = await at(offset)
    if (element === null) return
    yield element
    offset = element.end
  }
}

async function imageOf(
  file: Element,
  read: Read,
): Promise<{ readonly cover: EmbeddedCover; readonly isCover: boolean } | null> {
  const head = await read(file.start, Math.min(FILE_HEAD_BYTES, file.end - file.start))
  // The data goes on behind what was read.
  const within = { start: 0, end: file.end - file.start }
  let name = ''
  let mimeType = ''
  for (const { id, start, end } of childrenOf(head, within)) {
    if (id === FILE_NAME) name = head.toString('utf8', start, end)
    else if (id === FILE_MEDIA_TYPE) mimeType = head.toString('latin1', start, end)
    else if (id === FILE_DATA && IMAGE.test(mimeType)) {
      const cover = { offset: file.start + start, length: end - start, mimeType }
      return { cover, isCover: /^cover\./i.test(name) }
    }
  }
  return null
}
