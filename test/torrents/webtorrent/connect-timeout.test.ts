import { expect, it, vi } from 'vitest'
import Peer from 'webtorrent/lib/peer.js'
import { limitConnecting } from '../../../src/torrents/webtorrent/connect-timeout.ts'

it('takes the place of webtorrent’s own, whether that runs already or not', () => {
  vi.useFakeTimers()
  try {
    for (const isStarted of [true, false]) {
      const destroy = vi.fn()
      const peer = Object.assign(Object.create(Peer.prototype), { type: 'tcpOutgoing', destroy })
      if (isStarted) peer.startConnectTimeout()
      limitConnecting(peer, 20_000)
      if (!isStarted) peer.startConnectTimeout()
      vi.advanceTimersByTime(19_999)
      expect(destroy).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(destroy).toHaveBeenCalledOnce()
    }
  } finally {
    vi.useRealTimers()
  }
})
