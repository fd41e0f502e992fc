import { errorCode } from './error-code.ts'
import { systemReason } from './system-reason.ts'

/** Why something could not be stored. */
export type StorageFault =
  /** Nothing is left of the disk, or of what this user may store on it. */
  | 'full'
  /** The file system takes no changes. */
  | 'read-only'
  /** This process may not write there. */
  | 'forbidden'
  /** Anything else: a disk that is broken or gone, something in the way. */
  | 'failed'

const KNOWN: ReadonlyMap<string, readonly [fault: StorageFault, reason: string]> = new Map([
  ['ENOSPC', ['full', 'the disk is full']],
  ['EDQUOT', ['full', 'the quota of this user is used up']],
  ['EROFS', ['read-only', 'the file system is read-only']],
  ['EACCES', ['forbidden', 'the system does not permit it']],
  ['EPERM', ['forbidden', 'the system does not permit it']],
])

/** What was to be stored, and where. */
export interface Stored {
  /** For people, as in `the settings`. */
  readonly what: string
  readonly path: string
}

/** Something could not be stored; nothing of it has been. `code` is the system's name, `ENOSPC` for one. */
export class StorageError extends Error {
  readonly code: string
  readonly fault: StorageFault
  readonly what: string
  /** Why, in a few words that name no path. */
  readonly reason: string

  constructor({ what, path }: Stored, cause: unknown) {
    const code = errorCode(cause)
    const [fault, reason] = KNOWN.get(code) ?? ['failed', systemReason(cause)]
    super(`${what} could not be stored in ${path}: ${reason}${code && ` (${code})`}`, { cause })
    this.name = 'StorageError'
    this.code = code
    this.fault = fault
    this.what = what
    this.reason = reason
  }
}

/** Does what stores something: whatever goes wrong there rejects with StorageError. */
export async function storing<T>(stored: Stored, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError(stored, error)
  }
}

/** The StorageError that an error is, or that is behind it; `null` for any other. */
export function storageErrorIn(error: unknown): StorageError | null {
  if (error instanceof StorageError) return error
  return error instanceof Error ? storageErrorIn(error.cause) : null
}
