import { createReadStream } from 'node:fs'
import { TorrentError } from '../torrent-error.ts'
import {
  MAX_TORRENT_FILE_BYTES,
  namesTorrent,
  parseTorrentSource,
  type TorrentSource,
} from './torrent-source.ts'

/**
 * What a person names a torrent by: a magnet URI, an http(s) URL, an info hash, or else the path of
 * a torrent file, which is read but not looked into. For the owner of this machine only: text from
 * anybody else is for `parseTorrentSource`, which reads no files. Rejects with TorrentError
 * `invalid-torrent` or `fetch-failed`, or with the signal's reason.
 */
export async function readTorrentSource(
  text: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<TorrentSource> {
  if (namesTorrent(text)) return parseTorrentSource(text)
  try {
    return { kind: 'torrent-file', bytes: await readTorrentFile(text, signal) }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof TorrentError ? error : unreadable(error)
  }
}

/** The system's error names the path. */
function unreadable(cause: unknown): TorrentError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TorrentError('fetch-failed', reason, { cause })
}

/** Any file or pipe: what is larger than a torrent file can be is not read to its end. */
async function readTorrentFile(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let bytes = 0
  const options = signal === undefined ? {} : { signal }
  for await (const chunk of createReadStream(path, options) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_TORRENT_FILE_BYTES) {
      throw new TorrentError('invalid-torrent', 'it is too large for a torrent file')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A source in any form; see `readTorrentSource` for text. */
export async function sourceOf(
  source: string | Uint8Array | TorrentSource,
  signal: AbortSignal | undefined,
): Promise<TorrentSource> {
  if (typeof source === 'string') return await readTorrentSource(source, { signal })
  return source instanceof Uint8Array ? { kind: 'torrent-file', bytes: source } : source
}
