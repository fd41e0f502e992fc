import { networkInterfaces } from 'node:os'
import { describe, expect, it, vi } from 'vitest'
import { limitConnections, tellDestroyed } from '../../../src/torrents/webtorrent/connections.ts'
import { Dialing, hostOf, INCOMING_SECURE } from '../../../src/torrents/webtorrent/dialing.ts'
import { MAX_KNOWN_PEERS } from '../../../src/torrents/webtorrent/known-peers.ts'
import { connected } from '../../../src/torrents/webtorrent/round-trip.ts'

const PEER = '1.2.3.4:5'

/** A torrent that notes how it is made to dial, and takes every peer unless told otherwise. */
class Bench {
  now = 0
  isTaken = false
  readonly dialled: string[] = []
  readonly client = { secure: INCOMING_SECURE, utp: true }
  /** As it is before anybody replaces it. */
  readonly plain = {
    _addPeer: (peer: unknown, type: string, _source: string | null) => {
      this.dialled.push(`${peer} ${type} ${this.client.secure}`)
      return this.isTaken
        ? null
        : {
            addr: String(peer),
            connected: false,
            wire: null,
            conn: null,
            retries: 0,
            startConnectTimeout: () => {},
            destroy: () => {},
          }
    },
  }
  readonly torrent = { ...this.plain }
  readonly dialing = new Dialing(this.client, this.torrent, () => this.now)

  /** Dials as often, and gives what it came to. */
  dial(times: number, peer = PEER): string[] {
    const before = this.dialled.length
    for (let time = 0; time < times; time++) this.torrent._addPeer(peer, 'utp', null)
    return this.dialled.slice(before).map((entry) => entry.replace(`${peer} `, ''))
  }
}

describe('Dialing', () => {
  it('tries plain TCP, then encrypted TCP, then uTP, twice, and gives up', () => {
    const bench = new Bench()
    const round = ['tcp 0', 'tcp 1', 'utp 0']
    expect(bench.dial(10)).toEqual([...round, ...round])
    expect(bench.dialing.dead).toBe(1)
    expect(bench.torrent._addPeer(PEER, 'tcp', null)).toBeNull()
  })

  it('forgives everybody where it was our own connection that failed', () => {
    const bench = new Bench()
    bench.dial(6)
    expect(bench.dial(1)).toEqual([])
    bench.dialing.forgive()
    expect(bench.dial(1)).toEqual(['tcp 0'])
  })

  it('forgives after a minute', () => {
    const bench = new Bench()
    bench.dial(6)
    bench.now = 59_999
    expect(bench.dial(1)).toEqual([])
    bench.now = 60_000
    expect(bench.dial(1)).toEqual(['tcp 0'])
    expect(bench.dialing.dead).toBe(0)
  })

  it('keeps addresses apart', () => {
    const bench = new Bench()
    bench.dial(1)
    expect(bench.dial(1, '1.2.3.4:6')).toEqual(['tcp 0'])
    expect(bench.dial(1)).toEqual(['tcp 1'])
    expect(bench.dialing.seen).toBe(2)
  })

  it('starts with what worked', () => {
    const bench = new Bench()
    bench.dial(2)
    bench.dialing.worked(PEER)
    expect(bench.dial(2)).toEqual(['tcp 1', 'utp 0'])
    bench.dialing.worked('9.9.9.9:9')
    expect(bench.dialing.seen).toBe(1)
  })

  it('has as many tries again after each time that it worked', () => {
    const bench = new Bench()
    for (let time = 0; time < 20; time++) {
      expect(bench.dial(1)).toEqual(['tcp 0'])
      bench.dialing.worked(PEER)
    }
  })

  it('tries plain TCP again where there is no uTP', () => {
    const bench = new Bench()
    bench.client.utp = false
    expect(bench.dial(3)).toEqual(['tcp 0', 'tcp 1', 'tcp 0'])
    bench.client.utp = true
    expect(bench.dial(3, '[::1]:5')).toEqual(['tcp 0', 'tcp 1', 'tcp 0'])
  })

  it('does not count an address that is connected already', () => {
    const bench = new Bench()
    bench.isTaken = true
    expect(bench.dial(8)).toEqual(new Array(8).fill('tcp 0'))
    expect(bench.dialing.seen).toBe(0)
  })

  it('refuses all ports of a banned host, IPv4 mapped to IPv6 too', () => {
    const bench = new Bench()
    bench.dialing.ban('1.2.3.4')
    expect(bench.dialing.isBanned('1.2.3.4')).toBe(true)
    expect(bench.dial(1)).toEqual([])
    expect(bench.dial(1, '1.2.3.4:99')).toEqual([])
    expect(bench.dial(1, '[::ffff:1.2.3.4]:5')).toEqual([])
    expect(bench.dial(1, '1.2.3.5:5')).toEqual(['tcp 0'])
  })

  it('leaves other transports alone', () => {
    const bench = new Bench()
    bench.torrent._addPeer({ toString: () => 'webrtc' }, 'webrtc', 'tracker')
    expect(bench.dialled).toEqual([`webrtc webrtc ${INCOMING_SECURE}`])
  })

  it('leaves peers that call us free to encrypt, also when dialling throws', () => {
    const bench = new Bench()
    bench.dial(1)
    expect(bench.client.secure).toBe(INCOMING_SECURE)
    const client = { secure: INCOMING_SECURE, utp: true }
    const torrent = {
      _addPeer: () => {
        throw new Error('destroyed')
      },
    }
    new Dialing(client, torrent, () => 0)
    expect(() => torrent._addPeer()).toThrow('destroyed')
    expect(client.secure).toBe(INCOMING_SECURE)
  })
})

describe('Dialing, with limits', () => {
  /** A bench whose client may have so many connections, and the peers that it has made. */
  function limited(perTorrent: number): { bench: Bench; end: () => void } {
    const bench = new Bench()
    const peers: object[] = []
    const { _addPeer: add } = bench.plain
    const client = { ...bench.client, torrentPort: 4_240 }
    limitConnections(client, { total: 200, perTorrent })
    const torrent = {
      _peers: new Map(),
      _addPeer: (peer: unknown, type: string, source: string | null) => {
        const made = add(peer, type, source)
        if (made !== null) peers.push(made)
        return made
      },
    }
    Object.assign(bench, { torrent, dialing: new Dialing(client, torrent, () => bench.now) })
    return { bench, end: () => tellDestroyed(peers.shift() as never) }
  }

  it('dials as many as there may be, and others when one of them is gone', () => {
    const { bench, end } = limited(2)
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) bench.dial(1, `10.0.0.${n}:5`)
    expect(bench.dialled).toHaveLength(6)
    expect(bench.dialing.queued).toBe(2)
    end()
    expect(bench.dialled.at(-1)).toMatch(/^10\.0\.0\.7:5/)
    end()
    expect(bench.dialing.queued).toBe(0)
  })

  it('knows 2,000 peers at most: the oldest that was never tried goes first', () => {
    const { bench, end } = limited(1)
    const address = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}:5`
    for (let n = 0; n < 50_000; n++) bench.dial(1, address(n))
    expect(bench.dialing.queued).toBe(MAX_KNOWN_PEERS - 3)
    end()
    expect(bench.dialled.at(-1)?.startsWith(address(50_000 - MAX_KNOWN_PEERS + 3))).toBe(true)
  })

  it('drops what is no address of a peer, and our own', () => {
    const { bench } = limited(5)
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    const ours = own.filter(({ family }) => family === 'IPv4').map(({ address }) => address)
    const dropped = ['1.2.3.4:0', '1.2.3.4:65536', 'host:5', '1.2.3:5', '', '0.0.0.0:4240']
    for (const peer of [...dropped, ...ours.map((host) => `${host}:4240`)]) bench.dial(1, peer)
    expect(bench.dialled).toEqual([])
    expect(bench.dialing.queued).toBe(0)
    expect(bench.dial(1, '127.0.0.1:4241')).toHaveLength(1)
  })

  it('forgets a ban after an hour, and the oldest of more than 1,000', () => {
    const bench = new Bench()
    bench.dialing.ban('1.2.3.4')
    bench.now = 3_599_999
    expect(bench.dialing.isBanned('1.2.3.4')).toBe(true)
    bench.now = 3_600_000
    expect(bench.dialing.isBanned('1.2.3.4')).toBe(false)
    for (let n = 0; n <= 1_000; n++) bench.dialing.ban(`10.0.${n >> 8}.${n & 255}`)
    expect(bench.dialing.isBanned('10.0.0.0')).toBe(false)
    expect(bench.dialing.isBanned('10.0.0.1')).toBe(true)
  })
})

describe('Dialing, by what a peer has shown', () => {
  /** A torrent whose peers end when they are told to, connected before or not. */
  function ending(perTorrent = 50) {
    const now = { ms: 0 }
    const dialled: string[] = []
    const peers = new Map<string, object>()
    const client = { secure: INCOMING_SECURE, utp: true }
    const torrent = {
      destroyed: false,
      _addPeer: (address: unknown, type: string) => {
        dialled.push(`${address} ${type} ${client.secure}`)
        const facts = { addr: String(address), connected: false, wire: null, conn: null }
        const methods = { destroy: () => {}, startConnectTimeout: () => {} }
        const peer = { ...facts, ...methods, retries: 0 }
        peers.set(String(address), peer)
        return peer
      },
    }
    limitConnections(client, { total: 200, perTorrent })
    const dialing = new Dialing(client, torrent, () => now.ms)
    const end = async (address: string, { isConnected = false } = {}): Promise<void> => {
      const peer = peers.get(address) as never
      if (isConnected) connected(peer, {})
      tellDestroyed(peer)
      await Promise.resolve()
    }
    const offer = (address: string) =>
      Reflect.apply(torrent._addPeer, torrent, [address, 'tcp', null])
    return { dialing, torrent, dialled, end, offer, now }
  }

  it('asks with MSE at once whoever hangs up on a plain handshake', async () => {
    const { dialled, end, offer } = ending()
    offer(PEER)
    await end(PEER, { isConnected: true })
    expect(dialled).toEqual([`${PEER} tcp 0`, `${PEER} tcp 1`])
  })

  it('asks who was never tried before those that take calls and say nothing, and those that hang up before both', async () => {
    const { dialled, end, offer, now } = ending(1)
    for (const n of [1, 2, 3, 4, 5, 6]) offer(`10.0.0.${n}:5`)
    await end('10.0.0.3:5', { isConnected: true })
    now.ms = 4_050
    for (const n of [1, 2]) await end(`10.0.0.${n}:5`, { isConnected: true })
    expect(dialled.slice(3)).toEqual(['10.0.0.4:5 tcp 0', '10.0.0.3:5 tcp 1', '10.0.0.5:5 tcp 0'])
    await end('10.0.0.4:5')
    await end('10.0.0.5:5')
    expect(dialled.slice(6)).toEqual(['10.0.0.6:5 tcp 0', '10.0.0.1:5 tcp 1'])
  })

  it('asks by uTP after a second whoever takes no TCP, and leaves what fails then to the next round', async () => {
    vi.useFakeTimers()
    try {
      const { dialing, dialled, end, offer } = ending()
      const met = '10.0.0.1:5'
      offer(met)
      expect(dialing.worked(met)).toBe(true)
      offer(PEER)
      await end(PEER)
      vi.advanceTimersByTime(999)
      expect(dialled.slice(1)).toEqual([`${PEER} tcp 0`])
      vi.advanceTimersByTime(1)
      await end(PEER)
      vi.advanceTimersByTime(10_000)
      expect(dialled.slice(1)).toEqual([`${PEER} tcp 0`, `${PEER} utp 0`])
      offer(PEER)
      expect(dialled.at(-1)).toBe(`${PEER} tcp 0`)
    } finally {
      vi.useRealTimers()
    }
  })

  it('asks by uTP soon where nobody has shaken hands yet', async () => {
    vi.useFakeTimers()
    try {
      const { dialled, end, offer } = ending()
      offer(PEER)
      await end(PEER)
      vi.advanceTimersByTime(50)
      expect(dialled).toEqual([`${PEER} tcp 0`, `${PEER} utp 0`])
    } finally {
      vi.useRealTimers()
    }
  })

  it('asks by uTP whoever hangs up on both', async () => {
    vi.useFakeTimers()
    try {
      const { dialled, end, offer } = ending()
      offer(PEER)
      await end(PEER, { isConnected: true })
      await end(PEER, { isConnected: true })
      vi.advanceTimersByTime(50)
      expect(dialled).toEqual([`${PEER} tcp 0`, `${PEER} tcp 1`, `${PEER} utp 0`])
    } finally {
      vi.useRealTimers()
    }
  })

  it('asks 32 by uTP at once, and the others when one of them has ended', async () => {
    vi.useFakeTimers()
    try {
      const { dialled, end, offer } = ending()
      const addresses = Array.from({ length: 40 }, (_, n) => `10.0.1.${n}:5`)
      const utp = () => dialled.filter((dial) => dial.includes('utp'))
      for (const address of addresses) offer(address)
      for (const address of addresses) await end(address)
      vi.advanceTimersByTime(1_000)
      expect(utp()).toHaveLength(32)
      await end('10.0.1.3:5')
      expect(utp()).toHaveLength(33)
      for (const address of addresses) await end(address)
      expect(new Set(utp()).size).toBe(40)
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not dial again for a torrent that is gone', async () => {
    const { dialled, end, offer, torrent } = ending()
    offer(PEER)
    torrent.destroyed = true
    await end(PEER, { isConnected: true })
    expect(dialled).toHaveLength(1)
  })

  it('does not dial at once again who shook hands', async () => {
    const { dialing, dialled, end, offer } = ending()
    offer(PEER)
    expect(dialing.worked(PEER)).toBe(true)
    await end(PEER, { isConnected: true })
    expect(dialled).toHaveLength(1)
  })

  it('lets the first to shake hands in, and nobody when the places are taken', () => {
    const { dialing, dialled, offer } = ending(2)
    for (let n = 1; n <= 9; n++) offer(`10.0.0.${n}:5`)
    expect(dialled).toHaveLength(6)
    expect(dialing.worked('10.0.0.6:5')).toBe(true)
    expect(dialing.worked('10.0.0.3:5')).toBe(true)
    expect(dialing.worked('10.0.0.1:5')).toBe(false)
    expect(dialled).toHaveLength(6)
  })
})

describe('hostOf()', () => {
  it.each([
    ['1.2.3.4:56', '1.2.3.4'],
    ['[2001:db8::1]:56', '2001:db8::1'],
    ['[::ffff:1.2.3.4]:56', '1.2.3.4'],
    ['::FFFF:1.2.3.4:0', '1.2.3.4'],
    ['::1:0', '::1'],
  ])('of %s is %s', (address, host) => {
    expect(hostOf(address)).toBe(host)
  })
})
