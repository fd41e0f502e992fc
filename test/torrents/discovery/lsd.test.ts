import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Lsd } from '../../../src/torrents/discovery/lsd.ts'
import { parseLsdMessage } from '../../../src/torrents/discovery/lsd-message.ts'
import type { NetworkInterfaces } from '../../../src/torrents/discovery/lsd-socket.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const GROUP = '239.192.152.143'
const HASH = '0123456789abcdef0123456789abcdef01234567'
const MINUTE = 60_000

/** Loopback as an interface that leads to others. */
const loopback: NetworkInterfaces = {
  lo: [
    {
      ...{ address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', mac: '00:00:00:00:00:00' },
      ...{ internal: false, cidr: '127.0.0.1/8' },
    },
  ],
}

/** Another program in the group, on any free port in place of 6771. */
class Neighbour {
  readonly #socket: Socket
  #heard: Buffer[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (datagram) => this.#heard.push(datagram))
  }

  static async open(): Promise<Neighbour> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true }).bind(0)
    await once(socket, 'listening')
    socket.addMembership(GROUP, '127.0.0.1')
    socket.setMulticastInterface('127.0.0.1')
    onTestFinished(() => {
      socket.close()
    })
    return new Neighbour(socket)
  }

  get port(): number {
    return this.#socket.address().port
  }

  async heard(): Promise<Buffer> {
    for (;;) {
      const datagram = this.#heard.shift()
      if (datagram !== undefined) return datagram
      await once(this.#socket, 'message')
    }
  }

  /** Resolves when it has come back to us, and so to everybody. */
  async say(text: string | Uint8Array): Promise<void> {
    const sent = Buffer.from(text)
    this.#socket.send(sent, this.port, GROUP)
    while (!(await this.heard()).equals(sent));
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function bench(
  interfaces: () => NetworkInterfaces = () => loopback,
): Promise<{ neighbour: Neighbour; clock: FakeClock; lsd: Lsd }> {
  const neighbour = await Neighbour.open()
  const clock = new FakeClock()
  const lsd = new Lsd({
    ...{ clock, port: neighbour.port, networkInterfaces: interfaces, log: { debug: () => {} } },
  })
  onTestFinished(() => lsd.close())
  return { neighbour, clock, lsd }
}

const announceOf = (port: number, infoHash = HASH, cookie = 'theirs'): string =>
  `BT-SEARCH * HTTP/1.1\r\nHost: ${GROUP}:6771\r\nPort: ${port}\r\nInfohash: ${infoHash}\r\ncookie: ${cookie}\r\n\r\n\r\n`

/** Lets time pass until the first announce is out, which says that the socket is in the group. */
async function firstAnnounce(neighbour: Neighbour, clock: FakeClock): Promise<Buffer> {
  const heard = neighbour.heard()
  for (let isHeard = false; !isHeard; ) {
    await clock.advance(MINUTE)
    isHeard = await Promise.race([heard.then(() => true), clock.advance(0).then(() => false)])
  }
  return await heard
}

describe('local service discovery', () => {
  it('announces to the local network, and tells who announces there', async () => {
    const { neighbour, clock, lsd } = await bench()
    const peers: string[] = []
    lsd.announce(HASH, 4240, (peer) => peers.push(peer))
    const datagram = await firstAnnounce(neighbour, clock)
    expect(parseLsdMessage(datagram)).toMatchObject({ infoHashes: [HASH], port: 4240 })
    await neighbour.say(announceOf(6881))
    expect(peers).toEqual(['127.0.0.1:6881'])
  })

  it('knows its own announces', async () => {
    const { neighbour, clock, lsd } = await bench()
    const peers: string[] = []
    lsd.announce(HASH, 4240, (peer) => peers.push(peer))
    await neighbour.say(await firstAnnounce(neighbour, clock))
    await neighbour.say(announceOf(6881))
    expect(peers).toEqual(['127.0.0.1:6881'])
  })

  it('puts torrents that are added together into one datagram, and not more than fit', async () => {
    const { neighbour, clock, lsd } = await bench()
    const hashes = Array.from({ length: 25 }, (_, index) => `${index + 10}`.repeat(20))
    for (const infoHash of hashes) lsd.announce(infoHash, 4240, () => {})
    const first = parseLsdMessage(await firstAnnounce(neighbour, clock))
    await clock.advance(1_000)
    const second = parseLsdMessage(await neighbour.heard())
    expect([...(first?.infoHashes ?? []), ...(second?.infoHashes ?? [])].toSorted()).toEqual(hashes)
  })

  it('says nothing about a torrent that was left, and tells it nothing', async () => {
    const { neighbour, clock, lsd } = await bench()
    const peers: string[] = []
    lsd.announce('ff'.repeat(20), 4240, () => {})
    const leave = lsd.announce(HASH, 4240, (peer) => peers.push(peer))
    await firstAnnounce(neighbour, clock)
    leave()
    await neighbour.say(announceOf(6881))
    expect(peers).toEqual([])
    await clock.advance(6 * MINUTE)
    const again = parseLsdMessage(await neighbour.heard())
    expect(again?.infoHashes).toEqual(['ff'.repeat(20)])
  })

  it.each([
    'BT-SEARCH * HTTP/1.1',
    'BT-SEARCH * HTTP/1.1\r\n\r\n',
    '',
    'x'.repeat(1_401),
    announceOf(0),
    announceOf(6881, 'xyz'),
    Buffer.alloc(60_000, 0xff),
  ])('drops %.25j, and hears what follows', async (text) => {
    const { neighbour, clock, lsd } = await bench()
    const peers: string[] = []
    lsd.announce(HASH, 4240, (peer) => peers.push(peer))
    await firstAnnounce(neighbour, clock)
    await neighbour.say(text)
    await neighbour.say(announceOf(6881))
    expect(peers).toEqual(['127.0.0.1:6881'])
  })

  it('reads no more from one sender than it would have to say', async () => {
    const { neighbour, clock, lsd } = await bench()
    const peers: string[] = []
    lsd.announce(HASH, 4240, (peer) => peers.push(peer))
    await firstAnnounce(neighbour, clock)
    for (let port = 1; port <= 100; port++) await neighbour.say(announceOf(port))
    expect(peers.length).toBeLessThanOrEqual(20)
    await clock.advance(MINUTE)
    await neighbour.say(announceOf(101))
    expect(peers.at(-1)).toBe('127.0.0.1:101')
  })

  it('hears nobody from outside the networks of its interfaces', async () => {
    const elsewhere: NetworkInterfaces = {
      lo: (loopback.lo ?? []).map((info) => ({ ...info, cidr: '127.0.0.1/32' })),
      far: (loopback.lo ?? []).map((info) => ({
        ...info,
        address: '127.9.0.1',
        cidr: '127.9.0.1/32',
      })),
    }
    const { neighbour, clock, lsd } = await bench(() => elsewhere)
    const peers: string[] = []
    lsd.announce(HASH, 4240, (peer) => peers.push(peer))
    await firstAnnounce(neighbour, clock)
    const stranger = createSocket('udp4').bind(0, '127.5.0.1')
    await once(stranger, 'listening')
    onTestFinished(() => {
      stranger.close()
    })
    stranger.setMulticastInterface('127.0.0.1')
    const text = announceOf(6881)
    stranger.send(text, neighbour.port, GROUP)
    while ((await neighbour.heard()).toString() !== text);
    await neighbour.say(announceOf(6882))
    expect(peers).toEqual(['127.0.0.1:6882'])
  })

  it('waits for an interface, and lives on when it goes', async () => {
    let interfaces: NetworkInterfaces = {}
    const { neighbour, clock, lsd } = await bench(() => interfaces)
    const peers: string[] = []
    lsd.announce(HASH, 4240, (peer) => peers.push(peer))
    await clock.advance(2 * MINUTE)
    interfaces = loopback
    await firstAnnounce(neighbour, clock)
    await neighbour.say(announceOf(6881))
    interfaces = {}
    await clock.advance(2 * MINUTE)
    await neighbour.say(announceOf(6882))
    expect(peers).toEqual(['127.0.0.1:6881'])
  })

  it('has nothing left to do when it is closed', async () => {
    const { neighbour, clock, lsd } = await bench()
    lsd.announce(HASH, 4240, () => {})
    await firstAnnounce(neighbour, clock)
    lsd.close()
    expect(clock.pending).toBe(0)
    lsd.announce(HASH, 4240, () => {})()
    expect(clock.pending).toBe(0)
  })
})
