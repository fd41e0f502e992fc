import { expect, it } from 'vitest'
import { browseChildren } from './clients/control-point.ts'
import { Kodi } from './clients/kodi.ts'
import { Lab } from './lab/lab.ts'
import { FILM_SECONDS, makeShowTorrent, makeSingleFileTorrent, SHOW } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const NAME = 'Tributary for Kodi'

const CONTROL_URL = 'http://127.0.0.1:3030/upnp/control/content-directory'

/** A film takes longer than we wait for Kodi: it cannot have read one to its end before it plays. */
const UPLOAD_LIMIT = 1_500_000

describeWithTools(['kodi', 'Xvfb', 'pulseaudio'], 'Kodi', () => {
  it('lists the tree, plays while the file arrives and seeks', async () => {
    const lab = await Lab.open()
    const show = await makeShowTorrent(lab.folder)
    const film = await makeSingleFileTorrent(lab.folder, 'A single film.mkv')
    const seeders = await Promise.all(
      [show, film].map((torrent) =>
        startLibtorrent(lab.server, torrent, { uploadLimit: UPLOAD_LIMIT }),
      ),
    )
    const library = await Tributary.start(lab, {
      args: ['--name', NAME],
      torrents: [show.path, film.path],
      peers: seeders.map(({ address }) => address),
    })
    const kodi = await Kodi.start(lab, lab.second)
    const server = await kodi.findServer(NAME)
    expect(labels(await kodi.directory(server.file))).toEqual([SHOW.name, 'A single film.mkv'])
    const folder = await kodi.find(server.file, [SHOW.name])
    expect(labels(await kodi.directory(folder.file))).toEqual(['Extras', 'Season 1', 'cover.jpg'])
    const season = await kodi.find(folder.file, ['Season 1'])
    // Kodi remembers what it was given first.
    await waitFor('the films to be probed', async () => {
      const [, objectId = ''] = /([^/]+)\/$/.exec(season.file) ?? []
      const didl = await browseChildren(lab.server, CONTROL_URL, decodeURIComponent(objectId))
      return [...didl.matchAll(/ duration="/g)].length === 2
    })
    const films = await kodi.directory(season.file)
    // Natural order: 2 stands before 10.
    expect(labels(films)).toEqual(['Küche & Bad – part 2.mkv', 'part 10 #final.mp4'])
    expect(films.map(({ runtime }) => runtime)).toEqual([FILM_SECONDS, FILM_SECONDS])
    expect((await library.stats(show.infoHash)).finished).toBe(false)
    for (const name of ['Küche & Bad – part 2.mkv', 'part 10 #final.mp4']) {
      await kodi.play((await kodi.find(season.file, [name])).file)
      expect(await kodi.length()).toBeCloseTo(FILM_SECONDS, 0)
      await kodi.seek(45)
      await kodi.timePasses(45)
      await kodi.seek(5)
      await kodi.timePasses(5)
      await kodi.stop()
    }
  })
})

function labels(entries: readonly { readonly label: string }[]): readonly string[] {
  return entries.map(({ label }) => label)
}
