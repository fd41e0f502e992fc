import type { Clock } from '../../clock.ts'
import type { Semaphore } from '../../concurrency/semaphore.ts'
import type { Logger } from '../../log.ts'
import type { HttpClient } from '../http-client/http-client.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { Bitfield } from '../pieces/bitfield.ts'
import type { WireListener } from '../swarm/swarm.ts'
import { type WebSeedFault, WebSeedFiles, type WebSeedReach } from './web-seed-files.ts'
import { plainUrl } from './web-seed-url.ts'
import { WebSeedWire } from './web-seed-wire.ts'

/** After a failure it is left alone for so long, doubled with each further one in a row; ms. */
const REST_MS = 10_000
const LONGEST_REST_MS = 600_000
/** So many failures in a row, and it is given up. */
const MOST_FAILURES = 6
/** Files that a server does not have as they should be, before it has given any, and in all. */
const MOST_WRONG_AT_FIRST = 3
const MOST_WRONG = 10

/** What all web seeds of a session share. */
export interface WebSeedSurroundings {
  readonly client: HttpClient
  readonly reach: WebSeedReach
  /** HTTP requests of all torrents at once. */
  readonly room: Semaphore
  readonly clock: Clock
  readonly log: Logger
}

export interface WebSeedOptions extends WebSeedSurroundings {
  readonly url: string
  readonly metainfo: Metainfo
  readonly listener: WireListener
  /** It is of no use any more. */
  readonly onDropped: () => void
  /** It has begun to rest, or could work again: `isReady` tells. */
  readonly onRest: () => void
}

/** One server with the files of a torrent: a wire while it works, and how long it rests after failures. */
export class WebSeed {
  readonly #options: WebSeedOptions
  readonly #files: WebSeedFiles
  /** `null` for all. */
  #pieces: Bitfield | null = null
  readonly #wrongFiles = new Set<number>()
  #hasWorked = false
  #failures = 0
  #wire: WebSeedWire | null = null
  #cancelRest: (() => void) | null = null
  #isClosed = false

  constructor(options: WebSeedOptions) {
    this.#options = options
    this.#files = new WebSeedFiles(options)
  }

  get isWorking(): boolean {
    return this.#wire !== null
  }

  /** Neither working, nor resting, nor given up. */
  get isReady(): boolean {
    return !this.isWorking && this.#cancelRest === null && !this.#isClosed
  }

  /** Begins, where it is ready. */
  work(): void {
    if (!this.isReady) return
    const { url, metainfo, listener, room } = this.#options
    const wire = new WebSeedWire({
      ...{ url, listener, room, files: this.#files, layout: metainfo.layout },
      pieces: () => this.#pieces,
      onBlock: () => {
        this.#hasWorked = true
        this.#failures = 0
      },
      onError: (error) => this.drop(`it is not understood: ${String(error)}`),
      onFault: (fault) => this.#onFault(fault),
      // Whoever else closes it has found that it floods us, or lies.
      onClose: () => {
        if (this.#wire === wire) this.drop('it sent what nobody asked for')
      },
    })
    this.#wire = wire
    wire.open()
  }

  /** Gives it up for good. */
  drop(reason: string): void {
    if (this.#isClosed) return
    const { log, url, onDropped } = this.#options
    log.warn({ webSeed: plainUrl(url), reason }, 'dropped a web seed')
    this.close()
    onDropped()
  }

  close(): void {
    this.#isClosed = true
    this.#cancelRest?.()
    this.#closeWire()
    this.#files.close()
  }

  #closeWire(): void {
    const wire = this.#wire
    this.#wire = null
    wire?.destroy()
  }

  #onFault({ file, error }: WebSeedFault): void {
    if (this.#isClosed) return
    if (error.kind === 'useless') this.drop(error.message)
    else if (error.kind === 'failed') this.#rest(error.message)
    else this.#exclude(file.index, error.message)
  }

  /** It does not have the file. Those of archive.org, for one, describe some that have changed since. */
  #exclude(index: number, reason: string): void {
    const { metainfo, url, log } = this.#options
    const file = metainfo.files[index]
    if (this.#wrongFiles.has(index) || file === undefined) return
    this.#wrongFiles.add(index)
    const most = this.#hasWorked ? MOST_WRONG : MOST_WRONG_AT_FIRST
    if (!metainfo.isFolder || metainfo.files.length === 1 || this.#wrongFiles.size >= most) {
      this.drop(reason)
      return
    }
    log.info(
      { webSeed: plainUrl(url), file: file.components.join('/'), reason },
      'a web seed lacks a file',
    )
    this.#pieces ??= fullBitfield(metainfo.pieceCount)
    const { layout } = metainfo
    for (const piece of layout.piecesWithin(file.offset, file.offset + file.length)) {
      this.#pieces.clear(piece)
    }
    if (this.#pieces.count === 0) this.drop(reason)
    else this.#wire?.hasLess()
  }

  #rest(reason: string): void {
    if (this.#wire === null) return
    this.#failures++
    if (this.#failures >= MOST_FAILURES) {
      this.drop(reason)
      return
    }
    this.#closeWire()
    const { clock, log, url, onRest } = this.#options
    const restMs = Math.min(LONGEST_REST_MS, REST_MS * 2 ** (this.#failures - 1))
    log.info({ webSeed: plainUrl(url), reason, restSeconds: restMs / 1_000 }, 'a web seed rests')
    this.#cancelRest = clock.after(restMs, () => {
      this.#cancelRest = null
      onRest()
    })
    onRest()
  }
}

function fullBitfield(length: number): Bitfield {
  return new Bitfield(length, new Uint8Array(Math.ceil(length / 8)).fill(0xff))
}
