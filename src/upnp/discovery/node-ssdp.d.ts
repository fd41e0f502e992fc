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

  export class Base extends EventEmitter {
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

/** Node finds only the first of the package's classes by its name. */
declare module 'node-ssdp/lib/client.js' {
  import { Base } from 'node-ssdp'

  class Client extends Base {
    start(): Promise<void>
    stop(): void
    /** What cannot be sent is told to nobody. */
    search(searchTarget: string): void
    _started?: boolean
  }
  export = Client
}
