import { expect, it } from 'vitest'
import { browseChildren } from './clients/control-point.ts'
import { Kodi } from './clients/kodi.ts'
import { Vlc } from './clients/vlc.ts'
import { Lab } from './lab/lab.ts'
import { makeEmbeddedTorrent, makeSubtitledTorrent, SUBTITLED } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const NAME = 'Tributary with subtitles'
/** Takes some seconds: the players come while the film arrives. */
const UPLOAD_LIMIT = 6_000_000

async function openLibrary() {
  const lab = await Lab.open()
  const torrent = await makeSubtitledTorrent(lab.folder)
  const seeder = await startLibtorrent(lab.server, torrent, { uploadLimit: UPLOAD_LIMIT })
  const server = await Tributary.start(lab, {
    args: ['--name', NAME, '--subtitle-languages', 'de', '--log-level', 'debug'],
    torrents: [torrent.path],
    peers: [seeder.address],
  })
  const index = (name: string): number => torrent.files.findIndex((file) => file.endsWith(name))
  const url = `/torrents/${torrent.infoHash}`
  return { lab, torrent, server, film: index(SUBTITLED.film), beside: index('.srt'), url }
}

describeWithTools(['cvlc', 'setpriv'], 'VLC', () => {
  it('plays a film with the subtitles beside it', async () => {
    const { lab } = await openLibrary()
    const vlc = await Vlc.start(lab, lab.first)
    await vlc.searchNetwork()
    await vlc.open([NAME, SUBTITLED.film])
    await vlc.timePasses(0)
    // One is inside of the film, the other beside it.
    await waitFor('two tracks of subtitles', async () => (await vlc.subtitles()).length === 2)
  })
})

describeWithTools(['kodi', 'Xvfb', 'pulseaudio'], 'Kodi', () => {
  it('shows the subtitles beside a film', async () => {
    const { lab } = await openLibrary()
    const kodi = await Kodi.start(lab, lab.second)
    const server = await kodi.findServer(NAME)
    const film = await kodi.find(server.file, [SUBTITLED.film])
    await kodi.playVideo(film.file)
    // One is beside the film, and in the language that we prefer; the other is inside of it.
    const shown = await waitFor('the subtitles in Kodi', async () => {
      const found = await kodi.subtitles()
      return found.subtitles.length === 2 && found
    })
    expect(shown.subtitles.map(({ language }) => language)).toEqual(['ger', 'eng'])
    expect(shown).toMatchObject({ subtitleenabled: true, currentsubtitle: { language: 'ger' } })
    await kodi.stop()
  })
})

describeWithTools(['ffmpeg'], 'subtitles over HTTP', () => {
  it('are given out from beside and from inside of a film that arrives', async () => {
    const { server, film, beside, url } = await openLibrary()
    const get = async (path: string): Promise<string> => (await server.request(url + path)).text
    expect(await get(`/subtitles/${beside}/de.srt`)).toContain(
      `${SUBTITLED.words.beside}, so schön wär’s`,
    )
    expect(await get(`/stream/${film}/River.srt`)).toContain(SUBTITLED.words.beside)
    // Behind picture and sound; parts of it are there before the whole is.
    const path = `/subtitles/${film}-3/en.vtt`
    const wanted = `${SUBTITLED.words.inside} `
    const inside = await waitFor('the whole film', async () => {
      const text = await get(path)
      return text.split(wanted).length === 60 && text
    })
    expect(inside.match(/-->/g)).toHaveLength(59)
  })
})

describeWithTools(['ffmpeg', 'curl'], 'tracks of text inside of films', () => {
  it('are offered to TVs in all forms as soon as the films are there', async () => {
    const lab = await Lab.open()
    const torrent = await makeEmbeddedTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, {
      torrents: [torrent.path],
      peers: [seeder.address],
    })
    const control = `http://${lab.server.address}:3030/upnp/control/content-directory`
    const url = /http:\/\/[^<"]+\/subtitles\/\d+-\d+\/de\.srt/g
    // Nobody has asked for one: they are known by probing.
    const didl = await waitFor('both to be offered', async () => {
      const found = await browseChildren(lab.server, control, torrent.infoHash)
      return new Set(found.match(url)).size === 2 && found
    })
    for (const found of new Set(didl.match(url))) {
      expect(didl).toContain(`<res protocolInfo="http-get:*:text/srt:*">${found}</res>`)
      expect(didl).toContain(`pv:subtitleFileUri="${found}"`)
      expect(didl).toContain(`<sec:CaptionInfoEx sec:type="srt">${found}</sec:CaptionInfoEx>`)
      const { text } = await server.request(new URL(found).pathname)
      expect(text.match(/-->/g)).toHaveLength(59)
      const index = /subtitles\/(\d+)-/.exec(found)?.[1]
      const film = `http://127.0.0.1:3030/torrents/${torrent.infoHash}/stream/${index}`
      const ask = ['curl', '-sI', '-H', 'getCaptionInfo.sec: 1', film]
      const { stdout } = await lab.server.run(ask)
      expect(stdout).toMatch(
        new RegExp(`^CaptionInfo.sec: \\S+${new URL(found).pathname}\\r$`, 'm'),
      )
    }
  })
})
