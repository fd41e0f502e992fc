import { sha256OfFile, type Torrent } from './media.ts'
import type { Tributary } from './tributary.ts'

/** The SHA-256 of each file of the torrent as it is streamed whole, all at the same time. */
export async function sumsOfStreams(
  server: Tributary,
  torrent: Torrent,
): Promise<readonly string[]> {
  const streams = torrent.files.map((_, index) => server.stream(torrent.infoHash, index))
  return (await Promise.all(streams)).map(({ sha256 }) => sha256)
}

export function sumsOfFiles(paths: readonly string[]): Promise<readonly string[]> {
  return Promise.all(paths.map((path) => sha256OfFile(path)))
}
