import { join } from 'node:path'
import { expect, it } from 'vitest'
import { browseChildren } from './clients/control-point.ts'
import { Kodi } from './clients/kodi.ts'
import { Lab } from './lab/lab.ts'
import { FILM_SECONDS, makeShowTorrent, makeSingleFileTorrent, SHOW } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { setUploadLimit, startLibtorrent } from './peers/seeders.ts'

const NAME = 'Tributary for Kodi'

const CONTROL_URL = 'http://127.0.0.1:3030/upnp/control/content-directory'

/** A film takes longer than we wait for Kodi: it cannot have read one to its end before it plays. */
const UPLOAD_LIMIT = 1_500_000
/** Until Kodi is there, however long that takes. */
const WAITING_LIMIT = 200_000

describeWithTools(['kodi', 'Xvfb', 'pulseaudio'], 'Kodi', () => {
  it('lists the tree, plays while the file arrives and seeks', async () => {
    const lab = await Lab.open()
    const show = await makeShowTorrent(lab.folder)
    const film = await makeSingleFileTorrent(lab.folder, 'A single film.mkv')
    const seeders = await Promise.all(
      [show, film].map((torrent) =>
        startLibtorrent(lab.server, torrent, { uploadLimit: WAITING_LIMIT }),
      ),
    )
    const library = await Tributary.start(lab, {
      args: ['--name', NAME],
      torrents: [show.path, film.path],
      peers: seeders.map(({ address }) => address),
    })
    const kodi = await Kodi.start(lab, lab.second)
    for (const seeder of seeders) setUploadLimit(seeder, UPLOAD_LIMIT)
    const server = await kodi.findServer(NAME)
    expect(labels(await kodi.directory(server.file))).toEqual([
      'Video',
      'Audio',
      'Images',
      'Recently added',
      'Films',
      SHOW.name,
      'A single film.mkv',
    ])
    const view = await kodi.find(server.file, ['Films'])
    expect(labels(await kodi.directory(view.file))).toEqual(['A single film'])
    const folder = await kodi.find(server.file, [SHOW.name])
    expect(labels(await kodi.directory(folder.file))).toEqual(['Extras', 'Season 1', 'cover.jpg'])
    const season = await kodi.find(folder.file, ['Season 1'])
    // Kodi remembers what it was given first.
    const areProbed = async (): Promise<boolean> => {
      const [, objectId = ''] = /([^/]+)\/$/.exec(season.file) ?? []
      const didl = await browseChildren(lab.server, CONTROL_URL, decodeURIComponent(objectId))
      return [...didl.matchAll(/ duration="/g)].length === 2
    }
    await waitFor('the films to be probed', areProbed, { timeoutMs: 40_000 })
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

  it('shows the picture of a film', async () => {
    const lab = await Lab.open()
    const show = await makeShowTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, show)
    const library = await Tributary.start(lab, {
      args: ['--name', NAME],
      torrents: [show.path],
      peers: [seeder.address],
    })
    await library.finished(show.infoHash)
    const kodi = await Kodi.start(lab, lab.second)
    const server = await kodi.findServer(NAME)
    const season = await kodi.find(server.file, [SHOW.name, 'Season 1'])
    const [film] = await kodi.directory(season.file)
    if (film === undefined) throw new Error('the season has films')
    const shown = join(lab.folder, 'shown.jpg')
    const url = await kodi.savePicture(film, shown)
    expect(url).toMatch(/^http:\/\/10\.78\.2\.1:3030\/p\/[\w-]+\/sm\.jpg$/)
    const ours = join(lab.folder, 'ours.jpg')
    await lab.second.run(['curl', '-s', '--fail', '-o', ours, url])
    expect(await pictureSize(lab, shown)).toBe(await pictureSize(lab, ours))
    expect(await pictureSize(lab, ours)).toMatch(/^\d+x\d+$/)
  })

  it('has us keep where a person stopped, and what was watched', async () => {
    const lab = await Lab.open()
    const film = await makeSingleFileTorrent(lab.folder, 'A single film.mkv')
    const seeder = await startLibtorrent(lab.server, film)
    const library = await Tributary.start(lab, {
      args: ['--name', NAME],
      torrents: [film.path],
      peers: [seeder.address],
    })
    const kodi = await Kodi.start(lab, lab.second)
    const server = await kodi.findServer(NAME)
    const { file } = await kodi.find(server.file, ['A single film.mkv'])
    const didl = () => browseChildren(lab.server, library.controlUrl, '0')
    await kodi.play(file)
    await kodi.seek(30)
    await kodi.timePasses(30)
    await kodi.stop()
    const position = await waitFor(
      'the position to be kept',
      async () => Number(/<upnp:lastPlaybackPosition>(\d+)</.exec(await didl())?.[1] ?? 0) || false,
    )
    expect(position).toBeGreaterThanOrEqual(30)
    expect(await didl()).toContain('Continue watching')
    const other = await Kodi.start(lab, lab.first)
    const seenByOther = await other.findServer(NAME)
    const [begun] = (await other.directory(seenByOther.file, 'video')).slice(-1)
    expect(begun).toMatchObject({ label: 'A single film.mkv', resume: { position }, playcount: 0 })
    await kodi.play(file)
    await kodi.seek(58)
    await waitFor('the film to be watched', async () =>
      (await didl()).includes('<upnp:playbackCount>1</upnp:playbackCount>'),
    )
    expect(await didl()).not.toContain('Continue watching')
  })
})

async function pictureSize({ second }: Lab, path: string): Promise<string> {
  const { stdout } = await second.run([
    ...['ffprobe', '-v', 'error', '-select_streams', 'v', '-of', 'csv=p=0:s=x'],
    ...['-show_entries', 'stream=width,height', path],
  ])
  return stdout.trim()
}

function labels(entries: readonly { readonly label: string }[]): readonly string[] {
  return entries.map(({ label }) => label)
}
