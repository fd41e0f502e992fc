/** One file of a torrent. Indices, lengths and offsets are the torrent file's own, pads included. */
export interface TorrentFile {
  /** Zero-based, counting every entry of the torrent file, pads and symlinks too. */
  readonly index: number
  /** Path components below the torrent's output folder; safe to join: no `..`, no separators. */
  readonly components: readonly string[]
  /** Bytes. */
  readonly length: number
  /** Offset of the first byte in the torrent's byte space. */
  readonly offset: number
  /** BEP 47: a filler that is never stored, fetched or listed on a TV. */
  readonly padding: boolean
  /** BEP 47: path components that this entry points to; it has no bytes of its own. */
  readonly symlink: readonly string[] | null
  readonly executable: boolean
  readonly hidden: boolean
}
