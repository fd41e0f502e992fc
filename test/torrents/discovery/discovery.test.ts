import { describe, expect, it, onTestFinished } from 'vitest'
import type { Clock } from '../../../src/clock.ts'
import { steadyClock } from '../../../src/clock.ts'
import { AnnounceGate } from '../../../src/torrents/discovery/announce-gate.ts'
import {
  Discovery,
  type DiscoveryOptions,
  type Progress,
} from '../../../src/torrents/discovery/discovery.ts'
import { UdpTrackers } from '../../../src/torrents/discovery/udp-trackers.ts'
import { HttpClient } from '../../../src/torrents/http-client/http-client.ts'
import { NameLookup } from '../../../src/torrents/http-client/name-lookup.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { UdpTracker } from '../../helpers/udp-tracker.ts'
import { serve } from '../../helpers/web-server.ts'

const HASH = 'ab'.repeat(20)
const EMPTY = 'd8:intervali1800e5:peers0:e'

/** DHT and LSD that remember who is looking. */
class Searches {
  readonly looking = new Set<string>()
  found: (address: string) => void = () => {}

  announce(infoHash: string, port: number, onPeer: (address: string) => void): () => void {
    const entry = `${infoHash.slice(0, 4)} ${port}`
    this.looking.add(entry)
    this.found = onPeer
    return () => this.looking.delete(entry)
  }
}

class Bench {
  progress: Progress = { downloadedBytes: 0, uploadedBytes: 0, leftBytes: 1_000 }
  readonly dht = new Searches()
  readonly lsd = new Searches()
  readonly peers: string[] = []
  readonly logged: string[] = []
  readonly discovery: Discovery

  constructor(
    trackers: readonly string[],
    options: Partial<DiscoveryOptions> = {},
    clock: Clock = steadyClock,
  ) {
    const names = new NameLookup()
    const log = {
      debug: (facts: object, text: string) => this.logged.push(text + JSON.stringify(facts)),
    }
    const udp = new UdpTrackers({ names, clock, log })
    const limits = { total: 64, perOwner: 16 }
    this.discovery = new Discovery({
      ...{
        infoHash: HASH,
        peerId: Buffer.alloc(20, 0x70),
        port: 4240,
        isPrivate: false,
        trackers,
        log,
      },
      ports: {
        trackers: {
          ...{ udp, http: new HttpClient(names) },
          ...{ announces: new AnnounceGate(limits), stops: new AnnounceGate(limits) },
        },
        ...{ dht: this.dht, lsd: this.lsd, clock, random: () => 0, key: 7 },
      },
      progress: () => this.progress,
      onPeer: (address, origin) => this.peers.push(`${address} ${origin}`),
      ...options,
    })
    onTestFinished(async () => {
      await this.discovery.close()
      udp.close()
    })
  }
}

/** An HTTP tracker; `announce(n)` resolves with the parameters of the nth announce. */
async function httpTracker(): Promise<{
  url: string
  asked: URLSearchParams[]
  announce: (count: number) => Promise<URLSearchParams>
}> {
  const asked: URLSearchParams[] = []
  const { url, server } = await serve((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://x').searchParams)
    response.end(EMPTY, () => server.emit('asked'))
  })
  return {
    url: `${url}/announce`,
    asked,
    announce: async (count) => {
      for (;;) {
        const announce = asked[count - 1]
        if (announce !== undefined) return announce
        await new Promise<void>((resolve) => server.once('asked', () => resolve()))
      }
    },
  }
}

/** Until what has been answered is known to whom it was told. */
async function settled(isSettled: () => boolean): Promise<void> {
  while (!isSettled()) await new Promise((resolve) => setImmediate(resolve))
}

const states = (bench: Bench): string[] => bench.discovery.trackers.map(({ state }) => state)

describe('what trackers are told', () => {
  it('is how far we are since the start, by HTTP and UDP alike', async () => {
    const [http, udp] = [await httpTracker(), await UdpTracker.open()]
    const bench = new Bench([http.url, udp.url])
    bench.progress = { downloadedBytes: 500, uploadedBytes: 50, leftBytes: 1_000 }
    bench.discovery.start()
    const started = await http.announce(1)
    expect(Object.fromEntries(started)).toMatchObject({
      ...{ event: 'started', downloaded: '0', uploaded: '0', left: '1000', port: '4240' },
      ...{ key: '00000007', numwant: '200', compact: '1', no_peer_id: '1' },
    })
    expect(await udp.announce(1)).toMatchObject({
      event: 2,
      downloaded: 0n,
      uploaded: 0n,
      left: 1_000n,
    })
    await settled(() => states(bench).every((state) => state === 'working'))
    bench.progress = { downloadedBytes: 1_600, uploadedBytes: 80, leftBytes: 0 }
    bench.discovery.complete()
    expect(Object.fromEntries(await http.announce(2))).toMatchObject({
      ...{ event: 'completed', downloaded: '1100', uploaded: '30', left: '0' },
    })
    expect(await udp.announce(2)).toMatchObject({
      event: 1,
      downloaded: 1_100n,
      uploaded: 30n,
      left: 0n,
    })
    await settled(() => states(bench).every((state) => state === 'working'))
    bench.discovery.complete()
    await bench.discovery.close()
    expect(Object.fromEntries(await http.announce(3))).toMatchObject({
      event: 'stopped',
      numwant: '0',
    })
    expect(await udp.announce(3)).toMatchObject({ event: 3, left: 0n, downloaded: 1_100n })
    expect([http.asked.length, udp.announces.length]).toEqual([3, 3])
  })

  it('is not that we are a seed while a magnet has no metadata', async () => {
    const [http, udp] = [await httpTracker(), await UdpTracker.open()]
    const bench = new Bench([http.url, udp.url])
    bench.progress = { downloadedBytes: 0, uploadedBytes: 0, leftBytes: null }
    bench.discovery.start()
    expect((await http.announce(1)).get('left')).toBe('16384')
    expect((await udp.announce(1)).left).toBe(16_384n)
  })

  it('is that we are a seed, and no download, where all was here from the beginning', async () => {
    const http = await httpTracker()
    const bench = new Bench([http.url])
    bench.progress = { downloadedBytes: 0, uploadedBytes: 0, leftBytes: 0 }
    bench.discovery.start()
    expect(Object.fromEntries(await http.announce(1))).toMatchObject({
      event: 'started',
      left: '0',
    })
    await settled(() => states(bench)[0] === 'working')
    bench.discovery.complete()
    await bench.discovery.close()
    expect(http.asked.map((asked) => asked.get('event'))).toEqual(['started', 'stopped'])
  })

  it('is no download of a magnet whose files were here', async () => {
    const http = await httpTracker()
    const bench = new Bench([http.url])
    bench.progress = { downloadedBytes: 0, uploadedBytes: 0, leftBytes: null }
    bench.discovery.start()
    await settled(() => states(bench)[0] === 'working')
    bench.progress = { downloadedBytes: 0, uploadedBytes: 0, leftBytes: 0 }
    bench.discovery.complete()
    await bench.discovery.close()
    expect(http.asked.map((asked) => asked.get('event'))).toEqual(['started', 'stopped'])
  })
})

describe('peers', () => {
  it('come from trackers, the DHT and the local network', async () => {
    const udp = await UdpTracker.open()
    const bench = new Bench([udp.url])
    bench.discovery.start()
    bench.dht.found('192.0.2.1:1')
    bench.lsd.found('192.0.2.2:2')
    await settled(() => bench.peers.length === 3)
    expect(bench.peers).toEqual(['192.0.2.1:1 dht', '192.0.2.2:2 lsd', '127.0.0.1:6881 tracker'])
    expect([...bench.dht.looking, ...bench.lsd.looking]).toEqual(['abab 4240', 'abab 4240'])
    await bench.discovery.close()
    expect([...bench.dht.looking, ...bench.lsd.looking]).toEqual([])
  })

  it('are not ourselves, as the tracker sees us', async () => {
    const { url } = await serve((_, response) =>
      response.end(
        Buffer.from(
          'd11:external ip4:\xc0\0\x02\x095:peers18:\xc0\0\x02\x09\x10\x90\xc0\0\x02\x09\0\x01\xc0\0\x02\x01\x10\x90e',
          'latin1',
        ),
      ),
    )
    const bench = new Bench([`${url}/announce`])
    bench.discovery.start()
    await settled(() => states(bench)[0] === 'working')
    expect(bench.peers).toEqual(['192.0.2.9:1 tracker', '192.0.2.1:4240 tracker'])
  })

  it('of a private torrent come from its trackers alone', async () => {
    const udp = await UdpTracker.open()
    const bench = new Bench([udp.url], { isPrivate: true })
    bench.discovery.start()
    await settled(() => bench.peers.length === 1)
    expect([...bench.dht.looking, ...bench.lsd.looking]).toEqual([])
  })

  it('of a magnet that turns out private come from its trackers alone from then on', async () => {
    const http = await httpTracker()
    const bench = new Bench([http.url])
    bench.discovery.start()
    expect([...bench.dht.looking, ...bench.lsd.looking]).toHaveLength(2)
    bench.discovery.setPrivate()
    expect([...bench.dht.looking, ...bench.lsd.looking]).toEqual([])
    const added = await httpTracker()
    bench.discovery.addTrackers([added.url])
    expect((await added.announce(1)).get('event')).toBe('started')
    expect((await http.announce(1)).get('event')).toBe('started')
  })
})

describe('a list of trackers', () => {
  it('is used up to 100 of them, each once, without those that are none', () => {
    const urls = Array.from(
      { length: 30_000 },
      (_, index) => `http://127.0.0.1:1/announce/${index}`,
    )
    const odd = ['udp://host:0', 'wss://host/announce', 'http://u:secret@host:0/', 'x', '']
    const bench = new Bench([...odd, ...urls.slice(0, 3), ...urls])
    expect(bench.discovery.trackers.map(({ url }) => url)).toEqual(urls.slice(0, 100))
    bench.discovery.addTrackers(['http://127.0.0.1:1/another'])
    expect(bench.discovery.trackers).toHaveLength(100)
    expect(bench.logged.join()).not.toContain('secret')
  })

  it('is asked bit by bit', async () => {
    const clock = new FakeClock()
    const http = await httpTracker()
    const urls = Array.from({ length: 20 }, (_, index) => `${http.url}/${index}`)
    const bench = new Bench(urls, {}, clock)
    bench.discovery.start()
    await http.announce(8)
    expect(states(bench).filter((state) => state === 'waiting')).toHaveLength(12)
    await clock.advance(12 * 250)
    await http.announce(20)
  })

  it('of dead trackers holds up no stop', async () => {
    const urls = Array.from({ length: 100 }, (_, index) => `http://127.0.0.1:1/announce/${index}`)
    const bench = new Bench(urls)
    bench.discovery.start()
    await settled(() => states(bench).filter((state) => state === 'failing').length === 8)
    await bench.discovery.close()
    bench.discovery.addTrackers(['http://127.0.0.1:1/announce'])
    expect(bench.discovery.trackers).toHaveLength(100)
  })

  it('of trackers that stop answering holds up a stop for 1.2 s', async () => {
    const clock = new FakeClock()
    let isSilent = false
    const { url } = await serve((_, response) => {
      if (!isSilent) response.end(EMPTY)
    })
    const bench = new Bench([`${url}/announce`], {}, clock)
    bench.discovery.start()
    await settled(() => states(bench)[0] === 'working')
    isSilent = true
    let isClosed = false
    const closed = bench.discovery.close().then(() => (isClosed = true))
    await clock.advance(1_199)
    expect(isClosed).toBe(false)
    await clock.advance(1)
    await closed
    expect(clock.pending).toBe(0)
  })

  it('is not asked where trackers are switched off', () => {
    const bench = new Bench([], {
      ports: {
        ...{
          trackers: null,
          dht: null,
          lsd: null,
          clock: steadyClock,
          random: Math.random,
          key: 1,
        },
      },
    })
    bench.discovery.addTrackers(['http://127.0.0.1:1/announce'])
    bench.discovery.start()
    expect(bench.discovery.trackers).toEqual([])
  })
})
