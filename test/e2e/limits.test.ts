import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { type Host, Lab } from './lab/lab.ts'
import { makeSingleFileTorrent, type Torrent } from './lab/media.ts'
import { DEBIAN_PYTHON, describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import {
  type Leech,
  type Seeder,
  startLibtorrent,
  startTransmission,
  startTransmissionLeech,
} from './peers/seeders.ts'

const DOWNLOADER = fileURLToPath(new URL('peers/downloader.py', import.meta.url))
/** Bytes a second. */
const RATE = 1_000_000
const MEASURED_MS = 6_000

/** Bytes a second of a counter, once it moves and its first burst is over. */
async function rateOf(bytes: () => Promise<number> | number): Promise<number> {
  const begin = await bytes()
  await waitFor('bytes', async () => (await bytes()) > begin)
  await delay(1_500)
  const [from, at] = [await bytes(), performance.now()]
  await delay(MEASURED_MS)
  return (((await bytes()) - from) * 1_000) / (performance.now() - at)
}

function expectRate(measured: number): void {
  expect(measured).toBeGreaterThan(0.9 * RATE)
  expect(measured).toBeLessThan(1.1 * RATE)
}

/** Downloads from our server, and says how much has come. */
function startLibtorrentLeech(host: Host, torrent: Torrent, folder: string): Leech {
  const command = [DEBIAN_PYTHON, DOWNLOADER, torrent.path, folder, OURS]
  const program = host.start(command)
  return {
    address: null,
    bytes: () => Number([...program.output.matchAll(/^got (\d+)\n/gm)].at(-1)?.[1] ?? 0),
  }
}

const OURS = '127.0.0.1:4240'
const SEEDERS: Readonly<Record<string, (host: Host, torrent: Torrent) => Promise<Seeder>>> = {
  libtorrent: (host, torrent) => startLibtorrent(host, torrent),
  'transmission-daemon': startTransmission,
}
const LEECHES: Readonly<
  Record<string, (host: Host, torrent: Torrent, folder: string) => Leech | Promise<Leech>>
> = {
  libtorrent: startLibtorrentLeech,
  'transmission-daemon': startTransmissionLeech,
}

/** Of all torrents together, or of this one alone. */
async function limit(server: Tributary, torrent: Torrent | null, limits: object): Promise<void> {
  const path = torrent === null ? '/torrents/limits' : `/torrents/${torrent.infoHash}/limits`
  const body = JSON.stringify({ upload_bps: null, download_bps: null, ...limits })
  await server.call(path, { method: 'POST', contentType: 'application/json', body })
}

async function seed(lab: Lab): Promise<{ server: Tributary; torrent: Torrent }> {
  const torrent = await makeSingleFileTorrent(lab.folder, 'Film.mkv')
  const server = await Tributary.start(lab, {
    folder: lab.folder,
    torrents: [torrent.path],
    args: ['--no-dlna', '--host', '127.0.0.1'],
  })
  await server.finished(torrent.infoHash)
  return { server, torrent }
}

describeWithTools(['transmission-daemon'], 'limits against real programs', () => {
  it.each(Object.entries(SEEDERS))('of downloading hold: %s', async (_, startSeeder) => {
    const lab = await Lab.open()
    const torrent = await makeSingleFileTorrent(lab.folder, 'Film.mkv')
    const seeder = await startSeeder(lab.server, torrent)
    const server = await Tributary.start(lab, {
      args: ['--no-dlna', '--download-limit', '1000000'],
    })
    await server.add(`@${torrent.path}`, {
      initial_peers: seeder.address,
    })
    const fetched = async (): Promise<number> =>
      (await server.stats(torrent.infoHash)).live?.snapshot.fetched_bytes ?? 0
    expectRate(await rateOf(fetched))
    // The torrent's own, without one over all; never without any, as the film would be there at once.
    await limit(server, torrent, { download_bps: RATE })
    await limit(server, null, {})
    expectRate(await rateOf(fetched))
  })

  it.each(Object.entries(LEECHES))('of uploading hold: %s', async (_, startLeech) => {
    const lab = await Lab.open()
    const { server, torrent } = await seed(lab)
    await limit(server, null, { upload_bps: RATE })
    const folder = join(lab.folder, 'leech')
    await mkdir(folder)
    const leech = await startLeech(lab.server, torrent, folder)
    if (leech.address !== null) {
      const path = `/torrents/${torrent.infoHash}/add_peers`
      await server.call(path, { method: 'POST', contentType: 'text/plain', body: leech.address })
    }
    expectRate(await rateOf(() => leech.bytes()))
    await limit(server, torrent, { upload_bps: RATE })
    await limit(server, null, {})
    expectRate(await rateOf(() => leech.bytes()))
  })

  it.each([
    ['ratio', { ratio: 0.1 }],
    ['time', { minutes: 0.05 }],
  ])('of seeding pause the torrent: %s', async (_, goal) => {
    const lab = await Lab.open()
    const { server, torrent } = await seed(lab)
    await limit(server, torrent, { upload_bps: 2 * RATE })
    await server.call(`/torrents/${torrent.infoHash}/seeding`, {
      ...{ method: 'POST', contentType: 'application/json', body: JSON.stringify(goal) },
    })
    const folder = join(lab.folder, 'leech')
    await mkdir(folder)
    const leech = startLibtorrentLeech(lab.server, torrent, folder)
    await waitFor('it to be paused', async () => {
      return (await server.stats(torrent.infoHash)).state === 'paused'
    })
    const sent = await leech.bytes()
    const { total_bytes: size } = await server.stats(torrent.infoHash)
    // Ratio and time are looked at every five seconds.
    if ('ratio' in goal) expect(sent).toBeGreaterThan(0.1 * size)
    expect(sent).toBeLessThan(0.8 * size)
    // The leech says ten times a second how much it has, so that at 2 MB/s its last word is up to 200 kB old; the rest is
    // what sockets and a loaded machine held when the wires were closed. Once that has arrived, nothing more comes.
    await delay(1_000)
    const arrived = await leech.bytes()
    expect(arrived).toBeLessThan(sent + 500_000)
    await delay(1_500)
    expect(await leech.bytes()).toBe(arrived)
  })
})
