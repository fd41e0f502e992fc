declare module 'bencode' {
  const bencode: {
    /** Byte strings come back as Uint8Array, dictionaries as plain objects. Throws on bad input. */
    decode(data: Uint8Array): unknown
    encode(data: unknown): Uint8Array
  }
  export default bencode
}
