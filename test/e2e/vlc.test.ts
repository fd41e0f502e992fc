import { expect, it } from 'vitest'
import { Vlc } from './clients/vlc.ts'
import { Lab } from './lab/lab.ts'
import { FILM_SECONDS, makeShowTorrent, SHOW } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { setUploadLimit, startLibtorrent } from './peers/seeders.ts'

const NAME = 'Tributary for VLC'

/** All of it takes 26 s. VLC goes forward in an MKV by reading on, so it must not be much less. */
const UPLOAD_LIMIT = 3_000_000
/** Until VLC is there, however long that takes. */
const WAITING_LIMIT = 200_000

describeWithTools(['cvlc', 'setpriv'], 'VLC', () => {
  it.each(['Küche & Bad – part 2.mkv', 'part 10 #final.mp4'])(
    'finds the server, browses into the torrent, plays %s while it arrives and seeks',
    async (file) => {
      const lab = await Lab.open()
      const torrent = await makeShowTorrent(lab.folder)
      const seeder = await startLibtorrent(lab.server, torrent, { uploadLimit: WAITING_LIMIT })
      const server = await Tributary.start(lab, {
        args: ['--name', NAME],
        torrents: [torrent.path],
        peers: [seeder.address],
      })
      const vlc = await Vlc.start(lab, lab.first)
      await vlc.searchNetwork()
      await vlc.finds(NAME)
      setUploadLimit(seeder, UPLOAD_LIMIT)
      await vlc.open([NAME, SHOW.name, 'Season 1', file])
      await vlc.timePasses(0)
      expect(await vlc.length()).toBe(FILM_SECONDS)
      await vlc.seek(45)
      await vlc.timePasses(45)
      expect((await server.stats(torrent.infoHash)).finished).toBe(false)
      await vlc.seek(5)
      await vlc.timePasses(5)
      const current = (await vlc.playlist()).find(({ isCurrent }) => isCurrent)
      expect(current?.title).toBe(file)
    },
  )

  it('plays a film from a view', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    await Tributary.start(lab, {
      args: ['--name', NAME],
      torrents: [torrent.path],
      peers: [seeder.address],
    })
    const vlc = await Vlc.start(lab, lab.first)
    await vlc.searchNetwork()
    await vlc.open([NAME, 'Video', 'part 10 #final.mp4'])
    await vlc.timePasses(0)
    expect(await vlc.length()).toBe(FILM_SECONDS)
  })
})
