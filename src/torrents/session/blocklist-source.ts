import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Clock, steadyClock } from '../../clock.ts'
import { hasCode } from '../../error-code.ts'
import type { Logger } from '../../log.ts'
import { parseUrl } from '../../parse-url.ts'
import type { Binding } from '../binding/binding.ts'
import { Blocklist } from '../swarm/blocklist.ts'
import { bounded, fetchList, inChunks, unpacked } from './blocklist-bytes.ts'
import { SavedBlocklist } from './saved-blocklist.ts'

/** A URL is asked again so often, after a failure sooner; a file is looked at; ms. */
const URL_MS = 24 * 3_600_000
const RETRY_MS = 600_000
const FILE_MS = 60_000
/** A start waits so long for a URL of which nothing is saved; ms. */
const START_MS = 10_000

export interface BlocklistSurroundings {
  readonly log: Logger
  readonly clock?: Clock
  /** By what a URL is fetched; anything for `null` or absent. */
  readonly binding?: Binding | null
  /** Where what a URL has answered is kept for the next start; nowhere when absent. */
  readonly stateFolder?: string
}

/** A list of addresses that nobody may come from, from a file or a URL, read again when it changes. */
export class BlocklistSource {
  readonly #source: string
  readonly #log: Logger
  readonly #clock: Clock
  readonly #binding: Binding | null
  readonly #url: URL | null
  readonly #saved: SavedBlocklist | null
  /** Told when there is another list. */
  onChange = (): void => {}
  #list: Blocklist | null = null
  #version = ''
  #isFetched = false
  readonly #ending = new AbortController()
  #cancel = (): void => {}
  #isClosed = false

  constructor(
    source: string,
    { log, clock = steadyClock, binding = null, stateFolder }: BlocklistSurroundings,
  ) {
    this.#source = source
    this.#url = parseHttpUrl(source)
    this.#saved =
      this.#url === null || stateFolder === undefined
        ? null
        : new SavedBlocklist(stateFolder, this.#url)
    this.#log = log
    this.#clock = clock
    this.#binding = binding
  }

  get size(): number {
    return this.#list?.size ?? 0
  }

  has(address: string): boolean {
    return this.#list?.has(address) ?? false
  }

  /**
   * Rejects where a file cannot be read, or a URL that has to be `there` now. Otherwise a URL that fails is only said, and tried
   * again: what it has answered before holds. It is not waited for longer than 10 s, and not at all where that is there.
   */
  async open(need: 'there' | 'some time' = 'some time'): Promise<void> {
    if (this.#url !== null && need === 'some time') return await this.#openUrl()
    await this.#read()
  }

  async #openUrl(): Promise<void> {
    const asked = this.#again()
    if (await this.#takeSaved()) return
    let cancel = (): void => {}
    const late = new Promise<void>((resolve) => {
      cancel = this.#clock.after(START_MS, () => {
        const message = 'the blocklist is not here yet: until then nobody is blocked'
        this.#log.warn({ waitedSeconds: START_MS / 1_000 }, message)
        resolve()
      })
    })
    await Promise.race([asked, late])
    cancel()
  }

  close(): void {
    this.#isClosed = true
    this.#ending.abort()
    this.#cancel()
  }

  #lookIn(ms: number): void {
    if (!this.#isClosed) this.#cancel = this.#clock.after(ms, () => void this.#again())
  }

  /** The old list holds where the new one cannot be had. Never rejects. */
  async #again(): Promise<void> {
    try {
      await this.#read()
    } catch (error) {
      if (this.#isClosed) return
      const reason = error instanceof Error ? error.message : String(error)
      this.#log.warn({ reason, ranges: this.size }, 'the blocklist cannot be read')
      this.#lookIn(this.#url === null ? FILE_MS : RETRY_MS)
    }
  }

  async #read(): Promise<void> {
    if (this.#url === null) await this.#readFile()
    else await this.#takeFetched(await fetchList(this.#url, this.#binding, this.#ending.signal))
    this.#lookIn(this.#url === null ? FILE_MS : URL_MS)
  }

  async #takeFetched(list: Uint8Array): Promise<void> {
    await this.#take(inChunks(list))
    this.#isFetched = true
    await this.#saved?.write(list).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'the blocklist cannot be saved for the next start')
    })
  }

  /** False where there is none. */
  async #takeSaved(): Promise<boolean> {
    if (this.#saved === null) return false
    try {
      const list = await Blocklist.read(unpacked(this.#saved.read()))
      if (list.size === 0) return false
      // What has come meanwhile is newer.
      if (!this.#isFetched) this.#use(list)
      return true
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) {
        this.#log.warn({ err: error }, 'the saved blocklist cannot be read')
      }
      return false
    }
  }

  async #readFile(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(this.#source).catch((error: Error) => {
      throw new Error(`${this.#source} cannot be read (--blocklist): ${error.message}`)
    })
    const version = `${mtimeMs} ${size} ${ino}`
    if (version === this.#version) return
    await this.#take(createReadStream(this.#source)).catch((error: Error) => {
      throw new Error(`${this.#source} cannot be used (--blocklist): ${error.message}`)
    })
    this.#version = version
  }

  async #take(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    let length = 0
    const list = await Blocklist.read(
      bounded(unpacked(bytes), (taken) => {
        length = taken
      }),
    )
    // A web page that says that one has to log in is none, and would leave nobody blocked.
    if (list.size === 0 && length > 0) throw new Error('there is no range of addresses in it')
    this.#use(list)
  }

  #use(list: Blocklist): void {
    if (this.#isClosed) return
    this.#list = list
    if (list.isCut) {
      const message = 'the blocklist is longer than what can be held: the rest of it is not blocked'
      this.#log.warn({ ranges: this.size }, message)
    } else this.#log.info({ ranges: this.size }, 'the blocklist is read')
    this.onChange()
  }
}

function parseHttpUrl(source: string): URL | null {
  return /^https?:\/\//i.test(source) ? parseUrl(source) : null
}
