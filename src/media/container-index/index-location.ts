/** Where a container's index lies, as far as the first bytes of the file tell. */
export type IndexLocation =
  /** It is at the head already, or the container has none. */
  | { readonly kind: 'none' }
  /** At least so many bytes from the beginning of the file are needed to tell. */
  | { readonly kind: 'more'; readonly bytes: number }
  /** `start` to `end`, both inclusive; `end` may be an estimate. */
  | { readonly kind: 'range'; readonly start: number; readonly end: number }

export const NO_INDEX: IndexLocation = { kind: 'none' }

/** A range from `start` of at most `longest` bytes inside the file, or nothing where it is none. */
export function rangeFrom(start: number, longest: number, fileLength: number): IndexLocation {
  if (!Number.isSafeInteger(start) || start < 0 || start >= fileLength) return NO_INDEX
  return { kind: 'range', start, end: Math.min(start + longest, fileLength) - 1 }
}
