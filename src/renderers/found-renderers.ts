import { type Clock, sleep } from '../clock.ts'
import { plainAddress } from '../ip-address.ts'
import type { Logger } from '../log.ts'
import type { DescriptionSigns } from '../upnp/renderers/renderer-signs.ts'
import { readDeviceDescription } from './description/device-description.ts'
import { readSighting, type Sighting } from './finding/sighting.ts'
import type { PlaybackNews, Playing } from './playback/playback-tracker.ts'
import { Renderer } from './playback/renderer.ts'
import type { Exchange } from './wire/exchange.ts'
import { asRendererError } from './wire/renderer-error.ts'

type Alive = Extract<Sighting, { kind: 'alive' }>

export interface FoundRenderersOptions {
  readonly exchange: Exchange
  readonly clock: Clock
  readonly log: Logger
  readonly describe: (address: string, signs: DescriptionSigns) => void
  readonly onNews: (renderer: Renderer, news: PlaybackNews) => void
  /** One that played something is gone. */
  readonly onLost: (left: { readonly playing: Playing; readonly positionMs: number | null }) => void
  readonly callbackUrl: (id: string, address: string) => Promise<string | null>
}

/** More are not looked at: no home has so many. */
const MOST_RENDERERS = 64
const MOST_AT_ONE_ADDRESS = 8
/** Descriptions that are fetched at once. */
const MOST_FETCHES = 4
/** After a description that could not be read. */
const RETRY_MS = 60_000
const LOOK_MS = 10_000
const FAREWELL_MS = 1_000

interface Found {
  readonly id: string
  readonly address: string
  location: URL
  expiresAtMs: number
  /** `null` until its description is read. */
  renderer: Renderer | null
  isFetching: boolean
  retryAtMs: number
}

/** The renderers that have been heard of: owner of them all, from their first word to their last. */
export class FoundRenderers {
  readonly #options: FoundRenderersOptions
  readonly #found = new Map<string, Found>()
  #fetches = 0
  #cancel: (() => void) | null = null
  #isClosed = false

  constructor(options: FoundRenderersOptions) {
    this.#options = options
  }

  get all(): readonly Renderer[] {
    return [...this.#found.values()].flatMap(({ renderer }) => renderer ?? [])
  }

  find(id: string): Renderer | undefined {
    return this.#found.get(id)?.renderer ?? undefined
  }

  /** Takes any datagram of SSDP. */
  hear(datagram: Uint8Array, from: string): void {
    if (this.#isClosed) return
    const sighting = readSighting(datagram, from)
    if (sighting === null) return
    const address = plainAddress(from)
    if (sighting.kind === 'alive') this.#see(sighting, address)
    else if (this.#found.get(sighting.id)?.address === address) void this.#lose(sighting.id)
  }

  /** Resolves when those that send events have been told, within a second. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    const told = [...this.#found.keys()].map((id) => this.#lose(id))
    const waiting = new AbortController()
    const patience = sleep(this.#options.clock, FAREWELL_MS, waiting.signal).catch(() => {})
    await Promise.race([Promise.all(told), patience])
    waiting.abort()
  }

  #see(sighting: Alive, address: string): void {
    const { id, location, maxAgeSeconds } = sighting
    const known = this.#found.get(id)
    // Two with one UDN: the first as long as it answers. A renderer may also have another address now.
    if (known !== undefined && known.address !== address) {
      if (known.renderer?.isThere === true) return
      void this.#lose(id)
    }
    const found = this.#found.get(id) ?? this.#enter(id, address, location)
    if (found === null) return
    found.expiresAtMs = this.#options.clock.now() + maxAgeSeconds * 1_000
    found.renderer?.seen()
    // It has been started anew.
    if (found.location.href !== location.href && found.renderer !== null) {
      void this.#lose(id)
      this.#see(sighting, address)
      return
    }
    found.location = location
    if (found.renderer === null) this.#read(found)
    this.#cancel ??= this.#options.clock.after(LOOK_MS, () => this.#look())
  }

  #enter(id: string, address: string, location: URL): Found | null {
    const neighbours = [...this.#found.values()].filter((one) => one.address === address)
    if (this.#found.size >= MOST_RENDERERS || neighbours.length >= MOST_AT_ONE_ADDRESS) return null
    const found: Found = {
      ...{ id, address, location, renderer: null, isFetching: false },
      expiresAtMs: 0,
      retryAtMs: 0,
    }
    this.#found.set(id, found)
    return found
  }

  #read(found: Found): void {
    const { clock, log } = this.#options
    if (found.isFetching || this.#fetches >= MOST_FETCHES) return
    if (clock.now() < found.retryAtMs) return
    found.isFetching = true
    this.#fetches++
    void this.#open(found)
      .catch((error) => {
        const { address, location, retryAtMs } = found
        found.retryAtMs = clock.now() + RETRY_MS
        const reason = asRendererError(error).message
        const facts = { address, location: location.href, reason }
        if (retryAtMs === 0) log.info(facts, 'a renderer cannot be played to')
        else log.debug(facts, 'a renderer can still not be played to')
      })
      .finally(() => {
        found.isFetching = false
        this.#fetches--
      })
  }

  async #open(found: Found): Promise<void> {
    const { exchange, clock, log, describe, callbackUrl } = this.#options
    const { id, address, location } = found
    const { status, body } = await exchange({ method: 'GET', url: location })
    if (status !== 200) throw new Error(`its description is answered with ${status}`)
    const description = await readDeviceDescription(body.toString(), location)
    if (this.#isClosed || this.#found.get(id) !== found) return
    describe(address, description.signs)
    const renderer: Renderer = new Renderer({
      ...{ id, address, description, exchange, clock },
      onNews: (news) => this.#options.onNews(renderer, news),
      callbackUrl: () => callbackUrl(id, address),
    })
    found.renderer = renderer
    log.info(
      { renderer: renderer.name, address, model: description.signs.modelName },
      'renderer found',
    )
    renderer.start()
  }

  /** Those that have not been heard of for as long as they said, and do not answer, are gone. */
  #look(): void {
    const { clock } = this.#options
    for (const [id, found] of this.#found) {
      const { expiresAtMs, renderer } = found
      const isThere = renderer?.isThere === true
      if (clock.now() >= expiresAtMs && !isThere) void this.#lose(id)
      else if (renderer === null) this.#read(found)
    }
    this.#cancel = this.#found.size === 0 ? null : clock.after(LOOK_MS, () => this.#look())
  }

  async #lose(id: string): Promise<void> {
    const renderer = this.#found.get(id)?.renderer ?? null
    this.#found.delete(id)
    if (renderer === null) return
    if (!this.#isClosed) this.#options.log.info({ renderer: renderer.name }, 'renderer is gone')
    const { left, told } = renderer.close()
    if (left !== null) this.#options.onLost(left)
    await told
  }
}
