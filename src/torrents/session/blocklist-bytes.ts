import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Binding } from '../binding/binding.ts'
import { HttpClient } from '../http-client/http-client.ts'
import { namesOf } from '../http-client/name-lookup.ts'

/** As it comes, and unpacked. */
const MAX_FETCHED_BYTES = 64 * 1024 * 1024
const MAX_BYTES = 512 * 1024 * 1024
const FETCH_TIMEOUT_MS = 120_000
/** What is looked at in one turn of the event loop has to be short. */
const CHUNK_BYTES = 65_536

/** Rejects with an Error in words, or the signal's reason. */
export async function fetchList(
  url: URL,
  binding: Binding | null,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const client = new HttpClient(namesOf(binding), binding)
  const answer = await client.get({
    ...{ url, maxBytes: MAX_FETCHED_BYTES, timeoutMs: FETCH_TIMEOUT_MS, signal },
    // The owner of this machine has named it.
    mayAsk: () => true,
  })
  if (answer.kind === 'body' && answer.status === 200) return answer.body
  throw new Error(
    answer.kind === 'body' ? `it answered ${answer.status}` : 'it redirects elsewhere',
  )
}

export function* inChunks(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

/** What eMule's lists often come in. */
const ZIP = Buffer.from('PK\x03\x04', 'latin1')

/** Of gzip where it begins like it. */
export async function* unpacked(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const stream = Readable.from(bytes)
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  const { value: first, done } = await iterator.next()
  if (done === true) return
  async function* all(): AsyncIterable<Uint8Array> {
    yield first
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      yield next.value
    }
  }
  if (Buffer.from(first.subarray(0, ZIP.length)).equals(ZIP)) {
    throw new Error('it is a zip archive: text or gzip is needed')
  }
  if (first[0] !== 0x1f || first[1] !== 0x8b) yield* all()
  else {
    const packed = Readable.from(all())
    const gunzip = createGunzip()
    packed.once('error', (error) => gunzip.destroy(error))
    yield* packed.pipe(gunzip) as AsyncIterable<Uint8Array>
  }
}

/** Tells how many bytes it has been by now. */
export async function* bounded(
  bytes: AsyncIterable<Uint8Array>,
  tell: (length: number) => void,
): AsyncIterable<Uint8Array> {
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    if (length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`)
    tell(length)
    yield chunk
  }
}
