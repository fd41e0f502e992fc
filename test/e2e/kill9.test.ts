import { expect, it } from 'vitest'
import { Lab } from './lab/lab.ts'
import { makeShowTorrent, makeSingleFileTorrent, sha256OfFile, type Torrent } from './lab/media.ts'
import { sumsOfFiles, sumsOfStreams } from './lab/sums.ts'
import { describeWithTools } from './lab/tools.ts'
import { type TorrentStats, Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { setUploadLimit, startLibtorrent } from './peers/seeders.ts'

/** What has arrived when the server is killed. */
const KILL_AT = [0, 0.1, 0.35, 0.7]

/** A crash may cost what was not yet written down, not the download. */
const KEPT_AT_LEAST = 0.5

/** curl's exit code for a body that ended too early. */
const CURL_CUT_OFF = 18

describeWithTools([], 'kill -9 during a download', () => {
  it('costs no torrent and no byte, whenever it happens', async () => {
    const lab = await Lab.open()
    const show = await makeShowTorrent(lab.folder)
    const waiting = await makeSingleFileTorrent(lab.folder, 'Paused.mkv')
    const seeder = await startLibtorrent(lab.server, show, { uploadLimit: 8_000_000 })
    let server = await Tributary.start(lab)
    await server.add(`@${show.path}`, { initial_peers: seeder.address })
    await server.add(`@${waiting.path}`)
    await server.call(`/torrents/${waiting.infoHash}/pause`, { method: 'POST' })
    const listed = await server.torrents()
    expect(listed).toHaveLength(2)
    for (const share of KILL_AT) {
      const before = await progressReaches(server, show, share)
      server = await killAndStart(lab, server)
      expect(await server.torrents()).toEqual(listed)
      expect((await settled(server, waiting)).state).toBe('paused')
      const after = await settled(server, show)
      expect(after.progress_bytes).toBeGreaterThanOrEqual(before.progress_bytes * KEPT_AT_LEAST)
      await server.addPeers(show.infoHash, [seeder.address])
    }
    setUploadLimit(seeder, 0)
    expect(await sumsOfStreams(server, show)).toEqual(await sumsOfFiles(show.files))
    await server.finished(show.infoHash)
    server = await killAndStart(lab, server)
    // All is there: this time nobody adds a peer.
    expect(await sumsOfStreams(server, show)).toEqual(await sumsOfFiles(show.files))
  })

  it('interrupts a viewer, who goes on where he was', async () => {
    const lab = await Lab.open()
    const film = await makeSingleFileTorrent(lab.folder, 'Film.mkv')
    const seeder = await startLibtorrent(lab.server, film, { uploadLimit: 4_000_000 })
    const launch = { torrents: [film.path], peers: [seeder.address] }
    let server = await Tributary.start(lab, launch)
    const whole = server.stream(film.infoHash, 0)
    await progressReaches(server, film, 0.2)
    server.program.signal('SIGKILL')
    const { byteCount, exitCode } = await whole
    expect(exitCode).toBe(CURL_CUT_OFF)
    await server.program.ended()
    server = await Tributary.start(lab, launch)
    setUploadLimit(seeder, 0)
    const rest = await server.stream(film.infoHash, 0, { range: `${byteCount}-` })
    expect(rest.sha256).toBe(await sha256OfFile(film.files[0] ?? '', { start: byteCount }))
  })
})

async function killAndStart(lab: Lab, server: Tributary): Promise<Tributary> {
  server.program.signal('SIGKILL')
  await server.program.ended()
  return Tributary.start(lab)
}

function progressReaches(
  server: Tributary,
  torrent: Torrent,
  share: number,
): Promise<TorrentStats> {
  return waitFor(`${share * 100} % of ${torrent.name}`, async () => {
    const stats = await server.stats(torrent.infoHash)
    return stats.progress_bytes >= stats.total_bytes * share && stats
  })
}

/** The state once what is on disk is known. */
function settled(server: Tributary, torrent: Torrent): Promise<TorrentStats> {
  return waitFor(`${torrent.name} to be checked`, async () => {
    const stats = await server.stats(torrent.infoHash)
    return stats.state !== 'initializing' && stats
  })
}
