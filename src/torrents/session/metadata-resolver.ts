import type { Logger } from '../../log.ts'
import type { FetchTorrent } from '../metainfo/exact-sources.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentSource } from '../metainfo/torrent-source.ts'
import { SwarmMembership } from '../swarm/membership.ts'
import type { SwarmClient } from '../swarm/swarm.ts'
import type { WaitOptions } from '../torrent/metadata-wait.ts'
import type { Torrent } from '../torrent/torrent.ts'
import { TorrentMetadata } from '../torrent/torrent-metadata.ts'
import { readSource, type WantedTorrent } from '../torrent/wanted-torrent.ts'
import { TorrentError } from '../torrent-error.ts'
import type { ResolveOptions } from './session-options.ts'
import { requirePeers } from './torrent-request.ts'

/** At once: each has a swarm of its own. */
const MAX_RESOLUTIONS = 16

export interface ResolverOptions {
  readonly swarms: SwarmClient
  readonly dht: boolean
  readonly lsd: boolean
  readonly trackers: boolean
  /** The torrent, where the session has it. */
  readonly find: (infoHash: InfoHash) => Torrent | undefined
  readonly fetchTorrent: FetchTorrent
  readonly log: Logger
}

/** What has been found out about a torrent that is not added. */
export interface ResolvedTorrent {
  readonly metainfo: Metainfo
  /** `ip:port` of peers that were met on the way. */
  readonly seenPeers: readonly string[]
}

interface Resolution {
  readonly outcome: Promise<ResolvedTorrent>
  readonly metadata: TorrentMetadata
  readonly membership: SwarmMembership
  readonly closing: AbortController
  /** The torrent is being added. */
  isReleased: boolean
  users: number
  closed: Promise<void> | null
}

/** Finds the metadata of magnets without adding them. */
export class MetadataResolver {
  readonly #options: ResolverOptions
  readonly #running = new Map<InfoHash, Resolution>()

  constructor(options: ResolverOptions) {
    this.#options = options
  }

  /**
   * Reads a source; the metadata of a magnet is looked for. Rejects with TorrentError
   * `invalid-torrent`, `fetch-failed`, `no-peers`, `timeout`, `closed` where the torrent is removed
   * meanwhile, `unavailable` where too many are being resolved, or with the signal's reason.
   */
  async resolve(source: TorrentSource, options: ResolveOptions): Promise<ResolvedTorrent> {
    const { initialPeers = [], signal } = options
    const wanted = await readSource(source, {
      signal,
      binding: this.#options.swarms.binding ?? null,
    })
    if (wanted.metainfo !== null) return { metainfo: wanted.metainfo, seenPeers: [] }
    const peers = [...wanted.peers, ...initialPeers]
    const known = this.#options.find(wanted.infoHash)
    if (known !== undefined) return await resolvedBy(known, peers, options)
    requirePeers(wanted, initialPeers, this.#options)
    return await this.#look(wanted, peers, options)
  }

  /** Lets go of a torrent that is being added; the returned function tells that it is there. */
  async release(infoHash: InfoHash): Promise<() => void> {
    const resolution = this.#running.get(infoHash)
    if (resolution === undefined) return () => {}
    resolution.isReleased = true
    await this.#end(infoHash, resolution)
    return () => resolution.metadata.outcome.settle(null)
  }

  async close(): Promise<void> {
    const released = [...this.#running.keys()].map((infoHash) => this.release(infoHash))
    for (const tell of await Promise.all(released)) tell()
  }

  async #look(
    wanted: WantedTorrent,
    peers: readonly string[],
    wait: WaitOptions,
  ): Promise<ResolvedTorrent> {
    const { infoHash } = wanted
    const resolution = this.#running.get(infoHash) ?? this.#begin(wanted)
    resolution.users++
    try {
      resolution.membership.addPeers(peers)
      await resolution.metadata.outcome.wait(wait)
    } finally {
      if (--resolution.users === 0) await this.#end(infoHash, resolution)
    }
    // Where it was added meanwhile, that torrent goes on.
    if (!resolution.isReleased) return await resolution.outcome
    const added = this.#options.find(infoHash)
    if (added === undefined) throw new TorrentError('closed', 'the torrent could not be added')
    return await resolvedBy(added, peers, wait)
  }

  #begin(wanted: WantedTorrent): Resolution {
    if (this.#running.size >= MAX_RESOLUTIONS) {
      throw new TorrentError('unavailable', 'too many magnets are being resolved')
    }
    const { infoHash, exactSources, trackers } = wanted
    const { swarms, fetchTorrent, log } = this.#options
    const closing = new AbortController()
    const metadata = new TorrentMetadata(
      {
        ...{ infoHash, exactSources, condition: { log } },
        // Nothing is kept of it.
        store: { fetchTorrent, torrentFilePath: null, saveMetadata: () => Promise.resolve() },
      },
      null,
    )
    let found = (_: ResolvedTorrent): void => {}
    const outcome = new Promise<ResolvedTorrent>((resolve) => {
      found = resolve
    })
    const accept = (metainfo: Metainfo): void => {
      found({ metainfo, seenPeers: membership.addresses })
      metadata.outcome.settle(null)
    }
    const fail = (error: unknown): void => {
      const reason = error instanceof TorrentError ? error : null
      const message = error instanceof Error ? error.message : String(error)
      metadata.outcome.settle(reason ?? new TorrentError('unavailable', message, { cause: error }))
    }
    const membership: SwarmMembership = new SwarmMembership({
      ...{ swarms, infoHash, trackers, peers: [] },
      member: {
        metadataArrived: (infoBytes) => void metadata.read(infoBytes).then(accept, fail),
        fail,
        readBlock: () => Promise.reject(new Error('nothing is here')),
        progress: () => ({ downloadedBytes: 0, leftBytes: null }),
      },
    })
    const resolution: Resolution = {
      ...{ outcome, metadata, membership, closing },
      ...{ isReleased: false, users: 0, closed: null },
    }
    this.#running.set(infoHash, resolution)
    membership.join(null)
    void metadata.ask(closing.signal).then((metainfo) => {
      if (metainfo !== null) accept(metainfo)
    })
    return resolution
  }

  async #end(infoHash: InfoHash, resolution: Resolution): Promise<void> {
    resolution.closing.abort()
    resolution.closed ??= resolution.membership.leave()
    await resolution.closed
    if (this.#running.get(infoHash) === resolution) this.#running.delete(infoHash)
  }
}

/** By the session's own torrent. */
async function resolvedBy(
  torrent: Torrent,
  peers: readonly string[],
  wait: WaitOptions,
): Promise<ResolvedTorrent> {
  torrent.addPeers(peers)
  if (torrent.metainfo === null) await torrent.ready(wait)
  const { metainfo } = torrent
  if (metainfo === null) throw new TorrentError('closed', 'the torrent was removed')
  return { metainfo, seenPeers: torrent.life.membership.addresses }
}
