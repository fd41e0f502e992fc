import type { AboutFile } from './file-fault.ts'
import type { StoredFile } from './file-layout.ts'
import type { Removal, Undeleted } from './file-removal.ts'
import type { SyncedFile } from './file-watch.ts'
import type { Stretch } from './free-space.ts'
import type { PackedFiles } from './packed-files.ts'

/** What the main thread asks of the disk worker. */
export type DiskRequest = StoreRequest | PathsRequest

/** What is asked of paths, whichever torrent they belong to. */
export type PathsRequest =
  /** Looks at files without opening them; see `surveyFiles`. Paths are joined by NUL. */
  | {
      readonly kind: 'survey'
      readonly job: number
      readonly root: string
      readonly paths: string
    }
  /** Deletes files and the folders that are empty then; see `removeFiles`. */
  | ({ readonly kind: 'remove'; readonly job: number } & Removal)

/** What is asked of the files of one torrent. Offsets and lengths are bytes. */
export type StoreRequest =
  | {
      readonly kind: 'open'
      readonly store: number
      readonly job: number
      /** The data folder, which no link may lead out of. */
      readonly root: string
      readonly files: PackedFiles
      /** As the files were when their pieces were verified; see `packMarks`. */
      readonly marks: Float64Array
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
  /** Creates a file that has no bytes. */
  | { readonly kind: 'create'; readonly store: number; readonly job: number; readonly file: number }
  /** Another path is used for a file from now on. */
  | {
      readonly kind: 'place'
      readonly store: number
      readonly job: number
      readonly file: number
      readonly stored: StoredFile
    }
  /** The file is taken for verified as it is now. */
  | { readonly kind: 'trust'; readonly store: number; readonly job: number; readonly file: number }
  /** Gives stretches of a file back to the file system. */
  | {
      readonly kind: 'free'
      readonly store: number
      readonly job: number
      readonly file: number
      readonly holes: readonly Stretch[]
    }
  /** Closes the files; they are opened again when they are needed. */
  | { readonly kind: 'reopen'; readonly store: number; readonly job: number }
  | { readonly kind: 'close'; readonly store: number; readonly job: number }

/** What it answers. A failed job changed nothing that a second try would not repair. */
export type DiskReply =
  | { readonly kind: 'done'; readonly job: number }
  | { readonly kind: 'synced'; readonly job: number; readonly files: readonly SyncedFile[] }
  | { readonly kind: 'surveyed'; readonly job: number; readonly facts: Float64Array }
  | { readonly kind: 'removed'; readonly job: number; readonly undeleted: readonly Undeleted[] }
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
      /** The file that it is about, where it is about one. */
      readonly about: AboutFile | null
    }
