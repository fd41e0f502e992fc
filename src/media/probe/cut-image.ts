import type { ContainerKind } from './media-facts.ts'

/** What the last bytes of an image are looked through; telephones put something behind it. */
const TAIL_BYTES = 64 * 1024

/** What ends an image, or is known to stand behind one: a film that a telephone took with it. */
const ENDS: Readonly<Partial<Record<ContainerKind, readonly string[]>>> = {
  jpeg: ['\xff\xd9', 'mdat', 'moov', 'SEFT'],
  png: ['IEND'],
}

/** Whether an image has no end; false where that cannot be told. */
export async function isCutOff(
  container: ContainerKind,
  length: number,
  read: (position: number, length: number) => Promise<Uint8Array>,
): Promise<boolean> {
  const ends = ENDS[container]
  if (ends === undefined) return false
  const start = Math.max(0, length - TAIL_BYTES)
  const bytes = await read(start, length - start)
  if (bytes.length < length - start) return false
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return !ends.some((end) => tail.includes(end))
}
