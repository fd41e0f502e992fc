const EXTENDED = 20
const UT_METADATA = 1
const PIECE_BYTES = 16 * 1024

/** What a peer says of itself (BEP 10) that has metadata of `size` bytes. */
export function extendedHandshake(size: number): Buffer {
  const body = `d1:md11:ut_metadatai${UT_METADATA}ee13:metadata_sizei${size}e4:reqqi500ee`
  return message(0, Buffer.from(body))
}

/** Answers messages of ut_metadata (BEP 9) of one connection. */
export class MetadataAnswers {
  readonly #info: Buffer
  #theirId = 0

  constructor(info: Buffer) {
    this.#info = info
  }

  /** The answer to the body of an extended message, if there is one. */
  answer(body: Buffer): Buffer | null {
    const text = body.subarray(2).toString('latin1')
    if (body[1] === 0) {
      this.#theirId = Number(/11:ut_metadatai(\d+)e/.exec(text)?.[1] ?? 0)
      return null
    }
    if (body[1] !== UT_METADATA || !text.includes('8:msg_typei0e')) return null
    const piece = Number(/5:piecei(\d+)e/.exec(text)?.[1] ?? 0)
    const head = `d8:msg_typei1e5:piecei${piece}e10:total_sizei${this.#info.length}ee`
    const data = this.#info.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)
    return message(this.#theirId, Buffer.concat([Buffer.from(head), data]))
  }
}

function message(id: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt32BE(2 + payload.length, 0)
  head[4] = EXTENDED
  head[5] = id
  return Buffer.concat([head, payload])
}
