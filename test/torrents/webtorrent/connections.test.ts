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
