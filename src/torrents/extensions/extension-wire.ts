/** A connection to a peer, as far as messages of extensions (BEP 10) go over it. */
export interface ExtensionWire {
  /** Unique in this process. */
  readonly id: number
  /** IP address without a port. */
  readonly address: string
  readonly port: number
  readonly transport: 'tcp' | 'utp'
  readonly isIncoming: boolean
  /** Where others can reach the peer, as `ip:port`; `null` where nobody knows. */
  readonly listensAt: string | null
  /** The peer has said that it has all pieces. */
  readonly hasEverything: boolean
  readonly sender: {
    /** Bytes that wait for the socket. */
    readonly unsentBytes: number
    /** `send` is called whenever there is room for more. */
    onRoom(send: () => void): void
  }
  /** True where the peer takes messages of the extension. */
  takes(extension: string): boolean
  /** Sends nothing where the peer does not take it. */
  sendExtended(extension: string, payload: Uint8Array): void
  destroy(): void
}
