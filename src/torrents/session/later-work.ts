import { lookup } from 'node:dns/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { lookUpPeers } from '../swarm/named-peers.ts'
import type { Torrent } from '../torrent/torrent.ts'

/** Opens torrents of an earlier run, each in a turn of its own: the server answers meanwhile. */
export async function openInTurns(torrents: readonly Torrent[]): Promise<void> {
  for (const torrent of torrents) {
    await nextTurn()
    void torrent.life.open()
  }
}

/** Looks up peers (`host:port`) and has them tried. What has no address is no peer. */
export async function addNamedPeers(torrent: Torrent, peers: readonly string[]): Promise<void> {
  const addresses = await lookUpPeers(peers, async (name) => (await lookup(name)).address)
  if (addresses.length > 0) torrent.addPeers(addresses)
}
