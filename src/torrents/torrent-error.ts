export type TorrentErrorKind =
  /** The torrent file, magnet or URL cannot be one. */
  | 'invalid-torrent'
  /** A URL could not be fetched. */
  | 'fetch-failed'
  /** Nothing says where a peer could be found. */
  | 'no-peers'
  /** No such torrent. */
  | 'unknown-torrent'
  /** No such file in the torrent. */
  | 'unknown-file'
  /** Files are in the way and adopting them was not asked for. */
  | 'files-exist'
  /** The output folder lies outside the data folder, or cannot be used. */
  | 'bad-folder'
  /** What traffic is to be bound to is not there, or is not what the system sends by. */
  | 'bad-binding'
  /** No rate, or no number of something. */
  | 'bad-limit'
  /** Already paused, already live, still being checked: the change makes no sense now. */
  | 'wrong-state'
  /** Metadata is still being resolved. */
  | 'resolving'
  /** The bytes cannot be had now (paused or error, and not on disk). */
  | 'unavailable'
  /** The stream was closed, or its torrent removed. */
  | 'closed'
  /** Bytes already handed out turned out to be wrong. */
  | 'corrupt'
  /** Nobody answered in time. */
  | 'timeout'

/** The one error class of torrents/. The message names the value that was wrong. */
export class TorrentError extends Error {
  readonly kind: TorrentErrorKind

  constructor(kind: TorrentErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TorrentError'
    this.kind = kind
  }
}
