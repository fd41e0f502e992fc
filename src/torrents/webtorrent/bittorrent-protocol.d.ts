// The members of bittorrent-protocol 5.0.9 that hardening.ts guards.
declare module 'bittorrent-protocol' {
  export default class Wire {
    readonly peerRequests: readonly unknown[]
    readonly _readableState: { readonly buffered: number }
    _onMessageLength(length: Uint8Array): void
    _onExtended(extension: number, message: Uint8Array): void
    _onRequest(piece: number, offset: number, length: number): void
    destroy(): void
  }
}
