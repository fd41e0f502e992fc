import type { Binding } from '../binding/binding.ts'
import type { Torrent } from '../torrent/torrent.ts'
import { requireFiles, type WantedTorrent } from '../torrent/wanted-torrent.ts'
import type { AddOptions } from './session-options.ts'
import { selectionOf } from './torrent-request.ts'
import { addNamedPeers } from './torrent-starts.ts'

export interface ExtendOptions {
  readonly binding?: Binding | null | undefined
  readonly save: () => Promise<void>
}

/**
 * Gives a torrent that is here what is new to it, and saves it. Rejects with TorrentError `unknown-file`, or with StorageError;
 * nothing is changed then.
 */
export async function extendTorrent(
  torrent: Torrent,
  wanted: WantedTorrent,
  options: AddOptions & ExtendOptions,
): Promise<void> {
  requireFiles(torrent.metainfo, options.onlyFiles ?? [])
  const onlyFiles = selectionOf(wanted, options)
  // What follows cannot be taken back: whether anything can be saved is known by then.
  await (onlyFiles === null ? options.save() : torrent.choose(onlyFiles))
  const { presence, opening } = torrent.life
  presence.addSources(wanted)
  torrent.addPeers([...wanted.peers, ...(options.initialPeers ?? [])])
  void addNamedPeers(torrent, wanted.peerHosts, options.binding)
  if (options.overwrite) opening.mayAdopt = true
  if (wanted.metainfo !== null) opening.takeMetadata(wanted.metainfo)
  opening.retryFailed()
  await options.save()
}
