import { join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { type Host, Lab } from './lab/lab.ts'
import { makeShowTorrent, makeSingleFileTorrent, type Torrent } from './lab/media.ts'
import { sumsOfFiles, sumsOfStreams } from './lab/sums.ts'
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
    const sums = await sumsOfFiles(torrent.files)
    expect(await sumsOfStreams(server, torrent)).toEqual(sums)
    await server.finished(torrent.infoHash)
    const written = torrent.files.map((file) => join(data, relative(torrent.parent, file)))
    expect(await sumsOfFiles(written)).toEqual(sums)
  })

  it.each(Object.entries(PEERS))(
    'is that of the file, from a magnet: %s',
    async (_, startSeeder) => {
      const lab = await Lab.open()
      const torrent = await makeSingleFileTorrent(lab.folder, 'Film.mkv')
      const seeder = await startSeeder(lab.server, torrent)
      const server = await Tributary.start(lab)
      const magnet = `magnet:?xt=urn:btih:${torrent.infoHash}`
      await server.add(magnet, { initial_peers: seeder.address, timeout_ms: '20000' })
      expect(await sumsOfStreams(server, torrent)).toEqual(await sumsOfFiles(torrent.files))
    },
  )
})
