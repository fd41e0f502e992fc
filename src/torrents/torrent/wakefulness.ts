import type { Logger } from '../../log.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import { TorrentError } from '../torrent-error.ts'
import { FilesGoneError } from './files-gone.ts'
import { type Holdings, RestingHoldings } from './holdings.ts'
import type { TorrentContent } from './torrent-content.ts'

/** A torrent whose files were looked at: at work, or with nothing to do. */
export type OpenedContent =
  | { readonly kind: 'awake'; readonly content: TorrentContent }
  | { readonly kind: 'resting'; readonly holdings: RestingHoldings }

/** The torrent that is awake or rests. */
export interface WakefulnessOwner {
  /** Looks at the files; where it `mayRest`, and nothing is in doubt, nothing else is opened. */
  openContent(options: { readonly mayRest: boolean }): Promise<OpenedContent>
  /** Hashes what is in doubt of one that has rested. Rejects with DiskError. */
  checkContent(content: TorrentContent): Promise<void>
  readonly onlyFiles: FileSet | null
  readonly condition: { readonly log: Logger }
  fail(error: unknown): void
}

/** Shared by all that had nothing to close or check. */
const DONE = Promise.resolve()

/** So long nobody reads before a torrent rests again: a player asks for one range after another. */
const RESTS_AFTER_MS = 10_000

/**
 * A torrent that neither downloads nor seeds and that nobody streams holds no memory of pieces, peers or
 * files: it rests. This wakes it and lets it rest again.
 */
export class Wakefulness {
  readonly #owner: WakefulnessOwner
  #content: TorrentContent | null = null
  #resting: RestingHoldings | null = null
  #waking: Promise<TorrentContent> | null = null
  /** Settled once what it held before is saved and closed; never rejects. */
  #closing: Promise<unknown> = DONE
  /** Settled when files are checked that have changed while it rested; never rejects. */
  #checking: Promise<void> = DONE
  #idleSince: number | null = null
  #isClosed = false

  constructor(owner: WakefulnessOwner) {
    this.#owner = owner
  }

  /** `null` while it rests, and until it has a place for its files. */
  get content(): TorrentContent | null {
    return this.#content
  }

  /** `null` until it has a place for its files. */
  get holdings(): Holdings | null {
    return this.#content ?? this.#resting
  }

  /** Rejects with what keeps it from being opened. */
  async open({ mayRest }: { readonly mayRest: boolean }): Promise<void> {
    if (this.holdings !== null) return
    const opened = await this.#owner.openContent({ mayRest })
    if (opened.kind === 'resting') this.#resting = opened.holdings
    else await this.#take(opened.content)
  }

  /** Awake from now on, until it is let rest. Rejects with what keeps it from being opened. */
  async wake(): Promise<TorrentContent> {
    if (this.#content !== null) return this.#content
    this.#waking ??= this.#wakeUp().finally(() => {
      this.#waking = null
    })
    return await this.#waking
  }

  /** The same, with all that is in doubt hashed. */
  async wakeChecked(): Promise<TorrentContent> {
    const content = await this.wake()
    await this.#checking
    return content
  }

  /** Lets it rest where nobody has needed it for a while. `now` is any clock's, in ms. */
  restIfIdle(now: number): void {
    const content = this.#content
    if (content === null || this.#waking !== null || !content.isIdle) {
      this.#idleSince = null
      return
    }
    this.#idleSince ??= now
    if (now - this.#idleSince >= RESTS_AFTER_MS) this.#rest(content)
  }

  select(onlyFiles: FileSet | null): void {
    this.#resting?.select(onlyFiles)
    this.#content?.select(onlyFiles)
  }

  /** Ends streams with `error` and forgets what is here: it is to be looked at anew. */
  async drop(error: TorrentError): Promise<void> {
    await this.#waking?.catch(() => {})
    const content = this.#content
    this.#content = null
    this.#resting = null
    await content?.close(error).catch((failure: unknown) => {
      const { log } = this.#owner.condition
      log.warn({ err: failure }, 'progress that is looked at anew cannot be saved')
    })
    await this.#closing
  }

  /** Ends streams with `error`, saves, and frees everything. Rejects where progress cannot be saved. */
  async close(error: TorrentError): Promise<void> {
    this.#isClosed = true
    await this.#content?.close(error)
    await Promise.allSettled([this.#waking, this.#closing])
  }

  async #wakeUp(): Promise<TorrentContent> {
    await this.#closing
    const opened = await this.#owner.openContent({ mayRest: false }).catch((error: unknown) => {
      if (error instanceof FilesGoneError) this.#owner.fail(error)
      throw error
    })
    if (opened.kind === 'resting') throw new Error('it was to be awake')
    const { content } = opened
    await this.#take(content)
    if (content.isInDoubt) {
      this.#checking = this.#owner.checkContent(content).catch((error) => this.#owner.fail(error))
    }
    return content
  }

  async #take(content: TorrentContent): Promise<void> {
    if (this.#isClosed) {
      const error = new TorrentError('closed', 'the torrent was removed')
      await content.close(error)
      throw error
    }
    this.#content = content
    this.#resting = null
    this.#idleSince = null
  }

  #rest(content: TorrentContent): void {
    this.#content = null
    this.#resting = new RestingHoldings(content, this.#owner.onlyFiles)
    this.#idleSince = null
    const error = new TorrentError('closed', 'the torrent rests')
    this.#closing = content.close(error).catch((failure: unknown) => {
      const { log } = this.#owner.condition
      log.warn({ err: failure }, 'progress of a torrent that rests cannot be saved')
    })
  }
}
