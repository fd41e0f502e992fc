import { describe, expect, it } from 'vitest'
import {
  Connections,
  type Dialler,
  MAX_CALLERS_PER_ADDRESS,
  MAX_HALF_OPEN,
  MAX_HALF_OPEN_PER_ADDRESS,
  tellDestroyed,
} from '../../../src/torrents/webtorrent/connections.ts'

const LIMITS = { total: 20, perTorrent: 8 }
const torrent = {}

function open(): { connections: Connections; closed: string[]; call: (host: string) => boolean } {
  const connections = new Connections(LIMITS)
  const closed: string[] = []
  const call = (host: string, of = torrent): boolean =>
    connections.admit(
      connections.called(host, () => closed.push(host)),
      of,
    )
  return { connections, closed, call }
}

const host = (number: number): string => `10.0.${number >> 8}.${number & 255}`

describe('callers without a handshake', () => {
  it('are no more than there may be: the oldest makes room', () => {
    const { connections, closed } = open()
    for (let n = 0; n < 1_000; n++) connections.called(host(n), () => closed.push(host(n)))
    expect(connections.halfOpen).toBe(MAX_HALF_OPEN)
    expect(closed).toHaveLength(1_000 - MAX_HALF_OPEN)
    expect(closed[0]).toBe(host(0))
  })

  it('are fewer from one address, but not from this machine', () => {
    const { connections, closed } = open()
    const honest = connections.called('10.9.9.9', () => closed.push('honest'))
    for (let n = 0; n < 50; n++) connections.called('10.0.0.1', () => closed.push('10.0.0.1'))
    expect(connections.halfOpen).toBe(1 + MAX_HALF_OPEN_PER_ADDRESS)
    for (let n = 0; n < 50; n++) connections.called('127.0.0.1', () => closed.push('local'))
    expect(connections.halfOpen).toBe(1 + MAX_HALF_OPEN_PER_ADDRESS + 50)
    expect(connections.admit(honest, torrent)).toBe(true)
    expect(closed).not.toContain('honest')
  })
})

describe('callers of a torrent', () => {
  it('leave room for those that we dial', () => {
    const { connections, call } = open()
    const admitted = Array.from({ length: 20 }, (_, n) => call(host(n))).filter(Boolean)
    expect(admitted).toHaveLength(6)
    for (let n = 0; n < 2; n++) {
      expect(connections.mayDial(torrent)).toBe(true)
      const peer = {}
      connections.dialled(torrent, peer)
      expect(connections.met(torrent, peer)).toBe(true)
    }
    expect(connections.mayDial(torrent)).toBe(false)
    expect(connections.mayDial({})).toBe(true)
  })

  it('are not kept out by dials that nobody has answered', () => {
    const { connections, call } = open()
    const peers: object[] = []
    while (connections.mayDial(torrent) && peers.length < 100) {
      const peer = {}
      peers.push(peer)
      connections.dialled(torrent, peer)
    }
    expect(peers).toHaveLength(LIMITS.total * 0.75)
    expect(call(host(1))).toBe(true)
    const met = peers.filter((peer) => connections.met(torrent, peer))
    expect(met).toHaveLength(LIMITS.perTorrent - 1)
  })

  it('leave room in all, too', () => {
    const connections = new Connections(LIMITS)
    const torrents = Array.from({ length: 20 }, () => ({}))
    const admitted = torrents.filter((of, n) =>
      connections.admit(
        connections.called(host(n), () => {}),
        of,
      ),
    )
    expect(admitted).toHaveLength(15)
  })

  it('are few from one address, but not from this machine', () => {
    const connections = new Connections({ total: 200, perTorrent: 50 })
    const admit = (from: string): number =>
      Array.from({ length: 30 }).filter(() =>
        connections.admit(
          connections.called(from, () => {}),
          torrent,
        ),
      ).length
    expect(admit('10.0.0.1')).toBe(MAX_CALLERS_PER_ADDRESS)
    expect(admit('127.0.0.1')).toBe(Math.floor(50 * 0.75) - MAX_CALLERS_PER_ADDRESS)
  })

  it('make room when they go', () => {
    const { connections, call } = open()
    const caller = connections.called('10.1.1.1', () => {})
    expect(connections.admit(caller, torrent)).toBe(true)
    for (let n = 0; n < 5; n++) call(host(n))
    expect(call('10.2.2.2')).toBe(false)
    connections.gone(caller)
    expect(call('10.2.2.2')).toBe(true)
  })
})

describe('who wants to dial', () => {
  it('is told in turn when there is room', () => {
    const connections = new Connections({ total: 2, perTorrent: 2 })
    const peers = [{}, {}]
    for (const peer of peers) connections.dialled(torrent, peer)
    const told: string[] = []
    const dialler = (name: string): Dialler => ({ dialNext: () => told.push(name) > 0 })
    connections.wait(dialler('one'))
    connections.wait(dialler('two'))
    expect(told).toEqual([])
    for (const peer of peers) tellDestroyed(peer as never)
    expect(told).toEqual(['one', 'two'])
    expect(connections.count).toBe(0)
  })
})

describe('limits that change while there are connections', () => {
  /** Hands are shaken with all of them. */
  function dial(connections: Connections, of: object, count: number): { closed: () => number } {
    let closed = 0
    for (let n = 0; n < count; n++) {
      const peer = { destroy: () => void closed++ }
      connections.dialled(of, peer, { host: host(n) })
      connections.met(of, peer)
    }
    return { closed: () => closed }
  }

  it('hang up on those that are too many, callers first', () => {
    const { connections, closed, call } = open()
    const dialled = dial(connections, torrent, 4)
    for (let n = 100; n < 104; n++) call(host(n))
    connections.limit({ total: 20, perTorrent: 3 })
    expect(closed).toEqual([100, 101, 102, 103].map(host))
    expect(dialled.closed()).toBe(1)
  })

  it('hang up over all torrents', () => {
    const { connections } = open()
    const [one, other] = [dial(connections, torrent, 4), dial(connections, {}, 4)]
    connections.limit({ total: 5, perTorrent: 8 })
    expect(one.closed() + other.closed()).toBe(3)
  })

  it('hold for one torrent, until it has no own limit any more', () => {
    const { connections } = open()
    const [one, other] = [dial(connections, torrent, 4), dial(connections, {}, 4)]
    connections.limitTorrent(torrent, 2)
    expect([one.closed(), other.closed()]).toEqual([2, 0])
    expect(connections.mayDial(torrent)).toBe(false)
    connections.limitTorrent(torrent, null)
    expect(connections.mayDial(torrent)).toBe(true)
  })

  it('let whoever waits dial when there is more room', () => {
    const { connections } = open()
    dial(connections, torrent, 8)
    let dials = 0
    connections.wait({ dialNext: () => ++dials > 0 })
    connections.limit({ total: 30, perTorrent: 20 })
    expect(dials).toBe(1)
  })
})

describe('addresses that have come to be blocked', () => {
  it('are hung up on, whoever has called whom', () => {
    const blocked = new Set<string>()
    const connections = new Connections({ ...LIMITS, isBlocked: (one) => blocked.has(one) })
    const closed: string[] = []
    connections.called(host(1), () => closed.push('waits'))
    connections.admit(
      connections.called(host(2), () => closed.push('caller')),
      torrent,
    )
    for (const n of [3, 4]) {
      const peer = { destroy: () => closed.push(`dialled ${n}`) }
      connections.dialled(torrent, peer, { host: host(n) })
      connections.met(torrent, peer)
    }
    for (const n of [1, 2, 3]) blocked.add(host(n))
    connections.dropBlocked()
    expect(closed.sort()).toEqual(['caller', 'dialled 3', 'waits'])
  })
})
