import type { StoredFile } from './file-layout.ts'

/** What the main thread asks of the disk worker. Offsets and lengths are bytes. */
export type DiskRequest =
  | {
      readonly kind: 'open'
      readonly store: number
      readonly job: number
      readonly files: readonly StoredFile[]
      readonly pieceLength: number
      readonly length: number
      readonly pieceHashes: Uint8Array
    }
  | {
      /** Writes `data` at `offset` of `piece`, and hashes it when it is the next to be hashed. */
      readonly kind: 'write'
      readonly store: number
      readonly job: number
      readonly piece: number
      readonly offset: number
      readonly data: Uint8Array
    }
  /** The piece is written: compare its hash, reading back what was not hashed on the way. */
  | {
      readonly kind: 'verify'
      readonly store: number
      readonly job: number
      readonly piece: number
    }
  /** Reads a piece from the disk and compares its hash. */
  | { readonly kind: 'check'; readonly store: number; readonly job: number; readonly piece: number }
  /** Tells the blocks of a verified piece apart. */
  | {
      readonly kind: 'digest'
      readonly store: number
      readonly job: number
      readonly piece: number
    }
  /** Everything written before is on the disk when this is answered. */
  | { readonly kind: 'sync'; readonly store: number; readonly job: number }
  /** Closes the files; they are opened again when they are needed. */
  | { readonly kind: 'reopen'; readonly store: number; readonly job: number }
  | { readonly kind: 'close'; readonly store: number; readonly job: number }

/** What it answers. A failed job changed nothing that a second try would not repair. */
export type DiskReply =
  | { readonly kind: 'done'; readonly job: number }
  /** `digests` tell the blocks of a wrong piece apart, one number per 16 KiB block. */
  | {
      readonly kind: 'verified'
      readonly job: number
      readonly isValid: boolean
      readonly digests: Float64Array | null
    }
  | {
      readonly kind: 'failed'
      readonly job: number
      readonly code: string
      readonly message: string
    }
