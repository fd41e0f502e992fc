import type { Logger } from '../../log.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import { TorrentError } from '../torrent-error.ts'
import type { ContentOpener } from './content-opener.ts'
import type { FileSelection } from './file-selection.ts'
import { FilesGoneError } from './files-gone.ts'
import { type Holdings, RestingHoldings } from './holdings.ts'
import type { TorrentContent } from './torrent-content.ts'

/** A torrent whose files were looked at: at work, or with nothing to do. */
export type OpenedContent =
  | { readonly kind: 'awake'; readonly content: TorrentContent }
  | { readonly kind: 'resting'; readonly holdings: RestingHoldings }

/** The torrent that is awake or rests. */
export interface WakefulnessOwner {
  readonly opener: Pick<ContentOpener, 'open' | 'check'>
  readonly selection: Pick<FileSelection, 'onlyFiles'>
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
  /** What is being opened, one at a time; gives `null` for what rests. */
  #opening: Promise<TorrentContent | null> | null = null
  /** Settled once all that it held before is saved and closed; never rejects. */
  #closing: Promise<unknown> = DONE
  /** Settled when files are checked that have changed while it rested; never rejects. */
  #checking: Promise<void> = DONE
  #idleSince: number | null = null
  #outputFolder: string | null = null
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

  /** Where the files lie, also while they are looked at anew; `null` until they have a place. */
  get outputFolder(): string | null {
    return this.#outputFolder
  }

  /** Rejects with what keeps it from being opened. */
  async open({ mayRest }: { readonly mayRest: boolean }): Promise<void> {
    while (this.#opening !== null) await this.#opening.catch(() => {})
    if (this.holdings === null) await this.#begin(this.#open({ mayRest }))
  }

  /** Awake from now on, until it is let rest. Rejects with what keeps it from being opened. */
  async wake(): Promise<TorrentContent> {
    if (this.#isClosed) throw removed()
    let content = this.#content
    while (content === null) content = await (this.#opening ?? this.#begin(this.#wakeUp()))
    return content
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
    if (content === null || this.#opening !== null || !content.isIdle) {
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

  /**
   * Ends streams with `error` and forgets what is here, at once: it is to be looked at anew. Resolves when all
   * is closed, also what was just being opened; never rejects.
   */
  async drop(error: TorrentError): Promise<void> {
    this.#letGo(error)
    while (this.#opening !== null) {
      await this.#opening.catch(() => {})
      this.#letGo(error)
    }
    await this.#closing
  }

  /** Ends streams with `error`, saves, and frees everything. Rejects where progress cannot be saved. */
  async close(error: TorrentError): Promise<void> {
    this.#isClosed = true
    const closed = this.#content?.close(error)
    await Promise.allSettled([closed, this.#opening, this.#closing])
    await closed
  }

  #begin(work: Promise<TorrentContent | null>): Promise<TorrentContent | null> {
    this.#opening = work.finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async #wakeUp(): Promise<TorrentContent | null> {
    const content = await this.#open({ mayRest: false }).catch((error: unknown) => {
      if (error instanceof FilesGoneError) this.#owner.fail(error)
      throw error
    })
    if (content?.isInDoubt) {
      const checking = this.#owner.opener.check(content)
      this.#checking = checking.catch((error: unknown) => {
        if (content === this.#content) this.#owner.fail(error)
      })
    }
    return content
  }

  async #open({ mayRest }: { readonly mayRest: boolean }): Promise<TorrentContent | null> {
    await this.#closing
    if (this.#isClosed) throw removed()
    const opened = await this.#owner.opener.open({ mayRest })
    // Somebody may have selected others meanwhile.
    const { onlyFiles } = this.#owner.selection
    if (opened.kind === 'resting') {
      this.#resting = opened.holdings
      this.#resting.select(onlyFiles)
      this.#outputFolder = this.#resting.outputFolder
      return null
    }
    const { content } = opened
    if (this.#isClosed) {
      await content.close(removed())
      throw removed()
    }
    if (content.selection.onlyFiles !== onlyFiles) content.select(onlyFiles)
    this.#content = content
    this.#resting = null
    this.#outputFolder = content.outputFolder
    this.#idleSince = null
    return content
  }

  #rest(content: TorrentContent): void {
    this.#content = null
    this.#resting = new RestingHoldings(content, this.#owner.selection.onlyFiles)
    this.#idleSince = null
    this.#close(content, new TorrentError('closed', 'the torrent rests'))
  }

  #letGo(error: TorrentError): void {
    const content = this.#content
    this.#content = null
    this.#resting = null
    if (content !== null) this.#close(content, error)
  }

  #close(content: TorrentContent, error: TorrentError): void {
    const before = this.#closing
    const closed = content.close(error).catch((failure: unknown) => {
      const { log } = this.#owner.condition
      log.warn({ err: failure }, 'progress of a torrent that is closed cannot be saved')
    })
    this.#closing = closed.then(() => before)
  }
}

function removed(): TorrentError {
  return new TorrentError('closed', 'the torrent was removed')
}
