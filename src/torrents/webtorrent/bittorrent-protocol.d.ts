// The members of bittorrent-protocol 5.0.9 that hardening.ts guards and wire-reader.ts replaces.
declare module 'bittorrent-protocol' {
  export default class Wire {
    readonly peerRequests: readonly unknown[]
    readonly _readableState: { readonly buffered: number }
    readonly _encryptor: { decrypt(chunk: Uint8Array): Uint8Array } | null
    readonly _cryptoSyncPattern: Uint8Array | null
    readonly _pePending: boolean
    /** Bytes that `_parser` waits for. */
    readonly _parserSize: number
    _parser(bytes: Uint8Array): void
    _buffer: Uint8Array[]
    _bufferSize: number
    _write(chunk: Uint8Array, callback: (error: Error | null) => void): void
    _onMessageLength(length: Uint8Array): void
    _onMessage(message: Uint8Array): void
    _onExtended(extension: number, message: Uint8Array): void
    _onRequest(piece: number, offset: number, length: number): void
    destroy(): void
  }
}
