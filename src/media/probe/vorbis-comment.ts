const MOST_FIELDS = 256

/** Where a field of a comment header lies, `NAME=value` in UTF-8; it may go on behind what is there. */
export interface VorbisField {
  readonly start: number
  /** Bytes. */
  readonly length: number
}

/** The first fields, 256 at most, of a comment header that begins at `at` (Vorbis I, 5.2), as far as they go. */
export function* vorbisFields(comment: Buffer, at = 0): Generator<VorbisField> {
  const lengthAt = (offset: number): number =>
    offset + 4 <= comment.length ? comment.readUInt32LE(offset) : -1
  const vendor = lengthAt(at)
  if (vendor < 0) return
  const count = Math.min(lengthAt(at + 4 + vendor), MOST_FIELDS)
  let offset = at + 8 + vendor
  for (let field = 0; field < count; field++) {
    const length = lengthAt(offset)
    if (length < 0) return
    yield { start: offset + 4, length }
    offset += 4 + length
  }
}
