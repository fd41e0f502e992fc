import { readdir, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { BlocklistSource } from '../../../src/torrents/session/blocklist-source.ts'
import { Blocklist } from '../../../src/torrents/swarm/blocklist.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { serve } from '../../helpers/web-server.ts'

async function read(...chunks: readonly string[]): Promise<Blocklist> {
  async function* bytes(): AsyncIterable<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk)
  }
  return await Blocklist.read(bytes())
}

describe('a blocklist', () => {
  it('reads ranges in any order, overlapping, with colons in names, and leaves nonsense out', async () => {
    const list = await read(
      '# comment:1.1.1.1-1.1.1.1\nSome: Org:10.0.0.5-10.0.',
      '0.9\r\nx:3.0.0.0-3.0.0.255\ny:10.0.0.8-10.0.0.20\nz:300.0.0.1-300.0.0.2\nnothing\n',
      'back:9.9.9.9-1.1.1.1\nlast:255.255.255.255-255.255.255.255',
    )
    expect(list.size).toBe(3)
    const blocked = ['10.0.0.5', '10.0.0.20', '3.0.0.0', '3.0.0.255', '255.255.255.255']
    expect(blocked.filter((address) => list.has(address))).toEqual(blocked)
    const free = ['10.0.0.4', '10.0.0.21', '2.255.255.255', '3.0.1.0', '1.1.1.1', '::1', 'name']
    expect(free.filter((address) => list.has(address))).toEqual([])
  })

  it('holds IPv6, and IPv4 however a socket gives it', async () => {
    const list = await read('a:1.2.3.0-1.2.3.255\nb:2001:db8::-2001:db8::ff\nfe80::/10\n')
    expect(list.size).toBe(3)
    const blocked = ['::ffff:1.2.3.4', '2001:db8::1', '2001:0DB8:0::1', 'fe80::1%eth0']
    expect(blocked.filter((address) => list.has(address))).toEqual(blocked)
    expect(list.has('2001:db8::100')).toBe(false)
  })

  it('of half a million ranges does not hold up the event loop', async () => {
    // In one piece of memory, so that no garbage of the test's is collected meanwhile.
    const text = Buffer.alloc(500_000 * 48)
    let length = 0
    for (let index = 0; index < 500_000; index++) {
      const value = Math.imul(index, 2_654_435_761) >>> 0
      const network = `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}`
      const last = value & 254
      length += text.write(`list ${index}:${network}.${last}-${network}.${last + 1}\n`, length)
    }
    async function* bytes(): AsyncIterable<Uint8Array> {
      for (let at = 0; at < length; at += 65_536) {
        yield text.subarray(at, Math.min(at + 65_536, length))
      }
    }
    // What a turn of the event loop takes of the processor: a machine that does other things as well
    // makes each longer.
    const turns: number[] = []
    let isReading = true
    let before = process.cpuUsage()
    const turn = (): void => {
      const { user, system } = process.cpuUsage(before)
      turns.push((user + system) / 1_000)
      before = process.cpuUsage()
      if (isReading) setImmediate(turn)
    }
    setImmediate(turn)
    const list = await Blocklist.read(bytes())
    isReading = false
    expect(list.size).toBeGreaterThan(490_000)
    expect(turns.length).toBeGreaterThan(100)
    expect(Math.max(...turns)).toBeLessThan(50)
  })

  it('comes from a file, gzip too, and is read again when that changes', async () => {
    const path = join(await temporaryFolder(), 'list.p2p.gz')
    await writeFile(path, gzipSync('a:1.2.3.0-1.2.3.255\n'))
    const clock = new FakeClock()
    const source = new BlocklistSource(path, { log: silentLogger(), clock: clock })
    onTestFinished(() => source.close())
    await source.open()
    expect(source.has('1.2.3.4')).toBe(true)
    await writeFile(path, 'b:5.0.0.0-5.0.0.1\nc:6.0.0.0-6.0.0.1\n')
    await clock.advance(60_000)
    while (!source.has('5.0.0.0')) await pass(5)
    expect(source.has('1.2.3.4')).toBe(false)
  })

  it('comes from a URL; where that fails, the old one holds', async () => {
    let status = 200
    const server = await serve((_request, response) => {
      response.writeHead(status).end(gzipSync('a:1.2.3.0-1.2.3.255\n'))
    })
    const clock = new FakeClock()
    const source = new BlocklistSource(`${server.url}/list.gz`, {
      log: silentLogger(),
      clock: clock,
    })
    onTestFinished(() => source.close())
    await source.open()
    expect(source.has('1.2.3.4')).toBe(true)
    status = 500
    await clock.advance(24 * 3_600_000)
    while (clock.pending === 0) await pass(5)
    expect(source.has('1.2.3.4')).toBe(true)
  })

  it('of a URL is kept for a start at which that does not answer', async () => {
    const stateFolder = await temporaryFolder()
    const server = await serve((_request, response) => response.end('a:1.2.3.0-1.2.3.255\n'))
    const open = async (url: string): Promise<BlocklistSource> => {
      const source = new BlocklistSource(url, { log: silentLogger(), stateFolder })
      onTestFinished(() => source.close())
      await source.open()
      return source
    }
    const first = await open(server.url)
    expect(first.has('1.2.3.4')).toBe(true)
    while (!(await readdir(stateFolder)).some((name) => name.endsWith('.gz'))) await pass(5)
    server.server.removeAllListeners('request')
    expect((await open(server.url)).has('1.2.3.4')).toBe(true)
    // What another URL has answered says nothing of this one.
    server.server.once('request', (_request, response: ServerResponse) => response.end('5.6.7.8'))
    expect((await open(`${server.url}/other`)).has('1.2.3.4')).toBe(false)
    while (!(await readdir(stateFolder)).every((name) => name.endsWith('.gz'))) await pass(5)
    expect(await readdir(stateFolder)).toHaveLength(1)
  })

  it('of a URL that never answers holds up a start for ten seconds at most', async () => {
    const server = await serve(() => {})
    const clock = new FakeClock()
    const source = new BlocklistSource(server.url, { log: silentLogger(), clock })
    onTestFinished(() => source.close())
    const opened = source.open()
    while (clock.pending === 0) await pass(5)
    await clock.advance(10_000)
    await opened
    expect(source.size).toBe(0)
  })

  it('that cannot be read keeps the session from starting', async () => {
    const blocklist = join(await temporaryFolder(), 'missing.p2p')
    await expect(openSession({ blocklist })).rejects.toThrow(/--blocklist.*ENOENT/)
    await writeFile(blocklist, '<html>Log in</html>')
    await expect(openSession({ blocklist })).rejects.toThrow(/--blocklist.*no range/)
    await writeFile(blocklist, gzipSync('a:1.2.3.4-1.2.3.5\n'.repeat(10_000)).subarray(0, -20))
    await expect(openSession({ blocklist })).rejects.toThrow(/--blocklist.*unexpected end/)
    await writeFile(blocklist, 'PK\x03\x04 and so on')
    await expect(openSession({ blocklist })).rejects.toThrow(/--blocklist.*zip/)
  })

  it('keeps peers from being dialled, and from calling', async () => {
    const fixture = singleFile('film.mkv', pseudoRandomBytes(300_000, 41), 32_768)
    const blocklist = join(await temporaryFolder(), 'list.p2p')
    await writeFile(blocklist, 'this machine:127.0.0.1-127.0.0.1\n')
    const open = await openSeeder(fixture)
    const shut = await openSeeder(fixture, { blocklist })
    const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
    const blocking = await openSession({ blocklist })
    const { torrent: dialled } = await blocking.add(source, { initialPeers: [open.address] })
    const caller = await openSession()
    const { torrent: calling } = await caller.add(source, { initialPeers: [shut.address] })
    await until(blocking, () => dialled.state.kind === 'live')
    await until(caller, () => calling.state.kind === 'live')
    await pass(1_000)
    expect(dialled.stats().live?.peers.live).toBe(0)
    expect(calling.stats().progressBytes).toBe(0)
    calling.addPeers([open.address])
    await until(caller, () => calling.stats().finished)
  })

  it('hangs up on peers that a new list names, and counts whom it refuses', async () => {
    const fixture = singleFile('film.mkv', pseudoRandomBytes(300_000, 42), 32_768)
    const blocklist = join(await temporaryFolder(), 'list.p2p')
    await writeFile(blocklist, 'nobody:203.0.113.0-203.0.113.1\n')
    const open = await openSeeder(fixture, { uploadBytesPerSecond: 20_000 })
    const clock = new FakeClock()
    const session = await openSession({ blocklist, blocklistClock: clock })
    const { torrent } = await session.add(fixture.torrentFile, { initialPeers: [open.address] })
    await expect.poll(() => torrent.stats().live?.peers.live, { timeout: 10_000 }).toBe(1)
    await writeFile(blocklist, 'this machine:127.0.0.1-127.0.0.1\nanother:1.2.3.4-1.2.3.5\n')
    await clock.advance(60_000)
    await expect.poll(() => torrent.stats().live?.peers.live, { timeout: 10_000 }).toBe(0)
    torrent.addPeers(['127.0.0.1:9'])
    expect(session.stats().traffic.blockedOutgoing).toBeGreaterThan(0)
    open.torrent.addPeers([`127.0.0.1:${session.peerPort}`])
    await expect
      .poll(() => session.stats().traffic.blockedIncoming, { timeout: 10_000 })
      .toBeGreaterThan(0)
  })
})

it('of a session may become another one, and stays where that cannot be read', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'list.p2p')
  await writeFile(path, 'loopback:127.0.0.1-127.0.0.1\n')
  const film = singleFile('Film.mkv', pseudoRandomBytes(60_000, 3))
  const seeder = await openSeeder(film)
  const session = await openSession()
  await session.setBlocklist(path)
  await expect(session.setBlocklist(join(folder, 'none'))).rejects.toThrow('cannot be read')
  const { torrent } = await session.add(film.torrentFile, { initialPeers: [seeder.address] })
  await until(session, () => torrent.state.kind === 'live')
  await pass(300)
  expect(torrent.stats().progressBytes).toBe(0)
  await session.setBlocklist(null)
  torrent.addPeers([seeder.address])
  await until(session, () => torrent.stats().finished)
})
