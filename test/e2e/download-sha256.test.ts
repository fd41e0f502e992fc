import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Host } from './lab/lab.ts'
import { Lab } from './lab/lab.ts'
import { makeShowTorrent, sha256OfFile, type Torrent } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { type Seeder, startAria2, startLibtorrent, startTransmission } from './peers/seeders.ts'

const PEERS: Readonly<Record<string, (host: Host, torrent: Torrent) => Promise<Seeder>>> = {
  'transmission-daemon': startTransmission,
  aria2: startAria2,
  libtorrent: (host, torrent) => startLibtorrent(host, torrent),
  'libtorrent that insists on encryption': (host, torrent) =>
    startLibtorrent(host, torrent, { encryptedOnly: true }),
}

describeWithTools(['transmission-daemon', 'aria2c'], 'the SHA-256 of every stream', () => {
  it.each(Object.entries(PEERS))('is that of the file: %s', async (_, startSeeder) => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const seeder = await startSeeder(lab.server, torrent)
    const data = join(lab.folder, 'data')
    const server = await Tributary.start(lab, {
      folder: data,
      torrents: [torrent.path],
      peers: [seeder.address],
    })
    await expectStreams(server, torrent)
    await server.finished(torrent.infoHash)
    await expectFiles(data, torrent)
  })

  it.each(Object.entries(PEERS))(
    'is that of the file, from a magnet: %s',
    async (_, startSeeder) => {
      const lab = await Lab.open()
      const torrent = await makeShowTorrent(lab.folder)
      const seeder = await startSeeder(lab.server, torrent)
      const server = await Tributary.start(lab)
      const magnet = `magnet:?xt=urn:btih:${torrent.infoHash}`
      await server.add(magnet, { initial_peers: seeder.address, timeout_ms: '20000' })
      await expectStreams(server, torrent)
    },
  )
})

/** All of them at the same time, from the first moment on. */
async function expectStreams(server: Tributary, torrent: Torrent): Promise<void> {
  const streams = torrent.files.map((_, index) => server.stream(torrent.infoHash, index))
  const sums = (await Promise.all(streams)).map(({ sha256 }) => sha256)
  expect(sums).toEqual(await Promise.all(torrent.files.map((file) => sha256OfFile(file))))
}

async function expectFiles(folder: string, torrent: Torrent): Promise<void> {
  const written = torrent.files.map((file) => join(folder, file.slice(torrent.parent.length)))
  expect(await Promise.all(written.map((file) => sha256OfFile(file)))).toEqual(
    await Promise.all(torrent.files.map((file) => sha256OfFile(file))),
  )
}
