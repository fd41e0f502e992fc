import { errorCode } from '../../error-code.ts'
/** Codes of our own, beside the system's, for what is wrong with one file. */
export type FaultCode = 'TOO_LARGE' | 'NOT_A_FILE' | 'OUTSIDE' | 'NAME_REFUSED'

const REASONS: ReadonlyMap<string, string> = new Map([
  ['TOO_LARGE', 'it is larger than the torrent says'],
  ['NOT_A_FILE', 'what stands in its place is no file'],
  ['EISDIR', 'a folder stands in its place'],
  ['ENOTDIR', 'a file stands in place of its folder'],
  ['EEXIST', 'a file stands in place of its folder'],
  ['OUTSIDE', 'a symbolic link leads out of the data folder'],
  ['ELOOP', 'a symbolic link stands in its place'],
  ['EACCES', 'the system does not permit it'],
  ['EPERM', 'the system does not permit it'],
  ['EROFS', 'its file system is read-only'],
  ['NAME_REFUSED', 'the file system refuses its name'],
])

/** Codes in an order that both threads know: a fault travels as its index. */
export const FAULT_CODES: readonly string[] = [...REASONS.keys()]

/**
 * Why one file cannot be used, in words, for the code of an error; `null` where the error is not
 * the file's but the disk's (full, broken) or the system's, and may pass.
 */
export function faultReason(code: string): string | null {
  return REASONS.get(code) ?? null
}

/** The file of a torrent that an error is about. */
export interface AboutFile {
  /** Its index in the torrent. */
  readonly file: number
  /** Where it was looked for; another place may have been given to it since. */
  readonly path: string
}

/** Something is wrong with one file of a torrent; `code` is the system's name or one of ours. */
export class FileError extends Error {
  readonly code: string
  readonly about: AboutFile

  constructor(code: string, about: AboutFile, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'FileError'
    this.code = code
    this.about = about
  }
}

/** An error, with the file that it is about. */
export function fileError(about: AboutFile, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof FileError) return error
  return new FileError(errorCode(error) || 'UNKNOWN', about, error.message, { cause: error })
}

/** An error with one of our own codes, as the system's errors have theirs. */
export function withCode(code: FaultCode, path: string): Error {
  return Object.assign(new Error(`${path}: ${faultReason(code) ?? code}`), { code })
}
