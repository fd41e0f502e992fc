import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Lab } from './lab/lab.ts'
import { makeSingleFileTorrent, sha256OfFile, type Torrent } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { type TorrentStats, Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { setUploadLimit, startLibtorrent } from './peers/seeders.ts'

const MIB = 2 ** 20

/** Room for one film of 38 MB, and for half of it while the ballast is there. */
const DISK_MIB = 48
const BALLAST_MIB = 28

/** A failed write is kept: hardly anything has to be fetched twice. */
const FETCHED_AGAIN_LIMIT = 1.05

describeWithTools([], 'a full disk', () => {
  it('stops the torrent that lies on it, and nothing else, until there is room', async () => {
    const lab = await Lab.open()
    const data = join(lab.folder, 'data')
    const ballast = await fillSmallDisk(lab, 'data/small')
    const stuck = await makeSingleFileTorrent(lab.folder, 'Stuck.mkv')
    const other = await makeSingleFileTorrent(lab.folder, 'Other.mkv')
    const stuckSeeder = await startLibtorrent(lab.server, stuck)
    const otherSeeder = await startLibtorrent(lab.server, other, { uploadLimit: 2_000_000 })
    const server = await Tributary.start(lab, { folder: data })
    await server.add(`@${other.path}`, { initial_peers: otherSeeder.address })
    const otherStream = server.stream(other.infoHash, 0)
    await server.add(`@${stuck.path}`, {
      initial_peers: stuckSeeder.address,
      output_folder: join(data, 'small'),
    })

    const failed = await stateBecomes(server, stuck, 'error')
    expect(failed.error).toMatch(/no space|ENOSPC|full/i)
    expect((await server.stats(other.infoHash)).state).toBe('live')
    setUploadLimit(otherSeeder, 0)
    expect((await otherStream).sha256).toBe(await sumOf(other))

    await rm(ballast)
    await stateBecomes(server, stuck, 'live')
    await server.finished(stuck.infoHash)
    expect((await server.stream(stuck.infoHash, 0)).sha256).toBe(await sumOf(stuck))
    const fetched = (await server.stats(stuck.infoHash)).live?.snapshot.fetched_bytes
    const { total_bytes } = await server.stats(stuck.infoHash)
    expect(fetched).toBeLessThan(total_bytes * FETCHED_AGAIN_LIMIT)
  })

  it('that holds everything leaves what is complete playable, and survives a restart', async () => {
    const lab = await Lab.open()
    const ballast = await fillSmallDisk(lab, 'data')
    const tone = await makeSingleFileTorrent(lab.folder, 'Complete.mp3', 'tone.mp3')
    const film = await makeSingleFileTorrent(lab.folder, 'Stuck.mkv')
    const toneSeeder = await startLibtorrent(lab.server, tone)
    const filmSeeder = await startLibtorrent(lab.server, film)
    const server = await Tributary.start(lab)
    await server.add(`@${tone.path}`, { initial_peers: toneSeeder.address })
    await server.finished(tone.infoHash)
    await server.add(`@${film.path}`, { initial_peers: filmSeeder.address })
    await stateBecomes(server, film, 'error')
    expect((await server.stream(tone.infoHash, 0)).sha256).toBe(await sumOf(tone))

    server.program.signal('SIGTERM')
    expect(await server.program.ended()).toEqual({ code: 0, signal: null })
    const again = await Tributary.start(lab)
    expect(await again.torrents()).toHaveLength(2)
    await rm(ballast)
    await again.addPeers(film.infoHash, [filmSeeder.address])
    await again.finished(film.infoHash)
    expect((await again.stream(film.infoHash, 0)).sha256).toBe(await sumOf(film))
  })
})

/** @returns the file to remove for room */
async function fillSmallDisk(lab: Lab, path: string): Promise<string> {
  const disk = await lab.mountSmallDisk(path, DISK_MIB)
  const ballast = join(disk, 'ballast')
  await writeFile(ballast, Buffer.alloc(BALLAST_MIB * MIB))
  return ballast
}

function stateBecomes(
  server: Tributary,
  torrent: Torrent,
  state: TorrentStats['state'],
): Promise<TorrentStats> {
  return waitFor(
    `${torrent.name} to be in state ${state}`,
    async () => {
      const stats = await server.stats(torrent.infoHash)
      return stats.state === state && stats
    },
    { timeoutMs: 60_000 },
  )
}

function sumOf(torrent: Torrent): Promise<string> {
  return sha256OfFile(torrent.files[0] ?? '')
}
