import type { EmbeddedCover } from './media-facts.ts'

/** The image itself, out of the bytes of the file at which `cover` points. */
export function coverBytes(_cover: EmbeddedCover, bytes: Uint8Array): Uint8Array {
  return bytes
}
