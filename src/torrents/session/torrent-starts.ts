import { lookup } from 'node:dns/promises'
import { resolve } from 'node:path'
import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Binding } from '../binding/binding.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { restoreMetainfo } from '../state/restored-metainfo.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { SessionState } from '../state/session-state.ts'
import { TorrentFileReader } from '../state/torrent-file-reader.ts'
import { lookUpPeers } from '../swarm/named-peers.ts'
import type { Torrent } from '../torrent/torrent.ts'
import type { Places } from './places.ts'

/** Peers and timers wait no longer. */
const TURN_MS = 10

export interface RestoreParts {
  readonly state: SessionState
  /** The data folder, absolute. */
  readonly folder: string
  readonly places: Places
  /** Makes a torrent part of the session. */
  list(record: TorrentRecord, metainfo: Metainfo | null): Torrent
}

/**
 * Whatever is wrong with one torrent is its own error; the others run. Resolves with how many torrent files
 * had to be read because nothing was saved of them.
 */
export async function restoreTorrents(
  torrents: readonly TorrentRecord[],
  { state, folder, places, list }: RestoreParts,
): Promise<number> {
  const restored: Torrent[] = []
  const reader = new TorrentFileReader()
  const saved = await state.savedFacts()
  let count = 0
  let pauseAt = performance.now() + TURN_MS
  for (const record of torrents) {
    const { metainfo, failure, isSaved } = await restoreMetainfo(state, record, { reader, saved })
    if (metainfo !== null && !isSaved) count++
    if (metainfo !== null && record.outputFolder !== null) {
      void places.restore(metainfo, resolve(folder, record.outputFolder))
    }
    const torrent = list(record, metainfo)
    if (failure === null) restored.push(torrent)
    else torrent.life.fail(failure)
    if (performance.now() < pauseAt) continue
    await nextTurn()
    pauseAt = performance.now() + TURN_MS
  }
  void openInTurns(restored)
  return count
}

/** Each in a turn of its own: the server answers meanwhile. */
async function openInTurns(torrents: readonly Torrent[]): Promise<void> {
  for (const torrent of torrents) {
    await nextTurn()
    void torrent.life.open()
  }
}

/** `host:port` of peers; names are asked for by what traffic is held to. What has no address is no peer. */
export async function addNamedPeers(
  torrent: Torrent,
  peers: readonly string[],
  binding: Binding | null = null,
): Promise<void> {
  if (peers.length === 0) return
  const addresses = await lookUpPeers(peers, async (name) => {
    if (binding === null) return (await lookup(name)).address
    const [first] = await binding.lookUp(name)
    if (first === undefined) throw new Error('its name has no address')
    return first.address
  })
  if (addresses.length > 0) torrent.addPeers(addresses)
}
