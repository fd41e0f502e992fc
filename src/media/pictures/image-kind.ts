/** Kinds of images that pictures are made of. */
export type ImageKind = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif' | 'tiff'

const AVIF_BRANDS: ReadonlySet<string> = new Set(['avif', 'avis', 'mif1', 'miaf'])

/**
 * What the first bytes of a file say that it is, whatever its name or tag says; `null` for anything else. SVG is
 * none: it can name other files.
 */
export function imageKindOf(head: Uint8Array): ImageKind | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 16))
  if (bytes.length < 12) return null
  const tag = (start: number, end: number): string => bytes.toString('latin1', start, end)
  if (bytes.readUIntBE(0, 3) === 0xffd8ff) return 'jpeg'
  if (tag(0, 8) === '\x89PNG\r\n\x1a\n') return 'png'
  if (tag(0, 6) === 'GIF87a' || tag(0, 6) === 'GIF89a') return 'gif'
  if (tag(0, 4) === 'RIFF' && tag(8, 12) === 'WEBP') return 'webp'
  if (tag(4, 8) === 'ftyp' && AVIF_BRANDS.has(tag(8, 12))) return 'avif'
  if (tag(0, 4) === 'II*\0' || tag(0, 4) === 'MM\0*') return 'tiff'
  return null
}
