import type WebTorrent from 'webtorrent'
import type { Torrent, Wire } from 'webtorrent'

/** BEP 5: peers tell each other where their DHT nodes are; not those of a private torrent. */
export function exchangeDhtPorts(wire: Wire, { dht }: WebTorrent, torrent: Torrent): void {
  if (dht === false || !dht.listening || torrent.private === true) return
  wire.on('port', (port: number) => {
    if (!dht.destroyed && port > 0) dht.addNode({ host: wire.remoteAddress ?? '', port })
  })
  // Our handshake goes out first.
  if (wire.peerExtensions.dht) queueMicrotask(() => wire.port(dht.address().port))
}
