import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { sourceOf } from '../metainfo/named-source.ts'
import type { TorrentSource } from '../metainfo/torrent-source.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import { resolveInside } from '../store/output-folder.ts'
import type { Torrent } from '../torrent/torrent.ts'
import { readSource, requireFiles, type WantedTorrent } from '../torrent/wanted-torrent.ts'
import { TorrentError } from '../torrent-error.ts'
import { extendTorrent } from './extended-torrent.ts'
import type { AddOptions } from './session-options.ts'
import type { SessionParts } from './session-parts.ts'
import { forgetStored } from './stored-files.ts'
import { newRecord, requirePeers } from './torrent-request.ts'
import { addNamedPeers } from './torrent-starts.ts'

export interface AddedTorrent {
  readonly torrent: Torrent
  /** False where the session had it already. */
  readonly isNew: boolean
}

/** Where a torrent becomes part of the session, and is told of. */
export interface AddingTo {
  readonly list: (record: TorrentRecord, metainfo: Metainfo | null) => Torrent
  readonly added: (torrent: Torrent) => void
}

/** Brings new torrents into a session, and what is new into those that it has. */
export class TorrentAdding {
  readonly #parts: SessionParts
  readonly #to: AddingTo

  constructor(parts: SessionParts, to: AddingTo) {
    this.#parts = parts
    this.#to = to
  }

  /** See `Session.add`. */
  async add(
    source: string | Uint8Array | TorrentSource,
    options: AddOptions,
  ): Promise<AddedTorrent> {
    const { torrents, changes, swarms } = this.#parts
    const { folder } = this.#parts.options
    const { signal } = options
    signal?.throwIfAborted()
    const wanted = await readSource(await sourceOf(source, signal), {
      known: (hash) => torrents.metainfoOf(hash),
      binding: swarms.binding,
      signal,
    })
    signal?.throwIfAborted()
    const wantedFolder =
      options.outputFolder === undefined ? null : resolveInside(folder, options.outputFolder)
    requireFiles(wanted.metainfo, options.onlyFiles ?? [])
    return await changes.run(wanted.infoHash, () => this.#add(wanted, options, wantedFolder))
  }

  async #add(
    wanted: WantedTorrent,
    options: AddOptions,
    wantedFolder: string | null,
  ): Promise<AddedTorrent> {
    const { torrents, keeper, resolver, swarms, isClosed } = this.#parts
    if (isClosed) throw new TorrentError('closed', 'the session is closed')
    const known = torrents.get(wanted.infoHash)
    if (known !== undefined) {
      const save = (): Promise<void> => keeper.save([known.infoHash])
      const extend = (): Promise<void> =>
        extendTorrent(known, wanted, { ...options, binding: swarms.binding, save })
      await (options.provisional ? extend() : torrents.promised(known, extend))
      return { torrent: known, isNew: false }
    }
    if (options.requirePeers) {
      requirePeers(wanted, options.initialPeers ?? [], this.#parts.options)
    }
    const tellResolver = await resolver.release(wanted.infoHash)
    try {
      return { torrent: await this.#addNew(wanted, options, wantedFolder), isNew: true }
    } finally {
      tellResolver()
    }
  }

  async #addNew(
    wanted: WantedTorrent,
    options: AddOptions,
    wantedFolder: string | null,
  ): Promise<Torrent> {
    const { places, swarms } = this.#parts
    let record = newRecord(wanted, options, wantedFolder)
    if (wanted.metainfo !== null) {
      const outputFolder = await places.claim(record, wanted.metainfo)
      record = { ...record, outputFolder: places.relative(outputFolder) }
    }
    const { provisional = false } = options
    const torrent = await this.#keep(record, wanted.metainfo, { provisional })
    void addNamedPeers(torrent, wanted.peerHosts, swarms.binding)
    return torrent
  }

  /** Where it cannot be kept on the disk, nothing of it stays. */
  async #keep(
    record: TorrentRecord,
    metainfo: Metainfo | null,
    { provisional }: { readonly provisional: boolean },
  ): Promise<Torrent> {
    const { disk, keeper, options, places, state, torrents } = this.#parts
    const torrent = this.#to.list({ ...record, id: keeper.takeId() }, metainfo)
    torrents.keepQuiet(torrent)
    // A list that is written before its torrent file is there must not name it.
    const isProvisional = provisional && metainfo === null
    torrents.keepOnce(torrent, metainfo === null ? 'known' : 'promised')
    // A magnet needs nothing of the disk to find its peers, and disks take their time.
    if (metainfo === null) void torrent.life.open()
    try {
      if (metainfo !== null) await state.torrentFile(torrent.infoHash).write(metainfo.torrentFile)
      if (!isProvisional) torrents.promise(torrent)
      await keeper.save([torrent.infoHash])
      await state.removals.clear(torrent.infoHash)
      // A hundred may have been saved together: whoever is told of them does some work for each.
      await nextTurn()
    } catch (error) {
      torrents.delete(torrent)
      await torrent.life.close()
      // A list that was written for others meanwhile may name it.
      const removal = {
        ...{ disk, keeper, places, state },
        folder: options.folder,
        log: options.log,
      }
      await forgetStored(removal, { infoHash: torrent.infoHash, metainfo }, { alsoFiles: false })
      throw error
    }
    torrents.announce(torrent)
    this.#to.added(torrent)
    if (metainfo !== null) void torrent.life.open()
    return torrent
  }
}
