// The members of bittorrent-protocol 5.0.9 that we guard and replace.
declare module 'bittorrent-protocol' {
  /** MSE of one wire; its class is not exported. */
  export interface Encryptor {
    readonly wire: Wire
    _peerCryptoProvide: number
    /** Throws where the peer's public key is none. */
    generateStepB2(): Uint8Array
    decrypt(chunk: Uint8Array): Uint8Array
    decryptCipher(bytes: Uint8Array): Uint8Array
    _advanceEncryption(): void
    _onPe3Header(bytes: Uint8Array): void
    _onPe3Padding(padding: Uint8Array): void
    _onPe3IaLen(bytes: Uint8Array): void
    _onPe3Ia(payload: Uint8Array): void
    _onPe4Select(bytes: Uint8Array): void
    _onPe4Padding(padding: Uint8Array, method: number): void
  }

  export default class Wire {
    /** `secure`: 0 plain, 1 encrypted where the peer likes, 2 encrypted only. */
    constructor(type: string, secure: number)
    readonly hasFast: boolean
    readonly peerChoking: boolean
    readonly peerInterested: boolean
    /** After "have all" it says yes to each piece. */
    readonly peerPieces: { get(piece: number): boolean }
    readonly peerAllowedFastSet: readonly number[]
    readonly extendedMapping: Readonly<Record<number, string>>
    peerExtendedMapping: Readonly<Record<string, number>>
    peerExtendedHandshake: object
    readonly peerRequests: readonly unknown[]
    readonly _readableState: { readonly buffered: number }
    readonly _encryptor: Encryptor | null
    readonly _cryptoSyncPattern: Uint8Array | null
    readonly _pePending: boolean
    readonly _peEnabled: number
    /** Extensions that are ours, by their names. */
    readonly _ext: Readonly<Record<string, WireExtension>>
    /** Bytes that `_parser` waits for. */
    readonly _parserSize: number
    /** Nothing is sent any more. */
    _finished: boolean
    _parser(bytes: Uint8Array): void
    _parse(size: number, parser: (bytes: Uint8Array) => void): void
    _buffer: Uint8Array[]
    _bufferSize: number
    _write(chunk: Uint8Array, callback: (error: Error | null) => void): void
    _onFinish(): void
    _onMessageLength(length: Uint8Array): void
    _onMessage(message: Uint8Array): void
    _onChoke(): void
    _onUnchoke(): void
    _onInterested(): void
    _onUninterested(): void
    _onHave(piece: number): void
    _onBitField(pieces: Uint8Array): void
    _onRequest(piece: number, offset: number, length: number): void
    _onPiece(piece: number, offset: number, data: Uint8Array): void
    _onCancel(piece: number, offset: number, length: number): void
    _onPort(port: number): void
    _onSuggest(piece: number): void
    _onHaveAll(): void
    _onHaveNone(): void
    _onReject(piece: number, offset: number, length: number): void
    _onAllowedFast(piece: number): void
    _onExtended(extension: number, payload: Uint8Array): void
    emit(event: string, ...values: readonly unknown[]): boolean
    once(event: string, listener: () => void): unknown
    end(): unknown
    destroy(): void
  }

  export interface WireExtension {
    onExtendedHandshake(handshake: object): void
    onMessage(payload: Uint8Array): void
  }
}
