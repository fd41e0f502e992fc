import type { Ticket } from '../../concurrency/semaphore.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { DiskError } from '../store/disk.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import { TorrentError } from '../torrent-error.ts'
import type { FileSelection } from './file-selection.ts'
import type { TorrentCondition } from './torrent-condition.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { TorrentHost } from './torrent-host.ts'
import type { TorrentMetadata } from './torrent-metadata.ts'
import type { OpenedContent } from './wakefulness.ts'

/** The torrent whose files are opened. */
export interface OpenerOwner {
  readonly host: Pick<TorrentHost, 'openContent' | 'check' | 'reviewTurns' | 'changed' | 'finished'>
  readonly condition: TorrentCondition
  readonly metadata: TorrentMetadata
  readonly selection: FileSelection
  readonly membership: SwarmMembership
  readonly ticket: Ticket
  /** `null` where nothing is open. */
  readonly content: TorrentContent | null
}

/** Opens the files of a torrent, has them checked, and hears from then on what becomes of them. */
export class ContentOpener {
  readonly #owner: OpenerOwner
  #acceptsGone = false

  constructor(owner: OpenerOwner) {
    this.#owner = owner
  }

  /** The next time, files that are gone are no fault: they are downloaded again. */
  acceptGone(): void {
    this.#acceptsGone = true
  }

  /**
   * Looks at the files, or opens them, while the metadata is being saved: a viewer waits for both. Rejects where
   * one of the two fails, and leaves nothing open then; with TorrentError `unknown-file` where files are
   * selected that there are not, or FilesGoneError.
   */
  async open({ mayRest }: { readonly mayRest: boolean }): Promise<OpenedContent> {
    const { metadata, selection } = this.#owner
    const acceptsGone = this.#acceptsGone
    this.#acceptsGone = false
    // What rests has no bytes of the torrent file in memory.
    if (mayRest) await metadata.keep()
    const { metainfo } = metadata
    if (metainfo === null) throw new TorrentError('resolving', 'the metadata is not known')
    selection.check(metainfo)
    const [keeping, opening] = await Promise.allSettled([
      metadata.keep(),
      this.#open(metainfo, { mayRest, acceptsGone }),
    ])
    if (opening.status === 'rejected') throw opening.reason
    if (keeping.status === 'fulfilled') return opening.value
    if (opening.value.kind === 'awake') {
      await opening.value.content.close(new TorrentError('closed', 'the metadata cannot be kept'))
    }
    throw keeping.reason
  }

  /** Hashes what is in doubt. Rejects with DiskError. */
  async check(content: TorrentContent): Promise<void> {
    const { host, ticket } = this.#owner
    await host.check(() => content.check(), ticket)
    host.changed()
  }

  #open(
    metainfo: Metainfo,
    how: { readonly mayRest: boolean; readonly acceptsGone: boolean },
  ): Promise<OpenedContent> {
    const { host, ticket } = this.#owner
    return host.openContent(metainfo, {
      ...{ ...how, ticket },
      onFinished: () => this.#onFinished(),
      onWritable: (error) => this.#onWritable(error),
    })
  }

  #onFinished(): void {
    const { condition, content, membership, host } = this.#owner
    condition.log.info('download finished')
    if (content?.have.isFull) membership.swarm?.complete()
    host.reviewTurns()
    host.changed()
    host.finished()
  }

  /** A full disk makes an error of the torrent, and room makes it what it was. */
  #onWritable(error: DiskError | null): void {
    const { condition, host } = this.#owner
    const failure = error === null ? null : `cannot write: ${error.message}`
    if (!condition.setWriteFailure(failure)) return
    if (failure !== null) condition.log.error({ code: error?.code }, failure)
    else condition.log.info('writing works again')
    host.changed()
  }
}
