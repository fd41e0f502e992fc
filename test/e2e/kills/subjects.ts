import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import type { Fixture } from '../../helpers/make-torrent.ts'
import type { BareServer } from '../lab/bare-server.ts'
import { type Caller, call, change, json } from './calls.ts'
import { Register } from './register.ts'

/** A torrent of GET /torrents. */
export interface Listed {
  readonly id: number
  readonly info_hash: string
  readonly paused: boolean
  readonly resolving: boolean
  readonly keep: boolean
}

/** Something that is changed while the server lives, and looked at once it lives again. */
export interface Subject {
  /** What has to be there before anything else. */
  prepare?(server: BareServer): Promise<void>
  /** One change; resolves with the answer. Rejects where the server is killed meanwhile. */
  act(caller: Caller, random: () => number): Promise<void>
  /** Throws where something is not as it may be. */
  look(server: BareServer, listed: ReadonlyMap<string, Listed>, where: string): Promise<void>
}

/** A torrent that is added and removed all the time. */
export class ComingAndGoing implements Subject {
  readonly infoHash: string
  readonly #body: Uint8Array<ArrayBuffer>
  readonly #query: string
  readonly #isHere = new Register(false)

  /** @param query - Of each addition. */
  constructor(fixture: Fixture, query: string) {
    this.infoHash = parseMetainfo(fixture.torrentFile).infoHash
    this.#body = new Uint8Array(fixture.torrentFile)
    this.#query = query
  }

  async act(caller: Caller, random: () => number): Promise<void> {
    const choice = random()
    if (choice < 0.5) {
      const path = `/torrents?overwrite=true&${this.#query}`
      const asked = { method: 'POST', body: this.#body }
      return await change(this.#isHere, true, () => call(caller, path, asked))
    }
    const verb = choice < 0.75 ? 'forget' : 'delete'
    const path = `/torrents/${this.infoHash}/${verb}`
    await change(this.#isHere, false, () => call(caller, path, { method: 'POST' }))
  }

  async look(_: BareServer, listed: ReadonlyMap<string, Listed>, where: string): Promise<void> {
    const found = listed.get(this.infoHash)
    const { history } = this.#isHere
    this.#isHere.found(found !== undefined, `${this.infoHash} in the list, ${where}`)
    if (!found?.resolving) return
    throw new Error(`${this.infoHash} has lost its torrent file, ${where}; ${history}`)
  }
}

/** A magnet that comes and goes; answers come at once, or with the metadata. */
export class ComingMagnet implements Subject {
  readonly infoHash: string
  readonly #waits: boolean
  readonly #peer: string | null
  readonly #isHere = new Register(false)
  #isAsking = false

  /** @param peer - Who has the metadata, if anybody. */
  constructor(infoHash: string, options: { waits: boolean; peer: string | null }) {
    this.infoHash = infoHash
    this.#waits = options.waits
    this.#peer = options.peer
  }

  async act(caller: Caller, random: () => number): Promise<void> {
    if (random() < 0.6 && !this.#isAsking) {
      const body = `magnet:?xt=urn:btih:${this.infoHash}&dn=${this.infoHash.slice(0, 6)}`
      const peers = `&initial_peers=${this.#peer ?? '127.0.0.1:9'}`
      const path = `/torrents?overwrite=true&wait=${this.#waits}${peers}`
      // One that nobody answers would hold up all who ask.
      this.#isAsking = this.#waits
      return await change(this.#isHere, true, () =>
        call(caller, path, { method: 'POST', body }),
      ).finally(() => {
        this.#isAsking = false
      })
    }
    const path = `/torrents/${this.infoHash}/${random() < 0.5 ? 'forget' : 'delete'}`
    await change(this.#isHere, false, () => call(caller, path, { method: 'POST' }))
  }

  async look(_: BareServer, listed: ReadonlyMap<string, Listed>, where: string): Promise<void> {
    const found = listed.get(this.infoHash)
    this.#isHere.found(found !== undefined, `magnet ${this.infoHash} in the list, ${where}`)
    if (found?.resolving && this.#waits) {
      throw new Error(`${this.infoHash} is there without its metadata, ${where}`)
    }
  }
}

/** A torrent that stays, of which everything else is changed. */
export class Settled implements Subject {
  readonly infoHash: string
  readonly #body: Uint8Array<ArrayBuffer>
  readonly #paused = new Register(true)
  readonly #keep = new Register(false)
  readonly #files: Register<readonly number[]>
  readonly #limits = new Register<unknown>({ upload_bps: null, download_bps: null })
  readonly #ratio = new Register<number | null>(null)
  readonly #position = new Register<number | null>(null)

  /** @param fixture - Of three files, the first of which can be played. */
  constructor(fixture: Fixture) {
    this.infoHash = parseMetainfo(fixture.torrentFile).infoHash
    this.#body = new Uint8Array(fixture.torrentFile)
    this.#files = new Register<readonly number[]>([0, 1, 2])
  }

  async prepare(server: BareServer): Promise<void> {
    await server.call('/torrents?paused=true', { method: 'POST', body: this.#body })
  }

  async act(caller: Caller, random: () => number): Promise<void> {
    const at = (path: string): string => `/torrents/${this.infoHash}/${path}`
    const number = 1 + Math.floor(random() * 1_000_000)
    switch (Math.floor(random() * 6)) {
      case 0: {
        const isPaused = random() < 0.5
        return await change(this.#paused, isPaused, () =>
          call(caller, at(isPaused ? 'pause' : 'start'), { method: 'POST' }),
        )
      }
      case 1: {
        const keep = random() < 0.5
        return await change(this.#keep, keep, () =>
          call(caller, at('keep'), json('POST', { keep })),
        )
      }
      case 2: {
        const files = [0, 1, 2].filter((index) => ((number >> index) & 1) === 1)
        return await change(this.#files, files, () =>
          call(caller, at('update_only_files'), json('POST', { only_files: files })),
        )
      }
      case 3: {
        const limits = { upload_bps: number, download_bps: number + 1 }
        return await change(this.#limits, limits, () =>
          call(caller, at('limits'), json('POST', limits)),
        )
      }
      case 4:
        return await change(this.#ratio, number, () =>
          call(caller, at('seeding'), json('POST', { ratio: number })),
        )
      default: {
        const path = `/library/${this.infoHash}/0/position`
        return await change(this.#position, number, () =>
          call(caller, path, json('PUT', { position_s: number })),
        )
      }
    }
  }

  async look(
    server: BareServer,
    listed: ReadonlyMap<string, Listed>,
    where: string,
  ): Promise<void> {
    const found = listed.get(this.infoHash)
    if (found === undefined) throw new Error(`${this.infoHash} is lost, ${where}`)
    this.#paused.found(found.paused, `paused, ${where}`)
    this.#keep.found(found.keep, `keep, ${where}`)
    const details = await server.call<{
      readonly seeding: { readonly ratio: number | null }
      readonly files: readonly { readonly included: boolean }[]
    }>(`/torrents/${this.infoHash}`)
    const included = details.files.flatMap((file, index) => (file.included ? [index] : []))
    this.#files.found(included, `files, ${where}`)
    this.#ratio.found(details.seeding.ratio, `seeding, ${where}`)
    const limits = await server.call<Record<string, unknown>>(`/torrents/${this.infoHash}/limits`)
    const { upload_bps, download_bps } = limits
    this.#limits.found({ upload_bps, download_bps }, `limits, ${where}`)
    this.#position.found(await positionIn(server, this.infoHash), `position, ${where}`)
  }
}

async function positionIn(server: BareServer, infoHash: string): Promise<number | null> {
  const { items } = await server.call<{
    readonly items: readonly {
      readonly info_hash: string
      readonly files: readonly { readonly resume_s: number | null }[]
    }[]
  }>('/library')
  return items.find((item) => item.info_hash === infoHash)?.files[0]?.resume_s ?? null
}
