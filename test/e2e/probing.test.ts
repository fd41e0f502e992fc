import { expect, it } from 'vitest'
import { browseChildren } from './clients/control-point.ts'
import { Lab } from './lab/lab.ts'
import { FILM_SECONDS, makeSingleFileTorrent } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

/** What probing may fetch of a film that nobody downloads. */
const MOST_BYTES = 8_000_000

/** Two films of some 38 MB, with their index at the end. */
const FILMS = [
  { name: 'A film.mkv', kind: 'film.mkv' },
  { name: 'A film.mp4', kind: 'film.mp4' },
] as const

describeWithTools(['ffmpeg', 'curl'], 'probing on demand', () => {
  it('tells how long a film is after fetching its head and its index', async () => {
    const lab = await Lab.open()
    const torrents = []
    for (const { name, kind } of FILMS) {
      torrents.push(await makeSingleFileTorrent(lab.folder, name, kind))
    }
    const seeders = await Promise.all(
      torrents.map((torrent) => startLibtorrent(lab.server, torrent)),
    )
    const library = await Tributary.start(lab, {
      args: ['--on-demand'],
      torrents: torrents.map(({ path }) => path),
      peers: seeders.map(({ address }) => address),
    })
    const url = `http://${lab.server.address}:3030/upnp/control/content-directory`
    const durations = await waitFor('both films to have a duration', async () => {
      const didl = await browseChildren(lab.server, url, '0')
      const found = [...didl.matchAll(/ duration="0:(\d\d):(\d\d\.\d{3})"/g)]
      return found.length === FILMS.length && found
    })
    for (const [, minutes, seconds] of durations) {
      expect(Number(minutes) * 60 + Number(seconds)).toBeCloseTo(FILM_SECONDS, 0)
    }
    for (const { infoHash } of torrents) {
      const { live } = await library.stats(infoHash)
      expect(live?.snapshot.fetched_bytes).toBeLessThanOrEqual(MOST_BYTES)
    }
  })
})
