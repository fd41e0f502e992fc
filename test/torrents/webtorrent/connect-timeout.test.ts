import { describe, expect, it, vi } from 'vitest'
import Peer from 'webtorrent/lib/peer.js'
import { limitDialling } from '../../../src/torrents/webtorrent/connect-timeout.ts'

/** Called with what webtorrent calls when a peer connects, and what it calls to give up. */
function withPeer(use: (peer: Peer, destroy: ReturnType<typeof vi.fn>) => void): void {
  vi.useFakeTimers()
  try {
    const destroy = vi.fn()
    const conn = { on: () => {}, emit: () => true }
    const facts = { type: 'tcpOutgoing', destroy, conn }
    use(Object.assign(Object.create(Peer.prototype), facts), destroy)
  } finally {
    vi.useRealTimers()
  }
}

describe('limitDialling()', () => {
  it.each([true, false])(
    'takes the place of webtorrent’s own limit: it runs already, %s',
    (isStarted) => {
      withPeer((peer, destroy) => {
        if (isStarted) peer.startConnectTimeout()
        limitDialling(peer, { connectMs: 20_000 })
        if (!isStarted) peer.startConnectTimeout()
        vi.advanceTimersByTime(19_999)
        expect(destroy).not.toHaveBeenCalled()
        vi.advanceTimersByTime(1)
        expect(destroy).toHaveBeenCalledOnce()
      })
    },
  )

  it('limits the handshake, from the connection on', () => {
    withPeer((peer, destroy) => {
      limitDialling(peer, { handshakeMs: 4_000 })
      vi.advanceTimersByTime(10_000)
      Reflect.get(peer, 'startHandshakeTimeout').call(peer)
      vi.advanceTimersByTime(3_999)
      expect(destroy).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(destroy).toHaveBeenCalledOnce()
    })
  })
})
