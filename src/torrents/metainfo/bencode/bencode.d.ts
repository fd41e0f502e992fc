declare module 'bencode' {
  /** The decoder keeps its state in members of its own function. */
  interface Decode {
    /** Byte strings come back as Uint8Array, dictionaries as plain objects. Throws on bad input. */
    (data: Uint8Array): unknown
    /** Reads the byte string at `position`. */
    buffer: () => unknown
    readonly data: Uint8Array | null
    readonly position: number
  }
  const bencode: {
    readonly decode: Decode
    encode(data: unknown): Uint8Array
  }
  export default bencode
}
