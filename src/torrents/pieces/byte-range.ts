/** Bytes `start` to `end`, both inclusive, as HTTP counts them. Everywhere in this project. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}
