import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import WebTorrent, { type ClientOptions, type Torrent } from 'webtorrent'

/** A client of webtorrent itself, with options like ours; destroyed when the test ends. */
export async function openClient(options: Partial<ClientOptions> = {}): Promise<WebTorrent> {
  const client = new WebTorrent({
    ...{ torrentPort: 0, dht: false, lsd: false, tracker: false, utp: false },
    ...{ natUpnp: false, natPmp: false, secure: 1, maxConns: 5, webSeeds: false },
    ...{ uploadLimit: -1, userAgent: 'test' },
    ...options,
  })
  onTestFinished(() => new Promise<void>((resolve) => client.destroy(resolve)))
  await once(client, 'listening')
  return client
}

/** A torrent added as we add it, with nothing of webtorrent replaced but what is done with a wire. */
export async function addTorrent(client: WebTorrent, infoHash: string): Promise<Torrent> {
  const torrent = client.add(`magnet:?xt=urn:btih:${infoHash}`, {})
  torrent._onWire = (wire) => {
    torrent.wires.push(wire)
    torrent.emit('wire', wire)
  }
  await once(torrent, 'infoHash')
  return torrent
}
