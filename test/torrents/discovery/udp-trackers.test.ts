import { createSocket } from 'node:dgram'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Announce } from '../../../src/torrents/discovery/announce.ts'
import type { TrackerAnswer } from '../../../src/torrents/discovery/tracker-answer.ts'
import { parseTrackerUrl } from '../../../src/torrents/discovery/tracker-url.ts'
import { UdpTrackers } from '../../../src/torrents/discovery/udp-trackers.ts'
import { NameLookup } from '../../../src/torrents/http-client/name-lookup.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import {
  announced,
  CONNECTION_ID,
  connected,
  refused,
  UdpTracker,
} from '../../helpers/udp-tracker.ts'

const announce: Announce = {
  infoHash: Buffer.alloc(20, 0xaa),
  peerId: Buffer.alloc(20, 0x70),
  ...{ port: 4240, event: 'completed', uploadedBytes: 1, downloadedBytes: 2 ** 40, leftBytes: 3 },
  ...{ numWant: 200, key: 0xffffffff, trackerId: null },
}
const never = new AbortController().signal

class Asker {
  readonly clock = new FakeClock()
  readonly trackers = new UdpTrackers({
    ...{ clock: this.clock, log: { debug: () => {} } },
    names: new NameLookup(async () => [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]),
  })

  constructor() {
    onTestFinished(() => this.trackers.close())
  }

  ask(text: string, { attempt = 0, signal = never } = {}): Promise<TrackerAnswer> {
    const url = parseTrackerUrl(text)
    if (url.kind !== 'udp') throw new Error(`${text} is no UDP tracker`)
    return this.trackers.ask(url, announce, { signal, attempt })
  }
}

describe('an announce by UDP', () => {
  it('connects, announces, and gives what it is told', async () => {
    const tracker = await UdpTracker.open()
    const answer = await new Asker().ask(tracker.url)
    expect(answer).toMatchObject({
      ...{ kind: 'peers', peers: ['127.0.0.1:6881'], intervalSeconds: 1_800 },
      ...{ leechers: 3, seeders: 7 },
    })
    expect(tracker.announces).toMatchObject([
      {
        ...{ connectionId: CONNECTION_ID, infoHash: 'aa'.repeat(20), downloaded: 2n ** 40n },
        ...{ left: 3n, uploaded: 1n, event: 1, key: 0xffffffff, numWant: 200, port: 4240 },
      },
    ])
  })

  it('uses a connection for a minute', async () => {
    const tracker = await UdpTracker.open()
    const asker = new Asker()
    await asker.ask(tracker.url)
    await asker.ask(tracker.url)
    expect(tracker.connects).toBe(1)
    await asker.clock.advance(60_000)
    await asker.ask(tracker.url)
    expect(tracker.connects).toBe(2)
  })

  it('connects again where the tracker has forgotten us', async () => {
    const tracker = await UdpTracker.open({
      onAnnounce: ({ transactionId }, count) => [
        count === 2
          ? refused(transactionId, 'Connection ID missmatch.')
          : announced(transactionId, []),
      ],
    })
    const asker = new Asker()
    await asker.ask(tracker.url)
    expect(await asker.ask(tracker.url)).toMatchObject({ kind: 'peers' })
    expect(tracker.connects).toBe(2)
  })

  it('tells the path and the query (BEP 41), long ones in parts', async () => {
    const tracker = await UdpTracker.open()
    const asker = new Asker()
    await asker.ask(`${tracker.url}/announce?key=1`)
    const path = `/${'x'.repeat(299)}`
    await asker.ask(tracker.url + path)
    expect(tracker.announces.map(({ options }) => options.toString('latin1'))).toEqual([
      '\x02\x0f/announce?key=1',
      `\x02\xff${path.slice(0, 255)}\x02\x2d${path.slice(255)}`,
    ])
  })

  it('gives the reason of a refusal', async () => {
    const tracker = await UdpTracker.open({
      onAnnounce: ({ transactionId }) => [refused(transactionId, 'not\nregistered')],
    })
    expect(await new Asker().ask(tracker.url)).toEqual({
      ...{ kind: 'failure', reason: 'not registered', retryInSeconds: null },
    })
    const busy = await UdpTracker.open({ onConnect: (id) => [refused(id, 'busy')] })
    await expect(new Asker().ask(busy.url)).rejects.toThrow('busy')
  })

  it('reads peers of 18 bytes from an IPv6 tracker, and tries its addresses in turn', async () => {
    const peer = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1, 0, 80]
    const tracker = await UdpTracker.open(
      { onAnnounce: ({ transactionId }) => [announced(transactionId, peer)] },
      '::1',
    )
    const answer = { kind: 'peers', peers: ['[2001:db8::1]:80'] }
    const asker = new Asker()
    expect(await asker.ask(tracker.url)).toMatchObject(answer)
    const named = `udp://tracker.example:${tracker.port}`
    expect(await asker.ask(named, { attempt: 1 })).toMatchObject(answer)
    const ending = new AbortController()
    const onIpv4 = asker.ask(named, { signal: ending.signal })
    ending.abort(new Error('nobody is there'))
    await expect(onIpv4).rejects.toThrow()
  })
})

describe('what is lost or odd', () => {
  it('is sent again after 1.5 s, and at last given up', async () => {
    const tracker = await UdpTracker.open({
      onConnect: (id, count) => (count < 2 ? [] : [connected(id)]),
      onAnnounce: () => [],
    })
    const asker = new Asker()
    const outcome = asker.ask(tracker.url).catch((error: unknown) => error)
    while (tracker.connects < 1) await asker.clock.advance(0)
    expect(asker.clock.pending).toBe(1)
    await asker.clock.advance(1_500)
    await tracker.announce(1)
    await asker.clock.advance(10_500)
    expect(await outcome).toMatchObject({ message: 'timeout: no answer' })
    expect(asker.clock.pending).toBe(0)
  })

  it.each<[string, (transactionId: number) => Uint8Array[]]>([
    ['nothing', () => []],
    ['too short', (id) => [connected(id).subarray(0, 7), connected(id).subarray(0, 15)]],
    ['of another transaction', (id) => [connected((id ^ 1) >>> 0)]],
    [
      'of an unknown action',
      (id) => [Buffer.concat([Buffer.from([0, 0, 0, 9]), connected(id).subarray(4)])],
    ],
    ['too long', (id) => [Buffer.concat([connected(id), Buffer.alloc(5_000)])]],
  ])('is dropped: %s', async (_, onConnect) => {
    const tracker = await UdpTracker.open({ onConnect })
    const asker = new Asker()
    const outcome = asker.ask(tracker.url).catch((error: unknown) => error)
    while (tracker.connects < 1) await asker.clock.advance(0)
    for (const waitMs of [1_500, 3_000, 6_000]) await asker.clock.advance(waitMs)
    expect(await outcome).toMatchObject({ message: 'timeout: no answer' })
  })

  it('is dropped where it comes from somebody else', async () => {
    const stranger = createSocket('udp4').bind(0, '127.0.0.1')
    onTestFinished(() => {
      stranger.close()
    })
    const asker = new Asker()
    const tracker = await UdpTracker.open({
      onAnnounce: ({ transactionId }, count) => (count < 2 ? [] : [announced(transactionId, [])]),
    })
    const outcome = asker.ask(tracker.url)
    const { transactionId, from } = await tracker.announce(1)
    await new Promise<void>((resolve) => {
      // Whoever has seen the announce, and knows our port, has not the tracker's address.
      stranger.send(announced(transactionId, [9, 9, 9, 9, 0, 9]), from, '127.0.0.1', () =>
        resolve(),
      )
    })
    await new Promise((resolve) => setImmediate(resolve))
    await asker.clock.advance(1_500)
    expect(await outcome).toMatchObject({ peers: [] })
  })

  it.each(['udp://0.0.0.0:1', 'udp://224.0.0.1:1', 'udp://255.255.255.255:1'])(
    '%s is not asked',
    async (url) => {
      await expect(new Asker().ask(url)).rejects.toThrow('cannot be used')
    },
  )

  it('ends with its signal, and with the server', async () => {
    const tracker = await UdpTracker.open({ onConnect: () => [] })
    const asker = new Asker()
    const ending = new AbortController()
    const outcome = asker.ask(tracker.url, { signal: ending.signal })
    while (tracker.connects < 1) await asker.clock.advance(0)
    ending.abort(new Error('enough'))
    await expect(outcome).rejects.toThrow('enough')
    asker.trackers.close()
    await expect(asker.ask(tracker.url)).rejects.toThrow('no UDP socket')
    expect(asker.clock.pending).toBe(0)
  })

  it('waits for no name when its signal says to end', async () => {
    const clock = new FakeClock()
    const names = new NameLookup(() => new Promise(() => {}))
    const trackers = new UdpTrackers({ names, clock, log: { debug: () => {} } })
    const ending = new AbortController()
    const place = { host: 'tracker.example', port: 1, urlData: '' }
    const outcome = trackers.ask(place, announce, { signal: ending.signal, attempt: 0 })
    ending.abort(new Error('enough'))
    await expect(outcome).rejects.toThrow('enough')
    trackers.close()
  })
})
