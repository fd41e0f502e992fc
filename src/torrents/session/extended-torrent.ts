import type { Binding } from '../binding/binding.ts'
import type { Torrent } from '../torrent/torrent.ts'
import { requireFiles, type WantedTorrent } from '../torrent/wanted-torrent.ts'
import type { AddOptions } from './session-options.ts'
import { selectionOf } from './torrent-request.ts'
import { addNamedPeers } from './torrent-starts.ts'

/** Gives a torrent that is here what is new to it. Throws TorrentError `unknown-file`. */
export async function extendTorrent(
  torrent: Torrent,
  wanted: WantedTorrent,
  options: AddOptions & { readonly binding?: Binding | null | undefined },
): Promise<void> {
  requireFiles(torrent.metainfo, options.onlyFiles ?? [])
  const { presence, opening } = torrent.life
  presence.addSources(wanted)
  torrent.addPeers([...wanted.peers, ...(options.initialPeers ?? [])])
  void addNamedPeers(torrent, wanted.peerHosts, options.binding)
  if (options.overwrite) opening.mayAdopt = true
  const onlyFiles = selectionOf(wanted, options)
  if (onlyFiles !== null) await torrent.life.select(onlyFiles)
  if (wanted.metainfo !== null) opening.takeMetadata(wanted.metainfo)
  opening.retryFailed()
}
