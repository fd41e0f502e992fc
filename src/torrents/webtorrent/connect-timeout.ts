/** The members of webtorrent's peer that decide how long connecting may take. */
interface DialledPeer {
  startConnectTimeout(): void
  connectTimeout?: NodeJS.Timeout | null
  destroy(error?: Error): void
}

/** Gives a peer that is being dialled `timeoutMs` to connect, in place of webtorrent's 5 s. */
export function limitConnecting(peer: DialledPeer, timeoutMs: number): void {
  peer.startConnectTimeout = () => {
    clearTimeout(peer.connectTimeout ?? undefined)
    peer.connectTimeout = setTimeout(() => {
      peer.destroy(new Error('connect timeout'))
    }, timeoutMs).unref()
  }
  // It may have been started already.
  if (peer.connectTimeout) peer.startConnectTimeout()
}
