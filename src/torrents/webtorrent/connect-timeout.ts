/** The members of webtorrent's peer that decide how long a dial may take. */
interface DialledPeer {
  startConnectTimeout(): void
  startHandshakeTimeout(): void
  connectTimeout?: NodeJS.Timeout | null
  handshakeTimeout?: NodeJS.Timeout | null
  destroy(error?: Error): void
}

/** How long each step of a dial may take; webtorrent's own where absent: 5 s and 25 s. */
export interface DialPatience {
  readonly connectMs?: number | undefined
  readonly handshakeMs?: number | undefined
}

/** Gives a peer that is being dialled so long to connect, and then to shake hands. */
export function limitDialling(peer: object, { connectMs, handshakeMs }: DialPatience): void {
  if (!isDialledPeer(peer)) return
  if (connectMs !== undefined) {
    const start = peer.startConnectTimeout
    const limit = (): void => {
      clearTimeout(peer.connectTimeout ?? undefined)
      peer.connectTimeout = giveUpAfter(peer, connectMs, 'connect timeout')
    }
    peer.startConnectTimeout = () => {
      start.call(peer)
      limit()
    }
    // It may have been started already.
    if (peer.connectTimeout) limit()
  }
  if (handshakeMs === undefined) return
  peer.startHandshakeTimeout = () => {
    clearTimeout(peer.handshakeTimeout ?? undefined)
    peer.handshakeTimeout = giveUpAfter(peer, handshakeMs, 'handshake timeout')
  }
}

function giveUpAfter(peer: DialledPeer, ms: number, reason: string): NodeJS.Timeout {
  return setTimeout(() => peer.destroy(new Error(reason)), ms).unref()
}

function isDialledPeer(peer: object): peer is DialledPeer {
  return 'startConnectTimeout' in peer
}
