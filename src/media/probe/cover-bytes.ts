import type { EmbeddedCover } from './media-facts.ts'
import { oggPicture } from './ogg-cover.ts'

/** The image itself, out of the bytes of the file at which `cover` points; `null` where it is not whole. */
export function coverBytes({ form }: EmbeddedCover, bytes: Uint8Array): Uint8Array | null {
  return form === 'ogg' ? oggPicture(bytes) : bytes
}
