import type { IncomingMessage } from 'node:http'
import type { Logger } from '../../log.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import { shownName, whoIs } from '../access/change-log.ts'
import type { TorrentPort } from '../messages/session-port.ts'

/** A renderer asks for a film in many ranges; who has not asked for so long begins anew; ms. */
const SAME_MS = 10 * 60_000
const MAX_REMEMBERED = 500

/** Says in the log who streams what, once for as long as he goes on. */
export class StreamLog {
  readonly #log: Logger
  readonly #trustProxy: boolean
  readonly #now: () => number
  /** When somebody asked for a file last, by address and file; the longest ago come first. */
  readonly #asked = new Map<string, number>()

  /** `now` in ms, never going backwards. */
  constructor(log: Logger, trustProxy: boolean, now: () => number) {
    this.#log = log
    this.#trustProxy = trustProxy
    this.#now = now
  }

  opened(request: IncomingMessage, torrent: TorrentPort, file: TorrentFile): void {
    const who = whoIs(request, this.#trustProxy)
    const key = `${who.by} ${torrent.infoHash} ${file.index}`
    const before = this.#asked.get(key)
    const now = this.#now()
    this.#asked.delete(key)
    this.#asked.set(key, now)
    const [oldest] = this.#asked.keys()
    if (this.#asked.size > MAX_REMEMBERED && oldest !== undefined) this.#asked.delete(oldest)
    if (before !== undefined && now - before < SAME_MS) return
    const name = file.components.join('/')
    this.#log.info({ torrent: shownName(torrent), file: name, ...who }, 'streaming')
  }
}
