import { promisify } from 'node:util'
import { constants, gunzip, inflate, inflateRaw } from 'node:zlib'

const decoders = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  'raw deflate': promisify(inflateRaw),
}

/**
 * A body without its compression. Bytes decide, not headers: some servers forget `Content-Encoding`
 * and others say it of what is plain. Rejects where it is broken, or longer than `maxBytes` then.
 */
export async function decodeBody(
  body: Uint8Array,
  contentEncoding: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const coding = codingOf(body, contentEncoding.trim().toLowerCase())
  if (coding === null) return body
  // What has been cut off at its end is given as far as it is there, as browsers do.
  const options = { maxOutputLength: maxBytes, finishFlush: constants.Z_SYNC_FLUSH }
  return await decoders[coding](body, options)
}

function codingOf(body: Uint8Array, contentEncoding: string): keyof typeof decoders | null {
  const [first = 0, second = 0] = body
  if (first === 0x1f && second === 0x8b) return 'gzip'
  if (contentEncoding !== 'deflate' || body.length === 0) return null
  // RFC 1950 asks for a header, and some servers send none.
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0 ? 'deflate' : 'raw deflate'
}
