/** The members of node-ssdp 4.0.1 that we use or override (docs/decisions/004). */
declare module 'node-ssdp' {
  import type { EventEmitter } from 'node:events'

  export interface Options {
    /** Without one, node-ssdp guesses an address. */
    location?: string
  }

  /** What node-ssdp calls on a socket when its own `_start` is not used. */
  export interface SendingSocket {
    send(
      message: Uint8Array,
      offset: number,
      length: number,
      port: number,
      address: string,
      callback: (error: Error | null) => void,
    ): void
    close(): void
  }

  class Base extends EventEmitter {
    constructor(options?: Options)
    /** By interface address; node-ssdp sends each message from all of them. */
    sockets: Record<string, SendingSocket> | null
    _start(done: (error?: Error) => void): void
    _stop(): void
    _send(
      message: Uint8Array,
      host: string,
      port: number,
      done: (error?: Error | null) => void,
    ): void
  }

  export class Client extends Base {
    start(): Promise<void>
    stop(): void
    /** Without a callback; what cannot be sent is told to nobody. */
    search(searchTarget: string): void
    _started?: boolean
  }

  export class Server extends Base {
    start(): Promise<void>
    _initAdLoop(): void
  }
}

declare module 'node-ssdp/lib/ssdpHeader.js' {
  class SsdpHeader {
    constructor(method: string, headers: Record<string, string>, isResponse?: boolean)
    toBuffer(): Buffer
  }
  export = SsdpHeader
}
