import type { FilesToShare } from './files-to-share.ts'

/** What the worker is to make. */
export interface CreationJob extends FilesToShare {
  /** What the torrent is called, whatever its file or folder is. */
  readonly torrentName: string
  /** Bytes. */
  readonly pieceLength: number
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly isPrivate: boolean
}

export type CreationReply =
  | { readonly kind: 'progress'; readonly hashedBytes: number }
  | { readonly kind: 'done'; readonly torrentFile: Uint8Array }
  | { readonly kind: 'failed'; readonly message: string }
